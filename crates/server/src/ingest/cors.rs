//! Lets browsers on other origins send events and read the answers. No cookie is ever looked at here, so nothing is
//! at stake in letting every origin ask; a source's own list of origins is checked with its key.

use axum::extract::State;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ORIGIN,
    VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::problem::Problem;

/// Finishes an ingestion answer: headers for browsers, and the count.
pub(crate) fn finish(
    app: &App,
    origin: Option<HeaderValue>,
    answer: Result<Response, Problem>,
) -> Response {
    let mut response = answer.unwrap_or_else(IntoResponse::into_response);
    app.metrics.count_ingest(response.status());
    if let Some(origin) = origin {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("retry-after"),
        );
        headers.insert(VARY, HeaderValue::from_static("origin"));
    }
    response
}

/// Answers a browser that asks before it sends.
pub(crate) async fn preflight(State(app): State<App>, headers: HeaderMap) -> Response {
    let answer = (
        StatusCode::NO_CONTENT,
        [
            (
                ACCESS_CONTROL_ALLOW_METHODS,
                HeaderValue::from_static("GET, POST, OPTIONS"),
            ),
            (ACCESS_CONTROL_ALLOW_HEADERS, allowed_headers(&headers)),
            (ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400")),
        ],
    );
    finish(
        &app,
        headers.get(ORIGIN).cloned(),
        Ok(answer.into_response()),
    )
}

/// What clients are known to send, and whatever else this one asks for: headers unlock nothing here.
fn allowed_headers(headers: &HeaderMap) -> HeaderValue {
    let known = "authorization, content-type, content-encoding, x-write-key, idempotency-key";
    headers
        .get(ACCESS_CONTROL_REQUEST_HEADERS)
        .and_then(|asked| asked.to_str().ok())
        .and_then(|asked| HeaderValue::from_str(&format!("{known}, {asked}")).ok())
        .unwrap_or(HeaderValue::from_static(
            "authorization, content-type, content-encoding, x-write-key, idempotency-key",
        ))
}
