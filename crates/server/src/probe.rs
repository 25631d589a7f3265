//! Doors for machines that watch the gateway: does it live, is it ready.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::api::schema;
use crate::app::App;

/// Whether the process lives. Says nothing about the store or Zoho.
#[utoipa::path(
    get, path = "/healthz", tag = "probes", operation_id = "get_healthz",
    responses((status = 200, description = "It lives", content_type = "text/plain", body = String))
)]
pub(crate) async fn get_healthz() -> &'static str {
    "ok\n"
}

/// Whether the gateway can take events and deliver them.
#[utoipa::path(
    get, path = "/readyz", tag = "probes", operation_id = "get_readyz",
    responses(
        (status = 200, description = "It can", body = schema::Health),
        (status = 503, description = "It cannot; `problems` says why", body = schema::Health),
    )
)]
pub(crate) async fn get_readyz(State(app): State<App>) -> Response {
    let health = app.engine.health().await;
    let status = if health.is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(health)).into_response()
}
