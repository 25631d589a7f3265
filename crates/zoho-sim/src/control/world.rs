//! `GET health`, `POST reset`, `POST seed`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::clock::{Instant, checked_speed};
use super::{Body, Problem, given};
use crate::config::Edition;
use crate::seed::Seed;
use crate::state::{Origin, Shared};
use crate::world::BadSeed;

pub(super) async fn show_health(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let now = shared.clock.now();
    let world = shared.world();
    let records: usize = world.tables.iter().map(|table| table.rows.len()).sum();
    Json(json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "organisation": world.organisation.company_name,
        "edition": world.organisation.edition,
        "data_center": shared.site.data_center().name(),
        "environment": shared.site.environment().name(),
        "records": records,
        "now": now,
    }))
}

/// What a reset may change about the beginning of the world. What is not given stays as it was.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    seed: Option<Value>,
    edition: Option<Edition>,
    chance_seed: Option<u64>,
    starts_at: Option<Instant>,
    speed: Option<f64>,
}

/// Begins the world anew, with the clock, the tokens, the journal, faults and limits.
pub(super) async fn reset_world(
    State(shared): State<Arc<Shared>>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let reset: Reset = body.parse_or_default()?;
    let mut origin = shared.origin();
    if let Some(seed) = reset.seed {
        origin.seed = named_seed(seed)?;
    }
    if let Some(edition) = reset.edition {
        origin.edition = edition;
    }
    if let Some(chance_seed) = reset.chance_seed {
        origin.chance_seed = chance_seed;
    }
    if let Some(instant) = reset.starts_at {
        origin.clock = instant.start("starts_at")?;
    }
    if let Some(speed) = reset.speed {
        origin.speed = checked_speed(speed)?;
    }
    begin(&shared, origin)
}

/// Begins the world anew from the seed in the body. Later resets come back to it.
pub(super) async fn plant_seed(
    State(shared): State<Arc<Shared>>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let mut origin = shared.origin();
    origin.seed = body.parse()?;
    begin(&shared, origin)
}

fn begin(shared: &Shared, origin: Origin) -> Result<Json<Value>, Problem> {
    shared.begin(origin).map_err(|error| bad_seed(&error))?;
    let world = shared.world();
    let counts: serde_json::Map<String, Value> = world
        .tables
        .iter()
        .filter(|table| !table.rows.is_empty())
        .map(|table| (table.module.api_name.clone(), json!(table.rows.len())))
        .collect();
    Ok(Json(json!({"status": "ok", "records": counts})))
}

fn bad_seed(error: &BadSeed) -> Problem {
    Problem::of_field("seed", format!("the seed cannot be used: {error}"))
}

/// A built-in seed by its name, or a whole one.
fn named_seed(given: Value) -> Result<Seed, Problem> {
    match given.as_str() {
        Some("demo") => Ok(Seed::demo()),
        Some("empty") => Ok(Seed::empty()),
        Some(other) => Err(Problem::of_field(
            "seed",
            format!(
                "seed is `{other}`: use `demo`, `empty` or a whole seed as a JSON object; POST seed takes a seed file as it is"
            ),
        )),
        None => given::parse_value(given),
    }
}
