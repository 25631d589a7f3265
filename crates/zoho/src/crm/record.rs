//! A record as Zoho gave it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::RecordId;

/// The fields of one record, by `api_name`, in Zoho's order; Zoho's own extras begin with `$`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Record(Map<String, Value>);

impl Record {
    /// The record's id; every answer of Zoho carries it.
    #[must_use]
    pub fn id(&self) -> Option<RecordId> {
        match self.0.get("id")? {
            Value::String(text) => RecordId::new(text).ok(),
            Value::Number(number) => RecordId::new(number.to_string()).ok(),
            _ => None,
        }
    }

    /// A field's value; `None` if the answer does not hold the field, `Value::Null` if it is empty.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    /// A field's text, if it is a text.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field)?.as_str()
    }

    /// All fields.
    #[must_use]
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// All fields, owned.
    #[must_use]
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

impl From<Map<String, Value>> for Record {
    fn from(map: Map<String, Value>) -> Record {
        Record(map)
    }
}
