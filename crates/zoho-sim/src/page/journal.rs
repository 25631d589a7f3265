//! Requests served, latest first, with their bodies.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;

use super::framed;
use crate::html::escape;
use crate::journal::Entry;
use crate::state::Shared;

/// Requests that the page shows.
const ENTRIES_MAX: usize = 100;

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    let offset_minutes = shared.world().organisation.utc_offset_minutes;
    let entries: Vec<Entry> = shared
        .journal()
        .after(0)
        .rev()
        .take(ENTRIES_MAX)
        .cloned()
        .collect();
    let mut body = String::from(
        "<h1>Journal</h1><div id=\"live\"><div class=\"wide\"><table><thead><tr><th>#</th><th>Time</th><th>Request</th>\
         <th>Status</th><th>Credits</th><th>µs</th><th>Bodies</th></tr></thead><tbody>",
    );
    for entry in &entries {
        print_entry(&mut body, entry, offset_minutes);
    }
    body.push_str("</tbody></table></div></div>");
    framed("Journal", "/__sim/journal", &body)
}

fn print_entry(body: &mut String, entry: &Entry, offset_minutes: i32) {
    let (status, class) = match entry.status {
        None => ("no answer".to_owned(), "bad"),
        Some(status) => (
            status.to_string(),
            if status < 400 { "good" } else { "bad" },
        ),
    };
    let faults = if entry.faults.is_empty() {
        String::new()
    } else {
        format!("<br>{}", entry.faults.join(", "))
    };
    let time = entry.to_json(offset_minutes)["time"]
        .as_str()
        .map(escape)
        .unwrap_or_default();
    let written = entry.written.len();
    let records = if written == 0 {
        String::new()
    } else {
        format!("<br>{written} records written")
    };
    // Writing into a text does not fail.
    let _ = write!(
        body,
        "<tr><td>{}</td><td>{time}</td><td><code>{} {}</code>{records}</td><td class=\"{class}\">{status}{faults}</td><td>{}</td><td>{}</td>\
         <td><details><summary>{} / {} bytes</summary><pre>{}</pre><pre>{}</pre></details></td></tr>",
        entry.sequence,
        escape(&entry.method),
        escape(&entry.path),
        entry.credits,
        entry.duration_us,
        entry.request_body.length_bytes,
        entry.response_body.length_bytes,
        escape(&entry.request_body.to_text()),
        escape(&entry.response_body.to_text()),
    );
}
