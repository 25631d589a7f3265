//! `GET callbacks?after=&limit=`: what was sent to others, oldest first; `POST inbox`: a receiver for those who have none.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Asked, Problem};
use crate::state::Shared;

/// The latest callbacks after a sequence, oldest first.
pub(super) async fn list_callbacks(
    State(shared): State<Arc<Shared>>,
    asked: Asked,
) -> Result<Json<Value>, Problem> {
    asked.only(&["after", "limit"])?;
    let after = asked.number("after", 0)?;
    let limit = asked.limit(usize::MAX)?;
    let (offset_minutes, dropped) = {
        let world = shared.world();
        let offset_minutes = world.organisation.utc_offset_minutes;
        (offset_minutes, world.outbox.dropped())
    };
    let sent = shared.sent();
    let mut callbacks: Vec<Value> = sent
        .after(after)
        .rev()
        .take(limit)
        .map(|entry| entry.to_json(offset_minutes))
        .collect();
    callbacks.reverse();
    Ok(Json(
        json!({"callbacks": callbacks, "sent": sent.count(), "dropped": dropped}),
    ))
}

/// Takes whatever a channel tells, so that one can be watched without a receiver; what came stands among the callbacks.
pub(super) async fn take_callback() -> StatusCode {
    StatusCode::OK
}
