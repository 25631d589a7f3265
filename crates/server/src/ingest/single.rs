//! One event for each request: `POST /v1/track` and its five siblings, with the browser library's short forms.
//!
//! The answer is exactly 200 once the event is stored: RudderStack's Python client sends again on 201, 202 and 204.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::ORIGIN;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use leadway_engine::intake::validate::Sender;
use leadway_engine::model::event::{EventKind, IncomingEvent};
use leadway_engine::model::id::EventId;
use serde::Serialize;
use serde_json::value::RawValue;

use super::head::Head;
use super::{arrival, body, check, cors, head, key};
use crate::api::schema;
use crate::app::App;
use crate::problem::Problem;

/// The answer when an event is stored.
#[derive(Debug, Serialize)]
pub(crate) struct Stored {
    pub(crate) success: bool,
    pub(crate) id: EventId,
    pub(crate) message_id: String,
}

/// Takes one event of the kind that the path names: `identify`, `track`, `page`, `screen`, `group` or `alias`, or in
/// short `i`, `t`, `p`, `s`, `g`, `a`.
#[utoipa::path(
    post, path = "/v1/{kind}", tag = "ingestion", operation_id = "take_event",
    params(("kind" = String, Path, description = "`identify`, `track`, `page`, `screen`, `group`, `alias`, or the first letter")),
    request_body(content = schema::Event, description = "The event, in any Content-Type, gzip or not, at most 32 KB"),
    responses(
        (status = 200, description = "The event is on disk", body = schema::Stored),
        (status = 400, description = "It is no event; `field` and `remedy` say why", body = schema::Problem),
        (status = 401, description = "No source has this write key", body = schema::Problem),
        (status = 403, description = "The source takes nothing from this origin", body = schema::Problem),
        (status = 413, description = "The event or the body is too large", body = schema::Problem),
        (status = 503, description = "Nothing is stored; send again after Retry-After", body = schema::Problem),
    )
)]
pub(crate) async fn take_event(
    State(app): State<App>,
    kind: EventKind,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let answer = take(&app, kind, &parts, body).await;
    cors::finish(&app, parts.headers.get(ORIGIN).cloned(), answer)
}

async fn take(app: &App, kind: EventKind, parts: &Parts, body: Body) -> Result<Response, Problem> {
    let bytes = body::read(parts, body, app.engine.limits().batch_bytes_max).await?;
    take_one(app, Some(kind), parts, body::json(body::text(&bytes)?)?).await
}

/// Checks and stores one event; its `type` counts where no path names the kind.
pub(crate) async fn take_one(
    app: &App,
    kind: Option<EventKind>,
    parts: &Parts,
    raw: &RawValue,
) -> Result<Response, Problem> {
    let head = Head::of(raw);
    let key = key::in_headers(&parts.headers)
        .or(head.write_key)
        .or_else(|| {
            key::is_beacon(parts)
                .then(|| key::in_query(parts))
                .flatten()
        });
    let source = key::source(app, parts, key.as_deref())?;
    let sender = Sender {
        source: &source,
        arrival: &arrival::arrival(app, parts, "http", head.sent_at.as_deref()),
        sent_at: head::instant(head.sent_at.as_deref()),
        now: app.engine.now(),
    };
    let event = check(app, raw, kind, &sender).inspect_err(|_| app.metrics.count_events(0, 1))?;
    Ok(Json(store(app, event).await?).into_response())
}

/// Stores one checked event.
pub(crate) async fn store(app: &App, event: IncomingEvent) -> Result<Stored, Problem> {
    let message_id = event.message_id.clone();
    let ids = app.engine.accept(vec![event]).await?;
    app.metrics.count_events(1, 0);
    let id = ids.first().copied().ok_or_else(Problem::internal)?;
    Ok(Stored {
        success: true,
        id,
        message_id,
    })
}
