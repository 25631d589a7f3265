//! Many events for one route at once, as `leadway import` sends them: each is checked as far as it can be before it
//! is stored, so that what Zoho would refuse is known at once.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use leadway_engine::intake::validate::Sender;
use leadway_engine::model::config::SourceConfig;
use leadway_engine::model::event::{Arrival, IncomingEvent};
use leadway_engine::model::id::EventId;
use leadway_engine::model::problem::Problem as RecordProblem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::api::schema;
use crate::app::App;
use crate::extract::JsonBody;
use crate::ingest;
use crate::problem::{Problem, shorten};

/// Events for one route.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Import {
    events: Vec<Box<RawValue>>,
}

/// What became of the events.
#[derive(Debug, Serialize)]
pub(crate) struct ImportAnswer {
    success: bool,
    accepted: usize,
    refused: usize,
    results: Vec<EventResult>,
}

/// What became of one event, in the order of the request.
#[derive(Debug, Serialize)]
struct EventResult {
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<EventId>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<EventError>,
}

/// Why an event was not taken.
#[derive(Debug, Clone, Serialize)]
struct EventError {
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    message: String,
    remedy: String,
}

/// An event that may be stored, or why not with its `messageId`.
type Checked = Result<IncomingEvent, (Option<String>, EventError)>;

/// Takes events for one route. What the mapping or the module's fields would refuse is refused at once.
#[utoipa::path(
    post, path = "/api/v1/routes/{route}/events", tag = "events", operation_id = "import_events",
    security(("admin_token" = [])),
    params(("route" = String, Path, description = "The only route that the events are for", example = "lead-capture")),
    request_body(content = schema::Import, description = "At most 2,500 events and 1 MB"),
    responses(
        (status = 200, description = "What is accepted is on disk; `results` says of each event what became of it", body = schema::BatchAnswer),
        (status = 404, description = "There is no such route", body = schema::Problem),
        (status = 409, description = "There is no source that the events could count to", body = schema::Problem),
        (status = 413, description = "Too many bytes or events", body = schema::Problem),
        (status = 503, description = "Nothing is stored; send again after Retry-After", body = schema::Problem),
    )
)]
pub(crate) async fn import_events(
    State(app): State<App>,
    Path(route): Path<String>,
    parts: Parts,
    JsonBody(import): JsonBody<Import>,
) -> Result<Json<ImportAnswer>, Problem> {
    let checked = check(&app, &route, &parts, &import).await?;
    let mut events = Vec::with_capacity(checked.len());
    let mut results = Vec::with_capacity(checked.len());
    for event in checked {
        results.push(EventResult::new(&event, "accepted"));
        events.extend(event);
    }
    let accepted = events.len();
    if accepted > 0 {
        let ids = app.engine.accept(events).await?;
        let rows = results.iter_mut().filter(|row| row.error.is_none());
        rows.zip(ids).for_each(|(row, id)| row.id = Some(id));
    }
    app.metrics.count_events(accepted, results.len() - accepted);
    Ok(Json(ImportAnswer::new(results)))
}

/// Checks events for one route as an import would, and stores nothing.
#[utoipa::path(
    post, path = "/api/v1/routes/{route}/check", tag = "events", operation_id = "check_events",
    security(("admin_token" = [])),
    params(("route" = String, Path, description = "The route that the events would be for", example = "lead-capture")),
    request_body(content = schema::Import, description = "At most 2,500 events and 1 MB"),
    responses(
        (status = 200, description = "`results` says of each event whether it would be taken: `valid` or `refused`", body = schema::BatchAnswer),
        (status = 404, description = "There is no such route", body = schema::Problem),
        (status = 413, description = "Too many bytes or events", body = schema::Problem),
    )
)]
pub(crate) async fn check_events(
    State(app): State<App>,
    Path(route): Path<String>,
    parts: Parts,
    JsonBody(import): JsonBody<Import>,
) -> Result<Json<ImportAnswer>, Problem> {
    let checked = check(&app, &route, &parts, &import).await?;
    let results = checked.iter().map(|event| EventResult::new(event, "valid"));
    Ok(Json(ImportAnswer::new(results.collect())))
}

async fn check(
    app: &App,
    route: &str,
    parts: &Parts,
    import: &Import,
) -> Result<Vec<Checked>, Problem> {
    let source = source_of(app, route)?;
    let events_max = app.engine.limits().batch_events_max;
    if import.events.len() > events_max {
        let message = format!(
            "{} events were sent; at most {events_max} are taken",
            import.events.len()
        );
        return Err(
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_events", message)
                .with_field("events")
                .with_remedy("split the request"),
        );
    }
    let arrival = Arrival {
        route: Some(route.to_owned()),
        ..ingest::arrival(app, parts, "import", None)
    };
    let sender = Sender {
        source: &source,
        arrival: &arrival,
        sent_at: None,
        now: app.engine.now(),
    };
    let mut checked = Vec::with_capacity(import.events.len());
    for raw in &import.events {
        checked.push(check_one(app, route, raw, &sender).await);
    }
    Ok(checked)
}

/// The source that imported events count to: the route's first, or the first that there is.
fn source_of(app: &App, name: &str) -> Result<SourceConfig, Problem> {
    let config = app.engine.config();
    let route = config
        .routes
        .iter()
        .find(|route| route.name == name)
        .ok_or_else(|| Problem::no_such("route", name))?;
    let wanted = route.sources.first();
    config
        .sources
        .into_iter()
        .find(|source| wanted.is_none_or(|wanted| *wanted == source.name))
        .ok_or_else(|| {
            Problem::new(
                StatusCode::CONFLICT,
                "no_source",
                "there is no source that the events could count to",
            )
            .with_remedy("add a source to the configuration")
        })
}

async fn check_one(app: &App, route: &str, raw: &RawValue, sender: &Sender<'_>) -> Checked {
    let event = ingest::check(app, raw, None, sender).map_err(|rejection| {
        let error = EventError {
            code: rejection.code.to_owned(),
            field: rejection.field.map(Into::into),
            value: rejection.value,
            message: rejection.message,
            remedy: rejection.remedy.into(),
        };
        (rejection.message_id, error)
    })?;
    match app.engine.preview(route, &event).await {
        Ok(()) => Ok(event),
        Err(problems) => Err((Some(event.message_id), EventError::of(problems))),
    }
}

impl EventError {
    /// The first problem speaks; a record with several is looked at again once that is mended.
    fn of(problems: Vec<RecordProblem>) -> Self {
        let more = problems.len().saturating_sub(1);
        let Some(problem) = problems.into_iter().next() else {
            return Self {
                code: "refused".to_owned(),
                field: None,
                value: None,
                message: "The record cannot be made.".to_owned(),
                remedy: "Look at the route's mapping.".to_owned(),
            };
        };
        let message = match more {
            0 => problem.message,
            more => format!("{} ({more} more to mend in this record)", problem.message),
        };
        Self {
            code: problem.code,
            field: problem.field,
            value: problem.value.map(|value| {
                shorten(
                    &value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned),
                )
            }),
            message,
            remedy: problem.remedy,
        }
    }
}

impl EventResult {
    fn new(checked: &Checked, good: &'static str) -> Self {
        match checked {
            Ok(event) => Self {
                message_id: Some(event.message_id.clone()),
                id: None,
                status: good,
                error: None,
            },
            Err((message_id, error)) => Self {
                message_id: message_id.clone(),
                id: None,
                status: "refused",
                error: Some(error.clone()),
            },
        }
    }
}

impl ImportAnswer {
    fn new(results: Vec<EventResult>) -> Self {
        let refused = results.iter().filter(|row| row.error.is_some()).count();
        Self {
            success: true,
            accepted: results.len() - refused,
            refused,
            results,
        }
    }
}
