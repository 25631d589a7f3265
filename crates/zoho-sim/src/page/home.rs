//! Modules with their counts, and how much of the credits is used.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;

use super::framed;
use crate::html::escape;
use crate::state::Shared;

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    let now = shared.clock.now();
    let tokens = shared.accounts().live_access_tokens(now);
    let mut body = String::new();
    {
        let world = shared.world();
        let of = &world.organisation;
        // Writing into a text does not fail.
        let _ = write!(
            body,
            "<h1>{}</h1><p class=\"muted\">{} edition, data center {}, organisation {}</p><div id=\"live\"><div class=\"cards\">",
            escape(&of.company_name),
            of.edition.name(),
            shared.config.data_center.name(),
            escape(&of.zgid)
        );
        for (_, table) in world.modules() {
            let name = escape(&table.module.api_name);
            let count = table.rows.len();
            let _ = write!(
                body,
                "<a class=\"card\" href=\"/__sim/modules/{name}\">{name}<strong>{count}</strong></a>"
            );
        }
    }
    let mut meter = shared.meter();
    let window = i64::from(meter.limits.credit_window_seconds);
    let used = meter.credits.used(now, window);
    let maximum = meter
        .limits
        .credits_max
        .map_or("∞".to_owned(), |maximum| maximum.to_string());
    drop(meter);
    let served = shared.journal().served();
    let _ = write!(
        body,
        "</div><h2>Use</h2><div class=\"cards\"><a class=\"card\" href=\"/__sim/limits\">Credits used of {maximum}<strong>{used}</strong></a>\
         <a class=\"card\" href=\"/__sim/journal\">Requests served<strong>{served}</strong></a>\
         <div class=\"card\">Living access tokens<strong>{tokens}</strong></div></div></div>"
    );
    framed("Modules", "/__sim/", &body)
}
