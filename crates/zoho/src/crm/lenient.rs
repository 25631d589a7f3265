//! Zoho sends `null`, `{}` or nothing where a value is unused; these helpers read all of them.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The value, or its default for `null`.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A whole number that may come as text; anything else counts as absent.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number
            .as_u64()
            .and_then(|number| u32::try_from(number).ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// A text; numbers become text, anything else counts as absent.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// An object's presence: true for one with keys and for `true` itself; false for `{}`, `null` and the rest.
pub(super) fn presence<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Object(map) => !map.is_empty(),
        Value::Bool(is_there) => is_there,
        _ => false,
    })
}

/// The name in `{"name", "id"}`; a name alone stays what it is.
pub(super) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    member(deserializer, "name")
}

/// The `api_name` in `{"api_name", "id"}`; a name alone stays what it is.
pub(super) fn api_name<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    member(deserializer, "api_name")
}

fn member<'de, D: Deserializer<'de>>(
    deserializer: D,
    name: &str,
) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Object(map) => map.get(name).and_then(Value::as_str).map(str::to_owned),
        _ => None,
    })
}
