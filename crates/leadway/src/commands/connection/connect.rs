//! `leadway connection connect`: the consent page in a browser, or what is in hand.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use leadway_engine::model::connect::{Authorization, Connected};
use leadway_engine::model::status::ConnectionEvent;
use serde_json::{Value, json};

use super::secret;
use crate::remote::{Remote, RemoteArgs};
use crate::render::{self, clean};

/// How often the gateway is asked whether the person has come back.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// As long as the gateway takes the person back.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// By which way to connect.
#[derive(Args)]
pub(crate) struct ConnectArgs {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,

    /// A code that a self client generated in Zoho's API console; - reads it from standard input
    #[arg(long, value_name = "CODE", conflicts_with = "refresh_token")]
    code: Option<String>,

    /// A refresh token that was made elsewhere for the same client; - reads it from standard input
    #[arg(long, value_name = "TOKEN")]
    refresh_token: Option<String>,

    /// Where Zoho sends the browser back to, if not to the gateway's address as given by --url
    #[arg(long, value_name = "URL", conflicts_with_all = ["code", "refresh_token"])]
    redirect_uri: Option<String>,

    /// Only print the address of the consent page; do not wait for the person
    #[arg(long)]
    no_wait: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

pub(super) async fn run(args: ConnectArgs) -> anyhow::Result<ExitCode> {
    let remote = Remote::new(args.remote)?;
    let in_hand = match (&args.code, &args.refresh_token) {
        (Some(code), _) => Some(json!({ "code": secret(code)? })),
        (None, Some(token)) => Some(json!({ "refresh_token": secret(token)? })),
        (None, None) => None,
    };
    if let Some(grant) = in_hand {
        let answer: Value = remote
            .post(&["connections", &args.name, "grants"], &grant)
            .await?;
        if args.json {
            render::print_json(&answer)?;
        } else {
            let connected: Connected = serde_json::from_value(answer)?;
            render::print(&format!(
                "{} is connected to {}.\n",
                clean(&connected.name),
                clean(&connected.api_domain)
            ))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let last_before = newest(&remote, &args.name).await?.map(|event| event.at);
    let answer: Value = remote
        .post(
            &["connections", &args.name, "authorizations"],
            &json!({ "redirect_uri": args.redirect_uri }),
        )
        .await?;
    let authorization: Authorization = serde_json::from_value(answer.clone())?;
    if args.json && args.no_wait {
        render::print_json(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let text = format!(
        "Open this address in a browser and accept:\n\n  {}\n\nThe client must have this redirect URI registered in Zoho's API console: {}\n",
        clean(&authorization.url),
        clean(&authorization.redirect_uri)
    );
    match args.json {
        true => eprint!("{text}"),
        false => render::print(&text)?,
    }
    if args.no_wait {
        return Ok(ExitCode::SUCCESS);
    }
    wait(&remote, &args.name, last_before, args.json).await
}

/// Waits until the person has consented, as the connection's history shows.
async fn wait(
    remote: &Remote,
    name: &str,
    last_before: Option<Timestamp>,
    is_json: bool,
) -> anyhow::Result<ExitCode> {
    let began = tokio::time::Instant::now();
    while began.elapsed() < PATIENCE {
        tokio::time::sleep(ASK_EVERY).await;
        let Some(event) = newest(remote, name).await? else {
            continue;
        };
        if event.kind == "granted" && last_before.is_none_or(|before| event.at > before) {
            match is_json {
                true => render::print_json(&serde_json::to_value(&event)?)?,
                false => render::print(&format!("{} is {}.\n", clean(name), clean(&event.detail)))?,
            }
            return Ok(ExitCode::SUCCESS);
        }
    }
    eprintln!(
        "Nobody has accepted in time. Begin again: leadway connection connect {}",
        clean(name)
    );
    Ok(ExitCode::FAILURE)
}

async fn newest(remote: &Remote, name: &str) -> anyhow::Result<Option<ConnectionEvent>> {
    let events: Vec<ConnectionEvent> = remote.get(&["connections", name, "events"], &[]).await?;
    Ok(events.into_iter().next())
}
