//! The answer of an action: a table for people, JSON and CSV for programs, a file for what is one.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use futures_util::{StreamExt as _, TryStreamExt as _};
use indicatif::ProgressBar;
use leadway_engine::action::Action;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_util::io::StreamReader;

use super::rows::{Row, Sink};
use crate::remote::tells_progress;
use crate::render::json::{pretty, with_exact_numbers};
use crate::render::{self, Table, value_text};

/// Columns of a table of records; more would not fit a terminal.
const COLUMNS_MAX: usize = 8;

/// How the answer is shown, and where.
#[derive(Args, Debug, Default)]
pub(super) struct Shown {
    /// Print JSON, as --format json does
    #[arg(long, conflicts_with = "format")]
    json: bool,

    /// How the answer is printed; left out: a table for a page, a line of JSON for each of all records
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Write the answer into this file
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    /// Whether of a raw request's answer the body is shown alone, unless a format is asked for.
    #[arg(skip)]
    pub(super) is_raw: bool,

    /// The fields that were asked for, if any were: the columns of CSV.
    #[arg(skip)]
    pub(super) fields: Vec<String>,
}

/// A format of what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Columns for people
    Table,
    /// One JSON document
    Json,
    /// A line of JSON for each record
    Ndjson,
    /// Comma-separated values with a heading
    Csv,
}

impl Shown {
    pub(super) fn format(&self) -> Option<Format> {
        self.format.or(self.json.then_some(Format::Json))
    }

    /// Refuses to write a file to a terminal.
    pub(super) fn has_place(&self) -> anyhow::Result<()> {
        if self.output.is_none() && std::io::stdout().is_terminal() {
            anyhow::bail!("the answer is a file; say where it goes with --output FILE");
        }
        Ok(())
    }

    /// The file, or standard output.
    async fn open(&self) -> anyhow::Result<Box<dyn AsyncWrite + Unpin>> {
        Ok(match &self.output {
            Some(path) => Box::new(
                tokio::fs::File::create(path)
                    .await
                    .with_context(|| format!("{} cannot be written", path.display()))?,
            ),
            None => Box::new(tokio::io::stdout()),
        })
    }

    async fn write(&self, text: &str) -> anyhow::Result<()> {
        let mut to = self.open().await?;
        to.write_all(text.as_bytes()).await?;
        Ok(to.flush().await?)
    }

    async fn sink(&self, format: Format, columns: Vec<String>) -> anyhow::Result<Sink> {
        let is_cleaned = self.output.is_none() && std::io::stdout().is_terminal();
        Sink::new(self.open().await?, format, is_cleaned, columns)
    }
}

/// The answer of a raw request.
#[derive(Deserialize)]
struct Raw {
    status: u16,
    body: Box<RawValue>,
}

pub(super) async fn answer(
    answer: reqwest::Response,
    action: &Action,
    gives_file: bool,
    shown: &Shown,
) -> anyhow::Result<ExitCode> {
    let content_type = answer.headers().get(CONTENT_TYPE);
    let content_type = content_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if content_type == "application/x-ndjson" && !gives_file {
        return lines(answer, action, shown).await;
    }
    if gives_file || !content_type.contains("json") {
        shown.has_place()?;
        let mut to = shown.open().await?;
        let bytes = match content_type {
            "application/x-ndjson" => copy_lines(answer, action, &mut to).await?,
            _ => copy(answer, &mut to).await?,
        };
        if let Some(path) = &shown.output {
            eprintln!("{bytes} bytes are in {}.", path.display());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let text = answer.text().await?;
    let is_request = action.effect == leadway_engine::action::Effect::Depends;
    let raw = match is_request {
        true => serde_json::from_str::<Raw>(&text).ok(),
        false => None,
    };
    match &raw {
        Some(raw)
            if shown.format() != Some(Format::Json)
                && (shown.is_raw || shown.format().is_some()) =>
        {
            document(raw.body.get(), shown, true).await?;
        }
        _ => document(&text, shown, false).await?,
    }
    if let Some(raw) = raw.filter(|raw| shown.is_raw && raw.status >= 400) {
        eprintln!("Zoho answers HTTP {}.", raw.status);
        return Ok(ExitCode::FAILURE);
    }
    #[derive(Deserialize)]
    struct Written {
        refused: u64,
    }
    let refused = serde_json::from_str::<Written>(&text).map_or(0, |written| written.refused);
    Ok(match refused > 0 && !is_request {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

/// One JSON document; `is_body`: Zoho's own, which is JSON for people too.
async fn document(text: &str, shown: &Shown, is_body: bool) -> anyhow::Result<()> {
    match shown.format() {
        // As it came, with every digit.
        None if shown.output.is_some() && !is_body => shown.write(&format!("{text}\n")).await,
        None if is_body => match serde_json::from_str(text)? {
            Value::Null => Ok(()),
            Value::String(text) => shown.write(&format!("{text}\n")).await,
            _ => shown.write(&format!("{}\n", pretty(text))).await,
        },
        Some(Format::Table) if text.trim() == "null" => shown.write("Nothing.\n").await,
        None | Some(Format::Table) => {
            let value = serde_json::from_str(&with_exact_numbers(text))?;
            shown.write(&plain(&value)).await
        }
        Some(Format::Json) => {
            let sound: &RawValue = serde_json::from_str(text)?;
            shown.write(&format!("{}\n", pretty(sound.get()))).await
        }
        Some(format) => {
            let rows = rows_of(text)?;
            let columns: Vec<Row> = rows
                .iter()
                .map(|row| serde_json::from_str(row.get()))
                .collect::<Result<_, _>>()
                .unwrap_or_default();
            let mut sink = shown.sink(format, Row::columns(&columns)).await?;
            for row in &rows {
                sink.take(row.get().as_bytes()).await?;
            }
            sink.end().await.map(drop)
        }
    }
}

/// The records of a document: those of its list, or the one thing that it is about.
fn rows_of(text: &str) -> anyhow::Result<Vec<Box<RawValue>>> {
    if text.trim() == "null" {
        return Ok(Vec::new());
    }
    let value = RawValue::from_string(text.trim().to_owned())?;
    if let Ok(list) = serde_json::from_str::<Vec<Box<RawValue>>>(text) {
        return Ok(list);
    }
    let members: Row = match serde_json::from_str(text) {
        Ok(members) => members,
        Err(_) => return Ok(vec![value]),
    };
    let lists = members.values().find_map(|member| {
        let list: Vec<Box<RawValue>> = serde_json::from_str(member).ok()?;
        list.iter()
            .all(|item| item.get().starts_with('{'))
            .then_some(list)
    });
    let single = members
        .values()
        .next()
        .filter(|_| members.values().count() == 1);
    Ok(match (lists, single) {
        (Some(list), _) => list,
        (None, Some(member)) if member.starts_with('{') => {
            vec![RawValue::from_string(member.to_owned())?]
        }
        _ => vec![value],
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

/// The text of a file that comes in lines, among others that tell how far it is.
async fn copy_lines(
    answer: reqwest::Response,
    action: &Action,
    to: &mut (impl AsyncWrite + Unpin),
) -> anyhow::Result<u64> {
    #[derive(Deserialize)]
    struct Part<'a> {
        #[serde(borrow)]
        csv: std::borrow::Cow<'a, str>,
    }
    let mut told = Told::new(tells_progress(action));
    let (mut lines, mut line) = (by_line(answer), Vec::new());
    let mut bytes = 0;
    while let Some(line) = next(&mut lines, &mut line).await? {
        if told.takes(line) {
            continue;
        }
        let part: Part<'_> =
            serde_json::from_slice(line).context("the gateway sent another line than a file's")?;
        bytes += part.csv.len() as u64;
        to.write_all(part.csv.as_bytes()).await?;
    }
    to.flush().await?;
    anyhow::ensure!(told.is_done, "the answer broke off");
    Ok(bytes)
}

/// An answer to be read line by line.
fn by_line(answer: reqwest::Response) -> impl AsyncBufRead + Unpin {
    StreamReader::new(answer.bytes_stream().map_err(std::io::Error::other))
}

/// The next line, if there is one.
async fn next<'a>(
    lines: &mut (impl AsyncBufRead + Unpin),
    line: &'a mut Vec<u8>,
) -> anyhow::Result<Option<&'a [u8]>> {
    line.clear();
    let bytes = lines.read_until(b'\n', line).await;
    let is_whole = bytes.context("the answer broke off")? > 0;
    anyhow::ensure!(!is_whole || line.ends_with(b"\n"), "the answer broke off");
    if line.starts_with(br#"{"error":"#) {
        anyhow::bail!(failure(line));
    }
    Ok(is_whole.then_some(line.as_slice()))
}

/// Records as they come. The last line may say why they end, or sum them up.
async fn lines(
    answer: reqwest::Response,
    action: &Action,
    shown: &Shown,
) -> anyhow::Result<ExitCode> {
    let format = shown.format().unwrap_or(Format::Ndjson);
    let mut sink = shown.sink(format, shown.fields.clone()).await?;
    let mut told = Told::new(tells_progress(action));
    let (mut lines, mut line) = (by_line(answer), Vec::new());
    loop {
        let line = match next(&mut lines, &mut line).await {
            Ok(Some(line)) => line,
            Ok(None) => break,
            Err(error) => {
                sink.give_up().await?;
                return Err(error);
            }
        };
        if !told.takes(line) && !sink.take(line).await? {
            break;
        }
    }
    let records = sink.end().await?;
    told.bar.finish_and_clear();
    match &told.summary {
        Some(summary) => {
            eprintln!("{}", sum(summary));
            let bad = ["refused", "unknown"].map(|name| summary[name].as_u64().unwrap_or_default());
            return Ok(match bad {
                [0, 0] => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            });
        }
        None if shown.output.is_some() => eprintln!("{}.", render::counted(records, "record")),
        None => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// What an answer tells of itself between its records: on a terminal one line that changes, else a line for each step.
struct Told {
    is_there: bool,
    bar: ProgressBar,
    last: String,
    is_done: bool,
    summary: Option<Value>,
}

impl Told {
    fn new(is_there: bool) -> Self {
        Self {
            is_there,
            bar: match is_there && std::io::stderr().is_terminal() {
                true => ProgressBar::new_spinner(),
                false => ProgressBar::hidden(),
            },
            last: String::new(),
            is_done: false,
            summary: None,
        }
    }

    /// Shows a line that is no record.
    fn takes(&mut self, line: &[u8]) -> bool {
        if !self.is_there {
            return false;
        }
        let is_progress = line.starts_with(br#"{"progress":"#);
        if !is_progress && !line.starts_with(br#"{"summary":"#) {
            return false;
        }
        let mut value: Value = serde_json::from_slice(line).unwrap_or_default();
        if !is_progress {
            self.summary = Some(value["summary"].take());
            return true;
        }
        self.is_done = value["progress"]["state"] == "done";
        let step = step(&value["progress"]);
        if step != self.last {
            if std::io::stderr().is_terminal() {
                self.bar.set_message(step.clone());
                self.bar.tick();
            } else {
                eprintln!("{step}");
            }
            self.last = step;
        }
        true
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// `part 2 of 4: waiting for Zoho (IN PROGRESS), job 5725; 25000 of 80000 rows done`
fn step(progress: &Value) -> String {
    let text = |name: &str| render::clean(progress[name].as_str().unwrap_or_default());
    let of = |name: &str| match progress[name].as_u64() {
        Some(total) => format!(" of {total}"),
        None => String::new(),
    };
    let number = |name: &str| progress[name].as_u64().unwrap_or_default();
    let doing = match text("state").as_str() {
        "waiting" => format!(
            "waiting for Zoho ({}), job {}",
            text("zoho_state"),
            text("job_id")
        ),
        "reading" => format!("reading what came of job {}", text("job_id")),
        other => other.to_owned(),
    };
    format!(
        "part {}{}: {doing}; {}{} rows done",
        number("part"),
        of("parts"),
        number("rows"),
        of("rows_total")
    )
}

/// What became of the rows of an import.
fn sum(summary: &Value) -> String {
    let number = |name: &str| summary[name].as_u64().unwrap_or_default();
    let mut text = format!(
        "{}: {} inserted, {} updated, {} refused",
        render::counted(number("rows"), "row"),
        number("inserted"),
        number("updated"),
        number("refused")
    );
    if number("unknown") > 0 {
        text.push_str(&format!(
            "; of {} nobody knows: look in Zoho before you send them again",
            number("unknown")
        ));
    }
    text.push('.');
    text
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

pub(super) fn table(items: &[Value]) -> String {
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
