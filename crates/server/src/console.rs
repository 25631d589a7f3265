//! The console: pages for people.

pub(crate) mod session;

use axum::Router;

use crate::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
}
