//! What the edge knows of a request beside its body.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::header::{ORIGIN, USER_AGENT};
use axum::http::request::Parts;
use leadway_engine::model::event::Arrival;

use crate::app::App;

/// Longer values are cut: they serve people who look into one event, and nothing else.
const HEADER_CHARS_MAX: usize = 300;

/// Describes the sender. `door` is `http`, `form`, `pixel` or `webhook`.
pub(crate) fn arrival(app: &App, parts: &Parts, door: &str, sent_at: Option<&str>) -> Arrival {
    Arrival {
        door: door.to_owned(),
        ip: sender_ip(app, parts),
        user_agent: header(&parts.headers, USER_AGENT),
        origin: header(&parts.headers, ORIGIN),
        route: None,
        sent_at: sent_at.map(|text| text.chars().take(HEADER_CHARS_MAX).collect()),
    }
}

/// The peer's address; behind a trusted proxy, the address that the proxy saw, which it appends as the last.
pub(crate) fn sender_ip(app: &App, parts: &Parts) -> Option<String> {
    let forwarded = || {
        let last = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .next_back()?
            .to_str()
            .ok()?;
        let ip: std::net::IpAddr = last.rsplit(',').next()?.trim().parse().ok()?;
        Some(ip.to_string())
    };
    let peer = || {
        Some(
            parts
                .extensions
                .get::<ConnectInfo<SocketAddr>>()?
                .0
                .ip()
                .to_string(),
        )
    };
    app.options
        .trust_forwarded_for
        .then(forwarded)
        .flatten()
        .or_else(peer)
}

fn header(headers: &HeaderMap, name: axum::http::HeaderName) -> Option<String> {
    let value = headers.get(name)?.as_bytes();
    Some(
        String::from_utf8_lossy(value)
            .chars()
            .take(HEADER_CHARS_MAX)
            .collect(),
    )
}
