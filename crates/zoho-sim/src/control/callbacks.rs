//! `GET callbacks?after=&limit=`: what was sent to others, oldest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::state::Shared;

#[derive(Debug, Deserialize)]
pub(super) struct Selection {
    /// Only callbacks with a higher sequence.
    #[serde(default)]
    after: u64,
    /// At most this many, the latest ones.
    #[serde(default = "all")]
    limit: usize,
}

fn all() -> usize {
    usize::MAX
}

pub(super) async fn list_callbacks(
    State(shared): State<Arc<Shared>>,
    Query(selection): Query<Selection>,
) -> Json<Value> {
    let offset_minutes = shared.world().organisation.utc_offset_minutes;
    let sent = shared.sent();
    let mut callbacks: Vec<Value> = sent
        .after(selection.after)
        .rev()
        .take(selection.limit)
        .map(|entry| entry.to_json(offset_minutes))
        .collect();
    callbacks.reverse();
    Json(json!({"callbacks": callbacks, "sent": sent.count()}))
}
