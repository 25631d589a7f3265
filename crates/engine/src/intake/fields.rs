//! Reads single members of an event: ids, objects, instants. Each says what is wrong with what it cannot take.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::validate::{Envelope, Limits, Rejection, Sender};

/// Neither Zoho nor PostgreSQL stores a NUL character, so an event with one could never arrive.
pub(super) fn refuse_nul(text: &str) -> Result<(), Rejection> {
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

/// Reads an id or a name: text, or a whole number as some clients send ids; absent when null or blank.
pub(super) fn id_text(
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

pub(super) fn object<'a>(
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

pub(super) fn member<'a>(object: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    let members: std::collections::HashMap<Cow<'a, str>, &'a RawValue> =
        serde_json::from_str(object.get()).ok()?;
    members.get(name).copied()
}

pub(super) fn email_in(object: Option<&RawValue>) -> Option<String> {
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
pub(super) fn occurred_at(
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
                "{field} is {} days {side} this server's clock; the limit is {} h",
                ahead.as_hours().abs() / 24,
                limit.as_hours()
            ),
            "set the sender's clock, or send sentAt with the request so that it can be corrected",
        )
        .with_value(&stated.to_string()));
    }
    Ok(corrected)
}

pub(super) fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str::<Text<'_>>(raw.get())
        .ok()
        .map(|text| text.0)
}

pub(super) fn shorten(value: &str) -> String {
    const CHARS_MAX: usize = 120;
    let mut short: String = value.chars().take(CHARS_MAX).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    short
}
