//! `leadway dead-letters`: what Zoho refused and why; mend it and send it again.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use leadway_engine::model::id::DeliveryId;
use serde_json::{Value, json};

use super::listing::{self, PageArgs};
use super::mend::MendArgs;
use super::replay::{names, replay_delivery};
use crate::remote::{Remote, RemoteArgs};
use crate::render::view::DeliveryView;
use crate::render::{self, Table, life, value_text};
use crate::usage::wrong_usage;

/// List what Zoho refused, mend it and send it again
///
/// Without an id they are listed; with one it is shown; with --set or --unset it is mended and replayed:
/// leadway dead-letters dlv_12 --set Last_Name=Doe
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct DeadLettersArgs {
    #[command(subcommand)]
    command: Option<DeadLettersCommand>,

    /// The dead letter to show, or to mend
    #[arg(value_name = "ID")]
    id: Option<DeliveryId>,

    #[command(flatten)]
    mend: MendArgs,

    #[command(flatten)]
    list: ListArgs,
}

#[derive(Subcommand)]
enum DeadLettersCommand {
    /// List dead letters, newest first
    List(ListArgs),
    /// Show one dead letter: record, request, answers, reason and remedy
    Show(ShowArgs),
    /// Change a dead letter's record and send it again
    Mend(MendCommand),
}

#[derive(Args)]
struct ListArgs {
    /// Only those with this code, such as MANDATORY_NOT_FOUND
    #[arg(long, value_name = "CODE")]
    code: Option<String>,

    /// Only those of this route
    #[arg(long, value_name = "ROUTE")]
    route: Option<String>,

    /// Also those that were replayed already
    #[arg(long)]
    include_replayed: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    pages: PageArgs,

    #[command(flatten)]
    remote: RemoteArgs,
}

#[derive(Args)]
struct ShowArgs {
    /// Its id, as `leadway dead-letters` prints it
    #[arg(value_name = "ID")]
    id: DeliveryId,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

#[derive(Args)]
struct MendCommand {
    /// Its id, as `leadway dead-letters` prints it
    #[arg(value_name = "ID")]
    id: DeliveryId,

    #[command(flatten)]
    mend: MendArgs,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

pub(crate) async fn run(args: DeadLettersArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        Some(DeadLettersCommand::List(list_args)) => list(list_args).await?,
        Some(DeadLettersCommand::Show(args)) => {
            show(&Remote::new(args.remote)?, args.id, args.json).await?
        }
        Some(DeadLettersCommand::Mend(args)) => {
            mend(&Remote::new(args.remote)?, args.id, &args.mend, args.json).await?;
        }
        None => without_verb(args.id, &args.mend, args.list).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The short form: what is meant follows from what is there.
async fn without_verb(
    id: Option<DeliveryId>,
    changes: &MendArgs,
    args: ListArgs,
) -> anyhow::Result<()> {
    match id {
        None if !changes.is_empty() => Err(wrong_usage(
            "--set and --unset need the id of a dead letter: leadway dead-letters dlv_12 --set …",
        )),
        None => list(args).await,
        Some(id) if changes.is_empty() => show(&Remote::new(args.remote)?, id, args.json).await,
        Some(id) => mend(&Remote::new(args.remote)?, id, changes, args.json).await,
    }
}

async fn show(remote: &Remote, id: DeliveryId, is_json: bool) -> anyhow::Result<()> {
    let answer: Value = remote.get(&["deliveries", &id.to_string()], &[]).await?;
    if is_json {
        return render::print_json(&answer);
    }
    let view: DeliveryView = serde_json::from_value(answer)?;
    Ok(render::print(&life::delivery(&view))?)
}

async fn mend(
    remote: &Remote,
    id: DeliveryId,
    changes: &MendArgs,
    is_json: bool,
) -> anyhow::Result<()> {
    let replayed_as = replay_delivery(remote, id, changes).await?;
    if is_json {
        return render::print_json(&json!({ "id": id, "delivery_ids": replayed_as }));
    }
    Ok(render::print(&format!(
        "{id} is replayed as {}.\n",
        names(&replayed_as)
    ))?)
}

async fn list(args: ListArgs) -> anyhow::Result<()> {
    let remote = Remote::new(args.remote)?;
    let filters = [
        ("code", args.code),
        ("route", args.route),
        (
            "include_replayed",
            args.include_replayed.then(|| "true".to_owned()),
        ),
    ];
    let page = listing::fetch(&remote, &["dead-letters"], &filters, &args.pages).await?;
    if args.json {
        return render::print_json(
            &json!({ "items": page.items, "next_cursor": page.next_cursor }),
        );
    }
    let table = table(&page.items)?;
    if table.is_empty() {
        eprintln!("No dead letters.");
    } else {
        render::print(&table.render())?;
    }
    listing::hint(&page);
    Ok(())
}

fn table(items: &[Value]) -> anyhow::Result<Table> {
    let mut table = Table::new(&[
        "id", "since", "route", "code", "field", "value", "why", "remedy",
    ]);
    for item in items {
        let delivery: DeliveryView = serde_json::from_value(item.clone())?;
        let mut cells = vec![
            delivery.id.to_string(),
            delivery.settled_at.map(render::instant).unwrap_or_default(),
            delivery.route,
        ];
        cells.extend(match delivery.problem {
            Some(problem) => [
                problem.code,
                problem.field.unwrap_or_default(),
                problem.value.as_ref().map(value_text).unwrap_or_default(),
                problem.message,
                problem.remedy,
            ],
            None => Default::default(),
        });
        table.row(cells);
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dead_letters_are_a_table_with_reason_and_remedy() {
        let items = [json!({
            "id": "dlv_12", "event_id": "evt_01kb0w6v3ve2s8j4x9n7q5m2tc", "route": "lead-capture", "connection": "main",
            "module": "Leads", "operation": "upsert", "state": "dead", "record": {"Email": "a@b"}, "attempts": 1,
            "created_at": "2026-11-23T10:00:00.3Z", "settled_at": "2026-11-23T10:00:01Z",
            "problem": {
                "stage": "check", "code": "INVALID_DATA", "field": "Email", "value": "a@b",
                "message": "\"a@b\" is no e-mail address.", "remedy": "Correct the address and replay."
            }
        })];
        insta::assert_snapshot!(table(&items).unwrap().plain());
    }
}
