//! One value of a Books document, read from its text and written back exactly: no number passes through floating point.

use std::str::FromStr as _;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

use super::document::Document;

/// Values within values; deeper bodies are not well formed.
const DEPTH_MAX: usize = 32;

/// A value.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Datum {
    #[default]
    Null,
    Bool(bool),
    Integer(i64),
    /// Keeps the decimals that it was written with.
    Decimal(Decimal),
    Text(String),
    List(Vec<Datum>),
    Object(Document),
}

impl Datum {
    /// Reads JSON. `None` when it is not well formed, too deep, or holds a number beyond 28 digits.
    pub(crate) fn parse(json: &str) -> Option<Self> {
        let raw: &RawValue = serde_json::from_str(json).ok()?;
        Self::of_raw(raw.get(), DEPTH_MAX)
    }

    fn of_raw(json: &str, depth: usize) -> Option<Self> {
        let json = json.trim();
        match json.as_bytes().first()? {
            b'{' => {
                let depth = depth.checked_sub(1)?;
                let members: Members<'_> = serde_json::from_str(json).ok()?;
                let mut document = Document::default();
                for (name, raw) in members.0 {
                    document.set(&name, Self::of_raw(raw.get(), depth)?);
                }
                Some(Self::Object(document))
            }
            b'[' => {
                let depth = depth.checked_sub(1)?;
                let parts: Vec<&RawValue> = serde_json::from_str(json).ok()?;
                let parts = parts.iter().map(|raw| Self::of_raw(raw.get(), depth));
                parts.collect::<Option<_>>().map(Self::List)
            }
            b'"' => serde_json::from_str(json).ok().map(Self::Text),
            b't' => Some(Self::Bool(true)),
            b'f' => Some(Self::Bool(false)),
            b'n' => Some(Self::Null),
            _ => Self::of_number(json),
        }
    }

    fn of_number(text: &str) -> Option<Self> {
        if let Ok(number) = text.parse::<i64>() {
            return Some(Self::Integer(number));
        }
        let decimal = Decimal::from_str(text)
            .ok()
            .or_else(|| Decimal::from_scientific(text).ok())?;
        Some(Self::Decimal(decimal))
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as words: texts as they are, numbers and booleans written out, nothing for the rest.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Decimal(number) => number.to_string(),
            Self::Bool(is) => is.to_string(),
            Self::Null | Self::List(_) | Self::Object(_) => String::new(),
        }
    }

    /// The value as a number, also from a text that is one.
    pub(crate) fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Integer(number) => Some(Decimal::from(*number)),
            Self::Decimal(number) => Some(*number),
            Self::Text(text) => Decimal::from_str(text.trim()).ok(),
            _ => None,
        }
    }

    /// Booleans come as texts too.
    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(is) => Some(*is),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn as_list(&self) -> Option<&[Datum]> {
        match self {
            Self::List(parts) => Some(parts),
            _ => None,
        }
    }

    pub(crate) fn as_object(&self) -> Option<&Document> {
        match self {
            Self::Object(document) => Some(document),
            _ => None,
        }
    }

    pub(crate) fn as_object_mut(&mut self) -> Option<&mut Document> {
        match self {
            Self::Object(document) => Some(document),
            _ => None,
        }
    }
}

impl From<bool> for Datum {
    fn from(is: bool) -> Self {
        Self::Bool(is)
    }
}

impl From<i64> for Datum {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Decimal> for Datum {
    fn from(number: Decimal) -> Self {
        Self::Decimal(number)
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Datum {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<Datum>> for Datum {
    fn from(parts: Vec<Datum>) -> Self {
        Self::List(parts)
    }
}

impl From<Document> for Datum {
    fn from(document: Document) -> Self {
        Self::Object(document)
    }
}

/// Members of an object in their order, each still as text.
struct Members<'j>(Vec<(String, &'j RawValue)>);

impl<'de: 'j, 'j> Deserialize<'de> for Members<'j> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(
                self,
                mut access: A,
            ) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = access.next_entry()? {
                    members.push(member);
                    if members.len() > super::document::MEMBERS_MAX {
                        return Err(de::Error::custom("too many members"));
                    }
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Visitor).map(Self)
    }
}

impl Serialize for Datum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(is) => serializer.serialize_bool(*is),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Decimal(number) => RawValue::from_string(number.to_string())
                .map_err(serde::ser::Error::custom)?
                .serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(parts) => parts.serialize(serializer),
            Self::Object(document) => document.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Datum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::of_raw(raw.get(), DEPTH_MAX * 2)
            .ok_or_else(|| de::Error::custom("a value that Books cannot hold"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_were_read() {
        for text in [
            r#"{"a":360.00,"b":0.1,"c":-7,"d":"x","e":[true,null,{}]}"#,
            "79228162514264337593543950335",
            "0.000001",
        ] {
            let datum = Datum::parse(text).unwrap();
            assert_eq!(serde_json::to_string(&datum).unwrap(), text);
            assert_eq!(serde_json::from_str::<Datum>(text).unwrap(), datum);
        }
    }

    #[test]
    fn what_cannot_be_held_is_refused() {
        let deep = "[".repeat(200_000) + &"]".repeat(200_000);
        for text in ["", "{", "[1,]", "1e400", "nul", "{\"a\":1}x", &deep] {
            assert_eq!(Datum::parse(text), None, "{}", &text[..text.len().min(9)]);
        }
    }
}
