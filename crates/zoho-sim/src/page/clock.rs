//! The clock: buttons that move it forward, freeze it and let it go, and a form that sets it.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::value::time;
use super::{framed, notice};
use crate::clock::ClockStart;
use crate::state::Shared;

/// Steps of the buttons: label and seconds.
const STEPS: [(&str, u32); 7] = [
    ("1 minute", 60),
    ("10 minutes", 600),
    ("1 hour", 3_600),
    ("24 hours", 86_400),
    ("7 days", 604_800),
    ("60 days", 5_184_000),
    ("1 year", 31_536_000),
];

/// Speeds of the buttons: label and factor.
const SPEEDS: [(&str, f64); 4] = [
    ("Freeze", 0.0),
    ("Real time", 1.0),
    ("60 times as fast", 60.0),
    ("3600 times as fast", 3_600.0),
];

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    page(&shared, "")
}

fn page(shared: &Shared, problem: &str) -> Html<String> {
    let speed = shared.clock.speed();
    let now = time(&shared.world(), shared.clock.now());
    let steps: String = STEPS
        .iter()
        .map(|(label, seconds)| {
            format!("<button class=\"quiet\" name=\"seconds\" value=\"{seconds}\">{label}</button>")
        })
        .collect();
    let speeds: String = SPEEDS
        .iter()
        .map(|(label, factor)| {
            format!("<button class=\"quiet\" name=\"speed\" value=\"{factor}\">{label}</button>")
        })
        .collect();
    let notice = if problem.is_empty() {
        String::new()
    } else {
        notice(problem)
    };
    let goes = if speed == 0.0 {
        "stands".to_owned()
    } else {
        format!("{speed}")
    };
    let body = format!(
        "<h1>Clock</h1>{notice}<div id=\"live\" data-every=\"1000\"><div class=\"cards\"><div class=\"card\">Simulated time<strong>{now}</strong></div>\
         <div class=\"card\">Seconds for each real one<strong>{goes}</strong></div>\
         <div class=\"card\">Moved forward by seconds<strong>{}</strong></div></div></div>\
         <h2>Move forward</h2><p class=\"muted\">Tokens and channels end, jobs run and credits come back; the clock cannot go back.</p>\
         <form class=\"row\" method=\"post\" action=\"/__sim/clock\">{steps}</form>\
         <h2>Speed</h2><form class=\"row\" method=\"post\" action=\"/__sim/clock/set\">{speeds}</form>\
         <h2>Set</h2><form class=\"row\" method=\"post\" action=\"/__sim/clock/set\"><label>Later time <input name=\"now\" placeholder=\"2026-01-10T09:00:00+01:00\"></label><button>Set</button></form>",
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

#[derive(Debug, Deserialize)]
pub(super) struct Setting {
    now: Option<String>,
    speed: Option<f64>,
}

/// Sets a later time, or another speed.
pub(super) async fn set(
    State(shared): State<Arc<Shared>>,
    Form(setting): Form<Setting>,
) -> Response {
    match change(&shared, &setting) {
        Ok(()) => Redirect::to("/__sim/clock").into_response(),
        Err(problem) => {
            let page = page(&shared, &problem);
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
    }
}

fn change(shared: &Shared, setting: &Setting) -> Result<(), String> {
    if let Some(text) = &setting.now {
        let wanted = ClockStart::parse(text)?;
        let set = shared.clock.set(wanted);
        set.map_err(|_| format!("{text} lies before the simulated time"))?;
    }
    if let Some(speed) = setting.speed {
        let speed = crate::control::clock::checked_speed(speed);
        shared
            .clock
            .set_speed(speed.map_err(|problem| problem.detail().to_owned())?);
    }
    shared.settle();
    Ok(())
}
