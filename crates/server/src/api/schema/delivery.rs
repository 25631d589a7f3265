//! Deliveries, their attempts, and replays.

use serde_json::Value;
use utoipa::ToSchema;

/// What is done with the record in Zoho.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Operation {
    Upsert,
    Insert,
}

/// How far a delivery has come. `leased`: a try is on its way. `dead`: given up, with a problem that says why.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryState {
    Pending,
    Leased,
    Retrying,
    Delivered,
    Dead,
}

/// What Zoho did with the record. `found`: an earlier try had got through.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    Insert,
    Update,
    Found,
}

/// A page of deliveries, newest first.
#[derive(ToSchema)]
pub(crate) struct DeliveryPage {
    items: Vec<Delivery>,
    /// Give this as `cursor` to read on; absent at the end.
    next_cursor: Option<String>,
}

/// One event for one destination.
#[derive(ToSchema)]
pub(crate) struct Delivery {
    #[schema(example = "dlv_4711")]
    id: String,
    /// The event that it carries.
    event_id: String,
    /// The route that planned it.
    route: String,
    /// The connection that it goes to.
    connection: String,
    /// The module's API name.
    #[schema(example = "Leads")]
    module: String,
    /// What is done there.
    operation: Operation,
    /// How far it has come.
    state: DeliveryState,
    /// The record as it goes to Zoho: field API names and values.
    #[schema(value_type = Object)]
    record: Value,
    /// Tries so far.
    attempts: u32,
    /// When it was planned.
    #[schema(format = DateTime)]
    created_at: String,
    /// When the next try is due, while it waits.
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// When it was delivered or given up.
    #[schema(format = DateTime)]
    settled_at: Option<String>,
    /// The record's id in Zoho, once delivered.
    record_id: Option<String>,
    /// What Zoho did, once delivered.
    action: Option<Action>,
    /// Why it is dead, or why the last try failed.
    problem: Option<DeliveryProblem>,
    /// The delivery that this one repeats.
    replay_of: Option<String>,
    /// The delivery that repeats this one.
    replayed_as: Option<String>,
}

/// Where on its way a delivery came to grief.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    Mapping,
    Check,
    Zoho,
    Call,
}

/// Why a delivery is dead, for people and for programs.
#[derive(ToSchema)]
pub(crate) struct DeliveryProblem {
    /// Where it happened: in the mapping, in the check against Zoho's metadata, at Zoho, or in the call.
    stage: Stage,
    /// Zoho's code.
    #[schema(example = "MANDATORY_NOT_FOUND")]
    code: String,
    /// The field's API name.
    #[schema(example = "Last_Name")]
    field: Option<String>,
    /// The value that was refused.
    value: Option<Value>,
    /// What is wrong, in a sentence.
    message: String,
    /// What to do about it, in a sentence.
    remedy: String,
}

/// A delivery with its request and all its tries.
#[derive(ToSchema)]
pub(crate) struct DeliveryLife {
    #[serde(flatten)]
    delivery: Delivery,
    /// What is sent to Zoho for it, as if it went alone.
    request: ZohoRequest,
    /// Each try.
    tries: Vec<Attempt>,
}

/// A request to Zoho.
#[derive(ToSchema)]
pub(crate) struct ZohoRequest {
    #[schema(example = "POST")]
    method: String,
    #[schema(example = "/crm/v8/Leads/upsert")]
    path: String,
    body: Value,
}

/// What one try means for the delivery.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Delivered,
    Continue,
    Permanent,
    Exhausted,
}

/// One try of one delivery.
#[derive(ToSchema)]
pub(crate) struct Attempt {
    /// First, second … try.
    number: u32,
    /// What it means.
    verdict: Verdict,
    /// Zoho's code for the row or the call, or the kind of failure.
    code: String,
    /// What was said with it.
    message: String,
    /// Zoho's answer for this row, as it came.
    answer: Option<Value>,
    /// The call that carried it.
    batch: ZohoBatch,
}

/// One call to Zoho.
#[derive(ToSchema)]
pub(crate) struct ZohoBatch {
    #[schema(example = "bat_17")]
    id: String,
    #[schema(example = "POST /crm/v8/Leads/upsert")]
    request: String,
    /// How many rows it carried.
    rows: u32,
    #[schema(format = DateTime)]
    started_at: String,
    #[schema(format = DateTime)]
    ended_at: String,
    /// The HTTP status of the answer, if one came.
    http_status: Option<u16>,
    /// Credits that it cost.
    credits: u32,
}

/// Changes to a record before it is replayed.
#[derive(ToSchema)]
pub(crate) struct Mend {
    /// Fields to set, by API name.
    #[schema(value_type = Object)]
    set: Option<Value>,
    /// Fields to leave out.
    unset: Option<Vec<String>>,
}

/// The deliveries that a replay made.
#[derive(ToSchema)]
pub(crate) struct Replayed {
    replayed: u64,
    /// Their ids.
    deliveries: Vec<String>,
}

/// Which dead letters to replay.
#[derive(ToSchema)]
pub(crate) struct DeadLetterChoice {
    route: Option<String>,
    code: Option<String>,
}

/// How many dead letters were replayed.
#[derive(ToSchema)]
pub(crate) struct ReplayCount {
    replayed: u64,
}

/// What to replay.
#[derive(ToSchema)]
pub(crate) struct ReplaysWanted {
    event_ids: Option<Vec<String>>,
    delivery_ids: Option<Vec<String>>,
}

/// What was replayed, and what was not.
#[derive(ToSchema)]
pub(crate) struct Replays {
    /// Deliveries that were made.
    replayed: u64,
    /// One entry for each id.
    results: Vec<ReplayResult>,
}

/// What became of one id.
#[derive(ToSchema)]
pub(crate) struct ReplayResult {
    id: String,
    deliveries: Vec<String>,
    error: Option<ReplayRefusal>,
}

/// Why an id was not replayed.
#[derive(ToSchema)]
pub(crate) struct ReplayRefusal {
    code: String,
    message: String,
}
