//! Decides whether what arrived is an event, and says what is wrong with it when it is not.
//!
//! The shapes are Segment's: <https://segment.com/docs/connections/spec/common/>.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::fields::{email_in, id_text, member, object, occurred_at, refuse_nul, shorten, text};
use crate::model::config::{MissingMessageId, SourceConfig};
use crate::model::event::{Arrival, EventKind, IncomingEvent};

/// Bounds of what is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one event (Segment: 32 KB).
    pub event_bytes_max: usize,
    /// Bytes of one request after decompression (Segment: 500 KB).
    pub batch_bytes_max: usize,
    /// Events of one request.
    pub batch_events_max: usize,
    /// Keys in `traits`, `properties` or `context`.
    pub keys_max: usize,
    /// Characters of `messageId`, `userId`, `anonymousId` and of an event's name.
    pub id_chars_max: usize,
    /// How far ahead of this server's clock a timestamp may be.
    pub ahead_max: SignedDuration,
    /// How old a timestamp may be.
    pub age_max: SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            event_bytes_max: 32 * 1024,
            batch_bytes_max: 512 * 1024,
            batch_events_max: 2_500,
            keys_max: 1_000,
            id_chars_max: 255,
            ahead_max: SignedDuration::from_hours(24),
            age_max: SignedDuration::from_hours(5 * 365 * 24),
        }
    }
}

/// What is known of a request before its events are read.
#[derive(Debug)]
pub struct Sender<'a> {
    /// The source that the write key names.
    pub source: &'a SourceConfig,
    /// What the edge saw.
    pub arrival: &'a Arrival,
    /// The request's `sentAt`, for correcting the sender's clock.
    pub sent_at: Option<Timestamp>,
    /// This server's clock.
    pub now: Timestamp,
}

/// Why something is not taken as an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Rejection {
    /// For programs: `message_id_missing`, `wrong_type`, `event_too_large` …
    pub code: &'static str,
    /// The field to blame.
    pub field: Option<&'static str>,
    /// Its value, shortened.
    pub value: Option<String>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to do, in a sentence.
    pub remedy: &'static str,
    /// The event's `messageId`, where it could be read.
    pub message_id: Option<String>,
}

impl Rejection {
    pub(super) fn new(
        code: &'static str,
        field: &'static str,
        message: String,
        remedy: &'static str,
    ) -> Self {
        Self {
            code,
            field: Some(field),
            value: None,
            message,
            remedy,
            message_id: None,
        }
    }

    pub(super) fn with_value(mut self, value: &str) -> Self {
        self.value = Some(shorten(value));
        self
    }
}

/// The members that intake reads; everything else passes through unread.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Envelope<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) message_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) user_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) anonymous_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) event: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) name: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) traits: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) properties: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) context: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) group_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) previous_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) original_timestamp: Option<&'a RawValue>,
}

/// Reads one event. `kind` is the one that the path names; without it the event's `type` counts.
///
/// # Errors
/// A [`Rejection`] names the first field that cannot be taken, its value and what to do.
pub fn validate(
    raw: &RawValue,
    kind: Option<EventKind>,
    sender: &Sender<'_>,
    limits: &Limits,
) -> Result<IncomingEvent, Rejection> {
    let text = raw.get();
    if text.len() > limits.event_bytes_max {
        return Err(Rejection::new(
            "event_too_large",
            "event",
            format!(
                "the event has {} bytes; at most {} are taken",
                text.len(),
                limits.event_bytes_max
            ),
            "send less with one event, or split it into several",
        ));
    }
    if !text.starts_with('{') {
        return Err(Rejection::new(
            "wrong_type",
            "event",
            "the event is not a JSON object".to_owned(),
            "send an object: {\"type\": \"track\", \"messageId\": \"…\", \"event\": \"…\", \"properties\": {…}}",
        )
        .with_value(text));
    }
    refuse_nul(text)?;
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| {
        Rejection::new(
            "malformed_json",
            "event",
            format!("the event cannot be read as JSON: {error}"),
            "send each member of the event once, as valid JSON",
        )
    })?;
    let message_id = message_id(&envelope, sender.source, limits)?;
    read(&envelope, raw, kind, message_id.clone(), sender, limits).map_err(|rejection| Rejection {
        message_id: Some(message_id),
        ..rejection
    })
}

fn read(
    envelope: &Envelope<'_>,
    raw: &RawValue,
    kind: Option<EventKind>,
    message_id: String,
    sender: &Sender<'_>,
    limits: &Limits,
) -> Result<IncomingEvent, Rejection> {
    let kind = kind_of(envelope, kind)?;
    let user_id = id_text(envelope.user_id, "userId", limits)?;
    let anonymous_id = id_text(envelope.anonymous_id, "anonymousId", limits)?;
    id_text(envelope.group_id, "groupId", limits)?;
    id_text(envelope.previous_id, "previousId", limits)?;
    let name = match kind {
        EventKind::Track => Some(track_name(envelope, limits)?),
        EventKind::Page | EventKind::Screen => id_text(envelope.name, "name", limits)?,
        _ => None,
    };
    let traits = object(envelope.traits, "traits", limits)?;
    let properties = object(envelope.properties, "properties", limits)?;
    let context = object(envelope.context, "context", limits)?;
    let subject = email_in(traits)
        .or_else(|| context.and_then(|context| email_in(member(context, "traits"))))
        .or_else(|| email_in(properties))
        .or(user_id)
        .or(anonymous_id);
    Ok(IncomingEvent {
        source: sender.source.name.clone(),
        kind,
        name,
        message_id,
        subject,
        occurred_at: occurred_at(envelope, sender, limits)?,
        payload: raw.to_owned(),
        arrival: sender.arrival.clone(),
    })
}

fn message_id(
    envelope: &Envelope<'_>,
    source: &SourceConfig,
    limits: &Limits,
) -> Result<String, Rejection> {
    if let Some(id) = id_text(envelope.message_id, "messageId", limits)? {
        return Ok(id);
    }
    match source.missing_message_id {
        MissingMessageId::Generate => Ok(format!("leadway-{}", uuid::Uuid::new_v4())),
        MissingMessageId::Refuse => Err(Rejection::new(
            "message_id_missing",
            "messageId",
            "the event has no messageId, so a repeat of it could not be recognised".to_owned(),
            "send a unique messageId with each event, or set missing_message_id = \"generate\" on the source",
        )),
    }
}

fn kind_of(envelope: &Envelope<'_>, kind: Option<EventKind>) -> Result<EventKind, Rejection> {
    if let Some(kind) = kind {
        return Ok(kind);
    }
    let remedy =
        "write \"type\": \"identify\", \"track\", \"page\", \"screen\", \"group\" or \"alias\"";
    let Some(raw) = envelope.kind.filter(|raw| raw.get() != "null") else {
        return Err(Rejection::new(
            "type_missing",
            "type",
            "the event has no type".to_owned(),
            remedy,
        ));
    };
    text(raw)
        .and_then(|word| EventKind::from_word(&word))
        .ok_or_else(|| {
            Rejection::new(
                "unknown_type",
                "type",
                "the event's type is none that is known".to_owned(),
                remedy,
            )
            .with_value(raw.get())
        })
}

fn track_name(envelope: &Envelope<'_>, limits: &Limits) -> Result<String, Rejection> {
    id_text(envelope.event, "event", limits)?.ok_or_else(|| {
        Rejection::new(
            "name_missing",
            "event",
            "a track event has no name".to_owned(),
            "write \"event\": \"Lead Generated\", or what else happened",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn try_event(body: &str, sent_at: Option<&str>) -> Result<IncomingEvent, Rejection> {
        let source: SourceConfig =
            serde_json::from_value(json!({"name": "website", "write_key": "demo-write-key"}))
                .unwrap();
        let sender = Sender {
            source: &source,
            arrival: &Arrival::default(),
            sent_at: sent_at.map(|text| text.parse().unwrap()),
            now: "2026-05-14T12:00:00Z".parse().unwrap(),
        };
        let raw = RawValue::from_string(body.to_owned()).unwrap();
        validate(&raw, None, &sender, &Limits::default())
    }

    fn refused(body: Value) -> String {
        let rejection = try_event(&body.to_string(), None).unwrap_err();
        format!(
            "{} {}: {}",
            rejection.code,
            rejection.field.unwrap_or("-"),
            rejection.message
        )
    }

    #[test]
    fn what_cannot_be_taken_is_named() {
        let track = |member: &str, value: Value| {
            let mut body = json!({"type": "track", "messageId": "m", "event": "e"});
            body[member] = value;
            body
        };
        let many: serde_json::Map<_, _> = (0..1_001).map(|n| (format!("k{n}"), json!(1))).collect();
        let texts: Vec<String> = [
            json!({"type": "track", "event": "e"}),
            json!({"messageId": "m", "event": "e"}),
            track("type", json!("shout")),
            track("event", json!(null)),
            track("messageId", json!({"a": 1})),
            track("userId", json!([1])),
            track("userId", json!("x".repeat(256))),
            track("traits", json!("none")),
            track("properties", json!([1])),
            track("properties", Value::Object(many)),
            track("timestamp", json!("yesterday")),
            track("timestamp", json!("2036-05-14T12:00:00Z")),
            track("timestamp", json!("2016-05-14T12:00:00Z")),
            track("properties", json!({"a": "x\u{0}y"})),
            track("properties", json!({"a": "x".repeat(33 * 1024)})),
        ]
        .into_iter()
        .map(refused)
        .collect();
        insta::assert_snapshot!(texts.join("\n"));
    }

    #[test]
    fn a_sender_whose_clock_is_off_is_corrected_by_sent_at() {
        let body = r#"{"type":"page","messageId":"m","timestamp":"2036-05-14T11:59:00Z"}"#;
        let event = try_event(body, Some("2036-05-14T12:00:00Z")).unwrap();
        assert_eq!(event.occurred_at.to_string(), "2026-05-14T11:59:00Z");
    }

    #[test]
    fn an_escaped_backslash_before_u0000_is_no_nul() {
        assert!(
            try_event(
                r#"{"type":"page","messageId":"m","properties":{"a":"\\u0000"}}"#,
                None
            )
            .is_ok()
        );
    }

    #[test]
    fn the_subject_is_the_best_known_identity() {
        let subject = |body: &str| try_event(body, None).unwrap().subject;
        let of = |rest: &str| {
            format!(
                r#"{{"type":"identify","messageId":"m","userId":"u1","anonymousId":"a1"{rest}}}"#
            )
        };
        assert_eq!(
            subject(&of(r#","traits":{"email":"a@b.example"}"#)).as_deref(),
            Some("a@b.example")
        );
        assert_eq!(
            subject(&of(r#","context":{"traits":{"email":"c@d.example"}}"#)).as_deref(),
            Some("c@d.example")
        );
        assert_eq!(subject(&of("")).as_deref(), Some("u1"));
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::hash_map(".*", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_members_are_taken_or_refused_without_a_panic(
            members in proptest::collection::hash_map(
                prop::sample::select(vec![
                    "type", "messageId", "userId", "anonymousId", "event", "name", "traits", "properties", "context",
                    "groupId", "previousId", "timestamp", "originalTimestamp",
                ]),
                json_value(),
                0..8,
            )
        ) {
            let body = Value::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect());
            if let Ok(event) = try_event(&body.to_string(), None) {
                prop_assert!(!event.message_id.is_empty());
            }
        }
    }
}
