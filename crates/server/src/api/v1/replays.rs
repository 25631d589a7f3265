//! Replays of several events and deliveries in one call.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use leadway_engine::model::id::{DeliveryId, EventId};
use leadway_engine::{Engine, Mend, ReplayError};
use serde::{Deserialize, Serialize};

use crate::api::schema;
use crate::extract::JsonBody;
use crate::problem::Problem;

/// Ids that one call takes.
const IDS_MAX: usize = 1_000;

/// What to replay.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    #[serde(default)]
    event_ids: Vec<EventId>,
    #[serde(default)]
    delivery_ids: Vec<DeliveryId>,
}

/// What was replayed, and what was not.
#[derive(Debug, Serialize)]
pub(crate) struct Replays {
    replayed: usize,
    results: Vec<ReplayResult>,
}

/// What became of one id.
#[derive(Debug, Serialize)]
struct ReplayResult {
    id: String,
    deliveries: Vec<DeliveryId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ReplayRefusal>,
}

#[derive(Debug, Serialize)]
struct ReplayRefusal {
    code: String,
    message: String,
}

impl ReplayResult {
    fn new(id: String, outcome: Result<Vec<DeliveryId>, ReplayError>) -> Result<Self, Problem> {
        match outcome.map_err(Problem::from) {
            Ok(deliveries) => Ok(Self {
                id,
                deliveries,
                error: None,
            }),
            Err(problem) if problem.status().is_server_error() => Err(problem),
            Err(problem) => {
                let error = ReplayRefusal {
                    code: problem.code.to_string(),
                    message: problem.message.clone(),
                };
                Ok(Self {
                    id,
                    deliveries: Vec::new(),
                    error: Some(error),
                })
            }
        }
    }
}

/// Replays events, deliveries or both; the answer says of each id what became of it.
#[utoipa::path(
    post, path = "/api/v1/replays", tag = "dead letters", operation_id = "create_replays", security(("admin_token" = [])),
    request_body(content = schema::ReplaysWanted, description = "At most 1,000 ids"),
    responses(
        (status = 200, description = "What became of each id", body = schema::Replays),
        (status = 413, description = "Too many ids", body = schema::Problem),
        (status = 422, description = "Something in it is no id", body = schema::Problem),
    )
)]
pub(crate) async fn create_replays(
    State(engine): State<Engine>,
    JsonBody(wanted): JsonBody<Wanted>,
) -> Result<Json<Replays>, Problem> {
    let count = wanted.event_ids.len() + wanted.delivery_ids.len();
    if count > IDS_MAX {
        let message = format!("{count} ids were sent; at most {IDS_MAX} are taken");
        return Err(
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_ids", message)
                .with_remedy("split the call"),
        );
    }
    let mut results = Vec::with_capacity(count);
    for id in wanted.event_ids {
        results.push(ReplayResult::new(
            id.to_string(),
            engine.replay_event(id).await,
        )?);
    }
    for id in wanted.delivery_ids {
        let outcome = engine.replay_delivery(id, &Mend::default()).await;
        results.push(ReplayResult::new(
            id.to_string(),
            outcome.map(|delivery| vec![delivery]),
        )?);
    }
    let replayed = results.iter().map(|result| result.deliveries.len()).sum();
    Ok(Json(Replays { replayed, results }))
}
