//! Reads and mends records: JSON objects from API names to values.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer as _, MapAccess, Visitor};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::compile::is_api_name;
use super::datum::{text_of, value_of};

/// How much of a refused value a problem shows.
pub(super) const SHOWN_CHARACTERS_MAX: usize = 200;

/// The value of one field; nothing where the record doesn't have it. Of two equal keys, the last counts.
#[must_use]
pub fn record_value(record: &RawValue, field: &str) -> Option<Value> {
    field_of(record, field).map(value_of)
}

/// One field's value as plain text, as a duplicate-check key needs it; nothing where the record doesn't have
/// the field, or has `null`, a list or an object there.
#[must_use]
pub fn record_text(record: &RawValue, field: &str) -> Option<String> {
    let raw = field_of(record, field)?;
    match raw.get().as_bytes() {
        [b'"', ..] => text_of(raw).map(Cow::into_owned),
        [b'n' | b'{' | b'[', ..] => None,
        _ => Some(raw.get().to_owned()),
    }
}

/// Why a record could not be mended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MendError {
    /// A name to set that cannot be a field's.
    #[error("{0:?} is no API name: those have letters, digits and underscores, like Last_Name")]
    Name(String),
    /// A field to leave out that isn't there.
    #[error("the record has no field {0:?} to leave out; it has {1}")]
    Absent(String, String),
    /// The same field to be set and to be left out.
    #[error("{0:?} can be set or left out, but not both")]
    Contradiction(String),
    /// What should be mended is no JSON object.
    #[error("the record cannot be read as a JSON object: {0}")]
    Record(String),
}

/// Changes a record: sets fields, and leaves fields out. What isn't touched stays as it was, in its order; new
/// fields stand at the end.
///
/// # Errors
///
/// See [`MendError`]; nothing is changed then.
pub fn mend(
    record: &RawValue,
    set: &Map<String, Value>,
    unset: &[String],
) -> Result<Box<RawValue>, MendError> {
    let mut fields: Vec<(String, Box<RawValue>)> = Vec::new();
    for_each_field(record, |name, raw| {
        fields.retain(|(other, _)| other != name);
        fields.push((name.to_owned(), raw.to_owned()));
    })
    .map_err(|error| MendError::Record(error.to_string()))?;
    for name in unset {
        if set.contains_key(name) {
            return Err(MendError::Contradiction(name.clone()));
        }
        let Some(at) = fields.iter().position(|(other, _)| other == name) else {
            let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
            return Err(MendError::Absent(name.clone(), names.join(", ")));
        };
        fields.remove(at);
    }
    for (name, value) in set {
        if !is_api_name(name) {
            return Err(MendError::Name(name.clone()));
        }
        let raw = to_raw_value(value).map_err(|error| MendError::Record(error.to_string()))?;
        match fields.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => *old = raw,
            None => fields.push((name.clone(), raw)),
        }
    }
    to_raw_value(&Fields(&fields)).map_err(|error| MendError::Record(error.to_string()))
}

struct Fields<'a>(&'a [(String, Box<RawValue>)]);

impl serde::Serialize for Fields<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, raw)| (name, raw)))
    }
}

/// Cuts a long value down to what a problem shows.
pub(crate) fn shorten(value: Value) -> Value {
    let cut = |text: &str| {
        let mut shown: String = text.chars().take(SHOWN_CHARACTERS_MAX).collect();
        shown.push('…');
        Value::String(shown)
    };
    match value {
        Value::String(text) if text.chars().nth(SHOWN_CHARACTERS_MAX).is_some() => cut(&text),
        Value::Array(_) | Value::Object(_) => {
            let text = value.to_string();
            if text.chars().nth(SHOWN_CHARACTERS_MAX).is_some() {
                cut(&text)
            } else {
                value
            }
        }
        short => short,
    }
}

fn field_of<'r>(record: &'r RawValue, field: &str) -> Option<&'r RawValue> {
    let mut found = None;
    for_each_field(record, |name, raw| {
        if name == field {
            found = Some(raw);
        }
    })
    .ok()?;
    found
}

/// Calls `visit` for each field of a record with its name and its value, in one pass.
///
/// # Errors
///
/// When the record is no JSON object, or a key is broken text.
pub(super) fn for_each_field<'r>(
    record: &'r RawValue,
    visit: impl FnMut(&str, &'r RawValue),
) -> Result<(), serde_json::Error> {
    serde_json::Deserializer::from_str(record.get()).deserialize_map(FieldVisitor { visit })
}

struct FieldVisitor<F> {
    visit: F,
}

impl<'r, F: FnMut(&str, &'r RawValue)> Visitor<'r> for FieldVisitor<F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a record: a JSON object")
    }

    fn visit_map<A: MapAccess<'r>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Name)? {
            (self.visit)(&name, map.next_value()?);
        }
        Ok(())
    }
}

/// Reads a key without copying it where it has no escapes.
struct Name;

impl<'r> DeserializeSeed<'r> for Name {
    type Value = Cow<'r, str>;

    fn deserialize<D: serde::Deserializer<'r>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'r> Visitor<'r> for Name {
    type Value = Cow<'r, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a field's API name")
    }

    fn visit_borrowed_str<E>(self, name: &'r str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    fn mended(record: &str, set: Value, unset: &[&str]) -> Result<String, MendError> {
        let Value::Object(set) = set else {
            panic!("a test sets an object")
        };
        let unset: Vec<String> = unset.iter().map(|&name| name.to_owned()).collect();
        mend(&raw(record), &set, &unset).map(|record| record.get().to_owned())
    }

    #[test]
    fn reads_one_field() {
        let record =
            raw(r#"{"Email":"a\u0040b","N":1.50,"No":null,"L":[1],"T":true,"Email":"last@b"}"#);
        assert_eq!(record_text(&record, "Email").as_deref(), Some("last@b"));
        assert_eq!(record_text(&record, "N").as_deref(), Some("1.50"));
        assert_eq!(record_text(&record, "T").as_deref(), Some("true"));
        assert_eq!(record_text(&record, "No"), None);
        assert_eq!(record_text(&record, "L"), None);
        assert_eq!(record_value(&record, "L"), Some(json!([1])));
        assert_eq!(record_value(&record, "No"), Some(Value::Null));
        assert_eq!(record_value(&record, "email"), None);
        assert_eq!(record_value(&raw("[1]"), "0"), None);
    }

    #[test]
    fn mends_what_was_asked_and_nothing_else() {
        let record = r#"{"A":1.50,"B":{"x": 1},"C":"c"}"#;
        assert_eq!(
            mended(record, json!({"C": "new", "Last_Name": "Doe"}), &["A"]).unwrap(),
            r#"{"B":{"x": 1},"C":"new","Last_Name":"Doe"}"#
        );
        assert_eq!(
            mended("{}", json!({"A": null}), &[]).unwrap(),
            r#"{"A":null}"#
        );
    }

    #[test]
    fn refuses_to_mend_by_mistake() {
        let errors = [
            mended(r#"{"A":1}"#, json!({}), &["B"]),
            mended(r#"{"A":1}"#, json!({"A": 2}), &["A"]),
            mended("{}", json!({"Last Name": 2}), &[]),
            mended("[]", json!({}), &[]),
        ];
        insta::assert_snapshot!(
            errors
                .map(|error| error.unwrap_err().to_string())
                .join("\n")
        );
    }

    #[test]
    fn long_values_are_cut_for_people() {
        let long = "ä".repeat(SHOWN_CHARACTERS_MAX + 1);
        let shown = shorten(json!(long));
        assert_eq!(
            shown.as_str().unwrap().chars().count(),
            SHOWN_CHARACTERS_MAX + 1
        );
        assert!(shown.as_str().unwrap().ends_with('…'));
        assert_eq!(
            shorten(json!("ä".repeat(SHOWN_CHARACTERS_MAX))),
            json!("ä".repeat(SHOWN_CHARACTERS_MAX))
        );
        assert!(shorten(json!([long])).is_string());
        assert_eq!(shorten(json!([1])), json!([1]));
    }

    proptest! {
        #[test]
        fn mending_equals_changing_a_map(
            record in proptest::collection::btree_map("[A-D]", any::<i32>(), 0..4),
            set in proptest::collection::btree_map("[A-F]", any::<i32>(), 0..4),
        ) {
            let set: Map<String, Value> = set.into_iter().map(|(name, value)| (name, json!(value))).collect();
            let mut expected: Map<String, Value> = record.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            let unset: Vec<String> = record.keys().filter(|name| !set.contains_key(*name)).take(1).cloned().collect();
            let mended = mend(&raw(&json!(record).to_string()), &set, &unset).unwrap();
            expected.retain(|name, _| !unset.contains(name));
            expected.extend(set);
            prop_assert_eq!(serde_json::from_str::<Value>(mended.get()).unwrap(), Value::Object(expected));
        }
    }
}
