//! Dead letters: deliveries that were given up, each with a reason that a person can act on.

use axum::Json;
use axum::extract::State;
use leadway_engine::Engine;
use leadway_engine::model::delivery::{Delivery, DeliveryQuery, DeliveryState};
use leadway_engine::model::page::{PAGE_ITEMS_MAX, Page};
use serde::{Deserialize, Serialize};

use crate::api::schema;
use crate::extract::{JsonBody, Parameters, limit, yes_or_no};
use crate::problem::Problem;

/// The query of a list of dead letters, as it came.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListDeadLetters {
    code: Option<String>,
    route: Option<String>,
    include_replayed: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

impl ListDeadLetters {
    /// What the engine is asked.
    pub(crate) fn query(self) -> Result<DeliveryQuery, Problem> {
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Ok(DeliveryQuery {
            state: Some(DeliveryState::Dead),
            route: filled(self.route),
            code: filled(self.code),
            without_replayed: !yes_or_no("include_replayed", self.include_replayed.as_deref())?,
            cursor: filled(self.cursor),
            items_max: limit(self.limit.as_deref())?,
        })
    }
}

/// Lists dead letters, newest first; those that were replayed already only when asked for.
#[utoipa::path(
    get, path = "/api/v1/dead-letters", tag = "dead letters", operation_id = "list_dead_letters",
    security(("admin_token" = [])),
    params(
        ("code" = Option<String>, Query, description = "Only those with this code", example = "MANDATORY_NOT_FOUND"),
        ("route" = Option<String>, Query, description = "Only those of this route"),
        ("include_replayed" = Option<bool>, Query, description = "Also those that were replayed already"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Items of a page, 1 to 200; 50 unless told"),
    ),
    responses(
        (status = 200, description = "A page of dead letters; `problem` says why each is dead", body = schema::DeliveryPage),
        (status = 400, description = "A parameter cannot be read", body = schema::Problem),
        (status = 401, description = "No or a wrong token", body = schema::Problem),
    )
)]
pub(crate) async fn list_dead_letters(
    State(engine): State<Engine>,
    Parameters(list): Parameters<ListDeadLetters>,
) -> Result<Json<Page<Delivery>>, Problem> {
    Ok(Json(engine.deliveries(&list.query()?).await?))
}

/// Which dead letters to replay.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    route: Option<String>,
    code: Option<String>,
}

/// How many deliveries were made.
#[derive(Debug, Serialize)]
pub(crate) struct Count {
    replayed: u64,
}

/// The dead letters of a route and a code that nobody has replayed.
pub(crate) fn unreplayed(route: Option<String>, code: Option<String>) -> DeliveryQuery {
    DeliveryQuery {
        state: Some(DeliveryState::Dead),
        route,
        code,
        without_replayed: true,
        cursor: None,
        items_max: PAGE_ITEMS_MAX,
    }
}

/// Replays all dead letters of a route, of a code, of both, or all that there are; each once.
#[utoipa::path(
    post, path = "/api/v1/dead-letters/replay", tag = "dead letters", operation_id = "replay_dead_letters",
    security(("admin_token" = [])),
    request_body(content = schema::DeadLetterChoice, description = "Which; an empty object means all"),
    responses(
        (status = 200, description = "How many were replayed", body = schema::ReplayCount),
        (status = 422, description = "The body is of another shape", body = schema::Problem),
    )
)]
pub(crate) async fn replay_dead_letters(
    State(engine): State<Engine>,
    JsonBody(choice): JsonBody<Choice>,
) -> Result<Json<Count>, Problem> {
    let replayed = engine
        .replay_dead_letters(&unreplayed(choice.route, choice.code))
        .await?;
    Ok(Json(Count { replayed }))
}
