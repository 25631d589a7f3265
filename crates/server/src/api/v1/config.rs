//! The configuration: shown whole or in parts, planned, and replaced.

use axum::Json;
use axum::extract::State;
use leadway_engine::Engine;
use leadway_engine::model::config::{Config, MappingConfig, RouteConfig, SourceConfig};
use leadway_engine::model::status::ConfigPlan;

use crate::api::schema;
use crate::extract::JsonBody;
use crate::problem::Problem;

/// Shows the configuration, without its secrets.
#[utoipa::path(
    get, path = "/api/v1/config", tag = "configuration", operation_id = "show_config", security(("admin_token" = [])),
    responses((status = 200, description = "The whole configuration", body = schema::Config))
)]
pub(crate) async fn show_config(State(engine): State<Engine>) -> Json<Config> {
    Json(engine.config())
}

/// Says what replacing the configuration would change, and changes nothing.
#[utoipa::path(
    post, path = "/api/v1/config/plan", tag = "configuration", operation_id = "plan_config",
    security(("admin_token" = [])),
    request_body = schema::Config,
    responses(
        (status = 200, description = "What would change", body = schema::ConfigPlan),
        (status = 422, description = "It cannot work; `problems` says where", body = schema::Problem),
    )
)]
pub(crate) async fn plan_config(
    State(engine): State<Engine>,
    JsonBody(config): JsonBody<Config>,
) -> Result<Json<ConfigPlan>, Problem> {
    Ok(Json(engine.plan_config(&config).await?))
}

/// Replaces the configuration. A connection's secret that is left out stays as it is stored.
#[utoipa::path(
    put, path = "/api/v1/config", tag = "configuration", operation_id = "replace_config",
    security(("admin_token" = [])),
    request_body = schema::Config,
    responses(
        (status = 200, description = "What was changed", body = schema::ConfigPlan),
        (status = 422, description = "It cannot work; nothing was changed", body = schema::Problem),
    )
)]
pub(crate) async fn replace_config(
    State(engine): State<Engine>,
    JsonBody(config): JsonBody<Config>,
) -> Result<Json<ConfigPlan>, Problem> {
    Ok(Json(engine.apply_config(config).await?))
}

/// Lists sources.
#[utoipa::path(
    get, path = "/api/v1/sources", tag = "configuration", operation_id = "list_sources", security(("admin_token" = [])),
    responses((status = 200, description = "All sources with their write keys", body = [schema::SourceConfig]))
)]
pub(crate) async fn list_sources(State(engine): State<Engine>) -> Json<Vec<SourceConfig>> {
    Json(engine.config().sources)
}

/// Lists routes.
#[utoipa::path(
    get, path = "/api/v1/routes", tag = "configuration", operation_id = "list_routes", security(("admin_token" = [])),
    responses((status = 200, description = "All routes", body = [schema::RouteConfig]))
)]
pub(crate) async fn list_routes(State(engine): State<Engine>) -> Json<Vec<RouteConfig>> {
    Json(engine.config().routes)
}

/// Lists mappings.
#[utoipa::path(
    get, path = "/api/v1/mappings", tag = "configuration", operation_id = "list_mappings", security(("admin_token" = [])),
    responses((status = 200, description = "All mappings of the configuration", body = [schema::MappingConfig]))
)]
pub(crate) async fn list_mappings(State(engine): State<Engine>) -> Json<Vec<MappingConfig>> {
    Json(engine.config().mappings)
}
