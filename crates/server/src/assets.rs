//! Styles and scripts of our own pages, embedded.
use crate::app::App;
use axum::Router;
pub(crate) fn routes() -> Router<App> {
    Router::new()
}
