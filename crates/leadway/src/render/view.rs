//! What the REST API answers, as far as it is shown to people. Members that are not shown are not read, so that a
//! newer gateway may add some.

use jiff::Timestamp;
use leadway_engine::model::attempt::Attempt;
use leadway_engine::model::delivery::{Action, DeliveryState, Operation};
use leadway_engine::model::event::{Arrival, EventSummary};
use leadway_engine::model::id::{DeliveryId, EventId};
use leadway_engine::model::life::{Request, RouteDecision};
use leadway_engine::model::problem::Problem;
use serde::Deserialize;
use serde_json::Value;

/// An event's whole life.
#[derive(Deserialize)]
pub(crate) struct EventView {
    #[serde(flatten)]
    pub(crate) summary: EventSummary,
    pub(crate) occurred_at: Timestamp,
    pub(crate) arrival: Arrival,
    pub(crate) payload: Value,
    #[serde(default)]
    pub(crate) duplicate_of: Option<EventId>,
    pub(crate) decisions: Vec<RouteDecision>,
    pub(crate) deliveries: Vec<DeliveryView>,
}

/// A delivery, in lists without its request and tries.
#[derive(Deserialize)]
pub(crate) struct DeliveryView {
    pub(crate) id: DeliveryId,
    pub(crate) event_id: EventId,
    pub(crate) route: String,
    pub(crate) connection: String,
    pub(crate) module: String,
    pub(crate) operation: Operation,
    pub(crate) state: DeliveryState,
    pub(crate) record: Value,
    pub(crate) attempts: u32,
    pub(crate) created_at: Timestamp,
    #[serde(default)]
    pub(crate) due_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) settled_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) record_id: Option<String>,
    #[serde(default)]
    pub(crate) action: Option<Action>,
    #[serde(default)]
    pub(crate) problem: Option<Problem>,
    #[serde(default)]
    pub(crate) replay_of: Option<DeliveryId>,
    #[serde(default)]
    pub(crate) replayed_as: Option<DeliveryId>,
    #[serde(default)]
    pub(crate) request: Option<Request>,
    #[serde(default)]
    pub(crate) tries: Vec<Attempt>,
}
