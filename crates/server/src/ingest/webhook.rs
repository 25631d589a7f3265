//! Calls of other systems: `POST /v1/webhooks/{source}` takes any JSON object as an event.

use std::borrow::Cow;

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::ORIGIN;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use leadway_engine::intake::validate::Sender;
use leadway_engine::model::event::EventKind;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::{arrival, body, check, cors, key, single};
use crate::api::schema;
use crate::app::App;
use crate::extract::Named;
use crate::problem::Problem;
use crate::secret;

/// Takes a JSON object. With a `type` that is one of ours it is taken as that event; otherwise it becomes the
/// properties of a track event, named by the object's `event` or `type`, or else `Webhook Received`.
///
/// A repeat is recognised by the header `Idempotency-Key`, by the object's `messageId`, or by the same body.
#[utoipa::path(
    post, path = "/v1/webhooks/{source}", tag = "ingestion", operation_id = "take_webhook",
    params(("source" = String, Path, description = "Name of the source that the write key belongs to")),
    request_body(content = Object, description = "Any JSON object, at most 32 KB"),
    responses(
        (status = 200, description = "The event is on disk", body = schema::Stored),
        (status = 400, description = "It is no JSON object", body = schema::Problem),
        (status = 401, description = "The write key is not this source's", body = schema::Problem),
    )
)]
pub(crate) async fn take_webhook(
    State(app): State<App>,
    Named(name): Named<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let answer = take(&app, &name, &parts, body).await;
    cors::finish(&app, parts.headers.get(ORIGIN).cloned(), answer)
}

async fn take(app: &App, name: &str, parts: &Parts, body: Body) -> Result<Response, Problem> {
    let bytes = body::read(parts, body, app.engine.limits().batch_bytes_max).await?;
    let key = key::in_headers(&parts.headers);
    let source = key::source(app, parts, key.as_deref())?;
    if source.name != name {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "wrong_source",
            "the write key belongs to another source",
        )
        .with_field("source")
        .with_value(name)
        .with_remedy("call the address that ends in the source's own name"));
    }
    let body = body::text(&bytes)?;
    let raw = body::json(body)?;
    let Ok(object) = serde_json::from_str::<Map<String, Value>>(raw.get()) else {
        return Err(
            Problem::bad_request("wrong_type", "the body is no JSON object")
                .with_remedy("send an object"),
        );
    };
    let event = event(object, raw, &message_id(parts, raw))?;
    let sender = Sender {
        source: &source,
        arrival: &arrival::arrival(app, parts, "webhook", None),
        sent_at: None,
        now: app.engine.now(),
    };
    let event =
        check(app, &event, None, &sender).inspect_err(|_| app.metrics.count_events(0, 1))?;
    Ok(Json(single::store(app, event).await?).into_response())
}

/// What recognises a repeat: the sender's key, which counts before the body's own id, or a digest of the body.
enum MessageId {
    Given(String),
    Digest(String),
}

fn message_id(parts: &Parts, raw: &RawValue) -> MessageId {
    let given = parts
        .headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .map(str::trim);
    match given.filter(|key| !key.is_empty()) {
        Some(key) => MessageId::Given(key.to_owned()),
        None => MessageId::Digest(format!("body-{}", secret::digest(raw.get().as_bytes()))),
    }
}

fn event(
    object: Map<String, Value>,
    raw: &RawValue,
    id: &MessageId,
) -> Result<Cow<'static, RawValue>, Problem> {
    let own_id = object
        .get("messageId")
        .filter(|own| own.is_string() || own.is_number());
    let id = match (id, own_id) {
        (MessageId::Given(key), _) => Value::String(key.clone()),
        (MessageId::Digest(_), Some(own)) => own.clone(),
        (MessageId::Digest(digest), None) => Value::String(digest.clone()),
    };
    let word = |name: &str| {
        object
            .get(name)
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|word| !word.is_empty())
    };
    let event = if word("type").and_then(EventKind::from_word).is_some() {
        let mut event = object;
        event.insert("messageId".to_owned(), id);
        to_raw_value(&event)
    } else {
        let name = word("event").or(word("type")).unwrap_or("Webhook Received");
        // The body goes along as its own text, so that numbers keep every digit.
        to_raw_value(&json!({"type": "track", "event": name, "messageId": id}))
            .and_then(|event| with_properties(&event, raw))
    };
    event.map(Cow::Owned).map_err(|_| Problem::internal())
}

fn with_properties(
    event: &RawValue,
    properties: &RawValue,
) -> Result<Box<RawValue>, serde_json::Error> {
    let open = event.get().strip_suffix('}').unwrap_or(event.get());
    RawValue::from_string(format!("{open},\"properties\":{}}}", properties.get()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event_of(body: &str, id: MessageId) -> Value {
        let raw: &RawValue = serde_json::from_str(body).unwrap();
        let object = serde_json::from_str(body).unwrap();
        serde_json::from_str(event(object, raw, &id).unwrap().get()).unwrap()
    }

    fn digest() -> MessageId {
        MessageId::Digest("body-0".to_owned())
    }

    #[test]
    fn an_event_stays_an_event() {
        let body = r#"{"type":"identify","messageId":"m-1","traits":{"email":"ada@example.com"}}"#;
        assert_eq!(
            event_of(body, digest()),
            serde_json::from_str::<Value>(body).unwrap()
        );
        assert_eq!(
            event_of(body, MessageId::Given("k-1".to_owned()))["messageId"],
            "k-1"
        );
    }

    #[test]
    fn anything_else_becomes_the_properties_of_a_track_event() {
        insta::assert_json_snapshot!(event_of(
            r#"{"type":"invoice.paid","amount":12345678901234567890.25}"#,
            digest()
        ));
        insta::assert_json_snapshot!(event_of(r#"{"event":" ","n":1}"#, digest()));
    }
}
