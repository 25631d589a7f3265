//! What happened to records, latest first.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;

use super::value::{CHANGE_HEADS, change_rows};
use super::{framed, table};
use crate::state::Shared;

/// Changes that the page shows.
const CHANGES_MAX: usize = 100;

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    let world = shared.world();
    let rows = change_rows(&world, world.changes.since(0).rev().take(CHANGES_MAX));
    let body = format!(
        "<h1>Changes</h1><p class=\"muted\">What clients, jobs and people did to records; the latest {CHANGES_MAX}, latest first.</p>\
         <div id=\"live\">{}</div>",
        table(&CHANGE_HEADS, &rows, "Nothing has changed yet.")
    );
    framed("Changes", "/__sim/changes", &body)
}
