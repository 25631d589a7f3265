//! Channels that clients have opened, and the callbacks that were sent to them.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use serde_json::Value;

use super::value::{text_of, time};
use super::{framed, notice, table};
use crate::html::escape;
use crate::state::Shared;
use crate::world::World;

/// Callbacks that the page shows.
const CALLBACKS_MAX: usize = 50;

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    let offset_minutes = shared.world().organisation.utc_offset_minutes;
    let callbacks: Vec<Value> = {
        let sent = shared.sent();
        let latest = sent.after(0).rev().take(CALLBACKS_MAX);
        latest.map(|entry| entry.to_json(offset_minutes)).collect()
    };
    let rows: String = callbacks.iter().map(row).collect();
    let world = shared.world();
    let dropped = match world.outbox.dropped() {
        0 => String::new(),
        dropped => notice(&format!(
            "{dropped} callbacks were never sent, as too many waited."
        )),
    };
    let body = format!(
        "<h1>Notifications</h1><div id=\"live\"><h2>Channels</h2>{}<h2>Callbacks sent</h2>{dropped}{}</div>",
        table(
            &["Channel", "Module", "Events", "To", "Fields", "Ends"],
            &channels(&world, shared.clock.now()),
            "No client watches anything; POST /crm/v8/actions/watch opens a channel."
        ),
        table(
            &["#", "Time", "Kind", "What", "To", "Outcome"],
            &rows,
            "No callback has been sent. Change a record of a watched module."
        )
    );
    framed("Notifications", "/__sim/notifications", &body)
}

fn channels(world: &World, now: i64) -> String {
    let mut rows = String::new();
    for channel in world.channels.iter() {
        let events: Vec<&str> = channel.events.iter().map(|event| event.name()).collect();
        let fields = match &channel.selection {
            None => "any".to_owned(),
            Some(selection) => format!("{} chosen", selection.fields()),
        };
        let end = if channel.expires_at <= now {
            "ended".to_owned()
        } else {
            time(world, channel.expires_at)
        };
        // Writing into a text does not fail.
        let _ = write!(
            rows,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{fields}</td><td>{end}</td></tr>",
            channel.channel_id,
            escape(&channel.resource),
            escape(&events.join(", ")),
            escape(&channel.notify_url),
        );
    }
    rows
}

/// What became of a callback, with the class that colours it.
fn outcome(callback: &Value) -> (String, &'static str) {
    if callback["is_lost"] == true {
        return ("never sent".to_owned(), "bad");
    }
    match callback["status"].as_u64() {
        Some(status) if (200..300).contains(&status) => (status.to_string(), "good"),
        Some(status) => (status.to_string(), "bad"),
        None => (text_of(&callback["error"]), "bad"),
    }
}

fn row(callback: &Value) -> String {
    let (outcome, class) = outcome(callback);
    let faults = text_of(&callback["faults"]);
    let shown_time: String = text_of(&callback["time"])
        .replace('T', " ")
        .chars()
        .take(19)
        .collect();
    format!(
        "<tr><td><a href=\"/__sim/notifications/{0}\">{0}</a></td><td>{1}</td><td>{2}</td><td>{3} {4}</td><td>{5}</td>\
         <td class=\"{class}\">{6}<br>{7}</td></tr>",
        callback["sequence"],
        escape(&shown_time),
        escape(&text_of(&callback["kind"])),
        escape(&text_of(&callback["module"])),
        escape(&text_of(&callback["operation"])),
        escape(&text_of(&callback["url"])),
        escape(&outcome),
        escape(&faults),
    )
}

/// One callback with its body.
pub(super) async fn show_entry(
    State(shared): State<Arc<Shared>>,
    Path(sequence): Path<String>,
) -> (StatusCode, Html<String>) {
    let wanted: u64 = sequence.parse().unwrap_or(0);
    let offset_minutes = shared.world().organisation.utc_offset_minutes;
    let callback = {
        let sent = shared.sent();
        let mut entries = sent.after(wanted.saturating_sub(1));
        let found = entries.next().filter(|entry| entry.sequence == wanted);
        found.map(|entry| entry.to_json(offset_minutes))
    };
    let Some(callback) = callback else {
        let text = notice(&format!(
            "There is no callback {sequence}; the latest are kept."
        ));
        return (
            StatusCode::NOT_FOUND,
            framed("No such callback", "/__sim/notifications", &text),
        );
    };
    let (outcome, class) = outcome(&callback);
    let body = format!(
        "<p><a href=\"/__sim/notifications\">Notifications</a></p><h1>Callback {}</h1><p><code>POST {}</code></p>\
         <p>{}, <span class=\"{class}\">{}</span>, {} µs {}</p><h2>Body</h2><pre tabindex=\"0\">{}</pre>",
        callback["sequence"],
        escape(&text_of(&callback["url"])),
        escape(&text_of(&callback["time"])),
        escape(&outcome),
        callback["duration_us"],
        escape(&text_of(&callback["faults"])),
        escape(&serde_json::to_string_pretty(&callback["body"]).unwrap_or_default()),
    );
    (
        StatusCode::OK,
        framed("Callback", "/__sim/notifications", &body),
    )
}
