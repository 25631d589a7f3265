//! `POST /connect/status`: what has become of a session, for the script in the product's own page. Only pages of the
//! session's origins may read the answer.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use leadway_engine::model::connect_session::{LastTry, SessionState};
use serde::Serialize;

use super::foreign_origin;
use crate::app::App;
use crate::console::visitor::Fields;
use crate::problem::Problem;

/// What a product's page may know.
#[derive(Serialize)]
struct Status {
    state: SessionState,
    connection: String,
    owner: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_try: Option<LastTry>,
}

/// Answers with the state of the session whose token is in the form, which browsers send without asking first.
pub(super) async fn show_status(
    State(app): State<App>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let fields = Fields::read(request).await?;
    let token = fields.get("session").unwrap_or_default();
    let session = app.engine.connect_session_of(token).await?;
    let mut response = Json(Status {
        state: session.state,
        connection: session.connection,
        owner: session.owner,
        last_try: session.last_try,
    })
    .into_response();
    let own = response.headers_mut();
    own.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    own.insert(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = foreign_origin(&app, &headers) {
        let is_allowed = session.allowed_origins.iter().any(|known| known == origin);
        let origin = HeaderValue::from_str(origin).ok().filter(|_| is_allowed);
        let Some(origin) = origin else {
            let message = "this page's origin is none of those that the session allows";
            return Err(Problem::new(StatusCode::FORBIDDEN, "wrong_origin", message)
                .with_field("allowed_origins"));
        };
        own.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    Ok(response)
}
