//! Connections: their state, their settings, their history, and what the doctor finds.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use leadway_engine::Engine;
use leadway_engine::model::config::ConnectionConfig;
use leadway_engine::model::connect::Removed;
use leadway_engine::model::status::{ConnectionEvent, ConnectionStatus, Finding};
use serde::Deserialize;

use crate::api::schema;
use crate::extract::{JsonBody, Named, Parameters, yes_or_no};
use crate::problem::Problem;

/// Which connections to list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListParameters {
    owner: Option<String>,
}

/// Lists connections with their state.
#[utoipa::path(
    get, path = "/api/v1/connections", tag = "connections", operation_id = "list_connections",
    security(("admin_token" = [])),
    params(("owner" = Option<String>, Query, description = "Only those of this owner")),
    responses((status = 200, description = "All connections, without their secrets", body = [schema::ConnectionStatus]))
)]
pub(crate) async fn list_connections(
    State(engine): State<Engine>,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Vec<ConnectionStatus>>, Problem> {
    let mut connections = engine.connections().await?;
    if let Some(owner) = &parameters.owner {
        connections.retain(|connection| connection.owner.as_ref() == Some(owner));
    }
    Ok(Json(connections))
}

/// Adds a connection. Without a refresh token it needs consent: begin an authorization, or give it a grant.
#[utoipa::path(
    post, path = "/api/v1/connections", tag = "connections", operation_id = "add_connection",
    security(("admin_token" = [])),
    request_body = schema::ConnectionConfig,
    responses(
        (status = 201, description = "The connection", body = schema::ConnectionStatus),
        (status = 409, description = "There is one of this name already", body = schema::Problem),
        (status = 422, description = "It cannot work; `problems` says where", body = schema::Problem),
    )
)]
pub(crate) async fn add_connection(
    State(engine): State<Engine>,
    JsonBody(config): JsonBody<ConnectionConfig>,
) -> Result<(StatusCode, Json<ConnectionStatus>), Problem> {
    let name = config.name.clone();
    engine.add_connection(config).await?;
    Ok((StatusCode::CREATED, Json(status(&engine, &name).await?)))
}

/// Shows a connection: state, granted scopes, features that lack one, token meters.
#[utoipa::path(
    get, path = "/api/v1/connections/{name}", tag = "connections", operation_id = "show_connection",
    security(("admin_token" = [])),
    params(("name" = String, Path, description = "The connection's name")),
    responses(
        (status = 200, description = "The connection, without its secrets", body = schema::ConnectionStatus),
        (status = 404, description = "There is no such connection", body = schema::Problem),
    )
)]
pub(crate) async fn show_connection(
    State(engine): State<Engine>,
    Named(name): Named<String>,
) -> Result<Json<ConnectionStatus>, Problem> {
    Ok(Json(status(&engine, &name).await?))
}

/// Replaces a connection's settings. Secrets that are left out stay stored; its name stays too.
#[utoipa::path(
    put, path = "/api/v1/connections/{name}", tag = "connections", operation_id = "change_connection",
    security(("admin_token" = [])),
    params(("name" = String, Path, description = "The connection's name")),
    request_body = schema::ConnectionConfig,
    responses(
        (status = 200, description = "The connection", body = schema::ConnectionStatus),
        (status = 404, description = "There is no such connection", body = schema::Problem),
        (status = 422, description = "It cannot work; nothing was changed", body = schema::Problem),
    )
)]
pub(crate) async fn change_connection(
    State(engine): State<Engine>,
    Named(name): Named<String>,
    JsonBody(config): JsonBody<ConnectionConfig>,
) -> Result<Json<ConnectionStatus>, Problem> {
    if config.name != name {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "wrong_name",
            "the name in the body is not the one in the path, and a connection cannot be renamed",
        )
        .with_field("name")
        .with_value(&config.name)
        .with_remedy("send the name of the path; what people read is the nickname"));
    }
    engine.change_connection(config).await?;
    Ok(Json(status(&engine, &name).await?))
}

/// Whether to revoke.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoveParameters {
    keep_token: Option<String>,
}

/// Removes a connection with its secrets, and revokes its refresh token at Zoho.
#[utoipa::path(
    delete, path = "/api/v1/connections/{name}", tag = "connections", operation_id = "remove_connection",
    security(("admin_token" = [])),
    params(
        ("name" = String, Path, description = "The connection's name"),
        ("keep_token" = Option<bool>, Query, description = "Do not revoke the refresh token, since other programs use it too"),
    ),
    responses(
        (status = 200, description = "It is removed; whether its token is revoked is said", body = schema::Removed),
        (status = 404, description = "There is no such connection", body = schema::Problem),
        (status = 409, description = "Routes deliver to it", body = schema::Problem),
    )
)]
pub(crate) async fn remove_connection(
    State(engine): State<Engine>,
    Named(name): Named<String>,
    Parameters(parameters): Parameters<RemoveParameters>,
) -> Result<Json<Removed>, Problem> {
    let keeps_token = yes_or_no("keep_token", parameters.keep_token.as_deref())?;
    Ok(Json(engine.remove_connection(&name, !keeps_token).await?))
}

/// Lists what happened to a connection, newest first, also after its removal.
#[utoipa::path(
    get, path = "/api/v1/connections/{name}/events", tag = "connections", operation_id = "list_connection_events",
    security(("admin_token" = [])),
    params(("name" = String, Path, description = "The connection's name")),
    responses(
        (status = 200, description = "At most the last hundred", body = [schema::ConnectionEvent]),
        (status = 404, description = "There is no such connection, and never was", body = schema::Problem),
    )
)]
pub(crate) async fn list_connection_events(
    State(engine): State<Engine>,
    Named(name): Named<String>,
) -> Result<Json<Vec<ConnectionEvent>>, Problem> {
    let events = engine.connection_events(&name).await?;
    Ok(Json(
        events.ok_or_else(|| Problem::no_such("connection", &name))?,
    ))
}

/// Examines a connection: is Zoho reached, is the token taken, do organisation, scopes, clock and credits fit.
#[utoipa::path(
    get, path = "/api/v1/connections/{name}/doctor", tag = "connections", operation_id = "examine_connection",
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

/// One connection, as the list shows it.
pub(crate) async fn status(engine: &Engine, name: &str) -> Result<ConnectionStatus, Problem> {
    engine
        .connections()
        .await?
        .into_iter()
        .find(|connection| connection.name == name)
        .ok_or_else(|| Problem::no_such("connection", name))
}
