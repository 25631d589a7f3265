//! `GET health`, `POST reset`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Problem;
use crate::state::Shared;

pub(super) async fn show_health(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let world = shared.world();
    let records: usize = world.tables.iter().map(|table| table.rows.len()).sum();
    Json(json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "organisation": world.organisation.company_name,
        "edition": world.organisation.edition,
        "data_center": shared.config.data_center.name(),
        "records": records,
    }))
}

pub(super) async fn reset_world(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Problem> {
    shared
        .reset()
        .map_err(|error| Problem::bad(format!("the seed cannot be used: {error}")))?;
    Ok(Json(json!({"status": "ok"})))
}
