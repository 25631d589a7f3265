//! `leadway apply`: makes a gateway's configuration equal to a file.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use leadway_engine::model::config::{Config, Secret};
use leadway_engine::model::status::{ChangeAction, ConfigPlan};
use serde_json::{Value, json};

use crate::config_file;
use crate::remote::{Remote, RemoteArgs};
use crate::render::{self, clean};
use crate::usage::wrong_usage;

/// Make a gateway's configuration equal to a file, after showing what changes
///
/// Texts may come from the environment: client_secret = { env = "ZOHO_CLIENT_SECRET" }. What the gateway has and the
/// file has not is deleted; secrets that the file leaves out stay as they are stored.
#[derive(Args)]
pub(crate) struct ApplyArgs {
    /// The configuration, as TOML
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Apply without asking
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,

    /// Only show what would change
    #[arg(long)]
    dry_run: bool,

    /// Print the changes as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

pub(crate) async fn run(args: ApplyArgs) -> anyhow::Result<ExitCode> {
    let body = body_of(config_file::read(&args.file)?)?;
    let remote = Remote::new(args.remote)?;
    let plan: ConfigPlan = remote.post(&["config", "plan"], &body).await?;
    if !args.json {
        render::print(&diff(&plan))?;
    }
    let is_wanted = !args.dry_run && !plan.changes.is_empty() && (args.yes || confirm()?);
    if is_wanted {
        let _: ConfigPlan = remote.put(&["config"], &body).await?;
    }
    if args.json {
        render::print_json(&json!({ "changes": plan.changes, "is_applied": is_wanted }))?;
    } else if is_wanted {
        render::print("Applied.\n")?;
    } else if !args.dry_run && !plan.changes.is_empty() {
        render::print("Nothing was changed.\n")?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The configuration as the REST API takes it. Only here do secrets leave their wrapping, for the gateway's vault.
fn body_of(mut config: Config) -> anyhow::Result<Value> {
    let secrets: Vec<[(&str, Option<Secret>); 2]> = config
        .connections
        .iter_mut()
        .map(|connection| {
            [
                ("client_secret", connection.client_secret.take()),
                ("refresh_token", connection.refresh_token.take()),
            ]
        })
        .collect();
    let mut body = serde_json::to_value(&config)?;
    for (index, secrets) in secrets.into_iter().enumerate() {
        for (key, secret) in secrets {
            if let Some(secret) = secret {
                body["connections"][index][key] = Value::from(secret.expose());
            }
        }
    }
    Ok(body)
}

fn confirm() -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        return Err(wrong_usage(
            "nobody can be asked here; add --yes to apply, or --dry-run to look only",
        ));
    }
    let mut err = io::stderr();
    write!(err, "Apply these changes? [y/N] ")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// One line for each change, and their counts.
fn diff(plan: &ConfigPlan) -> String {
    if plan.changes.is_empty() {
        return "The gateway has this configuration already.\n".to_owned();
    }
    let mut text = String::new();
    let mut counts = [0_u64; 3];
    for change in &plan.changes {
        let (place, sign, verb) = match change.action {
            ChangeAction::Create => (0, '+', "create"),
            ChangeAction::Update => (1, '~', "update"),
            ChangeAction::Delete => (2, '-', "delete"),
        };
        counts[place] += 1;
        let keys = if change.keys.is_empty() {
            String::new()
        } else {
            format!("  ({})", change.keys.join(", "))
        };
        text.push_str(&format!(
            "{sign} {verb} {:<11}{}\n",
            change.kind,
            clean(&format!("{}{keys}", change.name))
        ));
    }
    let [created, updated, deleted] = counts;
    text.push_str(&format!(
        "\n{created} to create, {updated} to update, {deleted} to delete.\n"
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_reads_like_a_diff() {
        let plan: ConfigPlan = serde_json::from_value(json!({"changes": [
            {"kind": "connection", "name": "main", "action": "create"},
            {"kind": "route", "name": "leads", "action": "update", "keys": ["mapping", "module"]},
            {"kind": "form", "name": "old", "action": "delete"}
        ]}))
        .unwrap();
        insta::assert_snapshot!(diff(&plan));
    }

    #[test]
    fn secrets_reach_the_body_and_nothing_else() {
        let text = "[[connections]]\nname = \"a\"\ndata_center = \"us\"\nclient_id = \"c\"\nclient_secret = \"hush\"\n";
        let config = config_file::parse(text, "a.toml", &|_| None).unwrap();
        let body = body_of(config).unwrap();
        assert_eq!(body["connections"][0]["client_secret"], "hush");
        assert_eq!(body["connections"][0].get("refresh_token"), None);
    }
}
