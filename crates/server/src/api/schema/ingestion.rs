//! Events in, the answers to them, and refusals of every door.

use serde_json::Value;
use utoipa::ToSchema;

/// An event, as in Segment's specification.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    /// `identify`, `track`, `page`, `screen`, `group` or `alias`; not needed where the path says it.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// The sender's own id for it, at most 255 characters. A repeat with the same id is stored once.
    #[schema(example = "5f2c6a1e-9f0e-4a51-8f57-1d1c2a6d7b10")]
    message_id: Option<String>,
    /// Who it is about.
    user_id: Option<String>,
    /// Who it is about, while nobody knows.
    anonymous_id: Option<String>,
    /// What happened, for `track`.
    #[schema(example = "Lead Generated")]
    event: Option<String>,
    /// Name of the page or screen.
    name: Option<String>,
    /// The group, for `group`.
    group_id: Option<String>,
    /// The identity that is the same, for `alias`.
    previous_id: Option<String>,
    /// What is known of the person or group; at most 1,000 members.
    #[schema(value_type = Option<Object>)]
    traits: Option<Value>,
    /// What is known of the deed; at most 1,000 members.
    #[schema(value_type = Option<Object>)]
    properties: Option<Value>,
    /// Page, campaign, device, consent; at most 1,000 members.
    #[schema(value_type = Option<Object>)]
    context: Option<Value>,
    /// When it happened, ISO 8601 with a zone; at most a day ahead and five years back.
    #[schema(format = DateTime)]
    timestamp: Option<String>,
    /// When it was sent, by the same clock as `timestamp`: the difference to our clock is taken off.
    #[schema(format = DateTime)]
    sent_at: Option<String>,
    /// The source's write key, where no header carries it.
    write_key: Option<String>,
}

/// Many events.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Batch {
    /// At most 2,500 events of 32 KB each.
    batch: Vec<Event>,
    /// Put into each event's context, member by member, where the event lacks it.
    #[schema(value_type = Option<Object>)]
    context: Option<Value>,
    /// Put into each event that has none.
    #[schema(value_type = Option<Object>)]
    integrations: Option<Value>,
    /// When the batch was sent, by the sender's clock.
    #[schema(format = DateTime)]
    sent_at: Option<String>,
    /// The source's write key, where no header carries it.
    write_key: Option<String>,
}

/// Events for one route.
#[derive(ToSchema)]
pub(crate) struct Import {
    /// Each with its `type` and `messageId`.
    events: Vec<Event>,
}

/// The event is on disk.
#[derive(ToSchema)]
pub(crate) struct Stored {
    /// Always true.
    success: bool,
    /// Our id of the event.
    #[schema(example = "evt_01kb0w6v3ve2s8j4x9n7q5m2tc")]
    id: String,
    /// The sender's id of it, or the one that it was given.
    message_id: String,
}

/// What became of a batch.
#[derive(ToSchema)]
pub(crate) struct BatchAnswer {
    /// Always true: at least one event is on disk, or none was sent.
    success: bool,
    /// How many events are on disk.
    accepted: u64,
    /// How many were refused.
    refused: u64,
    /// One entry for each event, in the order of the request.
    results: Vec<RowResult>,
}

/// What became of one event.
#[derive(ToSchema)]
pub(crate) struct RowResult {
    /// The sender's id of it, where it could be read.
    message_id: Option<String>,
    /// Our id of it, when it is on disk.
    id: Option<String>,
    /// `accepted` or `refused`.
    status: String,
    /// Why it was refused.
    error: Option<RowError>,
}

/// Why an event was refused.
#[derive(ToSchema)]
pub(crate) struct RowError {
    /// For programs.
    #[schema(example = "message_id_missing")]
    code: String,
    /// The member to blame.
    field: Option<String>,
    /// Its value, shortened.
    value: Option<String>,
    /// What is wrong.
    message: String,
    /// What to do.
    remedy: String,
}

/// A problem document (RFC 9457) with `code` and `message`.
#[derive(ToSchema)]
pub(crate) struct Problem {
    /// A URN that ends in the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:leadway:problem:unknown_write_key")]
    kind: String,
    /// The status in words.
    #[schema(example = "Unauthorized")]
    title: String,
    /// The HTTP status.
    #[schema(example = 401)]
    status: u16,
    /// The same as `message`.
    detail: String,
    /// For programs.
    #[schema(example = "unknown_write_key")]
    code: String,
    /// What is wrong, in a sentence.
    message: String,
    /// The field or parameter to blame.
    field: Option<String>,
    /// Its value, shortened.
    value: Option<String>,
    /// What to do, in a sentence.
    remedy: Option<String>,
    /// Everything that is wrong with a configuration.
    problems: Option<Vec<ConfigProblem>>,
    /// What became of each event, when none of a batch was taken.
    results: Option<Vec<RowResult>>,
    /// For actions: the HTTP status of Zoho's answer.
    zoho_status: Option<u16>,
    /// For actions: Zoho's `details`.
    #[schema(value_type = Option<Object>)]
    zoho_details: Option<serde_json::Value>,
}

/// Something in a configuration that cannot work.
#[derive(ToSchema)]
pub(crate) struct ConfigProblem {
    /// Where.
    #[schema(example = "routes[0].mapping")]
    path: String,
    /// What is there, and what should be.
    message: String,
}
