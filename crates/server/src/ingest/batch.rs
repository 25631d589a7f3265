//! Many events in one request: `POST /v1/batch`, `/v1/b` and `/v1/events`. Each event is checked by itself; those
//! that pass are stored together, and the answer says of each what became of it.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::ORIGIN;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use leadway_engine::intake::validate::{Rejection, Sender};
use leadway_engine::model::config::SourceConfig;
use leadway_engine::model::event::{Arrival, IncomingEvent};
use leadway_engine::model::id::EventId;
use serde::Serialize;
use serde_json::value::RawValue;

use super::head::{self, Head};
use super::merge::with_shared;
use super::shape::{Batch, Items, read};
use super::{arrival, body, check, cors, key, single};
use crate::api::schema;
use crate::app::App;
use crate::problem::Problem;

/// The code of an event whose write key no source has.
const UNKNOWN_KEY: &str = "unknown_write_key";

/// The answer to a batch of which something was stored.
#[derive(Debug, Serialize)]
struct Answer {
    success: bool,
    accepted: usize,
    refused: usize,
    results: Vec<RowResult>,
}

/// What became of one event, in the order of the request.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RowResult {
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<EventId>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<RowError>,
}

/// Why an event was not taken.
#[derive(Debug, Clone, Serialize)]
struct RowError {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    message: String,
    remedy: &'static str,
}

/// Takes many events, each with its `type`.
#[utoipa::path(
    post, path = "/v1/batch", tag = "ingestion", operation_id = "take_batch",
    request_body(content = schema::Batch, description = "At most 512 KB after decompression and 2,500 events"),
    responses(
        (status = 200, description = "At least one event is on disk; `results` says of each what became of it", body = schema::BatchAnswer),
        (status = 400, description = "No event could be taken; `results` says of each why", body = schema::Problem),
        (status = 401, description = "No source has this write key", body = schema::Problem),
        (status = 413, description = "Too many bytes or events", body = schema::Problem),
        (status = 503, description = "Nothing is stored; send again after Retry-After", body = schema::Problem),
    )
)]
pub(crate) async fn take_batch(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let answer = async {
        let bytes = body::read(&parts, body, app.engine.limits().batch_bytes_max).await?;
        take(&app, &parts, &read(body::text(&bytes)?)?).await
    };
    let answer = answer.await;
    cors::finish(&app, parts.headers.get(ORIGIN).cloned(), answer)
}

/// Takes what a server sends: an array of events, a batch, or one event with its `type`.
#[utoipa::path(
    post, path = "/v1/events", tag = "ingestion", operation_id = "take_events",
    request_body(content = schema::Batch, description = "A batch, an array of events, or one event"),
    responses(
        (status = 200, description = "Stored; a single event is answered as by /v1/track", body = schema::BatchAnswer),
        (status = 400, description = "No event could be taken", body = schema::Problem),
        (status = 401, description = "No source has this write key", body = schema::Problem),
    )
)]
pub(crate) async fn take_events(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let answer = async {
        let bytes = body::read(&parts, body, app.engine.limits().batch_bytes_max).await?;
        let text = body::text(&bytes)?;
        if text.trim_ascii_start().starts_with('[') {
            let items = serde_json::from_str(text).map_err(|error| body::malformed(&error))?;
            return take(&app, &parts, &Batch::of_items(items)).await;
        }
        let batch = read(text)?;
        if batch.batch.is_some() {
            return take(&app, &parts, &batch).await;
        }
        single::take_one(&app, None, &parts, body::json(text)?).await
    };
    let answer = answer.await;
    cors::finish(&app, parts.headers.get(ORIGIN).cloned(), answer)
}

/// What counts for all events of a batch.
struct Shared<'a> {
    /// Absent when each event carries a write key of its own.
    source: Option<Arc<SourceConfig>>,
    sent_at: Option<Cow<'a, str>>,
    arrival: Arrival,
    now: Timestamp,
}

async fn take(app: &App, parts: &Parts, batch: &Batch<'_>) -> Result<Response, Problem> {
    let items = items(app, batch)?;
    let shared = shared(app, parts, batch, items)?;
    let mut events = Vec::with_capacity(items.len());
    let mut results = Vec::with_capacity(items.len());
    for item in items {
        match take_item(app, parts, batch, &shared, item) {
            Ok(event) => {
                results.push(RowResult::accepted(&event));
                events.push(event);
            }
            Err(rejection) => results.push(RowResult::refused(rejection)),
        }
    }
    settle(app, events, results).await
}

fn shared<'a>(
    app: &App,
    parts: &Parts,
    batch: &Batch<'a>,
    items: &[&RawValue],
) -> Result<Shared<'a>, Problem> {
    let key = key::in_headers(&parts.headers)
        .or_else(|| head::text(batch.write_key))
        .or_else(|| {
            key::is_beacon(parts)
                .then(|| key::in_query(parts))
                .flatten()
        });
    let has_own_keys = || items.iter().any(|item| Head::of(item).write_key.is_some());
    let source = match key.as_deref() {
        None if has_own_keys() => None,
        key => Some(key::source(app, parts, key)?),
    };
    let sent_at = head::text(batch.sent_at);
    let arrival = arrival::arrival(app, parts, "http", sent_at.as_deref());
    Ok(Shared {
        source,
        sent_at,
        arrival,
        now: app.engine.now(),
    })
}

fn items<'b, 'a>(app: &App, batch: &'b Batch<'a>) -> Result<&'b [&'a RawValue], Problem> {
    let Some(Items(Some(items))) = &batch.batch else {
        return Err(
            Problem::bad_request("batch_missing", "batch is missing or no array")
                .with_field("batch")
                .with_remedy("send {\"batch\": [{\"type\": \"track\", …}, …]}"),
        );
    };
    let events_max = app.engine.limits().batch_events_max;
    if items.len() > events_max {
        let message = format!(
            "the batch has {} events; at most {events_max} are taken",
            items.len()
        );
        return Err(
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_events", message)
                .with_field("batch")
                .with_remedy("split the batch"),
        );
    }
    Ok(items)
}

/// Checks one event of a batch, with its own write key and `sentAt` where the batch has none for all.
fn take_item(
    app: &App,
    parts: &Parts,
    batch: &Batch<'_>,
    shared: &Shared<'_>,
    item: &RawValue,
) -> Result<IncomingEvent, Rejection> {
    // The event's own head is read only where the batch leaves something open.
    let own = match (&shared.source, &shared.sent_at) {
        (Some(_), Some(_)) => Head::default(),
        _ => Head::of(item),
    };
    let source = match &shared.source {
        Some(source) => Arc::clone(source),
        None => own_source(app, parts, own.write_key.as_deref())?,
    };
    let own_arrival = match (&shared.sent_at, &own.sent_at) {
        (None, Some(sent_at)) => Some(arrival::arrival(app, parts, "http", Some(sent_at))),
        _ => None,
    };
    let sender = Sender {
        source: &source,
        arrival: own_arrival.as_ref().unwrap_or(&shared.arrival),
        sent_at: head::instant(shared.sent_at.as_deref().or(own.sent_at.as_deref())),
        now: shared.now,
    };
    let event: Cow<'_, RawValue> = with_shared(item, batch.context, batch.integrations);
    check(app, &event, None, &sender)
}

fn own_source(app: &App, parts: &Parts, key: Option<&str>) -> Result<Arc<SourceConfig>, Rejection> {
    key::source(app, parts, key).map_err(|problem| {
        let (code, field, remedy) = match problem.status() {
            StatusCode::FORBIDDEN => ("origin_not_allowed", "Origin", key::ORIGIN_REMEDY),
            _ => (UNKNOWN_KEY, "writeKey", key::UNKNOWN_REMEDY),
        };
        let (value, message) = (problem.value.clone(), problem.message.clone());
        Rejection {
            code,
            field: Some(field),
            value,
            message,
            remedy,
            message_id: None,
        }
    })
}

/// Stores what passed, all or nothing, and writes the answer.
async fn settle(
    app: &App,
    events: Vec<IncomingEvent>,
    mut results: Vec<RowResult>,
) -> Result<Response, Problem> {
    let accepted = events.len();
    let refused = results.len() - accepted;
    if accepted == 0 && refused > 0 {
        app.metrics.count_events(0, refused);
        let is_key_wrong = results.iter().all(|row| {
            row.error
                .as_ref()
                .is_some_and(|error| error.code == UNKNOWN_KEY)
        });
        let problem = if is_key_wrong {
            Problem::new(
                StatusCode::UNAUTHORIZED,
                UNKNOWN_KEY,
                "no event names a source by a write key that is known",
            )
        } else {
            Problem::bad_request(
                "nothing_accepted",
                match refused {
                    1 => "the event could not be taken".to_owned(),
                    _ => format!("none of the {refused} events could be taken"),
                },
            )
        };
        return Err(problem
            .with_remedy("see the error of each event in results")
            .with_results(results));
    }
    if accepted > 0 {
        let ids = app.engine.accept(events).await?;
        let rows = results.iter_mut().filter(|row| row.error.is_none());
        rows.zip(ids).for_each(|(row, id)| row.id = Some(id));
    }
    app.metrics.count_events(accepted, refused);
    Ok(Json(Answer {
        success: true,
        accepted,
        refused,
        results,
    })
    .into_response())
}

impl RowResult {
    fn accepted(event: &IncomingEvent) -> Self {
        Self {
            message_id: Some(event.message_id.clone()),
            id: None,
            status: "accepted",
            error: None,
        }
    }

    fn refused(rejection: Rejection) -> Self {
        let Rejection {
            code,
            field,
            value,
            message,
            remedy,
            message_id,
        } = rejection;
        let error = RowError {
            code,
            field,
            value,
            message,
            remedy,
        };
        Self {
            message_id,
            id: None,
            status: "refused",
            error: Some(error),
        }
    }
}
