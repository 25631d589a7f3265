//! Logging in and out.

use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::refusal::Refusal;
use super::visitor::{Fields, Posted, SESSION_COOKIE, Visitor, cookie};
use crate::answer;
use crate::app::App;
use crate::extract::Parameters;
use crate::ingest::sender_ip;
use crate::own_url::is_https;
use crate::problem::Problem;
use crate::secret;

/// A cookie that the login form's hidden token must equal: before there is a session, this shows that the form came
/// from this page.
const LOGIN_COOKIE: &str = "leadway_login";

#[derive(askama::Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    csrf: &'a str,
    next: &'a str,
    problem: Option<&'a str>,
    /// The token itself, in a demo only, where everybody may know it.
    demo_token: Option<&'a str>,
}

/// Where to go after the login.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

/// Shows the login form.
pub(crate) async fn show_login(
    State(app): State<App>,
    Parameters(next): Parameters<Next>,
    request: Request,
) -> Result<Response, Refusal> {
    form(
        &app,
        &request.into_parts().0,
        &next.next,
        StatusCode::OK,
        None,
    )
}

/// Begins a session for whoever sends the admin token.
pub(crate) async fn log_in(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let address = sender_ip(&app, &parts).unwrap_or_default();
    let fields = Fields::read(Request::new(body)).await?;
    let next = fields.get("next").unwrap_or("");
    let is_own_form = cookie(&parts.headers, LOGIN_COOKIE)
        .is_some_and(|token| secret::is_same(fields.get("csrf").unwrap_or(""), token));
    if !is_own_form {
        let said = "This form was too old. Please try once more.";
        return form(&app, &parts, next, StatusCode::FORBIDDEN, Some(said));
    }
    if !app.sessions.may_try(&address) {
        let said = "Too many wrong tokens from your address. Please wait a minute.";
        return form(
            &app,
            &parts,
            next,
            StatusCode::TOO_MANY_REQUESTS,
            Some(said),
        );
    }
    if !secret::is_same(
        fields.get("token").unwrap_or(""),
        app.options.admin_token.expose_secret(),
    ) {
        app.sessions.count_failure(&address);
        tracing::warn!(address, "somebody tried to log in with a wrong token");
        let said = "That is not the admin token of this gateway.";
        return form(&app, &parts, next, StatusCode::UNAUTHORIZED, Some(said));
    }
    let id = app.sessions.begin().map_err(|_| Problem::internal())?;
    let mut response = answer::see_other(own_path(next));
    set_cookie(&app, &parts, &mut response, SESSION_COOKIE, &id, None)?;
    Ok(response)
}

/// Ends the session.
pub(crate) async fn log_out(State(app): State<App>, visitor: Visitor, _: Posted) -> Response {
    // What was begun at Zoho in this session cannot be finished any more.
    if let Some(token) = app.sessions.connect_token(&visitor.session_id) {
        app.engine.forget_authorizations(&token).await;
    }
    app.sessions.end(&visitor.session_id);
    answer::see_other("/login")
}

fn form(
    app: &App,
    parts: &Parts,
    next: &str,
    status: StatusCode,
    problem: Option<&str>,
) -> Result<Response, Refusal> {
    // One token serves several open login pages.
    let known = cookie(&parts.headers, LOGIN_COOKIE).filter(|token| token.len() == 32);
    let token = match known {
        Some(token) => token.to_owned(),
        None => secret::random_token().map_err(|_| Problem::internal())?,
    };
    let demo_token = app
        .options
        .demo
        .as_ref()
        .map(|_| app.options.admin_token.expose_secret());
    let page = LoginPage {
        csrf: &token,
        next: own_path(next),
        problem,
        demo_token,
    };
    let mut response = answer::page_with_status(status, &page)?;
    set_cookie(app, parts, &mut response, LOGIN_COOKIE, &token, Some(3_600))?;
    Ok(response)
}

/// The page that was asked for, if it is one of ours. Browsers leave tabs and line ends out of an address, so that a
/// tab between two slashes would lead elsewhere.
fn own_path(next: &str) -> &str {
    let is_own = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|letter: char| letter == '\\' || letter.is_control());
    if is_own { next } else { "/" }
}

fn set_cookie(
    app: &App,
    parts: &Parts,
    response: &mut Response,
    name: &str,
    value: &str,
    age_seconds: Option<u32>,
) -> Result<(), Problem> {
    let is_https = is_https(app, &parts.headers);
    let age = age_seconds
        .map(|seconds| format!("; Max-Age={seconds}"))
        .unwrap_or_default();
    let secure = if is_https { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{age}{secure}");
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Problem::internal())?;
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_are_gone_to_after_the_login() {
        assert_eq!(own_path("/events?status=dead"), "/events?status=dead");
        for other in [
            "",
            "https://example.com",
            "//example.com",
            "/\\example.com",
            "/a\r\nb",
            "/\t/example.com",
        ] {
            assert_eq!(own_path(other), "/", "{other:?}");
        }
    }
}
