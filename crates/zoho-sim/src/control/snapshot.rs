//! `GET|PUT snapshot`: the whole simulator as one compressed file, and back.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::{Body, Problem};
use crate::snapshot;
use crate::state::Shared;

pub(super) async fn take_snapshot(
    State(shared): State<Arc<Shared>>,
) -> Result<impl IntoResponse, Problem> {
    let file = tokio::task::spawn_blocking(move || snapshot::take(&shared));
    let file = file.await.map_err(broken)?.map_err(broken)?;
    let headers = [
        (header::CONTENT_TYPE, "application/gzip"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"zoho-sim.json.gz\"",
        ),
    ];
    Ok((headers, file))
}

/// Puts a snapshot in the place of everything.
pub(super) async fn restore_snapshot(
    State(shared): State<Arc<Shared>>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let restored = tokio::task::spawn_blocking(move || snapshot::restore(&shared, &body.0));
    restored.await.map_err(broken)?.map_err(broken)?;
    Ok(Json(json!({"status": "ok"})))
}

fn broken(error: impl std::fmt::Display) -> Problem {
    Problem::bad(error.to_string())
}
