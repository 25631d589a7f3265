//! An event's whole life: what came in, what was decided, what was sent, what Zoho said.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::attempt::Attempt;
use super::delivery::Delivery;
use super::event::{Arrival, EventSummary};
use super::id::EventId;

/// Everything about one event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventLife {
    /// The line that lists show.
    #[serde(flatten)]
    pub summary: EventSummary,
    /// When it happened, by the sender's corrected clock.
    pub occurred_at: jiff::Timestamp,
    /// What the edge saw of the sender.
    pub arrival: Arrival,
    /// The body as it came.
    pub payload: Box<RawValue>,
    /// The event that this one repeats, if it is a duplicate.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub duplicate_of: Option<EventId>,
    /// What each route decided.
    pub decisions: Vec<RouteDecision>,
    /// What it led to, in the order of planning; replays stand behind what they repeat.
    pub deliveries: Vec<DeliveryLife>,
}

/// What one route made of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RouteDecision {
    /// The route's name.
    pub route: String,
    /// Whether it wanted the event.
    pub is_matched: bool,
    /// Why, in a sentence.
    pub reason: String,
    /// Consent that the route asks for and what the event said, one line for each category.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub consent: Vec<ConsentDecision>,
    /// Version of the mapping that was applied.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mapping_version: Option<i64>,
    /// The mapping, step by step, for a route that matched.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub mapping: Vec<MappingStep>,
}

/// One consent category that a route asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentDecision {
    /// `marketing`, `analytics` …
    pub category: String,
    /// What the event said: granted, denied, or nothing.
    pub stated: Option<bool>,
    /// Whether the route may go on.
    pub is_granted: bool,
}

/// How one field of the record came to its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MappingStep {
    /// The field's API name.
    pub field: String,
    /// The path in the event that gave the value, `(constant)` or `(default)`; absent when nothing did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<String>,
    /// The value found there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub input: Option<Value>,
    /// The transforms that were applied, in order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub transforms: Vec<String>,
    /// The value in the record; absent when the field was left out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub output: Option<Value>,
    /// Anything worth knowing: "left out: no path had a value".
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// A delivery with its request and all its tries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeliveryLife {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// What is sent to Zoho for it (as if it went alone; batches carry up to 100).
    pub request: Request,
    /// Each try.
    pub tries: Vec<Attempt>,
}

/// A request to Zoho, as shown to people.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// `POST`
    pub method: String,
    /// `/crm/v8/Leads/upsert`
    pub path: String,
    /// The JSON body.
    pub body: Value,
}
