//! `leadway doctor`: looks at each connection and says what is wrong with it.

use std::process::ExitCode;

use clap::Args;
use leadway_engine::model::status::{Finding, Level};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::remote::{Remote, RemoteArgs};
use crate::render::{self, Table};

/// Check connections: is Zoho reached, token, organisation, scopes, clock, credits
///
/// The exit code is 1 when a check failed.
#[derive(Args)]
pub(crate) struct DoctorArgs {
    /// Check this connection only
    #[arg(value_name = "CONNECTION")]
    connection: Option<String>,

    /// Print the findings as JSON, by connection
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

/// The part of a listed connection that matters here.
#[derive(Deserialize)]
struct Named {
    name: String,
}

pub(crate) async fn run(args: DoctorArgs) -> anyhow::Result<ExitCode> {
    let remote = Remote::new(args.remote)?;
    let names = match args.connection {
        Some(name) => vec![name],
        None => names(&remote).await?,
    };
    if names.is_empty() {
        anyhow::bail!("the gateway has no connection; add one with `leadway apply`");
    }
    examine(&remote, names, args.json).await
}

/// Examines connections and prints what is found; the exit code is 1 when a check failed.
pub(super) async fn examine(
    remote: &Remote,
    names: Vec<String>,
    is_json: bool,
) -> anyhow::Result<ExitCode> {
    let mut answers = Map::new();
    let mut has_failed = false;
    for name in names {
        let answer: Value = remote.get(&["connections", &name, "doctor"], &[]).await?;
        let findings: Vec<Finding> = serde_json::from_value(answer.clone())?;
        has_failed |= findings
            .iter()
            .any(|finding| finding.level == Level::Failed);
        if !is_json {
            render::print(&format!(
                "{}\n{}\n",
                render::clean(&name),
                table(&findings).render()
            ))?;
        }
        answers.insert(name, answer);
    }
    if is_json {
        render::print_json(&Value::Object(answers))?;
    }
    Ok(if has_failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn names(remote: &Remote) -> anyhow::Result<Vec<String>> {
    let named: Vec<Named> = remote.get(&["connections"], &[]).await?;
    Ok(named
        .into_iter()
        .map(|connection| connection.name)
        .collect())
}

fn table(findings: &[Finding]) -> Table {
    let mut table = Table::new(&["check", "level", "finding", "remedy"]);
    for finding in findings {
        let level = match finding.level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Failed => "failed",
        };
        table.row([
            finding.check.clone(),
            level.to_owned(),
            finding.message.clone(),
            finding.remedy.clone().unwrap_or_default(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_a_table() {
        let findings: Vec<Finding> = serde_json::from_value(serde_json::json!([
            {"check": "reach", "level": "ok", "message": "Zoho answers in 12 ms"},
            {"check": "scopes", "level": "failed", "message": "a scope is missing", "remedy": "connect anew"}
        ]))
        .unwrap();
        insta::assert_snapshot!(table(&findings).plain());
    }
}
