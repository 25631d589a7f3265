//! Answers that several doors give.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::problem::Problem;

/// Renders a template as a page.
pub(crate) fn page(template: &impl askama::Template) -> Result<Response, Problem> {
    page_with_status(StatusCode::OK, template)
}

/// Renders a template as a page with another status than 200.
pub(crate) fn page_with_status(
    status: StatusCode,
    template: &impl askama::Template,
) -> Result<Response, Problem> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        Problem::internal()
    })?;
    Ok(html_with_status(status, html))
}

/// Sends HTML that its templates have rendered and escaped.
pub(crate) fn html(html: String) -> Response {
    html_with_status(StatusCode::OK, html)
}

fn html_with_status(status: StatusCode, html: String) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(CONTENT_SECURITY_POLICY),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ),
    ];
    (status, headers, html).into_response()
}

/// Scripts and styles come from files of this origin only. `form-action` is left open because a form's answer may
/// redirect the visitor to the company's own site, which browsers count as a form action.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     font-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// 303: the browser loads another page with GET, so that reloading it posts nothing again.
pub(crate) fn see_other(path: &str) -> Response {
    Redirect::to(path).into_response()
}
