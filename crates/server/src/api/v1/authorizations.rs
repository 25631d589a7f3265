//! Connecting a Zoho account: by Zoho's consent page, a self client's code, or a refresh token.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use leadway_engine::model::connect::{Authorization, Connected};
use leadway_engine::{Engine, Grant};
use secrecy::SecretString;
use serde::Deserialize;

use crate::api::schema;
use crate::app::App;
use crate::extract::{JsonBody, Named};
use crate::own_url::redirect_uri;
use crate::problem::Problem;

/// How to begin.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAuthorization {
    redirect_uri: Option<String>,
}

/// Begins at Zoho's consent page. Send the person to `url`; Zoho sends them back to the gateway, which connects.
#[utoipa::path(
    post, path = "/api/v1/connections/{name}/authorizations", tag = "connections", operation_id = "begin_authorization",
    security(("admin_token" = [])),
    params(("name" = String, Path, description = "The connection's name")),
    request_body = schema::NewAuthorization,
    responses(
        (status = 201, description = "Where to send the person", body = schema::Authorization),
        (status = 404, description = "There is no such connection", body = schema::Problem),
        (status = 422, description = "Its settings or client secret do not suffice", body = schema::Problem),
    )
)]
pub(crate) async fn begin_authorization(
    State(app): State<App>,
    State(engine): State<Engine>,
    Named(name): Named<String>,
    headers: HeaderMap,
    JsonBody(wanted): JsonBody<NewAuthorization>,
) -> Result<(StatusCode, Json<Authorization>), Problem> {
    let redirect_uri = wanted
        .redirect_uri
        .unwrap_or_else(|| redirect_uri(&app, &headers));
    let authorization = engine
        .begin_authorization(&name, &redirect_uri, None)
        .await?;
    Ok((StatusCode::CREATED, Json(authorization)))
}

/// What is in hand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewGrant {
    code: Option<SecretString>,
    refresh_token: Option<SecretString>,
}

/// Connects with a self client's code or a refresh token. Zoho is asked whether it is good before it is stored.
#[utoipa::path(
    post, path = "/api/v1/connections/{name}/grants", tag = "connections", operation_id = "give_grant",
    security(("admin_token" = [])),
    params(("name" = String, Path, description = "The connection's name")),
    request_body = schema::NewGrant,
    responses(
        (status = 201, description = "It is connected, and its deliveries go on", body = schema::Connected),
        (status = 404, description = "There is no such connection", body = schema::Problem),
        (status = 422, description = "Zoho does not take it; nothing was changed", body = schema::Problem),
        (status = 503, description = "Zoho cannot be asked right now", body = schema::Problem),
    )
)]
pub(crate) async fn give_grant(
    State(engine): State<Engine>,
    Named(name): Named<String>,
    JsonBody(given): JsonBody<NewGrant>,
) -> Result<(StatusCode, Json<Connected>), Problem> {
    let grant = match (given.code, given.refresh_token) {
        (Some(code), None) => Grant::Code(code),
        (None, Some(token)) => Grant::RefreshToken(token),
        _ => {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "wrong_grant",
                "exactly one of code and refresh_token is needed",
            )
            .with_field("code")
            .with_remedy(
                "send {\"code\": …} with a self client's code, or {\"refresh_token\": …}",
            ));
        }
    };
    Ok((StatusCode::CREATED, Json(engine.grant(&name, grant).await?)))
}
