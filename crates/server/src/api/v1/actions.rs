//! Actions: the catalog, and doing one of them on a connection.

pub(crate) mod body;
mod describe;

use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use leadway_engine::Engine;
use leadway_engine::action::{Action, Answer, Download, Given, Rows, catalog, find};
use serde::Serialize;
use serde_json::Value;

use crate::api::schema;
use crate::extract::Named;
use crate::problem::Problem;

pub(crate) use describe::describe;

/// Credits that the calls of an action have cost.
pub(crate) const CREDITS: HeaderName = HeaderName::from_static("leadway-credits");
/// `true` when the answer is the first one's, given again for the same idempotency key.
const REPEATED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// An action as the API shows it.
#[derive(Serialize)]
pub(crate) struct ActionView {
    name: &'static str,
    product: &'static str,
    summary: &'static str,
    effect: leadway_engine::action::Effect,
    credits: &'static str,
    scopes: &'static [&'static str],
    scope_without: Option<ScopeWithout>,
    feature: Option<leadway_engine::model::config::Feature>,
    page: String,
    inputs: Value,
    output: Value,
}

/// A scope that is needed only where an input is missing.
#[derive(Serialize)]
struct ScopeWithout {
    input: &'static str,
    scope: &'static str,
}

impl From<&Action> for ActionView {
    fn from(action: &Action) -> Self {
        Self {
            name: action.name,
            product: action.product().as_str(),
            summary: action.summary,
            effect: action.effect,
            credits: action.credits,
            scopes: action.scopes,
            scope_without: action
                .scope_without()
                .map(|(input, scope)| ScopeWithout { input, scope }),
            feature: action.feature(),
            page: format!("https://www.zoho.com/{}", action.page),
            inputs: action.input_schema(),
            output: action.output_schema(),
        }
    }
}

/// Lists what can be done, with the JSON Schemas of inputs and answers.
#[utoipa::path(
    get, path = "/api/v1/actions", tag = "actions", operation_id = "list_actions", security(("admin_token" = [])),
    responses((status = 200, description = "Every action", body = [schema::Action]))
)]
pub(crate) async fn list_actions() -> Json<Vec<ActionView>> {
    Json(catalog().map(ActionView::from).collect())
}

/// Shows one action.
#[utoipa::path(
    get, path = "/api/v1/actions/{action}", tag = "actions", operation_id = "show_action", security(("admin_token" = [])),
    params(("action" = String, Path, description = "The action's name", example = "crm.create_record")),
    responses(
        (status = 200, description = "The action", body = schema::Action),
        (status = 404, description = "There is no such action", body = schema::Problem),
    )
)]
pub(crate) async fn show_action(Named(name): Named<String>) -> Result<Json<ActionView>, Problem> {
    let action = find(&name).ok_or_else(|| Problem::no_such("action", &name))?;
    Ok(Json(ActionView::from(action)))
}

/// Does an action on a connection. The inputs are a JSON object, or multipart/form-data with a part `inputs` and files.
#[utoipa::path(
    post, path = "/api/v1/connections/{connection}/actions/{action}", tag = "actions", operation_id = "act",
    security(("admin_token" = [])),
    params(
        ("connection" = String, Path, description = "The connection's name"),
        ("action" = String, Path, description = "The action's name", example = "crm.create_record"),
        ("Idempotency-Key" = Option<String>, Header, description = "A name of your own for this request, at most 255 characters: a repeat within 24 hours gets the first answer"),
    ),
    request_body(content = inline(Object), description = "The inputs, as the action's schema says"),
    responses(
        (status = 200, description = "The answer: JSON, lines of JSON (NDJSON) with fetch_all, or a file", body = inline(Object)),
        (status = 400, description = "The body cannot be read", body = schema::Problem),
        (status = 403, description = "The connection needs consent, a scope or a permission", body = schema::Problem),
        (status = 404, description = "There is no such connection, action or record", body = schema::Problem),
        (status = 409, description = "The idempotency key is taken or at work", body = schema::Problem),
        (status = 422, description = "The inputs cannot be taken, or Zoho refuses them", body = schema::Problem),
        (status = 429, description = "Too many calls, or no credits left", body = schema::Problem),
        (status = 502, description = "Zoho cannot be reached; nothing was changed", body = schema::Problem),
        (status = 504, description = "The answer was lost, and nobody knows yet what became of it", body = schema::Problem),
    )
)]
pub(crate) async fn act(
    State(engine): State<Engine>,
    Path((connection, action)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let idempotency_key = idempotency_key(request.headers())?;
    let (inputs, files) = body::read(request, engine.spool_dir()).await?;
    let given = Given {
        inputs,
        files,
        idempotency_key,
    };
    let acted = engine.act(&connection, &action, given).await;
    let mut response = match acted.result {
        Ok(Answer::Json(json)) => json_response(json.get().to_owned()),
        Ok(Answer::Rows(rows)) => begun(rows).await,
        Ok(Answer::File(file)) => download(file),
        Err(error) => Problem::from(error).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(CREDITS, HeaderValue::from(acted.credits));
    if acted.is_repeated {
        headers.insert(REPEATED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// How long the head of an answer waits for its first row.
const FIRST_ROW_MAX: Duration = Duration::from_secs(5);

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| {
        Problem::bad_request(
            "wrong_header",
            "the Idempotency-Key holds other than visible ASCII",
        )
        .with_field("Idempotency-Key")
        .with_remedy("send a name of your own for this request, such as a UUID")
    })?;
    Ok(Some(text.to_owned()))
}

fn json_response(json: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], json).into_response()
}

/// What fails at once is told as a problem; once something was sent, or a job keeps the caller waiting, it is a line.
async fn begun(mut rows: Rows) -> Response {
    match tokio::time::timeout(FIRST_ROW_MAX, rows.next()).await {
        Ok(Some(Err(error))) => Problem::from(error).into_response(),
        Ok(Some(first)) => lines(Box::pin(stream::iter([first]).chain(rows))),
        Ok(None) | Err(_) => lines(rows),
    }
}

/// A line for each record; a failure in the midst of them is the last line.
fn lines(rows: Rows) -> Response {
    let lines = rows
        .scan(false, |has_failed, row| {
            let line = match row {
                _ if *has_failed => None,
                Ok(row) => Some(format!("{}\n", row.get())),
                Err(error) => {
                    *has_failed = true;
                    Some(format!(
                        "{}\n",
                        serde_json::json!({ "error": error.to_json() })
                    ))
                }
            };
            std::future::ready(line)
        })
        .map(|line| Ok::<_, std::convert::Infallible>(Bytes::from(line)));
    (
        [(CONTENT_TYPE, "application/x-ndjson")],
        Body::from_stream(lines),
    )
        .into_response()
}

/// The file as it comes. What a stranger has attached is never shown as a page of the gateway's.
pub(crate) fn download(file: Download) -> Response {
    let body = Body::from_stream(stream::StreamExt::map(file.content, |piece| piece));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    let text = |text: &str| HeaderValue::from_str(text).ok();
    let content_type = file.content_type.as_deref().and_then(text);
    headers.insert(
        CONTENT_TYPE,
        content_type.unwrap_or_else(|| HeaderValue::from_static("application/octet-stream")),
    );
    let name = file.name.as_deref().unwrap_or("file");
    let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let disposition = format!(
        "attachment; filename*=UTF-8''{}",
        encoded.replace('+', "%20")
    );
    headers.extend(text(&disposition).map(|value| (CONTENT_DISPOSITION, value)));
    headers.insert(
        "x-content-type-options",
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        "content-security-policy",
        HeaderValue::from_static("sandbox"),
    );
    headers.extend(
        file.length_bytes
            .map(|length| (CONTENT_LENGTH, HeaderValue::from(length))),
    );
    response
}
