//! `leadway connection session`: lets a customer of another product connect once, on the page that the gateway hosts.

use clap::{Args, Subcommand};
use leadway_engine::model::connect_session::{ConnectSession, LastTry};
use serde_json::{Map, Value, json};

use super::{features, secret};
use crate::commands::listing::{self, PageArgs};
use crate::remote::{Remote, RemoteArgs};
use crate::render::table::Table;
use crate::render::{self, clean};

/// What to do with connect sessions.
#[derive(Args)]
pub(crate) struct SessionArgs {
    #[command(subcommand)]
    command: SessionCommand,
}

#[derive(Subcommand)]
enum SessionCommand {
    /// Make a session for a customer: a link, and a token for Leadway.connect, that serve once
    Make(Box<MakeArgs>),
    /// List sessions of the last week, newest first
    List(ListArgs),
    /// Show what has become of a session
    Show(OneArgs),
    /// End a session that nobody shall use any more
    End(OneArgs),
}

#[derive(Args)]
struct MakeArgs {
    /// Whose connection it makes: the customer's id in your own product
    #[arg(value_name = "OWNER")]
    owner: String,

    /// The connection to make, or to connect again; else the owner's one, or a new one
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,

    /// Your product, as the customer knows it
    #[arg(long, value_name = "TEXT")]
    product: Option<String>,

    /// What people call the connection
    #[arg(long, value_name = "TEXT")]
    nickname: Option<String>,

    /// What it is used for, such as records or books; may be repeated
    #[arg(long = "feature", value_name = "FEATURE", value_parser = features())]
    features: Vec<String>,

    /// A scope to ask for; may be repeated. Without any, the least that the features need
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,

    /// An origin whose pages may open the connect page and hear of its end; may be repeated
    #[arg(long = "origin", value_name = "ORIGIN")]
    allowed_origins: Vec<String>,

    /// production, sandbox or developer
    #[arg(long, value_name = "ENVIRONMENT")]
    environment: Option<String>,

    /// Zoho's data center; without it, the customer chooses, or Zoho tells
    #[arg(long, value_name = "DATA_CENTER")]
    data_center: Option<String>,

    /// A connection whose client a new one uses; needed only if there are several clients
    #[arg(long, value_name = "NAME", conflicts_with = "client_id")]
    client_of: Option<String>,

    /// Another client for a new connection, from Zoho's API console
    #[arg(long, value_name = "ID", requires = "client_secret")]
    client_id: Option<String>,

    /// Its secret; - reads it from standard input
    #[arg(long, value_name = "SECRET", requires = "client_id")]
    client_secret: Option<String>,

    /// Another accounts server than the data center's, such as the simulator's
    #[arg(long, value_name = "URL")]
    accounts_url: Option<String>,

    /// A page of your product, to which the customer is led back from the link
    #[arg(long, value_name = "URL")]
    return_url: Option<String>,

    /// How long the customer may take to begin, 60 to 86400 seconds; 1800 unless told
    #[arg(long, value_name = "SECONDS")]
    expires_in: Option<u32>,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

#[derive(Args)]
struct ListArgs {
    /// Only those of this customer
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,

    /// open, connected, expired or ended
    #[arg(long, value_name = "STATE")]
    state: Option<String>,

    #[command(flatten)]
    pages: PageArgs,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

#[derive(Args)]
struct OneArgs {
    /// Its id, not its token
    #[arg(value_name = "ID")]
    id: String,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

pub(super) async fn run(args: SessionArgs) -> anyhow::Result<()> {
    match args.command {
        SessionCommand::Make(args) => make(*args).await,
        SessionCommand::List(args) => list(args).await,
        SessionCommand::Show(args) => {
            let remote = Remote::new(args.remote)?;
            let answer = remote.get(&["connect-sessions", &args.id], &[]).await?;
            told(answer, args.json)
        }
        SessionCommand::End(args) => {
            let remote = Remote::new(args.remote)?;
            let answer = remote.delete(&["connect-sessions", &args.id], &[]).await?;
            told(answer, args.json)
        }
    }
}

async fn make(args: MakeArgs) -> anyhow::Result<()> {
    let remote = Remote::new(args.remote)?;
    let mut body = Map::new();
    let client_secret = args.client_secret.as_deref().map(secret).transpose()?;
    for (key, text) in [
        ("owner", Some(args.owner)),
        ("connection", args.connection),
        ("product", args.product),
        ("nickname", args.nickname),
        ("environment", args.environment),
        ("data_center", args.data_center),
        ("client_of", args.client_of),
        ("client_id", args.client_id),
        ("client_secret", client_secret),
        ("accounts_url", args.accounts_url),
        ("return_url", args.return_url),
    ] {
        if let Some(text) = text {
            body.insert(key.to_owned(), Value::from(text));
        }
    }
    body.insert("features".to_owned(), json!(args.features));
    body.insert("scopes".to_owned(), json!(args.scopes));
    body.insert("allowed_origins".to_owned(), json!(args.allowed_origins));
    body.insert("expires_in_seconds".to_owned(), json!(args.expires_in));
    let answer: Value = remote.post(&["connect-sessions"], &body).await?;
    if args.json {
        return render::print_json(&answer);
    }
    let text = |name: &str| clean(answer[name].as_str().unwrap_or_default());
    let session: ConnectSession = serde_json::from_value(answer.clone())?;
    Ok(render::print(&format!(
        "{}\n\nSend the customer to this address; it serves once, until {}:\n\n  {}\n\nOr give the token to Leadway.connect in your page:\n\n  {}\n",
        described(&session),
        render::instant(session.expires_at),
        text("url"),
        text("token"),
    ))?)
}

async fn list(args: ListArgs) -> anyhow::Result<()> {
    let remote = Remote::new(args.remote)?;
    let filters = [("owner", args.owner), ("state", args.state)];
    let page = listing::fetch(&remote, &["connect-sessions"], &filters, &args.pages).await?;
    if args.json {
        return render::print_json(
            &json!({ "items": page.items, "next_cursor": page.next_cursor }),
        );
    }
    if page.items.is_empty() {
        eprintln!("No sessions. Make one: leadway connection session make OWNER");
        return Ok(());
    }
    let mut table = Table::new(&["id", "state", "owner", "connection", "made", "until"]);
    for item in &page.items {
        let session: ConnectSession = serde_json::from_value(item.clone())?;
        table.row([
            session.id,
            session.state.as_str().to_owned(),
            session.owner,
            session.connection,
            render::instant(session.made_at),
            render::instant(session.expires_at),
        ]);
    }
    render::print(&table.render())?;
    listing::hint(&page);
    Ok(())
}

fn told(answer: Value, is_json: bool) -> anyhow::Result<()> {
    if is_json {
        return render::print_json(&answer);
    }
    let session: ConnectSession = serde_json::from_value(answer)?;
    Ok(render::print(&format!("{}\n", described(&session)))?)
}

fn described(session: &ConnectSession) -> String {
    let mut text = format!(
        "{} is {}: {} connection {} of {}",
        session.id,
        session.state.as_str(),
        match session.is_reconnect {
            true => "connects again",
            false => "makes",
        },
        session.connection,
        session.owner,
    );
    if session.last_try == Some(LastTry::AtZoho) {
        text.push_str("; the customer is at Zoho");
    } else if let Some(failure) = &session.failure {
        text.push_str(&format!("; the last try failed: {failure}"));
    }
    clean(&text)
}
