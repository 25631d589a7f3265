//! `leadway connection`: adds, changes, connects, shows, tests and removes links to Zoho organisations.

mod add;
mod change;
mod connect;
mod session;

use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use leadway_engine::model::config::Feature;
use leadway_engine::model::connect::Removed;
use leadway_engine::model::status::{
    BooksMeters, ConnectionEvent, ConnectionState, ConnectionStatus,
};
use serde_json::{Value, json};

use super::doctor;
use crate::remote::{Remote, RemoteArgs};
use crate::render::{self, Table, clean};
use crate::usage::wrong_usage;

/// Connect Zoho organisations: list, add, change, connect, show, test and remove connections
#[derive(Args)]
pub(crate) struct ConnectionArgs {
    #[command(subcommand)]
    command: ConnectionCommand,
}

#[derive(Subcommand)]
enum ConnectionCommand {
    /// List connections with their state
    List(ListArgs),
    /// Add a connection; connect it afterwards
    Add(add::AddArgs),
    /// Change its settings; what is not named stays
    Change(change::ChangeArgs),
    /// Connect it to Zoho, also anew: by the consent page, a self client's code or a refresh token
    Connect(connect::ConnectArgs),
    /// Let a customer of your own product connect, on a page that the gateway hosts
    Session(session::SessionArgs),
    /// Show a connection: state, scopes, what it lacks, tokens, history
    Show(ShowArgs),
    /// Examine a connection from end to end, as `leadway doctor` does
    Test(ShowArgs),
    /// Remove a connection and revoke its refresh token at Zoho
    Remove(RemoveArgs),
}

#[derive(Args)]
struct ListArgs {
    /// Only those of this owner
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

#[derive(Args)]
struct ShowArgs {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

#[derive(Args)]
struct RemoveArgs {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,

    /// Remove without asking
    #[arg(long)]
    yes: bool,

    /// Leave the refresh token alive at Zoho, since other programs use it too
    #[arg(long)]
    keep_token: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

/// Takes the words of features.
fn features() -> PossibleValuesParser {
    PossibleValuesParser::new(Feature::ALL.map(Feature::as_str))
}

pub(crate) async fn run(args: ConnectionArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        ConnectionCommand::List(args) => list(args).await?,
        ConnectionCommand::Add(args) => add::run(args).await?,
        ConnectionCommand::Change(args) => change::run(args).await?,
        ConnectionCommand::Connect(args) => return connect::run(args).await,
        ConnectionCommand::Session(args) => session::run(args).await?,
        ConnectionCommand::Show(args) => show(args).await?,
        ConnectionCommand::Test(args) => {
            let remote = Remote::new(args.remote)?;
            return doctor::examine(&remote, vec![args.name], args.json).await;
        }
        ConnectionCommand::Remove(args) => remove(args).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(args: ListArgs) -> anyhow::Result<()> {
    let remote = Remote::new(args.remote)?;
    let answer: Value = remote
        .get(&["connections"], &[("owner", args.owner)])
        .await?;
    if args.json {
        return render::print_json(&answer);
    }
    let connections: Vec<ConnectionStatus> = serde_json::from_value(answer)?;
    if connections.is_empty() {
        eprintln!("No connections. Add one: leadway connection add --help");
        return Ok(());
    }
    Ok(render::print(&table(&connections).render())?)
}

fn table(connections: &[ConnectionStatus]) -> Table {
    let mut table = Table::new(&[
        "name",
        "nickname",
        "owner",
        "data center",
        "environment",
        "state",
        "lacks",
        "reason",
    ]);
    for connection in connections {
        let lacks = connection.lacks.iter().filter(|lack| !lack.is_optional);
        let lacks: Vec<&str> = lacks.map(|lack| lack.feature.as_str()).collect();
        table.row([
            connection.name.clone(),
            connection.nickname.clone().unwrap_or_default(),
            connection.owner.clone().unwrap_or_default(),
            connection.data_center.clone(),
            connection.environment.as_str().to_owned(),
            state_word(connection.state).to_owned(),
            lacks.join(", "),
            connection.reason.clone().unwrap_or_default(),
        ]);
    }
    table
}

fn state_word(state: ConnectionState) -> &'static str {
    match state {
        ConnectionState::Ready => "ready",
        ConnectionState::Paused => "paused",
        ConnectionState::NeedsConsent => "needs_consent",
    }
}

async fn show(args: ShowArgs) -> anyhow::Result<()> {
    let remote = Remote::new(args.remote)?;
    let answer: Value = remote.get(&["connections", &args.name], &[]).await?;
    let events: Value = remote
        .get(&["connections", &args.name, "events"], &[])
        .await?;
    if args.json {
        return render::print_json(&json!({ "connection": answer, "events": events }));
    }
    let connection: ConnectionStatus = serde_json::from_value(answer)?;
    let events: Vec<ConnectionEvent> = serde_json::from_value(events)?;
    Ok(render::print(&described(&connection, &events))?)
}

fn credits(connection: &ConnectionStatus) -> String {
    let meters = &connection.credits;
    let mut text = format!("{} spent in 24 hours", connection.credits_24h);
    if let (Some(limit), Some(left)) = (meters.limit, meters.left) {
        text.push_str(&format!("; {left} left of the limit of {limit}"));
    }
    if let Some(kept) = meters.kept_for_deliveries {
        text.push_str(&format!("; {kept} kept for deliveries"));
    }
    if let Some(left) = meters.left_by_zoho {
        text.push_str(&format!("; {left} left by Zoho's count"));
    }
    text
}

fn described_books(books: &BooksMeters) -> String {
    let mut text = format!(
        "organisation {}: {} calls in the last minute",
        books.organization_id, books.calls_in_minute
    );
    if let (Some(left), Some(of)) = (books.calls_left_today, books.calls_per_day) {
        text.push_str(&format!("; {left} of {of} left today"));
    }
    text
}

fn described(connection: &ConnectionStatus, events: &[ConnectionEvent]) -> String {
    let mut lines = Vec::new();
    let mut line = |label: &str, text: String| lines.push(format!("{label:<14}{}", clean(&text)));
    line("name", connection.name.clone());
    if let Some(nickname) = &connection.nickname {
        line("nickname", nickname.clone());
    }
    if let Some(owner) = &connection.owner {
        line("owner", owner.clone());
    }
    line(
        "zoho",
        format!(
            "data center {}, {}",
            connection.data_center,
            connection.environment.as_str()
        ),
    );
    if let Some(domain) = &connection.api_domain {
        line("api host", domain.clone());
    }
    line("state", state_word(connection.state).to_owned());
    if let Some(reason) = &connection.reason {
        line("reason", reason.clone());
    }
    let tokens = &connection.tokens;
    if let Some(at) = tokens.access_token_expires_at {
        line("access token", format!("until {}", render::instant(at)));
    }
    line(
        "meters",
        format!(
            "{} of {} token calls in 10 minutes; {} of {} refresh tokens per user",
            tokens.token_calls_10m,
            tokens.token_calls_10m_max,
            tokens.refresh_tokens,
            tokens.refresh_tokens_max,
        ),
    );
    line("credits", credits(connection));
    for books in &connection.books {
        line("books", described_books(books));
    }
    if !connection.granted_scopes.is_empty() {
        line("scopes", connection.granted_scopes.join(" "));
    }
    if connection.scopes_asked_for != connection.granted_scopes {
        line("asks for", connection.scopes_asked_for.join(" "));
    }
    for lack in &connection.lacks {
        line(
            "lacks",
            format!(
                "{}, so {}: {}",
                lack.scopes.join(" "),
                lack.feature,
                lack.effect
            ),
        );
    }
    for event in events {
        line(
            "history",
            format!(
                "{} {}: {}",
                render::instant(event.at),
                event.kind,
                event.detail
            ),
        );
    }
    lines.push(String::new());
    lines.join("\n")
}

async fn remove(args: RemoveArgs) -> anyhow::Result<()> {
    let remote = Remote::new(args.remote)?;
    if !args.yes && !confirm(&args.name)? {
        return Ok(render::print("Nothing was removed.\n")?);
    }
    let keeps = args.keep_token.then(|| "true".to_owned());
    let answer: Value = remote
        .delete(&["connections", &args.name], &[("keep_token", keeps)])
        .await?;
    if args.json {
        return render::print_json(&answer);
    }
    let removed: Removed = serde_json::from_value(answer)?;
    let name = clean(&removed.name);
    let text = match (removed.is_revoked, removed.revocation_error) {
        (true, _) => format!("{name} is removed, and its refresh token is revoked at Zoho.\n"),
        (false, None) => format!("{name} is removed.\n"),
        (false, Some(error)) => format!(
            "{name} is removed, but its refresh token could not be revoked: {}. Revoke it in Zoho: My Account, Connected apps.\n",
            clean(&error)
        ),
    };
    Ok(render::print(&text)?)
}

fn confirm(name: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        return Err(wrong_usage("nobody can be asked here; add --yes to remove"));
    }
    let mut err = io::stderr();
    write!(
        err,
        "Remove connection {} with its secrets, and revoke its refresh token? [y/N] ",
        clean(name)
    )?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// A secret from the command line; `-` stands for the first line of standard input, where nobody else sees it.
fn secret(given: &str) -> anyhow::Result<String> {
    if given != "-" {
        return Ok(given.to_owned());
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    match line.trim() {
        "" => Err(wrong_usage(
            "standard input has no line to read the secret from",
        )),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_described() {
        let connection: ConnectionStatus = serde_json::from_value(json!({
            "name": "main", "owner": "customer-7", "data_center": "eu", "environment": "sandbox", "state": "needs_consent",
            "reason": "its refresh token is not stored", "credits_24h": 12, "granted_scopes": ["ZohoCRM.modules.ALL"],
            "lacks": [{"feature": "bulk", "scopes": ["ZohoCRM.bulk.ALL"], "effect": "bulk reads are refused", "is_optional": false, "is_asked_for": true}],
            "scopes_asked_for": ["ZohoCRM.modules.ALL", "ZohoCRM.bulk.ALL"],
            "tokens": {"token_calls_10m": 1, "token_calls_10m_max": 10, "refresh_tokens": 2, "refresh_tokens_max": 20}
        }))
        .unwrap();
        let events: Vec<ConnectionEvent> = serde_json::from_value(json!([
            {"at": "2026-11-23T10:00:00Z", "kind": "needs_consent", "detail": "deliveries wait"}
        ]))
        .unwrap();
        insta::assert_snapshot!(described(&connection, &events));
        insta::assert_snapshot!(table(&[connection]).plain());
    }
}
