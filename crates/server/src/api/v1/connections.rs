//! Connections: their state, and what the doctor finds.

use axum::Json;
use axum::extract::State;
use leadway_engine::Engine;
use leadway_engine::model::status::{ConnectionStatus, Finding};

use crate::api::schema;
use crate::extract::Named;
use crate::problem::Problem;

/// Lists connections with their state.
#[utoipa::path(
    get, path = "/api/v1/connections", tag = "configuration", operation_id = "list_connections",
    security(("admin_token" = [])),
    responses((status = 200, description = "All connections, without their secrets", body = [schema::ConnectionStatus]))
)]
pub(crate) async fn list_connections(
    State(engine): State<Engine>,
) -> Result<Json<Vec<ConnectionStatus>>, Problem> {
    Ok(Json(engine.connections().await?))
}

/// Examines a connection: is Zoho reached, is the token taken, do organisation, scopes, clock and credits fit.
#[utoipa::path(
    get, path = "/api/v1/connections/{name}/doctor", tag = "configuration", operation_id = "examine_connection",
    security(("admin_token" = [])),
    params(("name" = String, Path, description = "The connection's name")),
    responses(
        (status = 200, description = "One finding for each thing looked at", body = [schema::Finding]),
        (status = 404, description = "There is no such connection", body = schema::Problem),
    )
)]
pub(crate) async fn examine_connection(
    State(engine): State<Engine>,
    Named(name): Named<String>,
) -> Result<Json<Vec<Finding>>, Problem> {
    let findings = engine
        .doctor(&name)
        .await
        .ok_or_else(|| Problem::no_such("connection", &name))?;
    Ok(Json(findings))
}
