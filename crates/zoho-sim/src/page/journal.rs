//! Requests served, latest first, with filters; and one request with its bodies.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;

use super::value::{pretty, time};
use super::{framed, notice, table};
use crate::control::Asked;
use crate::html::escape;
use crate::journal::{Entry, Filter, StatusFilter};
use crate::state::Shared;
use crate::world::World;

/// Requests that the page shows.
const ENTRIES_MAX: usize = 100;

pub(super) async fn show(State(shared): State<Arc<Shared>>, asked: Asked) -> Html<String> {
    let text = |name: &str| asked.text(name).unwrap_or_default().trim().to_owned();
    let given = |name: &str| Some(text(name)).filter(|text| !text.is_empty());
    let filter = Filter {
        path: given("path"),
        method: given("method"),
        status: given("status").and_then(|status| StatusFilter::parse(&status)),
        text: given("text"),
        ..Filter::default()
    };
    let entries: Vec<Entry> = {
        let journal = shared.journal();
        let fitting = journal.after(0).rev().filter(|entry| filter.fits(entry));
        fitting.take(ENTRIES_MAX).cloned().collect()
    };
    let world = shared.world();
    let rows: String = entries.iter().map(|entry| row(&world, entry)).collect();
    let body = format!(
        "<h1>Requests served</h1><form class=\"row\" role=\"search\">\
         <label>Path begins <input name=\"path\" value=\"{}\" placeholder=\"/crm/\"></label>\
         <label>Method <input name=\"method\" value=\"{}\" placeholder=\"any\"></label>\
         <label>Status <input name=\"status\" value=\"{}\" placeholder=\"429, 4xx, none\"></label>\
         <label>Text <input type=\"search\" name=\"text\" value=\"{}\" placeholder=\"in path or bodies\"></label>\
         <button class=\"quiet\">Show</button></form><div id=\"live\">{}</div>",
        escape(&text("path")),
        escape(&text("method")),
        escape(&text("status")),
        escape(&text("text")),
        table(
            &["#", "Time", "Request", "Status", "Credits", "µs"],
            &rows,
            "No request fits."
        )
    );
    framed("Requests", "/__sim/journal", &body)
}

/// Status with the class that colours it.
fn status_of(entry: &Entry) -> (String, &'static str) {
    match entry.status {
        None => ("no answer".to_owned(), "bad"),
        Some(status) if status < 400 => (status.to_string(), "good"),
        Some(status) => (status.to_string(), "bad"),
    }
}

fn row(world: &World, entry: &Entry) -> String {
    let (status, class) = status_of(entry);
    let faults = if entry.faults.is_empty() {
        String::new()
    } else {
        format!("<br>{}", entry.faults.join(", "))
    };
    let written = match entry.written.len() {
        0 => String::new(),
        1 => "<br>1 record written".to_owned(),
        count => format!("<br>{count} records written"),
    };
    format!(
        "<tr><td><a href=\"/__sim/journal/{0}\">{0}</a></td><td>{1}</td><td><code>{2} {3}</code>{written}</td>\
         <td class=\"{class}\">{status}{faults}</td><td>{4}</td><td>{5}</td></tr>",
        entry.sequence,
        time(world, entry.at),
        escape(&entry.method),
        escape(&entry.path),
        entry.credits,
        entry.duration_us,
    )
}

/// One request with its bodies.
pub(super) async fn show_entry(
    State(shared): State<Arc<Shared>>,
    Path(sequence): Path<String>,
) -> (StatusCode, Html<String>) {
    let wanted: u64 = sequence.parse().unwrap_or(0);
    let entry = {
        let journal = shared.journal();
        let mut entries = journal.after(wanted.saturating_sub(1));
        entries
            .next()
            .filter(|entry| entry.sequence == wanted)
            .cloned()
    };
    let Some(entry) = entry else {
        let text = notice(&format!(
            "There is no request {sequence} in the journal; it keeps the latest."
        ));
        return (
            StatusCode::NOT_FOUND,
            framed("No such request", "/__sim/journal", &text),
        );
    };
    let (status, class) = status_of(&entry);
    let mut body = format!(
        "<p><a href=\"/__sim/journal\">Requests</a></p><h1>Request {}</h1><p><code>{} {}</code></p>\
         <p>{}, status <span class=\"{class}\">{status}</span>, {} credits, {} µs, client {}</p>",
        entry.sequence,
        escape(&entry.method),
        escape(&entry.path),
        time(&shared.world(), entry.at),
        entry.credits,
        entry.duration_us,
        escape(entry.client_id.as_deref().unwrap_or("unknown")),
    );
    if !entry.faults.is_empty() {
        let _ = write!(body, "<p>Met by {}</p>", entry.faults.join(", "));
    }
    for record in &entry.written {
        let _ = write!(
            body,
            "<p>{} of <a href=\"/__sim/modules/{1}/{2}\">{1} {2}</a></p>",
            record.action.name(),
            escape(&record.module),
            record.id
        );
    }
    for (title, kept) in [
        ("Request body", &entry.request_body),
        ("Answer", &entry.response_body),
    ] {
        let _ = write!(
            body,
            "<h2>{title}, {} bytes</h2><pre tabindex=\"0\">{}</pre>",
            kept.length_bytes,
            escape(&pretty(&kept.to_text()))
        );
    }
    (StatusCode::OK, framed("Request", "/__sim/journal", &body))
}
