//! Connect sessions: a product's backend has one made for its customer, who then connects on the hosted page.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use leadway_engine::Engine;
use leadway_engine::model::connect_session::{ConnectSession, NewConnectSession};
use serde::Serialize;

use crate::api::schema;
use crate::app::App;
use crate::extract::{JsonBody, Named};
use crate::hosted::CONNECT_PATH;
use crate::own_url::own_url;
use crate::problem::Problem;

/// A session with what the customer's browser needs.
#[derive(Serialize)]
pub(crate) struct Made {
    token: String,
    url: String,
    #[serde(flatten)]
    session: ConnectSession,
}

/// Makes a connect session for a customer of yours, who connects one Zoho account with it, once.
///
/// Give the token to `Leadway.connect` of `/connect.js` in the customer's browser, or send the customer to `url`. An
/// owner who has a connection already connects it again.
#[utoipa::path(
    post, path = "/api/v1/connect-sessions", tag = "connections", operation_id = "make_connect_session",
    security(("admin_token" = [])),
    request_body = schema::NewConnectSession,
    responses(
        (status = 201, description = "The session, with its token", body = schema::MadeConnectSession),
        (status = 409, description = "It is not clear which connection is the owner's", body = schema::Problem),
        (status = 422, description = "Something in it cannot be taken", body = schema::Problem),
        (status = 429, description = "Too many are open at once", body = schema::Problem),
    )
)]
pub(crate) async fn make_connect_session(
    State(app): State<App>,
    headers: HeaderMap,
    JsonBody(wanted): JsonBody<NewConnectSession>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let made = app.engine.make_connect_session(wanted).await?;
    let url = format!(
        "{}{CONNECT_PATH}#session={}",
        own_url(&app, &headers),
        made.token
    );
    let made = Made {
        token: made.token,
        url,
        session: made.session,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Shows a connect session, also for a week after it has ended.
#[utoipa::path(
    get, path = "/api/v1/connect-sessions/{id}", tag = "connections", operation_id = "show_connect_session",
    security(("admin_token" = [])),
    params(("id" = String, Path, description = "The session's id, not its token")),
    responses(
        (status = 200, description = "The session, without its token", body = schema::ConnectSession),
        (status = 404, description = "There is no such session", body = schema::Problem),
    )
)]
pub(crate) async fn show_connect_session(
    State(engine): State<Engine>,
    Named(id): Named<String>,
) -> Result<Json<ConnectSession>, Problem> {
    let session = engine.connect_session(&id).await?;
    Ok(Json(
        session.ok_or_else(|| Problem::no_such("connect session", &id))?,
    ))
}

/// Ends a connect session that nobody shall use any more.
#[utoipa::path(
    delete, path = "/api/v1/connect-sessions/{id}", tag = "connections", operation_id = "end_connect_session",
    security(("admin_token" = [])),
    params(("id" = String, Path, description = "The session's id, not its token")),
    responses(
        (status = 200, description = "The session; it opens nothing any more", body = schema::ConnectSession),
        (status = 404, description = "There is no such session", body = schema::Problem),
        (status = 410, description = "It has made its connection already", body = schema::Problem),
    )
)]
pub(crate) async fn end_connect_session(
    State(engine): State<Engine>,
    Named(id): Named<String>,
) -> Result<Json<ConnectSession>, Problem> {
    Ok(Json(engine.end_connect_session(&id).await?))
}
