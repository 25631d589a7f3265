//! How the gateway is doing.

use axum::Json;
use axum::extract::State;
use leadway_engine::Engine;
use leadway_engine::model::status::Overview;

use crate::api::schema;
use crate::problem::Problem;

/// Shows counts and the state of each connection.
#[utoipa::path(
    get, path = "/api/v1/overview", tag = "probes", operation_id = "show_overview", security(("admin_token" = [])),
    responses(
        (status = 200, description = "Counts and connections", body = schema::Overview),
        (status = 401, description = "No or a wrong token", body = schema::Problem),
    )
)]
pub(crate) async fn show_overview(State(engine): State<Engine>) -> Result<Json<Overview>, Problem> {
    Ok(Json(engine.overview().await?))
}
