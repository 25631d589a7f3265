//! Modules with their counts, what is used, and the latest changes.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;

use super::value::{CHANGE_HEADS, change_rows};
use super::{framed, table};
use crate::html::escape;
use crate::state::Shared;

/// Changes that this page shows.
const CHANGES_MAX: usize = 8;

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    let now = shared.clock.now();
    let tokens = shared.accounts().live_access_tokens(now);
    let sent = shared.sent().count();
    let served = shared.journal().served();
    let (used, maximum) = {
        let mut meter = shared.meter();
        let window = i64::from(meter.limits.credit_window_seconds);
        let used = meter.credits.used(now, window);
        let maximum = meter.limits.credits_max;
        (
            used,
            maximum.map_or("∞".to_owned(), |maximum| maximum.to_string()),
        )
    };
    let world = shared.world();
    let of = &world.organisation;
    let mut body = format!(
        "<h1>{}</h1><p class=\"muted\">{} edition, data center {}, {}, organisation {}</p><div id=\"live\"><div class=\"cards\">",
        escape(&of.company_name),
        of.edition.name(),
        shared.site.data_center().name(),
        shared.site.environment().name(),
        escape(&of.zgid)
    );
    for table in &world.tables {
        let name = escape(&table.module.api_name);
        let count = table.rows.len();
        let is_empty = if count == 0 { " empty" } else { "" };
        // Writing into a text does not fail.
        let _ = write!(
            body,
            "<a class=\"card{is_empty}\" href=\"/__sim/modules/{name}\">{name}<strong>{count}</strong></a>"
        );
    }
    let _ = write!(
        body,
        "</div><h2>Use</h2><div class=\"cards\"><a class=\"card\" href=\"/__sim/limits\">Credits used of {maximum}<strong>{used}</strong></a>\
         <a class=\"card\" href=\"/__sim/journal\">Requests served<strong>{served}</strong></a>\
         <a class=\"card\" href=\"/__sim/notifications\">Callbacks sent<strong>{sent}</strong></a>\
         <div class=\"card\">Living access tokens<strong>{tokens}</strong></div></div><h2>Latest changes</h2>{}</div>",
        table(
            &CHANGE_HEADS,
            &change_rows(&world, world.changes.since(0).rev().take(CHANGES_MAX)),
            "Nothing has changed yet."
        )
    );
    framed("Modules", "/__sim/", &body)
}
