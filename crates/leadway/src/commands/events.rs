//! `leadway events`: the list of events, and one event's whole life.

mod follow;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use leadway_engine::model::event::{EventStatus, EventSummary};
use leadway_engine::model::id::EventId;
use serde_json::{Value, json};

use super::listing::{self, PageArgs};
use crate::remote::{Remote, RemoteArgs};
use crate::render::view::EventView;
use crate::render::{self, Table, life};

/// List events, or show one event's whole life
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct EventsArgs {
    #[command(subcommand)]
    command: Option<EventsCommand>,

    #[command(flatten)]
    list: ListArgs,
}

#[derive(Subcommand)]
enum EventsCommand {
    /// List events, newest first
    List(ListArgs),
    /// Show one event's whole life: what came in, what each route decided, requests, answers, outcome
    Show(ShowArgs),
}

#[derive(Args)]
struct ListArgs {
    /// Only events of this status: accepted, not_routed, duplicate, pending, retrying, delivered or dead
    #[arg(long, value_parser = status)]
    status: Option<EventStatus>,

    /// Only events of this source
    #[arg(long)]
    source: Option<String>,

    /// Only events about this person (e-mail address, user id), with this messageId or name; beginnings count
    #[arg(long, value_name = "TEXT")]
    q: Option<String>,

    /// Keep running, and show events as they come and change; of a burst, the newest 200 in each second
    #[arg(long, conflicts_with = "cursor")]
    follow: bool,

    /// Print JSON; with --follow one object in each line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    pages: PageArgs,

    #[command(flatten)]
    remote: RemoteArgs,
}

#[derive(Args)]
struct ShowArgs {
    /// The event's id, as `send` and `events` print it
    #[arg(value_name = "ID")]
    id: EventId,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

fn status(text: &str) -> Result<EventStatus, String> {
    EventStatus::from_word(text).ok_or_else(|| {
        format!(
            "use one of {}",
            EventStatus::ALL.map(EventStatus::as_str).join(", ")
        )
    })
}

pub(crate) async fn run(args: EventsArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        Some(EventsCommand::Show(args)) => show(args).await?,
        Some(EventsCommand::List(args)) => list(args).await?,
        None => list(args.list).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(args: ShowArgs) -> anyhow::Result<()> {
    let answer: Value = Remote::new(args.remote)?
        .get(&["events", &args.id.to_string()], &[])
        .await?;
    if args.json {
        return render::print_json(&answer);
    }
    let view: EventView = serde_json::from_value(answer)?;
    Ok(render::print(&life::event(&view))?)
}

async fn list(args: ListArgs) -> anyhow::Result<()> {
    let remote = Remote::new(args.remote)?;
    let filters = [
        (
            "status",
            args.status.map(|status| status.as_str().to_owned()),
        ),
        ("source", args.source),
        ("q", args.q),
    ];
    let page = listing::fetch(&remote, &["events"], &filters, &args.pages).await?;
    if args.follow {
        return follow::run(&remote, &filters, page.items, args.json).await;
    }
    if args.json {
        return render::print_json(
            &json!({ "items": page.items, "next_cursor": page.next_cursor }),
        );
    }
    let mut table = table();
    for item in &page.items {
        table.row(cells(&serde_json::from_value(item.clone())?));
    }
    if table.is_empty() {
        eprintln!("No events.");
    } else {
        render::print(&table.render())?;
    }
    listing::hint(&page);
    Ok(())
}

fn table() -> Table {
    Table::new(&[
        "id", "received", "status", "kind", "name", "about", "source",
    ])
}

fn cells(event: &EventSummary) -> [String; 7] {
    [
        event.id.to_string(),
        render::instant(event.received_at),
        event.status.as_str().to_owned(),
        event.kind.as_str().to_owned(),
        event.name.clone().unwrap_or_default(),
        event.subject.clone().unwrap_or_default(),
        event.source.clone(),
    ]
}
