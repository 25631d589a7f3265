//! Decides whether what arrived is an event, and says what is wrong with it when it is not.
//!
//! The shapes are Segment's: <https://segment.com/docs/connections/spec/common/>.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

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
    fn new(code: &'static str, field: &'static str, message: String, remedy: &'static str) -> Self {
        Self {
            code,
            field: Some(field),
            value: None,
            message,
            remedy,
            message_id: None,
        }
    }

    fn with_value(mut self, value: &str) -> Self {
        self.value = Some(shorten(value));
        self
    }
}

/// The members that intake reads; everything else passes through unread.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    message_id: Option<&'a RawValue>,
    #[serde(borrow)]
    user_id: Option<&'a RawValue>,
    #[serde(borrow)]
    anonymous_id: Option<&'a RawValue>,
    #[serde(borrow)]
    event: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    traits: Option<&'a RawValue>,
    #[serde(borrow)]
    properties: Option<&'a RawValue>,
    #[serde(borrow)]
    context: Option<&'a RawValue>,
    #[serde(borrow)]
    group_id: Option<&'a RawValue>,
    #[serde(borrow)]
    previous_id: Option<&'a RawValue>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    original_timestamp: Option<&'a RawValue>,
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

/// Neither Zoho nor PostgreSQL stores a NUL character, so an event with one could never arrive.
fn refuse_nul(text: &str) -> Result<(), Rejection> {
    let mut rest = text;
    while let Some(at) = rest.find("\\u0000") {
        let backslashes = rest[..at]
            .bytes()
            .rev()
            .take_while(|byte| *byte == b'\\')
            .count();
        if backslashes % 2 == 0 {
            return Err(Rejection::new(
                "nul_character",
                "event",
                "the event contains a NUL character (\\u0000), which Zoho cannot store".to_owned(),
                "remove NUL characters before sending",
            )
            .with_value(
                &rest[at.saturating_sub(floor_boundary(rest, at, 40))..(at + 6).min(rest.len())],
            ));
        }
        rest = &rest[at + 6..];
    }
    Ok(())
}

/// How many bytes before `at` belong to the last `most` or fewer whole characters.
fn floor_boundary(text: &str, at: usize, most: usize) -> usize {
    (0..=most.min(at))
        .rev()
        .find(|back| text.is_char_boundary(at - back))
        .unwrap_or(0)
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

/// Reads an id or a name: text, or a whole number as some clients send ids; absent when null or blank.
fn id_text(
    raw: Option<&RawValue>,
    field: &'static str,
    limits: &Limits,
) -> Result<Option<String>, Rejection> {
    let Some(raw) = raw else { return Ok(None) };
    let value = match raw.get().as_bytes().first() {
        Some(b'"') => text(raw).ok_or_else(|| {
            Rejection::new(
                "wrong_type",
                field,
                format!("{field} holds text that cannot be read"),
                "send well-formed Unicode text",
            )
            .with_value(raw.get())
        })?,
        Some(b'0'..=b'9' | b'-') => Cow::Borrowed(raw.get()),
        Some(b'n') => return Ok(None),
        _ => {
            return Err(Rejection::new(
                "wrong_type",
                field,
                format!("{field} is not text"),
                "send it as a JSON string",
            )
            .with_value(raw.get()));
        }
    };
    let value = value.trim();
    if value.chars().count() > limits.id_chars_max {
        return Err(Rejection::new(
            "value_too_long",
            field,
            format!("{field} has more than {} characters", limits.id_chars_max),
            "send a shorter one",
        )
        .with_value(value));
    }
    Ok(Some(value.to_owned()).filter(|value| !value.is_empty()))
}

fn object<'a>(
    raw: Option<&'a RawValue>,
    field: &'static str,
    limits: &Limits,
) -> Result<Option<&'a RawValue>, Rejection> {
    let Some(raw) = raw.filter(|raw| raw.get() != "null") else {
        return Ok(None);
    };
    let wrong = || {
        Rejection::new(
            "wrong_type",
            field,
            format!("{field} is not a JSON object"),
            "send an object of names and values",
        )
        .with_value(raw.get())
    };
    if !raw.get().starts_with('{') {
        return Err(wrong());
    }
    // The shortest member has five bytes ("":0,), so most objects need no count.
    if raw.get().len() <= limits.keys_max.saturating_mul(5) {
        return Ok(Some(raw));
    }
    let keys = count_keys(raw).ok_or_else(wrong)?;
    if keys > limits.keys_max {
        return Err(Rejection::new(
            "too_many_keys",
            field,
            format!(
                "{field} has {keys} members; at most {} are taken",
                limits.keys_max
            ),
            "send only the members that are needed",
        ));
    }
    Ok(Some(raw))
}

fn count_keys(raw: &RawValue) -> Option<usize> {
    struct Keys;
    impl<'de> serde::de::Visitor<'de> for Keys {
        type Value = usize;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<usize, A::Error> {
            let mut keys = 0;
            while map
                .next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?
                .is_some()
            {
                keys += 1;
            }
            Ok(keys)
        }
    }
    serde::Deserializer::deserialize_map(&mut serde_json::Deserializer::from_str(raw.get()), Keys)
        .ok()
}

fn member<'a>(object: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    let members: std::collections::HashMap<Cow<'a, str>, &'a RawValue> =
        serde_json::from_str(object.get()).ok()?;
    members.get(name).copied()
}

fn email_in(object: Option<&RawValue>) -> Option<String> {
    #[derive(Deserialize)]
    struct Email<'a> {
        #[serde(borrow, alias = "Email", alias = "e-mail")]
        email: Option<&'a RawValue>,
    }
    let object = object.filter(|object| object.get().starts_with('{'))?;
    let email = serde_json::from_str::<Email<'_>>(object.get())
        .ok()?
        .email?;
    text(email)
        .map(|email| email.trim().chars().take(255).collect::<String>())
        .filter(|email| !email.is_empty())
}

/// The event's time by this server's clock: what the sender's clock shows, less what that clock is off by.
fn occurred_at(
    envelope: &Envelope<'_>,
    sender: &Sender<'_>,
    limits: &Limits,
) -> Result<Timestamp, Rejection> {
    let (field, raw) = match (envelope.original_timestamp, envelope.timestamp) {
        (Some(raw), _) if raw.get() != "null" => ("originalTimestamp", raw),
        (_, Some(raw)) if raw.get() != "null" => ("timestamp", raw),
        _ => return Ok(sender.now),
    };
    let stated = text(raw)
        .and_then(|text| text.trim().parse::<Timestamp>().ok())
        .ok_or_else(|| {
            Rejection::new(
                "wrong_timestamp",
                field,
                format!("{field} is not an instant"),
                "send ISO 8601 with a zone: 2026-01-31T09:00:00.000Z",
            )
            .with_value(raw.get())
        })?;
    let corrected = match sender.sent_at {
        Some(sent_at) => sender
            .now
            .checked_sub(sent_at.duration_since(stated))
            .unwrap_or(stated),
        None => stated,
    };
    let ahead = corrected.duration_since(sender.now);
    if ahead > limits.ahead_max || -ahead > limits.age_max {
        let (side, limit) = if ahead > limits.ahead_max {
            ("ahead of", limits.ahead_max)
        } else {
            ("behind", limits.age_max)
        };
        return Err(Rejection::new(
            "clock_off",
            field,
            format!(
                "{field} is {} days {side} this server's clock; {} days are the most",
                ahead.as_hours().abs() / 24,
                limit.as_hours() / 24
            ),
            "set the sender's clock, or send sentAt with the request so that it can be corrected",
        )
        .with_value(&stated.to_string()));
    }
    Ok(corrected)
}

fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str::<Text<'_>>(raw.get())
        .ok()
        .map(|text| text.0)
}

fn shorten(value: &str) -> String {
    const CHARS_MAX: usize = 120;
    let mut short: String = value.chars().take(CHARS_MAX).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    short
}
