//! `GET|DELETE journal`, `GET journal/{sequence}`: requests served, oldest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::{Asked, Problem};
use crate::journal::{Filter, StatusFilter};
use crate::state::Shared;

const PARAMETERS: [&str; 10] = [
    "after",
    "limit",
    "path",
    "method",
    "status",
    "client_id",
    "module",
    "fault",
    "text",
    "order",
];

/// The latest entries that fit, oldest first.
pub(super) async fn list_entries(
    State(shared): State<Arc<Shared>>,
    asked: Asked,
) -> Result<Json<Value>, Problem> {
    asked.only(&PARAMETERS)?;
    let after = asked.number("after", 0)?;
    let limit = asked.limit(usize::MAX)?;
    let is_newest_first = match asked.text("order") {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(other) => {
            return Err(Problem::of_field(
                "order",
                format!("order is `{other}`: use `asc` (oldest first) or `desc`"),
            ));
        }
    };
    let filter = filter(&asked)?;
    let offset_minutes = shared.world().organisation.utc_offset_minutes;
    let journal = shared.journal();
    let mut entries: Vec<Value> = journal
        .after(after)
        .rev()
        .filter(|entry| filter.fits(entry))
        .take(limit)
        .map(|entry| entry.to_json(offset_minutes))
        .collect();
    if !is_newest_first {
        entries.reverse();
    }
    Ok(Json(
        json!({"journal": entries, "served": journal.served()}),
    ))
}

fn filter(asked: &Asked) -> Result<Filter, Problem> {
    let text = |name: &str| asked.text(name).map(str::to_owned);
    let status = asked
        .text("status")
        .map(|given| {
            StatusFilter::parse(given).ok_or_else(|| {
                Problem::of_field(
                    "status",
                    format!("status is `{given}`: use a status such as 429, a class such as 5xx, or `none` for calls without an answer"),
                )
            })
        })
        .transpose()?;
    Ok(Filter {
        path: text("path"),
        method: text("method"),
        status,
        client_id: text("client_id"),
        module: text("module"),
        fault: text("fault"),
        text: text("text"),
    })
}

pub(super) async fn show_entry(
    State(shared): State<Arc<Shared>>,
    Path(sequence): Path<String>,
) -> Result<Json<Value>, Problem> {
    let offset_minutes = shared.world().organisation.utc_offset_minutes;
    let journal = shared.journal();
    let known = sequence.parse::<u64>().ok().and_then(|sequence| {
        let mut entries = journal.after(sequence.checked_sub(1)?);
        entries.next().filter(|entry| entry.sequence == sequence)
    });
    let entry = known.ok_or_else(|| {
        Problem::not_found(format!(
            "the journal has no entry `{sequence}`; it keeps the latest, of {} served",
            journal.served()
        ))
    })?;
    Ok(Json(entry.to_json(offset_minutes)))
}

/// Forgets what was served; the sequence goes on.
pub(super) async fn clear_entries(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({"deleted": shared.journal().clear()}))
}
