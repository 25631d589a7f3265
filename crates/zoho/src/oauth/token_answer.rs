//! Reads answers of the token endpoint, and asks it.
//!
//! Zoho answers many refusals with HTTP 200, so the body decides, never the status. No error quotes a body from here
//! unless it is a page of HTML, since the body may hold a token.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::answer::excerpt;
use crate::transport::{Answer, Outgoing, Transport, host_of};
use crate::{Error, ErrorKind};

pub(super) const TOKEN_PATH: &str = "/oauth/v2/token";

/// Zoho's window for access tokens: 10 per refresh token in 10 minutes
/// (`crm/developer/docs/api/v8/token-validity.html`).
///
/// unknown: when the window began, so that a throttled caller waits the whole of it.
pub(super) const THROTTLE_WINDOW: Duration = Duration::from_secs(600);

/// Older answers of Zoho omit the lifetime, which is an hour.
const LIFETIME_SECS: u64 = 3600;

pub(super) struct TokenAnswer {
    pub(super) access_token: SecretString,
    pub(super) refresh_token: Option<SecretString>,
    pub(super) scopes: Vec<String>,
    pub(super) api_domain: Option<String>,
    pub(super) lifetime: Duration,
}

#[derive(Deserialize)]
struct Wire {
    access_token: Option<SecretString>,
    refresh_token: Option<SecretString>,
    scope: Option<String>,
    api_domain: Option<String>,
    expires_in: Option<Value>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Posts a form to the accounts server.
pub(super) async fn post_form(
    transport: &Transport,
    operation: &'static str,
    accounts_url: &Url,
    path: &str,
    form: &[(&str, &str)],
) -> Result<Answer, Error> {
    let mut url = accounts_url.clone();
    url.set_path(path);
    let body = Serializer::new(String::new()).extend_pairs(form).finish();
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    let outgoing = Outgoing {
        operation,
        method: Method::POST,
        url,
        headers,
        body: Some(body.into()),
        timeout: None,
        silence_max: None,
        pieces_sent: Arc::default(),
        changes_something: false,
    };
    transport.send(outgoing).await
}

pub(super) fn read(
    operation: &'static str,
    accounts_url: &Url,
    answer: &Answer,
) -> Result<TokenAnswer, Error> {
    let error = |kind: ErrorKind, message: String| {
        Error::new(kind, operation, message)
            .at("POST", &host_of(accounts_url), TOKEN_PATH)
            .status(answer.status)
    };
    let Ok(wire) = serde_json::from_slice::<Wire>(&answer.body) else {
        return Err(error(
            kind_by_status(answer.status).unwrap_or(ErrorKind::BrokenAnswer),
            unreadable(&answer.body),
        ));
    };
    if let Some(access_token) = wire.access_token {
        return Ok(TokenAnswer {
            access_token,
            refresh_token: wire.refresh_token,
            scopes: scopes(wire.scope.as_deref().unwrap_or_default()),
            api_domain: wire.api_domain,
            lifetime: lifetime(wire.expires_in.as_ref()),
        });
    }
    let message = wire
        .error_description
        .unwrap_or_else(|| "the accounts server refuses".to_owned());
    Err(match wire.error {
        // `access_denied` is the grant's throttle (10 codes in 10 minutes), "Access Denied" the access token's.
        Some(code) if is_throttle(&code) => error(ErrorKind::ThrottledToken, message)
            .zoho_code(code)
            .wait(Some(THROTTLE_WINDOW)),
        // A server that fails says nothing about the token, whatever it writes.
        Some(code) if answer.status >= 500 => error(ErrorKind::Server, message).zoho_code(code),
        Some(code) => error(ErrorKind::Token, message).zoho_code(code),
        None => {
            let message = "the answer has neither access_token nor error".to_owned();
            error(
                kind_by_status(answer.status).unwrap_or(ErrorKind::Decode),
                message,
            )
        }
    })
}

/// Within a minute and a day: a token that is said to be dead on arrival would otherwise be renewed at every call, while
/// Zoho turns a dead one down anyway.
fn lifetime(expires_in: Option<&Value>) -> Duration {
    let secs = expires_in.and_then(Value::as_u64).unwrap_or(LIFETIME_SECS);
    Duration::from_secs(secs.clamp(60, 24 * 3600))
}

fn is_throttle(code: &str) -> bool {
    code.eq_ignore_ascii_case("access denied") || code.eq_ignore_ascii_case("access_denied")
}

fn kind_by_status(status: u16) -> Option<ErrorKind> {
    match status {
        429 => Some(ErrorKind::TooManyRequests),
        500.. => Some(ErrorKind::Server),
        _ => None,
    }
}

fn unreadable(body: &[u8]) -> String {
    match body.trim_ascii_start().first() {
        Some(b'<') => format!("the answer is a page, not JSON: {}", excerpt(body)),
        Some(_) => "the answer is no readable JSON".to_owned(),
        None => "the answer is empty".to_owned(),
    }
}

/// Scopes come separated by spaces; requests and older answers use commas.
fn scopes(text: &str) -> Vec<String> {
    text.split([' ', ','])
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_body(status: u16, body: &'static str) -> Result<TokenAnswer, Error> {
        let answer = Answer {
            status,
            headers: HeaderMap::new(),
            body: body.into(),
            elapsed: Duration::ZERO,
        };
        read(
            "refresh token",
            &Url::parse("https://accounts.zoho.eu").unwrap(),
            &answer,
        )
    }

    #[test]
    fn a_refusal_under_http_200_is_a_refusal() {
        let error = read_body(200, r#"{"error":"invalid_code"}"#).err().unwrap();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::Token, Some("invalid_code"))
        );
        assert!(error.needs_consent() && !error.is_transient());
    }

    #[test]
    fn the_throttle_is_known_under_both_statuses() {
        let body = r#"{"error_description":"You have made too many requests continuously.","error":"Access Denied","status":"failure"}"#;
        for status in [200, 400] {
            let error = read_body(status, body).err().unwrap();
            assert_eq!(
                (error.kind(), error.retry_after()),
                (ErrorKind::ThrottledToken, Some(THROTTLE_WINDOW))
            );
        }
    }

    #[test]
    fn a_failing_accounts_server_is_not_taken_for_a_refusal() {
        for (status, body, kind) in [
            (500, r#"{"error":"general_error"}"#, ErrorKind::Server),
            (503, "{}", ErrorKind::Server),
            (
                429,
                r#"{"code":"TOO_MANY_REQUESTS","status":"error"}"#,
                ErrorKind::TooManyRequests,
            ),
            (200, r#"{"status":"odd"}"#, ErrorKind::Decode),
        ] {
            let error = read_body(status, body).err().unwrap();
            assert_eq!(
                (error.kind(), error.needs_consent()),
                (kind, false),
                "{body}"
            );
        }
    }

    #[test]
    fn a_sparse_answer_is_enough() {
        let answer = read_body(200, r#"{"access_token":"1000.a.b"}"#)
            .ok()
            .unwrap();
        assert_eq!(
            (
                answer.lifetime.as_secs(),
                answer.scopes.len(),
                answer.api_domain
            ),
            (3600, 0, None)
        );
        let answer = read_body(
            200,
            r#"{"access_token":"t","scope":"A.b.ALL C.d.READ,E.f.ALL"}"#,
        )
        .ok()
        .unwrap();
        assert_eq!(answer.scopes, ["A.b.ALL", "C.d.READ", "E.f.ALL"]);
    }

    #[test]
    fn odd_lifetimes_are_bounded() {
        for (text, secs) in [
            ("0", 60),
            ("900", 900),
            ("3600000", 86_400),
            ("\"3600\"", 3600),
            ("null", 3600),
        ] {
            let lifetime = lifetime(Some(&serde_json::from_str(text).unwrap()));
            assert_eq!(lifetime.as_secs(), secs, "{text}");
        }
    }

    #[test]
    fn a_cut_off_answer_never_shows_its_token() {
        let error = read_body(200, r#"{"access_token":"1000.verysecret"#)
            .err()
            .unwrap();
        assert_eq!(error.kind(), ErrorKind::BrokenAnswer);
        assert!(!format!("{error} {error:?}").contains("verysecret"));
        let page = read_body(502, "<html>Bad Gateway</html>").err().unwrap();
        assert_eq!(page.kind(), ErrorKind::Server);
        assert!(page.to_string().contains("Bad Gateway"));
    }
}
