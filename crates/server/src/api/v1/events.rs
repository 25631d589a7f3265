//! Events: what was received, and what became of it.

use axum::Json;
use axum::extract::State;
use leadway_engine::Engine;
use leadway_engine::model::event::{EventQuery, EventStatus, EventSummary};
use leadway_engine::model::id::{DeliveryId, EventId};
use leadway_engine::model::life::EventLife;
use leadway_engine::model::page::Page;
use serde::{Deserialize, Serialize};

use crate::api::schema;
use crate::extract::{Named, Parameters, limit, word};
use crate::problem::Problem;

/// The query of a list of events, as it came; the console's page reads the same.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListEvents {
    status: Option<String>,
    source: Option<String>,
    q: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

impl ListEvents {
    /// What the engine is asked.
    pub(crate) fn query(self) -> Result<EventQuery, Problem> {
        let filled = |text: Option<String>| {
            text.map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        Ok(EventQuery {
            status: word(
                "status",
                self.status.as_deref(),
                EventStatus::from_word,
                &EventStatus::ALL.map(EventStatus::as_str),
            )?,
            source: filled(self.source),
            text: filled(self.q),
            cursor: filled(self.cursor),
            items_max: limit(self.limit.as_deref())?,
        })
    }
}

/// Lists events, newest first.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "events", operation_id = "list_events", security(("admin_token" = [])),
    params(
        ("status" = Option<schema::EventStatus>, Query, description = "Only events of this status"),
        ("source" = Option<String>, Query, description = "Only events of this source"),
        ("q" = Option<String>, Query, description = "Only events whose subject or messageId begins so, or whose name is this"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Items of a page, 1 to 200; 50 unless told"),
    ),
    responses(
        (status = 200, description = "A page of events", body = schema::EventPage),
        (status = 400, description = "A parameter cannot be read", body = schema::Problem),
        (status = 401, description = "No or a wrong token", body = schema::Problem),
    )
)]
pub(crate) async fn list_events(
    State(engine): State<Engine>,
    Parameters(list): Parameters<ListEvents>,
) -> Result<Json<Page<EventSummary>>, Problem> {
    Ok(Json(engine.events(&list.query()?).await?))
}

/// Shows the whole life of an event: what came in, what each route decided, what was sent, what Zoho said.
#[utoipa::path(
    get, path = "/api/v1/events/{id}", tag = "events", operation_id = "show_event", security(("admin_token" = [])),
    params(("id" = String, Path, description = "The event's id", example = "evt_01kb0w6v3ve2s8j4x9n7q5m2tc")),
    responses(
        (status = 200, description = "The event's life", body = schema::EventLife),
        (status = 400, description = "That is no event id", body = schema::Problem),
        (status = 404, description = "There is no such event", body = schema::Problem),
    )
)]
pub(crate) async fn show_event(
    State(engine): State<Engine>,
    Named(id): Named<EventId>,
) -> Result<Json<EventLife>, Problem> {
    let life = engine
        .event(id)
        .await?
        .ok_or_else(|| Problem::no_such("event", &id.to_string()))?;
    Ok(Json(life))
}

/// The deliveries that a replay made.
#[derive(Debug, Serialize)]
pub(crate) struct Replayed {
    replayed: usize,
    deliveries: Vec<DeliveryId>,
}

impl Replayed {
    pub(crate) fn new(deliveries: Vec<DeliveryId>) -> Self {
        Self {
            replayed: deliveries.len(),
            deliveries,
        }
    }
}

/// Replays an event through the routes and mappings of now.
#[utoipa::path(
    post, path = "/api/v1/events/{id}/replay", tag = "events", operation_id = "replay_event", security(("admin_token" = [])),
    params(("id" = String, Path, description = "The event's id")),
    responses(
        (status = 200, description = "The new deliveries", body = schema::Replayed),
        (status = 404, description = "There is no such event", body = schema::Problem),
        (status = 409, description = "No route wants it now, or something of it is still on its way", body = schema::Problem),
    )
)]
pub(crate) async fn replay_event(
    State(engine): State<Engine>,
    Named(id): Named<EventId>,
) -> Result<Json<Replayed>, Problem> {
    Ok(Json(Replayed::new(engine.replay_event(id).await?)))
}
