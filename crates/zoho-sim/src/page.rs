//! The page for people at `/__sim/`: modules and records, the journal, faults, limits, the clock.
//!
//! Rendered on the server without any outside file. Records are hostile input: every text goes through
//! [`crate::html::escape`]. Edits take the same way as those of the control API.

mod clients;
mod clock;
mod faults;
mod home;
mod journal;
mod limits;
mod modules;
mod record;

use std::sync::Arc;

use axum::Router;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};

use crate::html::Page;
use crate::state::Shared;

/// Every route of the page.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/__sim", get(|| async { Redirect::permanent("/__sim/") }))
        .route("/__sim/", get(home::show))
        .route("/__sim/modules/{module}", get(modules::show))
        .route(
            "/__sim/modules/{module}/new",
            get(record::show_new).post(record::create),
        )
        .route(
            "/__sim/modules/{module}/{id}",
            get(record::show).post(record::update),
        )
        .route("/__sim/modules/{module}/{id}/delete", post(record::delete))
        .route("/__sim/journal", get(journal::show))
        .route("/__sim/faults", get(faults::show).post(faults::add))
        .route("/__sim/faults/remove", post(faults::remove))
        .route("/__sim/limits", get(limits::show).post(limits::change))
        .route("/__sim/clients", get(clients::show).post(clients::register))
        .route("/__sim/clients/codes", post(clients::generate))
        .route("/__sim/clock", get(clock::show).post(clock::advance))
}

/// Places of the navigation: path and label.
const PLACES: [(&str, &str); 6] = [
    ("/__sim/", "Modules"),
    ("/__sim/journal", "Journal"),
    ("/__sim/faults", "Faults"),
    ("/__sim/clients", "Clients"),
    ("/__sim/limits", "Limits"),
    ("/__sim/clock", "Clock"),
];

/// A page in its frame; `place` is the path of the current entry of the navigation.
fn framed(title: &str, place: &str, body: &str) -> Html<String> {
    let links: String = PLACES
        .iter()
        .map(|(path, label)| {
            let current = if *path == place {
                " aria-current=\"page\""
            } else {
                ""
            };
            format!("<a href=\"{path}\"{current}>{label}</a>")
        })
        .collect();
    let navigation = format!("<nav><b>zoho-sim</b>{links}</nav>");
    Html(Page::framed(title, navigation, include_str!("page/live.js")).body(body))
}

/// A message about something that was refused.
fn notice(text: &str) -> String {
    format!("<p class=\"notice\">{}</p>", crate::html::escape(text))
}
