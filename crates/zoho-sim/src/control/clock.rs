//! `GET clock`, `POST clock/advance`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Problem, clients};
use crate::state::Shared;
use crate::world::write_time;

pub(super) async fn show_clock(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(clock(&shared))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u32,
}

/// Moves the clock forward; it cannot go back.
pub(super) async fn advance_clock(
    State(shared): State<Arc<Shared>>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let advance: Advance = clients::parse(&body)?;
    shared.advance(advance.seconds);
    Ok(Json(clock(&shared)))
}

fn clock(shared: &Shared) -> Value {
    let mut now = Vec::new();
    write_time(
        &mut now,
        shared.clock.now(),
        shared.world().organisation.utc_offset_minutes,
    );
    json!({"now": String::from_utf8_lossy(&now), "advanced_seconds": shared.clock.advanced_seconds()})
}
