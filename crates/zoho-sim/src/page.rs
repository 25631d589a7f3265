//! The page for people at `/__sim/`: someone plays the Zoho user here, and sees what clients do.
//!
//! Rendered on the server without any outside file; one script keeps what is shown fresh, and everything works without it.
//! Records are hostile input: every text goes through [`crate::html::escape`], and the page's own policy allows no script but
//! that one. Edits take the same way as those of the control API; writes from pages of other origins are refused.

mod books;
mod changes;
mod clients;
mod clock;
mod events;
mod faults;
mod form;
mod home;
mod jobs;
mod journal;
mod limits;
mod mails;
mod modules;
mod notifications;
mod record;
mod value;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{Html, Redirect, Response};
use axum::routing::{get, post};

use crate::html::Page;
use crate::state::Shared;

/// What a page may load and do.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src data:; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Every route of the page.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/__sim", get(|| async { Redirect::permanent("/__sim/") }))
        .route("/__sim/", get(home::show))
        .route("/__sim/live.js", get(events::script))
        .route("/__sim/events", get(events::stream))
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
        .route("/__sim/changes", get(changes::show))
        .route("/__sim/journal", get(journal::show))
        .route("/__sim/journal/{sequence}", get(journal::show_entry))
        .route("/__sim/notifications", get(notifications::show))
        .route(
            "/__sim/notifications/{sequence}",
            get(notifications::show_entry),
        )
        .route("/__sim/jobs", get(jobs::show))
        .route("/__sim/mails", get(mails::show))
        .route("/__sim/faults", get(faults::show).post(faults::add))
        .route("/__sim/faults/remove", post(faults::remove))
        .route("/__sim/limits", get(limits::show).post(limits::change))
        .route("/__sim/clients", get(clients::show).post(clients::register))
        .route("/__sim/clients/codes", post(clients::generate))
        .route("/__sim/clock", get(clock::show).post(clock::advance))
        .route("/__sim/clock/set", post(clock::set))
        .merge(books::router())
        .layer(axum::middleware::map_response(with_policy))
}

async fn with_policy(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Places of the navigation: path and label.
const PLACES: [(&str, &str); 11] = [
    ("/__sim/", "Modules"),
    ("/__sim/books", "Books"),
    ("/__sim/changes", "Changes"),
    ("/__sim/journal", "Requests"),
    ("/__sim/notifications", "Notifications"),
    ("/__sim/mails", "Mails"),
    ("/__sim/jobs", "Jobs"),
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
    let navigation = format!("<nav aria-label=\"Places\"><b>zoho-sim</b>{links}</nav>");
    Html(Page::framed(title, navigation, "/__sim/live.js").body(body))
}

/// A message about something that was refused.
fn notice(text: &str) -> String {
    format!(
        "<p class=\"notice\" role=\"alert\">{}</p>",
        crate::html::escape(text)
    )
}

/// A table in a frame that scrolls on small screens.
fn table(heads: &[&str], rows: &str, empty: &str) -> String {
    let head: String = heads
        .iter()
        .map(|head| format!("<th scope=\"col\">{}</th>", crate::html::escape(head)))
        .collect();
    let rows = if rows.is_empty() {
        format!(
            "<tr><td colspan=\"{}\" class=\"muted\">{}</td></tr>",
            heads.len(),
            crate::html::escape(empty)
        )
    } else {
        rows.to_owned()
    };
    format!(
        "<div class=\"wide\"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
}
