//! The write key: where senders put it, and the source that it names.
//!
//! A key in a header counts before one in the body, since some clients (Jitsu) mask the one in the body.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use leadway_engine::model::config::SourceConfig;

use crate::app::App;
use crate::problem::Problem;

/// What to do about a key that no source has.
pub(crate) const UNKNOWN_REMEDY: &str =
    "take the key from the source's entry on the console's Routes page";
/// What to do about an origin that a source does not list.
pub(crate) const ORIGIN_REMEDY: &str = "add the origin to allowed_origins of the source";

/// The key in `X-Write-Key`, or in `Authorization` as Bearer or as Basic user name.
pub(crate) fn in_headers(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    if let Some(key) = headers
        .get("x-write-key")
        .and_then(|value| value.to_str().ok())
    {
        return filled(Cow::Borrowed(key.trim()));
    }
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return filled(Cow::Borrowed(rest.trim()));
    }
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = String::from_utf8(BASE64_STANDARD.decode(rest.trim()).ok()?).ok()?;
        let user = decoded
            .split_once(':')
            .map_or(decoded.as_str(), |(user, _)| user);
        return filled(Cow::Owned(user.to_owned()));
    }
    None
}

/// The key as `writeKey` in the query; for requests that can carry no header: images and `sendBeacon`.
pub(crate) fn in_query(parts: &Parts) -> Option<Cow<'_, str>> {
    let (_, key) = url::form_urlencoded::parse(parts.uri.query()?.as_bytes())
        .find(|(name, _)| name == "writeKey" || name == "write_key")?;
    filled(key)
}

/// Whether a browser may have sent this by `sendBeacon`, which sets no other type than text.
pub(crate) fn is_beacon(parts: &Parts) -> bool {
    parts
        .headers
        .get(CONTENT_TYPE)
        .is_none_or(|value| value.as_bytes().starts_with(b"text/plain"))
}

fn filled(key: Cow<'_, str>) -> Option<Cow<'_, str>> {
    Some(key).filter(|key| !key.is_empty())
}

/// The source that a key names, if the request's origin may send to it.
pub(crate) fn source(
    app: &App,
    parts: &Parts,
    key: Option<&str>,
) -> Result<Arc<SourceConfig>, Problem> {
    let key = key.ok_or_else(missing)?;
    let source = find(app, key).ok_or_else(|| unknown(key))?;
    check_origin(&source, &parts.headers)?;
    Ok(source)
}

/// The source that a key names; Jitsu's `id:secret` counts by its id where no source has the whole as its key.
pub(crate) fn find(app: &App, key: &str) -> Option<Arc<SourceConfig>> {
    app.engine
        .source_by_write_key(key)
        .or_else(|| app.engine.source_by_write_key(key.split_once(':')?.0))
}

fn missing() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "write_key_missing", "the request names no source")
        .with_field("writeKey")
        .with_remedy("send the source's write key as Basic user name, as Bearer, as X-Write-Key or as writeKey in the body")
}

fn unknown(key: &str) -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "unknown_write_key",
        "no source has this write key",
    )
    .with_field("writeKey")
    .with_value(key)
    .with_remedy(UNKNOWN_REMEDY)
}

/// Refuses a browser's request from a page that the source does not know. The gateway's own pages always may.
pub(crate) fn check_origin(source: &SourceConfig, headers: &HeaderMap) -> Result<(), Problem> {
    if source.allowed_origins.is_empty() {
        return Ok(());
    }
    let Some(origin) = headers.get(ORIGIN) else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or("(unreadable)");
    let is_listed = source
        .allowed_origins
        .iter()
        .any(|allowed| allowed.trim_end_matches('/').eq_ignore_ascii_case(origin));
    if is_listed || is_own_page(origin, headers) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "origin_not_allowed",
        format!(
            "the source {:?} takes nothing from this origin",
            source.name
        ),
    )
    .with_field("Origin")
    .with_value(origin)
    .with_remedy(ORIGIN_REMEDY))
}

fn is_own_page(origin: &str, headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    let origin_host = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && host == origin_host
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn key_in(headers: &[(&'static str, &str)]) -> Option<String> {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect();
        in_headers(&headers).map(Cow::into_owned)
    }

    #[test]
    fn the_key_is_found_wherever_clients_put_it() {
        let key = Some("web-key".to_owned());
        assert_eq!(key_in(&[("authorization", "Basic d2ViLWtleTo=")]), key);
        assert_eq!(key_in(&[("authorization", "basic d2ViLWtleQ==")]), key);
        assert_eq!(key_in(&[("authorization", "Bearer web-key")]), key);
        assert_eq!(
            key_in(&[
                ("x-write-key", "web-key"),
                ("authorization", "Bearer other")
            ]),
            key
        );
        assert_eq!(
            key_in(&[("authorization", "Basic Og==")]),
            None,
            "an empty user name leaves it to the body"
        );
        assert_eq!(key_in(&[("authorization", "Basic %%%")]), None);
        assert_eq!(key_in(&[]), None);
    }

    #[test]
    fn only_listed_origins_and_our_own_pages_may_send() {
        let source = SourceConfig {
            name: "website".to_owned(),
            write_key: "web-key".to_owned(),
            allowed_origins: vec!["https://www.example.com/".to_owned()],
            missing_message_id: Default::default(),
        };
        let may = |origin: Option<&'static str>| {
            let mut headers = HeaderMap::from_iter([(
                HOST,
                HeaderValue::from_static("gateway.example.com:8080"),
            )]);
            headers.extend(origin.map(|origin| (ORIGIN, HeaderValue::from_static(origin))));
            check_origin(&source, &headers).is_ok()
        };
        assert!(may(None), "a server sends no Origin");
        assert!(may(Some("https://www.example.com")));
        assert!(may(Some("http://gateway.example.com:8080")));
        assert!(!may(Some("https://www.example.org")));
        assert!(!may(Some("null")));
    }
}
