//! The address by which this gateway is reached from outside.

use axum::http::HeaderMap;
use axum::http::header::HOST;

use crate::app::App;

/// Where Zoho sends people back to, below the gateway's own address.
pub(crate) const CALLBACK_PATH: &str = "/oauth/callback";

/// The public address that was set, or else the one by which this request came. Without a slash at its end.
pub(crate) fn own_url(app: &App, headers: &HeaderMap) -> String {
    if let Some(url) = &app.options.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost");
    format!(
        "{}://{host}",
        if is_https(app, headers) {
            "https"
        } else {
            "http"
        }
    )
}

/// Whether the visitor came by https, as far as a trusted proxy tells.
pub(crate) fn is_https(app: &App, headers: &HeaderMap) -> bool {
    app.options.trust_forwarded_for
        && headers
            .get("x-forwarded-proto")
            .is_some_and(|scheme| scheme.as_bytes() == b"https")
}

/// The redirect URI to register at Zoho.
pub(crate) fn redirect_uri(app: &App, headers: &HeaderMap) -> String {
    format!("{}{CALLBACK_PATH}", own_url(app, headers))
}
