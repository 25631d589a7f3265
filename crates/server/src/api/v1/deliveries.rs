//! Deliveries: one event for one destination each.

use axum::Json;
use axum::extract::State;
use leadway_engine::model::delivery::{Delivery, DeliveryQuery, DeliveryState};
use leadway_engine::model::id::DeliveryId;
use leadway_engine::model::life::DeliveryLife;
use leadway_engine::model::page::Page;
use leadway_engine::{Engine, Mend};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::events::Replayed;
use crate::api::schema;
use crate::extract::{JsonBody, Named, Parameters, limit, word};
use crate::problem::Problem;

/// The query of a list of deliveries, as it came.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListDeliveries {
    state: Option<String>,
    route: Option<String>,
    code: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

/// Lists deliveries, newest first.
#[utoipa::path(
    get, path = "/api/v1/deliveries", tag = "deliveries", operation_id = "list_deliveries", security(("admin_token" = [])),
    params(
        ("state" = Option<schema::DeliveryState>, Query, description = "Only deliveries in this state"),
        ("route" = Option<String>, Query, description = "Only deliveries of this route"),
        ("code" = Option<String>, Query, description = "Only deliveries whose problem has this code"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Items of a page, 1 to 200; 50 unless told"),
    ),
    responses(
        (status = 200, description = "A page of deliveries", body = schema::DeliveryPage),
        (status = 400, description = "A parameter cannot be read", body = schema::Problem),
        (status = 401, description = "No or a wrong token", body = schema::Problem),
    )
)]
pub(crate) async fn list_deliveries(
    State(engine): State<Engine>,
    Parameters(list): Parameters<ListDeliveries>,
) -> Result<Json<Page<Delivery>>, Problem> {
    let states = DeliveryState::ALL.map(DeliveryState::as_str);
    let query = DeliveryQuery {
        state: word(
            "state",
            list.state.as_deref(),
            DeliveryState::from_word,
            &states,
        )?,
        route: list.route,
        code: list.code,
        without_replayed: false,
        cursor: list.cursor,
        items_max: limit(list.limit.as_deref())?,
    };
    Ok(Json(engine.deliveries(&query).await?))
}

/// Shows a delivery with its request and all its tries.
#[utoipa::path(
    get, path = "/api/v1/deliveries/{id}", tag = "deliveries", operation_id = "show_delivery", security(("admin_token" = [])),
    params(("id" = String, Path, description = "The delivery's id", example = "dlv_4711")),
    responses(
        (status = 200, description = "The delivery", body = schema::DeliveryLife),
        (status = 400, description = "That is no delivery id", body = schema::Problem),
        (status = 404, description = "There is no such delivery", body = schema::Problem),
    )
)]
pub(crate) async fn show_delivery(
    State(engine): State<Engine>,
    Named(id): Named<DeliveryId>,
) -> Result<Json<DeliveryLife>, Problem> {
    let life = engine
        .delivery(id)
        .await?
        .ok_or_else(|| Problem::no_such("delivery", &id.to_string()))?;
    Ok(Json(life))
}

/// Changes to the record before it is sent again.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MendBody {
    #[serde(default)]
    set: Map<String, Value>,
    #[serde(default)]
    unset: Vec<String>,
}

/// Replays a delivery that is delivered or dead, with changes to its record where wanted.
#[utoipa::path(
    post, path = "/api/v1/deliveries/{id}/replay", tag = "deliveries", operation_id = "replay_delivery",
    security(("admin_token" = [])),
    params(("id" = String, Path, description = "The delivery's id")),
    request_body(content = schema::Mend, description = "What to change; an empty body changes nothing"),
    responses(
        (status = 200, description = "The new delivery", body = schema::Replayed),
        (status = 404, description = "There is no such delivery", body = schema::Problem),
        (status = 409, description = "It is on its way, or was replayed already", body = schema::Problem),
        (status = 422, description = "A field cannot be set so", body = schema::Problem),
    )
)]
pub(crate) async fn replay_delivery(
    State(engine): State<Engine>,
    Named(id): Named<DeliveryId>,
    JsonBody(body): JsonBody<MendBody>,
) -> Result<Json<Replayed>, Problem> {
    let mend = Mend {
        set: body.set,
        unset: body.unset,
    };
    Ok(Json(Replayed::new(vec![
        engine.replay_delivery(id, &mend).await?,
    ])))
}
