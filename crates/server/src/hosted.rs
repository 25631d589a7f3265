//! The hosted connect page, for customers of other products: no session of the console is needed, only the token of a
//! connect session. `/connect.js` opens it in a window and tells its product what came of it.
//!
//! The token comes in the fragment of the address, which browsers send nowhere; the page takes it out of the address and
//! posts it from then on. Which origins may open the page and hear of its end stands in the session.

mod page;
mod status;

use std::sync::LazyLock;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use axum::response::Response;
use axum::routing::{get, post};

use crate::app::App;
use crate::own_url::own_url;
use crate::served_script::ServedScript;

pub(crate) use page::{Outcome, result_page};

/// Where the page is, below the gateway's own address.
pub(crate) const CONNECT_PATH: &str = "/connect";

static SCRIPT: LazyLock<ServedScript> =
    LazyLock::new(|| ServedScript::new(include_str!("../assets/connect.js")));

/// The doors of the page and its script.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(CONNECT_PATH, get(page::show_start).post(page::show_offer))
        .route("/connect/begin", post(page::begin))
        .route("/connect/status", post(status::show_status))
        .route("/connect.js", get(get_script))
}

async fn get_script(headers: HeaderMap) -> Response {
    SCRIPT.answer(&headers)
}

/// The origin of the page that sends a request, unless it is our own.
fn foreign_origin<'h>(app: &App, headers: &'h HeaderMap) -> Option<&'h str> {
    let origin = headers.get(ORIGIN)?.to_str().ok()?;
    // Behind a proxy that we know nothing of, the scheme may differ; and some come by another address than the public one.
    let (_, place) = origin.split_once("://").unwrap_or_default();
    let own = own_url(app, headers);
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let is_own =
        !place.is_empty() && (own.ends_with(&format!("://{place}")) || host == Some(place));
    (!is_own).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_has_less_than_4_kilobytes_compressed() {
        let bytes = SCRIPT.gzip.as_ref().unwrap().len();
        assert!(bytes < 4 * 1024, "{bytes} bytes");
    }
}
