//! The clock, and buttons that move it forward.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::response::{Html, Redirect};
use serde::Deserialize;

use super::framed;
use crate::html::escape;
use crate::state::Shared;
use crate::world::write_time;

/// Steps of the buttons: label and seconds.
const STEPS: [(&str, u32); 5] = [
    ("1 minute", 60),
    ("10 minutes", 600),
    ("1 hour", 3_600),
    ("24 hours", 86_400),
    ("60 days", 5_184_000),
];

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    let mut now = Vec::new();
    write_time(
        &mut now,
        shared.clock.now(),
        shared.world().organisation.utc_offset_minutes,
    );
    let buttons: String = STEPS
        .iter()
        .map(|(label, seconds)| {
            format!("<button class=\"quiet\" name=\"seconds\" value=\"{seconds}\">{label}</button>")
        })
        .collect();
    let body = format!(
        "<h1>Clock</h1><div id=\"live\"><div class=\"cards\"><div class=\"card\">Simulated time<strong>{}</strong></div>\
         <div class=\"card\">Moved forward by seconds<strong>{}</strong></div></div></div>\
         <h2>Move forward</h2><p class=\"muted\">Tokens expire and credits come back; the clock cannot go back.</p>\
         <form class=\"row\" method=\"post\">{buttons}</form>",
        escape(&String::from_utf8_lossy(&now)),
        shared.clock.advanced_seconds(),
    );
    framed("Clock", "/__sim/clock", &body)
}

#[derive(Debug, Deserialize)]
pub(super) struct Advance {
    seconds: u32,
}

pub(super) async fn advance(
    State(shared): State<Arc<Shared>>,
    Form(advance): Form<Advance>,
) -> Redirect {
    shared.advance(advance.seconds);
    Redirect::to("/__sim/clock")
}
