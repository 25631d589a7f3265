//! Events by image: `GET /v1/pixel/{type}`, for e-mails and pages without scripts.

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ORIGIN};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use leadway_engine::intake::validate::Sender;
use leadway_engine::model::event::EventKind;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::head::Head;
use super::{arrival, body, check, cors, head, key, single};
use crate::api::schema;
use crate::app::App;
use crate::extract::Named;
use crate::problem::Problem;
use crate::secret;

/// A transparent image of one pixel.
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// Takes one event from an image's address: as `data`, a base64 JSON object, or as single parameters, of which those
/// that are no members of an event become traits (identify, group) or properties.
#[utoipa::path(
    get, path = "/v1/pixel/{kind}", tag = "ingestion", operation_id = "take_pixel",
    params(
        ("kind" = String, Path, description = "`identify`, `track`, `page`, `screen`, `group`, `alias`, or the first letter"),
        ("writeKey" = Option<String>, Query, description = "The source's write key"),
        ("data" = Option<String>, Query, description = "The event as base64 JSON"),
        ("event" = Option<String>, Query, description = "The name of a track event"),
        ("userId" = Option<String>, Query, description = "Who it is"),
        ("anonymousId" = Option<String>, Query, description = "Who it is, while nobody knows"),
    ),
    responses(
        (status = 200, description = "The event is on disk; a transparent image", content_type = "image/gif"),
        (status = 400, description = "It is no event", body = schema::Problem),
        (status = 401, description = "No source has this write key", body = schema::Problem),
    )
)]
pub(crate) async fn take_pixel(
    State(app): State<App>,
    Named(word): Named<String>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let answer = take(&app, &word, &parts).await;
    cors::finish(&app, parts.headers.get(ORIGIN).cloned(), answer)
}

async fn take(app: &App, word: &str, parts: &Parts) -> Result<Response, Problem> {
    let kind = kind(word).ok_or_else(|| {
        Problem::no_such("kind of event", word)
            .with_remedy("write identify, track, page, screen, group or alias")
    })?;
    let raw = event(kind, parts)?;
    let head = Head::of(&raw);
    let key = key::in_headers(&parts.headers)
        .or_else(|| key::in_query(parts))
        .or(head.write_key);
    let source = key::source(app, parts, key.as_deref())?;
    let sender = Sender {
        source: &source,
        arrival: &arrival::arrival(app, parts, "pixel", head.sent_at.as_deref()),
        sent_at: head::instant(head.sent_at.as_deref()),
        now: app.engine.now(),
    };
    let event =
        check(app, &raw, Some(kind), &sender).inspect_err(|_| app.metrics.count_events(0, 1))?;
    single::store(app, event).await?;
    Ok((
        [(CONTENT_TYPE, "image/gif"), (CACHE_CONTROL, "no-store")],
        GIF,
    )
        .into_response())
}

/// The kind that a path names, in full or by its first letter.
pub(crate) fn kind(word: &str) -> Option<EventKind> {
    EventKind::from_word(word).or_else(|| {
        EventKind::ALL
            .into_iter()
            .find(|kind| word.len() == 1 && kind.as_str().starts_with(word))
    })
}

fn event(kind: EventKind, parts: &Parts) -> Result<Box<RawValue>, Problem> {
    let query = parts.uri.query().unwrap_or("");
    let mut event =
        match url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "data") {
            Some((_, data)) => decoded(&data)?,
            None => from_parameters(kind, query),
        };
    if !event
        .get("messageId")
        .is_some_and(|id| id.is_string() || id.is_number())
    {
        let token = secret::random_token().map_err(|_| Problem::internal())?;
        event.insert(
            "messageId".to_owned(),
            Value::String(format!("pixel-{token}")),
        );
    }
    to_raw_value(&event).map_err(|_| Problem::internal())
}

/// Reads base64 of either alphabet, with or without its padding. A blank stands for a `+` that nobody escaped.
fn decoded(data: &str) -> Result<Map<String, Value>, Problem> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let data = data.replace(' ', "+");
    let alphabet = if data.contains(['-', '_']) {
        &URL_SAFE
    } else {
        &STANDARD
    };
    let bytes = GeneralPurpose::new(alphabet, LENIENT)
        .decode(&data)
        .map_err(|error| {
            Problem::bad_request("wrong_base64", format!("data is not base64: {error}"))
                .with_field("data")
                .with_value(&data)
                .with_remedy("send the event's JSON as base64")
        })?;
    serde_json::from_slice(&bytes).map_err(|error| body::malformed(&error).with_field("data"))
}

fn from_parameters(kind: EventKind, query: &str) -> Map<String, Value> {
    let (mut event, mut own) = (Map::new(), Map::new());
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let (name, value) = (name.into_owned(), Value::String(value.into_owned()));
        match name.as_str() {
            "writeKey" | "write_key" => {}
            "event" | "name" | "userId" | "anonymousId" | "groupId" | "previousId"
            | "messageId" | "timestamp" | "sentAt" => {
                event.insert(name, value);
            }
            _ => {
                own.insert(name, value);
            }
        }
    }
    let place = if matches!(kind, EventKind::Identify | EventKind::Group) {
        "traits"
    } else {
        "properties"
    };
    if !own.is_empty() {
        event.insert(place.to_owned(), Value::Object(own));
    }
    event
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn event_of(kind: EventKind, query: &str) -> Result<Value, String> {
        let (parts, ()) = Request::get(format!("/v1/pixel/track?{query}"))
            .body(())
            .unwrap()
            .into_parts();
        let raw = event(kind, &parts).map_err(|problem| problem.code.to_string())?;
        let mut event: Value = serde_json::from_str(raw.get()).unwrap();
        if event["messageId"].as_str().unwrap().starts_with("pixel-") {
            event["messageId"] = "pixel".into();
        }
        Ok(event)
    }

    #[test]
    fn parameters_become_members_and_the_rest_properties_or_traits() {
        insta::assert_json_snapshot!(event_of(
            EventKind::Track,
            "writeKey=k&event=Mail+Opened&userId=7&mail=spring"
        ));
        insta::assert_json_snapshot!(event_of(
            EventKind::Identify,
            "messageId=m-1&email=ada%40example.com"
        ));
    }

    #[test]
    fn data_is_read_in_either_alphabet() {
        let expected = Ok(serde_json::json!({"messageId": "m", "event": "ÿ?>"}));
        assert_eq!(
            event_of(
                EventKind::Track,
                "data=eyJtZXNzYWdlSWQiOiJtIiwiZXZlbnQiOiLDvz8+In0="
            ),
            expected
        );
        assert_eq!(
            event_of(
                EventKind::Track,
                "data=eyJtZXNzYWdlSWQiOiJtIiwiZXZlbnQiOiLDvz8-In0"
            ),
            expected
        );
        assert_eq!(
            event_of(EventKind::Track, "data=%25"),
            Err("wrong_base64".to_owned())
        );
        assert_eq!(
            event_of(EventKind::Track, "data=W10"),
            Err("malformed_json".to_owned())
        );
    }

    #[test]
    fn a_kind_is_known_by_its_word_and_its_letter() {
        assert_eq!(kind("track"), Some(EventKind::Track));
        assert_eq!(kind("p"), Some(EventKind::Page));
        assert_eq!(kind(""), None);
        assert_eq!(kind("tr"), None);
    }
}
