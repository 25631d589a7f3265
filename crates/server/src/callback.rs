//! `GET /oauth/callback`: where Zoho sends people back to from its consent page. Anybody may knock here, so what counts
//! is the one-time `state`, and the cookie of the browser in which it was begun.

use axum::extract::{RawQuery, State};
use axum::http::header::REFERRER_POLICY;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use leadway_engine::model::connect::Connected;
use leadway_engine::{ConnectError, Finished};

use crate::answer;
use crate::app::App;
use crate::console::visitor::cookie;
use crate::hosted::{Outcome, result_page};
use crate::problem::Problem;
use crate::secret;

/// Brings a session's connect token along. The session's own cookie does not come with a redirect from Zoho's site.
pub(crate) const CONNECT_COOKIE: &str = "leadway_connect";

/// The cookie of a consent that was begun on the hosted page.
pub(crate) fn binding_cookie(state: &str) -> String {
    format!(
        "leadway_connect_{}",
        &secret::digest(state.as_bytes())[..16]
    )
}

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
    let query = query.unwrap_or_default();
    let state = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "state")
        .map(|(_, state)| binding_cookie(&state));
    let hosted = state.and_then(|name| cookie(&headers, &name));
    let binding = hosted.or_else(|| cookie(&headers, CONNECT_COOKIE));
    let finished = app.engine.finish_authorization(&query, binding).await;
    if let Err(error) = &finished.result {
        tracing::warn!(%error, "an answer of Zoho's consent page did not connect anything");
    }
    let mut response =
        page_of(finished, hosted.is_some()).unwrap_or_else(IntoResponse::into_response);
    // The address of this page holds the code and the state, which are of no use any more, but nobody's business.
    response
        .headers_mut()
        .insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// A customer who comes from the hosted page is not led to the console.
fn page_of(finished: Finished, is_hosted: bool) -> Result<Response, Problem> {
    if finished.session.is_some() || is_hosted {
        let outcome = match finished.result {
            Ok(ref connected) => Outcome::Connected(connected),
            Err(ConnectError::Declined { .. }) => Outcome::Declined,
            Err(ConnectError::UnknownState) => Outcome::Failed(too_late()),
            Err(error) => Outcome::failed(error),
        };
        return result_page(&outcome, finished.session.as_ref());
    }
    match finished.result {
        Ok(connected) => answer::page(&ConnectedPage {
            connected: &connected,
        }),
        Err(error) => {
            let problem = Problem::from(error);
            let page = NotConnectedPage {
                message: &problem.message,
                remedy: problem.remedy.as_deref(),
            };
            answer::page_with_status(problem.status(), &page)
        }
    }
}

/// For a customer whose consent was begun in this browser, and is not known any more.
fn too_late() -> Problem {
    let message =
        "it took longer than 15 minutes to come back from Zoho, or this page was loaded twice";
    Problem::bad_request("unknown_state", message)
        .with_remedy("begin again on the website that sent you here")
}
