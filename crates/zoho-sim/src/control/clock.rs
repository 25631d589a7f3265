//! `GET|PUT clock`, `POST clock/advance`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::cut;
use super::{Body, Problem};
use crate::clock::ClockStart;
use crate::state::Shared;
use crate::world::write_time;

pub(super) async fn show_clock(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(clock(&shared))
}

/// An instant as people write it: seconds since 1970, or text as Zoho prints times.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Instant(Value);

impl Instant {
    pub(crate) fn start(&self, field: &str) -> Result<ClockStart, Problem> {
        let given = match &self.0 {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let given = cut(&given);
        ClockStart::parse(&given)
            .map_err(|hint| Problem::of_field(field, format!("{field} is `{given}`: {hint}")))
    }
}

/// How fast a clock may go.
pub(crate) fn checked_speed(speed: f64) -> Result<f64, Problem> {
    if (0.0..=ClockStart::SPEED_MAX).contains(&speed) {
        return Ok(speed);
    }
    Err(Problem::of_field(
        "speed",
        format!(
            "speed is {speed}: use a number from 0 (the clock stands) to {}; 1 follows real time",
            ClockStart::SPEED_MAX
        ),
    ))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    now: Option<Instant>,
    speed: Option<f64>,
}

/// Moves the clock to a later time, or changes its speed; speed 0 freezes it.
pub(super) async fn set_clock(
    State(shared): State<Arc<Shared>>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let setting: Setting = body.parse()?;
    let speed = setting.speed.map(checked_speed).transpose()?;
    if let Some(instant) = &setting.now {
        let wanted = instant.start("now")?;
        shared.clock.set(wanted).map_err(|present| {
            Problem::of_field(
                "now",
                format!("now lies before the present: the clock is at {present} and does not go back; POST reset with starts_at begins the world anew at an earlier time"),
            )
        })?;
    }
    if let Some(speed) = speed {
        shared.clock.set_speed(speed);
    }
    shared.settle();
    Ok(Json(clock(&shared)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: i64,
}

/// Moves the clock forward; it cannot go back.
pub(super) async fn advance_clock(
    State(shared): State<Arc<Shared>>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let advance: Advance = body.parse()?;
    let seconds = u32::try_from(advance.seconds).map_err(|_| {
        Problem::of_field(
            "seconds",
            format!(
                "seconds is {}: use a whole number from 0 to {}; the clock does not go back, and POST reset with starts_at begins the world anew at another time",
                advance.seconds,
                u32::MAX
            ),
        )
    })?;
    shared.advance(seconds);
    Ok(Json(clock(&shared)))
}

pub(crate) fn clock(shared: &Shared) -> Value {
    let seconds = shared.clock.now();
    let mut now = Vec::new();
    write_time(
        &mut now,
        seconds,
        shared.world().organisation.utc_offset_minutes,
    );
    json!({
        "now": String::from_utf8_lossy(&now),
        "seconds": seconds,
        "speed": shared.clock.speed(),
        "advanced_seconds": shared.clock.advanced_seconds(),
    })
}
