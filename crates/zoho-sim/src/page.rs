//! The page for people at `/__sim/`.

use std::sync::Arc;

use axum::Router;
use axum::response::Html;
use axum::routing::get;

use crate::html::Page;
use crate::state::Shared;

/// Every route of the page.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new().route(
        "/__sim/",
        get(|| async { Html(Page::framed("Modules", String::new(), "").body("")) }),
    )
}
