//! Styles and scripts of our own pages, embedded in the program. `assets/vendor/README.md` says which are others'.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;
use crate::extract::Named;
use crate::problem::Problem;
use crate::secret;

/// One embedded file.
struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

static ASSETS: [Asset; 6] = [
    Asset {
        name: "leadway.css",
        kind: "text/css; charset=utf-8",
        text: include_str!("../assets/leadway.css"),
    },
    Asset {
        name: "theme.js",
        kind: SCRIPT,
        text: include_str!("../assets/theme.js"),
    },
    Asset {
        name: "console.js",
        kind: SCRIPT,
        text: include_str!("../assets/console.js"),
    },
    Asset {
        name: "connect-page.js",
        kind: SCRIPT,
        text: include_str!("../assets/connect-page.js"),
    },
    Asset {
        name: "icon.svg",
        kind: "image/svg+xml",
        text: include_str!("../assets/icon.svg"),
    },
    Asset {
        name: "htmx.min.js",
        kind: SCRIPT,
        text: include_str!("../assets/vendor/htmx.min.js"),
    },
];

/// Changes whenever any file does, so that one tag serves for all.
static TAG: LazyLock<String> = LazyLock::new(|| {
    let all: String = ASSETS.iter().map(|asset| asset.text).collect();
    format!("\"{}\"", &secret::digest(all.as_bytes())[..16])
});

/// The doors of the embedded files; anybody may fetch them, the login page too.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/assets/{name}", get(get_asset))
}

async fn get_asset(Named(name): Named<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let asset = ASSETS
        .iter()
        .find(|asset| asset.name == name)
        .ok_or_else(|| Problem::no_such("file", &name))?;
    let tag = TAG.as_str();
    // Browsers ask each time and get 304, so that a new version of the gateway shows its new pages at once.
    let caching = [(CACHE_CONTROL, "no-cache"), (ETAG, tag)];
    if headers.get(IF_NONE_MATCH).is_some_and(|known| {
        known
            .to_str()
            .is_ok_and(|known| known.contains(tag.trim_matches('"')))
    }) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    Ok((caching, [(CONTENT_TYPE, asset.kind)], asset.text).into_response())
}
