//! `GET /oauth/callback`: where Zoho sends people back to from its consent page. Anybody may knock here, so what counts
//! is the one-time `state`, and the cookie of the browser in which it was begun.

use axum::extract::{RawQuery, State};
use axum::http::header::REFERRER_POLICY;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use leadway_engine::model::connect::Connected;

use crate::answer;
use crate::app::App;
use crate::console::visitor::cookie;
use crate::problem::Problem;

/// Brings a session's connect token along. The session's own cookie does not come with a redirect from Zoho's site.
pub(crate) const CONNECT_COOKIE: &str = "leadway_connect";

#[derive(askama::Template)]
#[template(path = "connected.html")]
struct ConnectedPage<'a> {
    connected: &'a Connected,
}

#[derive(askama::Template)]
#[template(path = "not_connected.html")]
struct NotConnectedPage<'a> {
    message: &'a str,
    remedy: Option<&'a str>,
}

/// Finishes an authorization and says what came of it, in plain words.
pub(crate) async fn finish_authorization(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    // The token of a session that has ended counts for nothing.
    let binding =
        cookie(&headers, CONNECT_COOKIE).filter(|token| app.sessions.is_connecting(token));
    let finished = app
        .engine
        .finish_authorization(query.as_deref().unwrap_or_default(), binding)
        .await;
    let mut response = match finished {
        Ok(connected) => answer::page(&ConnectedPage {
            connected: &connected,
        })
        .unwrap_or_else(IntoResponse::into_response),
        Err(error) => {
            tracing::warn!(%error, "an answer of Zoho's consent page did not connect anything");
            let problem = Problem::from(error);
            let page = NotConnectedPage {
                message: &problem.message,
                remedy: problem.remedy.as_deref(),
            };
            answer::page_with_status(problem.status(), &page)
                .unwrap_or_else(IntoResponse::into_response)
        }
    };
    // The address of this page holds the code and the state, which are of no use any more, but nobody's business.
    response
        .headers_mut()
        .insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
