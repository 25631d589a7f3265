//! `GET limits`, `PUT limits`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::{Body, Problem, given};
use crate::state::Shared;

pub(super) async fn show_limits(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(limits(&shared))
}

/// Changes the limits that the body names; `null` switches one off. The others stay.
pub(super) async fn change_limits(
    State(shared): State<Arc<Shared>>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    change(&shared, body.parse()?)?;
    Ok(Json(limits(&shared)))
}

/// Puts the named limits in force.
pub(crate) fn change(shared: &Shared, changes: Map<String, Value>) -> Result<(), Problem> {
    let mut merged = serde_json::to_value(shared.limits()).unwrap_or_default();
    if let Some(object) = merged.as_object_mut() {
        object.extend(changes);
    }
    shared.meter().limits = given::parse_value(merged)?;
    Ok(())
}

/// The limits with what is used of them.
pub(crate) fn limits(shared: &Shared) -> Value {
    let now = shared.clock.now();
    let mut meter = shared.meter();
    let window = i64::from(meter.limits.credit_window_seconds);
    let used = meter.credits.used(now, window);
    let (calls, heavy_calls) = meter.gate.in_flight();
    let remaining = meter
        .limits
        .credits_max
        .map(|maximum| maximum.saturating_sub(used));
    json!({
        "limits": meter.limits,
        "credits_used": used,
        "credits_remaining": remaining,
        "calls_in_flight": calls,
        "heavy_calls_in_flight": heavy_calls,
    })
}
