//! `GET journal?after=&limit=&path=`: requests served, oldest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::state::Shared;

#[derive(Debug, Deserialize)]
pub(super) struct Selection {
    /// Only entries with a higher sequence.
    #[serde(default)]
    after: u64,
    /// At most this many, the latest ones.
    #[serde(default = "all")]
    limit: usize,
    /// Only requests whose path begins so.
    path: Option<String>,
}

fn all() -> usize {
    usize::MAX
}

pub(super) async fn list_entries(
    State(shared): State<Arc<Shared>>,
    Query(selection): Query<Selection>,
) -> Json<Value> {
    let offset_minutes = shared.world().organisation.utc_offset_minutes;
    let journal = shared.journal();
    let is_wanted = |path: &str| {
        selection
            .path
            .as_ref()
            .is_none_or(|prefix| path.starts_with(prefix.as_str()))
    };
    let mut entries: Vec<Value> = journal
        .after(selection.after)
        .rev()
        .filter(|entry| is_wanted(&entry.path))
        .take(selection.limit)
        .map(|entry| entry.to_json(offset_minutes))
        .collect();
    entries.reverse();
    Json(json!({"journal": entries, "served": journal.served()}))
}
