//! Connect sessions: a product's backend has one made for its customer, who then connects on the hosted page.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use leadway_engine::Engine;
use leadway_engine::model::connect_session::{
    ConnectSession, ConnectSessionQuery, NewConnectSession, SessionState,
};
use leadway_engine::model::page::Page;
use serde::{Deserialize, Serialize};

use crate::api::schema;
use crate::app::App;
use crate::extract::{JsonBody, Named, Parameters, limit, word};
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
    let made = Made {
        url: page_url(&app, &headers, &made.token),
        token: made.token,
        session: made.session,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// The connect page with a session's token in the fragment, which browsers do not send.
pub(crate) fn page_url(app: &App, headers: &HeaderMap, token: &str) -> String {
    format!("{}{CONNECT_PATH}#session={token}", own_url(app, headers))
}

/// The query of a list of sessions, as it came.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListSessions {
    owner: Option<String>,
    state: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

/// Lists connect sessions, newest first; those that ended a week ago are forgotten.
#[utoipa::path(
    get, path = "/api/v1/connect-sessions", tag = "connections", operation_id = "list_connect_sessions",
    security(("admin_token" = [])),
    params(
        ("owner" = Option<String>, Query, description = "Only those of this customer"),
        ("state" = Option<String>, Query, description = "Only those of this state: `open`, `connected`, `expired` or `ended`"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Items of a page, 1 to 200; 50 unless told"),
    ),
    responses(
        (status = 200, description = "A page of sessions, without their tokens", body = schema::ConnectSessionPage),
        (status = 400, description = "A parameter cannot be read", body = schema::Problem),
    )
)]
pub(crate) async fn list_connect_sessions(
    State(engine): State<Engine>,
    Parameters(list): Parameters<ListSessions>,
) -> Result<Json<Page<ConnectSession>>, Problem> {
    let words = SessionState::ALL.map(SessionState::as_str);
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let query = ConnectSessionQuery {
        state: word(
            "state",
            list.state.as_deref(),
            SessionState::from_word,
            &words,
        )?,
        owner: filled(list.owner),
        cursor: filled(list.cursor),
        items_max: limit(list.limit.as_deref())?,
    };
    Ok(Json(engine.connect_sessions(&query).await?))
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
