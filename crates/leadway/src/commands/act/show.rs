//! The answer of an action: a table for people, JSON for programs, a file for what is one.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use leadway_engine::action::Action;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Map, Value};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use crate::render::{self, Table, value_text};

/// Columns of a table of records; more would not fit a terminal.
const COLUMNS_MAX: usize = 8;

pub(super) async fn answer(
    answer: reqwest::Response,
    action: &Action,
    is_json: bool,
    output: Option<&Path>,
) -> anyhow::Result<ExitCode> {
    let content_type = answer.headers().get(CONTENT_TYPE);
    let content_type = content_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let is_file = action.output_schema().is_null() || !content_type.contains("json");
    if content_type == "application/x-ndjson" {
        return lines(answer, output).await;
    }
    if let Some(path) = output {
        let mut file = tokio::fs::File::create(path)
            .await
            .with_context(|| format!("{} cannot be written", path.display()))?;
        let bytes = copy(answer, &mut file).await?;
        eprintln!("{bytes} bytes are in {}.", path.display());
        return Ok(ExitCode::SUCCESS);
    }
    if is_file {
        if std::io::stdout().is_terminal() {
            anyhow::bail!("the answer is a file; say where it goes with --output FILE");
        }
        copy(answer, &mut tokio::io::stdout()).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let value: Value = answer.json().await?;
    if is_json {
        render::print_json(&value)?;
    } else {
        render::print(&plain(&value))?;
    }
    let refused = value
        .get("refused")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    Ok(if refused > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn copy(
    answer: reqwest::Response,
    to: &mut (impl AsyncWrite + Unpin),
) -> anyhow::Result<u64> {
    let mut pieces = answer.bytes_stream();
    let mut bytes = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece.context("the answer broke off")?;
        bytes += piece.len() as u64;
        to.write_all(&piece).await?;
    }
    to.flush().await?;
    Ok(bytes)
}

/// Records as they come, a line each. The last line may say why they end.
async fn lines(answer: reqwest::Response, output: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut to: Box<dyn AsyncWrite + Unpin> = match output {
        Some(path) => Box::new(
            tokio::fs::File::create(path)
                .await
                .with_context(|| format!("{} cannot be written", path.display()))?,
        ),
        None => Box::new(tokio::io::stdout()),
    };
    let mut pieces = answer.bytes_stream();
    let (mut rest, mut records) = (Vec::new(), 0_u64);
    while let Some(piece) = pieces.next().await {
        rest.extend_from_slice(&piece.context("the answer broke off")?);
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            if line.starts_with(br#"{"error":"#) {
                to.flush().await?;
                anyhow::bail!(failure(&line));
            }
            to.write_all(&line).await?;
            records += 1;
        }
    }
    to.flush().await?;
    if output.is_some() {
        eprintln!("{}.", render::counted(records, "record"));
    }
    Ok(ExitCode::SUCCESS)
}

fn failure(line: &[u8]) -> String {
    let error: Value = serde_json::from_slice(line).unwrap_or_default();
    let text = |name: &str| error["error"][name].as_str().unwrap_or_default().to_owned();
    render::with_remedy(
        &render::clean(&text("message")),
        &render::clean(&text("remedy")),
    )
}

/// What people read: a table for records, names and values for a single thing, JSON for the rest.
fn plain(value: &Value) -> String {
    let Some(object) = value.as_object() else {
        return render::json_lines(value, "");
    };
    let list = object.values().find_map(Value::as_array);
    if let Some(items) = list.filter(|items| items.iter().all(Value::is_object)) {
        return match items.is_empty() {
            true => "Nothing.\n".to_owned(),
            false => table(items),
        };
    }
    match object.values().next() {
        Some(Value::Object(single)) if object.len() == 1 => members(single),
        _ => members(object),
    }
}

fn members(object: &Map<String, Value>) -> String {
    let mut table = Table::of(vec!["field".to_owned(), "value".to_owned()]);
    let is_shown = |name: &str, value: &Value| !value.is_null() && name != "zoho";
    for (name, value) in object.iter().filter(|(name, value)| is_shown(name, value)) {
        table.row([name.clone(), value_text(value)]);
    }
    table.render()
}

fn table(items: &[Value]) -> String {
    let mut columns: Vec<String> = Vec::new();
    let with_value = items.iter().filter_map(Value::as_object).flatten();
    for (name, value) in with_value {
        let is_shown = !value.is_null() && name != "zoho" && !name.starts_with('$');
        if is_shown && !columns.contains(name) {
            columns.push(name.clone());
        }
    }
    if let Some(at) = columns.iter().position(|name| name == "id") {
        let id = columns.remove(at);
        columns.insert(0, id);
    }
    let hidden = columns.len().saturating_sub(COLUMNS_MAX);
    columns.truncate(COLUMNS_MAX);
    let mut table = Table::of(columns.clone());
    for item in items {
        table.row(columns.iter().map(|name| {
            item.get(name)
                .filter(|value| !value.is_null())
                .map(value_text)
                .unwrap_or_default()
        }));
    }
    if hidden > 0 {
        eprintln!("{hidden} more columns; --json shows them.");
    }
    table.render()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn records_are_a_table_and_a_single_thing_is_a_list_of_its_members() {
        let shown: Vec<String> = [
            json!({"records": [
                {"Last_Name": "Ray", "id": "1", "Email": null, "$approved": true},
                {"Last_Name": "Lee\u{1b}[31m", "id": "2", "Owner": {"id": "7", "name": "Ida"}},
            ], "info": {"page": 1}}),
            json!({"record": {"id": "1", "Last_Name": "Ray", "Fax": null}}),
            json!({"status": "written", "id": "1", "zoho": {"code": "SUCCESS"}}),
            json!({"records": [], "info": {}}),
            json!({"count": 3}),
        ]
        .iter()
        .map(plain)
        .collect();
        insta::assert_snapshot!(shown.join("────\n"));
    }
}
