//! HTML forms without any script: `POST /v1/forms/{form}`. The visitor is sent on with 303 as soon as the submission
//! is on disk; programs that ask for JSON get JSON.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, ORIGIN, REFERER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use leadway_engine::intake::validate::Sender;
use leadway_engine::model::config::FormConfig;
use leadway_engine::model::event::EventKind;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::fields::{self, Encoding};
use super::{arrival, body, check, cors, key, single};
use crate::answer;
use crate::api::schema;
use crate::app::App;
use crate::extract::Named;
use crate::problem::Problem;
use crate::secret;

/// The field that may carry the submission's own id, so that a repeat of it is recognised.
const MESSAGE_ID_FIELD: &str = "_message_id";

/// Takes a form's fields, url-encoded, multipart or as a JSON object, as a track event.
#[utoipa::path(
    post, path = "/v1/forms/{form}", tag = "ingestion", operation_id = "take_form",
    params(("form" = String, Path, description = "Name of the form in the configuration")),
    request_body(content = Object, content_type = "application/x-www-form-urlencoded",
        description = "The fields; `_message_id` may carry an id by which a repeat is recognised"),
    responses(
        (status = 200, description = "The submission is on disk (for JSON)", body = schema::Stored),
        (status = 303, description = "The submission is on disk; on to redirect_url or the thank-you page"),
        (status = 400, description = "Refused: a page for browsers, a problem document for programs", body = schema::Problem),
        (status = 404, description = "There is no such form", body = schema::Problem),
    )
)]
pub(crate) async fn take_form(
    State(app): State<App>,
    Named(name): Named<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let answer = match take(&app, &name, &parts, body).await {
        Err(problem) if accepts(&parts.headers, "text/html") => refused_page(&problem),
        other => other,
    };
    cors::finish(&app, parts.headers.get(ORIGIN).cloned(), answer)
}

/// Thanks the visitor of a form that names no page of its own.
pub(crate) async fn show_thanks(
    State(app): State<App>,
    Named(name): Named<String>,
) -> Result<Response, Problem> {
    let form = app
        .engine
        .form(&name)
        .ok_or_else(|| Problem::no_such("form", &name))?;
    answer::page(&ThanksPage {
        demo_url: app
            .options
            .demo
            .as_ref()
            .filter(|demo| demo.form == form.name)
            .map(|_| "/demo"),
    })
}

#[derive(askama::Template)]
#[template(path = "form_thanks.html")]
struct ThanksPage {
    demo_url: Option<&'static str>,
}

#[derive(askama::Template)]
#[template(path = "form_refused.html")]
struct RefusedPage<'a> {
    title: &'static str,
    message: &'a str,
    field: Option<&'a str>,
    remedy: Option<&'a str>,
}

async fn take(app: &App, name: &str, parts: &Parts, body: Body) -> Result<Response, Problem> {
    let form = app
        .engine
        .form(name)
        .ok_or_else(|| Problem::no_such("form", name))?;
    let source = app
        .engine
        .source(&form.source)
        .ok_or_else(|| Problem::no_such("source", &form.source))?;
    key::check_origin(&source, &parts.headers)?;
    let bytes = body::read(parts, body, app.engine.limits().batch_bytes_max).await?;
    let encoding = Encoding::of(parts, &bytes)?;
    let mut fields = fields::read(encoding, parts, &bytes).await?;
    if form
        .honeypot
        .as_ref()
        .is_some_and(|honeypot| fields.remove(honeypot).is_some())
    {
        tracing::info!(
            form = name,
            "a submission filled the honeypot and was dropped"
        );
        return Ok(sent_on(&form, encoding, parts, &json!({"success": true})));
    }
    let event = event(&form, fields, parts)?;
    let sender = Sender {
        source: &source,
        arrival: &arrival::arrival(app, parts, "form", None),
        sent_at: None,
        now: app.engine.now(),
    };
    let event = check(app, &event, Some(EventKind::Track), &sender)
        .inspect_err(|_| app.metrics.count_events(0, 1))?;
    let stored = single::store(app, event).await?;
    Ok(sent_on(&form, encoding, parts, &stored))
}

/// The event of a submission: its fields are the properties, and what is known of the person.
fn event(
    form: &FormConfig,
    mut fields: Map<String, Value>,
    parts: &Parts,
) -> Result<Box<RawValue>, Problem> {
    let message_id = match fields.remove(MESSAGE_ID_FIELD) {
        Some(Value::String(id)) => id,
        _ => format!(
            "form-{}",
            secret::random_token().map_err(|_| Problem::internal())?
        ),
    };
    if fields.is_empty() {
        return Err(
            Problem::bad_request("form_empty", "no field of the form was filled in")
                .with_remedy("fill in at least one field"),
        );
    }
    let mut context = Map::new();
    context.insert("traits".to_owned(), Value::Object(fields.clone()));
    if let Some(url) = parts
        .headers
        .get(REFERER)
        .and_then(|value| value.to_str().ok())
    {
        context.insert("page".to_owned(), json!({"url": url}));
    }
    let event = json!({
        "type": "track",
        "event": form.event,
        "messageId": message_id,
        "properties": fields,
        "context": context,
    });
    to_raw_value(&event).map_err(|_| Problem::internal())
}

/// JSON for programs, and on to the next page for people.
fn sent_on(
    form: &FormConfig,
    encoding: Encoding,
    parts: &Parts,
    stored: &impl serde::Serialize,
) -> Response {
    let headers = &parts.headers;
    let wants_json = accepts(headers, "application/json") || encoding == Encoding::Json;
    if wants_json && !accepts(headers, "text/html") {
        return Json(stored).into_response();
    }
    let own_page = || format!("/v1/forms/{}/thanks", encoded(&form.name));
    answer::see_other(&form.redirect_url.clone().unwrap_or_else(own_page))
}

fn refused_page(problem: &Problem) -> Result<Response, Problem> {
    let title = match problem.status() {
        status if status.is_server_error() => "Please try again in a moment",
        StatusCode::NOT_FOUND => "This form is not here any more",
        _ => "This could not be sent",
    };
    let page = RefusedPage {
        title,
        message: &problem.message,
        field: problem.field.as_deref(),
        remedy: problem.remedy.as_deref(),
    };
    let mut response = answer::page_with_status(problem.status(), &page)?;
    let as_document = problem.clone().into_response();
    if let Some(seconds) = as_document.headers().get(axum::http::header::RETRY_AFTER) {
        response
            .headers_mut()
            .insert(axum::http::header::RETRY_AFTER, seconds.clone());
    }
    Ok(response)
}

fn accepts(headers: &HeaderMap, kind: &str) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .any(|value| value.to_str().is_ok_and(|value| value.contains(kind)))
}

/// A name as one segment of a path.
fn encoded(name: &str) -> String {
    url::form_urlencoded::byte_serialize(name.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}
