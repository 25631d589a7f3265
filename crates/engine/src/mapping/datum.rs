//! A value on its way from the event into a field.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer as _, Visitor};
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// A value that is not empty. Text and plain values stay slices of the payload as long as nothing changes them.
#[derive(Debug, Clone)]
pub(super) enum Datum<'p> {
    /// Text, without its JSON escapes.
    Text(Cow<'p, str>),
    /// Anything else as it stands in the payload or in the configuration, so that numbers keep their digits.
    Json(&'p RawValue),
    /// Something that a transform has made.
    Value(Value),
}

/// A JSON value that cannot go on: a number beyond all range, or a list with broken text in it.
#[derive(Debug)]
pub(super) struct Unreadable;

impl<'p> Datum<'p> {
    /// Reads a value of the payload; nothing where it is empty (`null`, blank text, `[]`, `{}`).
    pub(super) fn read(raw: &'p RawValue) -> Result<Option<Self>, Unreadable> {
        let datum = match raw.get().as_bytes() {
            [b'"', ..] => Self::Text(text_of(raw).ok_or(Unreadable)?),
            [b'{' | b'[', ..] => {
                let value = serde_json::from_str(raw.get()).map_err(|_| Unreadable)?;
                return Ok((!is_empty(&value)).then_some(Self::Json(raw)));
            }
            [b'n', ..] => return Ok(None),
            [b't' | b'f', ..] => Self::Json(raw),
            _ if is_in_range(raw.get()) => Self::Json(raw),
            _ => return Err(Unreadable),
        };
        Ok(datum.or_nothing())
    }

    /// The datum itself, unless it is empty.
    pub(super) fn or_nothing(self) -> Option<Self> {
        let is_empty = match &self {
            Self::Text(text) => is_blank(text),
            Self::Json(_) => false,
            Self::Value(value) => is_empty(value),
        };
        (!is_empty).then_some(self)
    }

    /// As a JSON value, for people to look at.
    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.clone().into_owned()),
            Self::Json(raw) => value_of(raw),
            Self::Value(value) => value.clone(),
        }
    }
}

impl Serialize for Datum<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Json(raw) => raw.serialize(serializer),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

/// Whether a constant of the configuration counts as empty.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => is_blank(text),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// Whether a JSON number is one that programs can hold; `1e999` is valid JSON, but none of them.
fn is_in_range(number: &str) -> bool {
    number.len() < 16 && !number.contains(['e', 'E'])
        || number.parse::<f64>().is_ok_and(f64::is_finite)
}

/// A JSON value for people to look at; what cannot be read is shown as its text.
pub(super) fn value_of(raw: &RawValue) -> Value {
    match text_of(raw) {
        Some(text) => Value::String(text.into_owned()),
        None => {
            serde_json::from_str(raw.get()).unwrap_or_else(|_| Value::String(raw.get().to_owned()))
        }
    }
}

/// The text of a JSON string; nothing for other values. Half a surrogate pair, which JavaScript may send,
/// becomes a replacement character.
pub(super) fn text_of(raw: &RawValue) -> Option<Cow<'_, str>> {
    let inner = raw.get().strip_prefix('"')?.strip_suffix('"')?;
    if !inner.as_bytes().contains(&b'\\') {
        return Some(Cow::Borrowed(inner));
    }
    if let Ok(text) = serde_json::from_str(raw.get()) {
        return Some(Cow::Owned(text));
    }
    serde_json::Deserializer::from_str(raw.get())
        .deserialize_bytes(Lossy)
        .ok()
        .map(Cow::Owned)
}

/// Reads a JSON string as bytes, which serde_json also gives for unpaired surrogates, and repairs them.
struct Lossy;

impl Visitor<'_> for Lossy {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON string")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<String, E> {
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<Value> {
        let raw = RawValue::from_string(json.to_owned()).unwrap();
        Datum::read(&raw).unwrap().map(|datum| datum.to_value())
    }

    #[test]
    fn empty_values_are_nothing() {
        for json in ["null", r#""""#, r#"" \t ""#, "\"\\u00a0\"", "[ ]", "{ }"] {
            assert_eq!(read(json), None, "{json}");
        }
        for json in [
            "false",
            "0",
            r#""a""#,
            "[null]",
            r#"{"a":null}"#,
            r#""\u0000""#,
        ] {
            assert!(read(json).is_some(), "{json}");
        }
    }

    #[test]
    fn text_loses_its_escapes() {
        assert_eq!(
            read(r#""a\"b\\\n\u00e9\ud83d\ude00""#).unwrap(),
            "a\"b\\\n\u{e9}\u{1f600}"
        );
        assert_eq!(read(r#""x\ud800y""#).unwrap(), "x\u{fffd}\u{fffd}\u{fffd}y");
    }

    #[test]
    fn what_no_program_can_hold_is_unreadable() {
        for json in ["1e999", "[1e999]", r#"["\ud800"]"#] {
            let raw = RawValue::from_string(json.to_owned()).unwrap();
            assert!(Datum::read(&raw).is_err(), "{json}");
        }
        assert!(read("123456789012345678901234567890").is_some());
    }
}
