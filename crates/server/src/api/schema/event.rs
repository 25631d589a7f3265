//! Events and their lives.

use serde_json::Value;
use utoipa::ToSchema;

use super::delivery::DeliveryLife;

/// The call that carried an event.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EventKind {
    Identify,
    Track,
    Page,
    Screen,
    Group,
    Alias,
}

/// How far an event has come. `not_routed`: no route wanted it. `duplicate`: its messageId was known. `dead`: it
/// needs a person.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EventStatus {
    Accepted,
    NotRouted,
    Duplicate,
    Pending,
    Retrying,
    Delivered,
    Dead,
}

/// A page of events, newest first.
#[derive(ToSchema)]
pub(crate) struct EventPage {
    items: Vec<EventSummary>,
    /// Give this as `cursor` to read on; absent at the end.
    next_cursor: Option<String>,
}

/// One line of a list of events.
#[derive(ToSchema)]
pub(crate) struct EventSummary {
    /// The id that the sender was given.
    #[schema(example = "evt_01kb0w6v3ve2s8j4x9n7q5m2tc")]
    id: String,
    /// When it was accepted.
    #[schema(format = DateTime)]
    received_at: String,
    /// The source that sent it.
    source: String,
    /// The call that carried it.
    kind: EventKind,
    /// The name of a track event or of a page.
    name: Option<String>,
    /// The sender's own id for it.
    message_id: String,
    /// Who it is about.
    subject: Option<String>,
    /// How far it has come.
    status: EventStatus,
}

/// Everything about one event.
#[derive(ToSchema)]
pub(crate) struct EventLife {
    #[serde(flatten)]
    summary: EventSummary,
    /// When it happened, by the sender's corrected clock.
    #[schema(format = DateTime)]
    occurred_at: String,
    /// What the edge saw of the sender.
    arrival: Arrival,
    /// The body as it came.
    #[schema(value_type = Object)]
    payload: Value,
    /// The event that this one repeats, if it is a duplicate.
    duplicate_of: Option<String>,
    /// What each route decided.
    decisions: Vec<RouteDecision>,
    /// What it led to, in the order of planning.
    deliveries: Vec<DeliveryLife>,
}

/// What the edge knows of a request beside its body.
#[derive(ToSchema)]
pub(crate) struct Arrival {
    /// `http`, `form`, `pixel`, `webhook` or `import`.
    door: String,
    /// The sender's address.
    ip: Option<String>,
    /// The sender's `User-Agent`.
    user_agent: Option<String>,
    /// The `Origin` of a browser's request.
    origin: Option<String>,
    /// When the sender says it sent it.
    sent_at: Option<String>,
    /// The only route that it is for, when the sender named one.
    route: Option<String>,
}

/// What one route made of an event.
#[derive(ToSchema)]
pub(crate) struct RouteDecision {
    /// The route's name.
    route: String,
    /// Whether it wanted the event.
    is_matched: bool,
    /// Why, in a sentence.
    reason: String,
    /// Consent that the route asks for, one entry for each category.
    consent: Option<Vec<ConsentDecision>>,
    /// Version of the mapping that was applied.
    mapping_version: Option<i64>,
    /// The mapping, step by step, for a route that matched.
    mapping: Option<Vec<MappingStep>>,
}

/// One consent category that a route asks for.
#[derive(ToSchema)]
pub(crate) struct ConsentDecision {
    /// `marketing`, `analytics`, `functional` or `advertising`.
    category: String,
    /// What the event said: granted, denied, or nothing.
    stated: Option<bool>,
    /// Whether the route may go on.
    is_granted: bool,
}

/// How one field of the record came to its value.
#[derive(ToSchema)]
pub(crate) struct MappingStep {
    /// The field's API name.
    #[schema(example = "Last_Name")]
    field: String,
    /// The path in the event that gave the value, `(constant)` or `(default)`.
    from: Option<String>,
    /// The value found there.
    input: Option<Value>,
    /// The transforms that were applied, in order.
    transforms: Option<Vec<String>>,
    /// The value in the record; absent when the field was left out.
    output: Option<Value>,
    /// Anything worth knowing.
    note: Option<String>,
}
