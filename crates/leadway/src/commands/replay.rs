//! `leadway replay`: a person asks for new deliveries from stored events, deliveries or dead letters.

use std::process::ExitCode;
use std::str::FromStr;

use clap::Args;
use leadway_engine::model::id::{DeliveryId, EventId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::mend::MendArgs;
use crate::remote::{CallError, Remote, RemoteArgs};
use crate::render;
use crate::usage::wrong_usage;

/// Send events or deliveries again
///
/// An event goes through routes and mapping anew; a delivery is sent as it was planned, with the changes that --set
/// and --unset make. The old deliveries stay as history.
#[derive(Args)]
pub(crate) struct ReplayArgs {
    /// Events (evt_…) and deliveries (dlv_…)
    #[arg(
        value_name = "ID",
        required_unless_present = "dead_letters",
        conflicts_with = "dead_letters"
    )]
    ids: Vec<ReplayId>,

    #[command(flatten)]
    mend: MendArgs,

    /// All dead letters that were not replayed yet
    #[arg(long)]
    dead_letters: bool,

    /// Only dead letters with this code, such as MANDATORY_NOT_FOUND
    #[arg(long, value_name = "CODE", requires = "dead_letters")]
    code: Option<String>,

    /// Only dead letters of this route
    #[arg(long, value_name = "ROUTE", requires = "dead_letters")]
    route: Option<String>,

    /// Replay all these dead letters without asking
    #[arg(long, requires = "dead_letters")]
    yes: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

/// What can be replayed by its id.
#[derive(Clone, Copy)]
enum ReplayId {
    Event(EventId),
    Delivery(DeliveryId),
}

impl FromStr for ReplayId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("dlv_") {
            return text
                .parse()
                .map(Self::Delivery)
                .map_err(|error: leadway_engine::model::id::InvalidId| error.to_string());
        }
        text.parse().map(Self::Event).map_err(|_| {
            "this is neither an event id (evt_01kb0w6v3ve2s8j4x9n7q5m2tc) nor a delivery id (dlv_4711)".to_owned()
        })
    }
}

impl std::fmt::Display for ReplayId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Event(id) => id.fmt(f),
            Self::Delivery(id) => id.fmt(f),
        }
    }
}

pub(crate) async fn run(args: ReplayArgs) -> anyhow::Result<ExitCode> {
    let has_event = args.ids.iter().any(|id| matches!(id, ReplayId::Event(_)));
    if !args.mend.is_empty() && (args.dead_letters || has_event) {
        return Err(wrong_usage(
            "--set and --unset change the record of a delivery (dlv_…); `leadway events show ID` lists an event's deliveries",
        ));
    }
    let remote = Remote::new(args.remote)?;
    if args.dead_letters {
        if !args.yes {
            return Err(wrong_usage(
                "this may send many records; look at them with `leadway dead-letters`, then add --yes",
            ));
        }
        let body = json!({ "code": args.code, "route": args.route });
        let answer: Value = remote.post(&["dead-letters", "replay"], &body).await?;
        return finish_dead_letters(&answer, args.json);
    }
    replay_ids(&remote, &args.ids, &args.mend, args.json).await
}

fn finish_dead_letters(answer: &Value, is_json: bool) -> anyhow::Result<ExitCode> {
    if is_json {
        render::print_json(answer)?;
    } else {
        let replayed = answer["replayed"].as_u64().unwrap_or_default();
        render::print(&format!(
            "{} replayed.\n",
            render::counted(replayed, "dead letter")
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Replays each; one that cannot be replayed does not keep the others from it.
async fn replay_ids(
    remote: &Remote,
    ids: &[ReplayId],
    mend: &MendArgs,
    is_json: bool,
) -> anyhow::Result<ExitCode> {
    let mut outcomes = Vec::new();
    let mut has_failed = false;
    for id in ids {
        let replayed = match id {
            ReplayId::Event(id) => replay_event(remote, *id).await,
            ReplayId::Delivery(id) => replay_delivery(remote, *id, mend).await,
        };
        match replayed {
            Ok(deliveries) => {
                if !is_json {
                    render::print(&format!("{id} is replayed as {}.\n", names(&deliveries)))?;
                }
                outcomes.push(json!({ "id": id.to_string(), "delivery_ids": deliveries }));
            }
            Err(error @ CallError::Refused { .. }) if ids.len() > 1 => {
                has_failed = true;
                eprintln!("{id} is not replayed: {error}");
                outcomes.push(json!({ "id": id.to_string(), "error": error.to_string() }));
            }
            Err(error) => return Err(error.into()),
        }
    }
    if is_json {
        render::print_json(&Value::Array(outcomes))?;
    }
    Ok(if has_failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Replays an event through the routes and mappings of now.
async fn replay_event(remote: &Remote, id: EventId) -> Result<Vec<DeliveryId>, CallError> {
    let replayed: Replayed = remote
        .post(&["events", &id.to_string(), "replay"], &json!({}))
        .await?;
    Ok(replayed.deliveries)
}

/// Replays a delivery, with changes where wanted, and gives the new one.
pub(super) async fn replay_delivery(
    remote: &Remote,
    id: DeliveryId,
    mend: &MendArgs,
) -> Result<Vec<DeliveryId>, CallError> {
    let replayed: Replayed = remote
        .post(&["deliveries", &id.to_string(), "replay"], &mend.body())
        .await?;
    Ok(replayed.deliveries)
}

/// What the gateway answers to a replay.
#[derive(Deserialize)]
struct Replayed {
    deliveries: Vec<DeliveryId>,
}

/// `dlv_12, dlv_13`
pub(super) fn names(deliveries: &[DeliveryId]) -> String {
    deliveries
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
