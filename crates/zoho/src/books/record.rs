//! A record of any type, as Zoho gave it.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use serde_json::value::RawValue;

use super::RecordType;
use super::members::{Members, ReadMember, unexpected};
use crate::Error;
use crate::crm::RecordId;

/// A record of Books, kept as the JSON text that came, so that no digit of an amount is lost.
///
/// A row of a list holds less than the record that `get` loads: contacts lack addresses, invoices lack lines.
///
/// ```
/// use zoho::books::Record;
///
/// let record: Record = serde_json::from_str(r#"{"invoice_id":"460000000038080","total":40.60,"due_date":""}"#)?;
/// assert_eq!(record.decimal("total")?.map(|total| total.to_string()).as_deref(), Some("40.60"));
/// assert_eq!(record.date("due_date")?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Record {
    json: Box<RawValue>,
}

/// What a record can be read as: a [`Record`], or one of the typed records such as [`Invoice`](super::Invoice).
pub trait FromRecord: Sized + Send {
    /// Reads a record.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) names the member whose value is of another type.
    fn from_record(record: Record) -> Result<Self, Error>;
}

impl FromRecord for Record {
    fn from_record(record: Record) -> Result<Record, Error> {
        Ok(record)
    }
}

impl Record {
    /// `None` for JSON that is no object.
    pub(crate) fn new(json: &RawValue) -> Option<Record> {
        json.get().starts_with('{').then(|| Record {
            json: json.to_owned(),
        })
    }

    pub(crate) fn empty() -> Record {
        Record {
            json: RawValue::from_string("{}".to_owned()).unwrap_or_default(),
        }
    }

    /// The JSON text.
    #[must_use]
    pub fn as_json(&self) -> &RawValue {
        &self.json
    }

    /// The record as a JSON value. Numbers beyond 15 digits lose some there.
    #[must_use]
    pub fn to_value(&self) -> Value {
        serde_json::from_str(self.json.get()).unwrap_or_default()
    }

    /// The id, in the member that records of this type hold it in.
    #[must_use]
    pub fn id(&self, record_type: &RecordType) -> Option<RecordId> {
        self.member(record_type.id_field()?).ok().flatten()
    }

    /// A member's JSON text; `None` if the record has no such member.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<Box<RawValue>> {
        Members::of(&self.json)?.get(field).map(ToOwned::to_owned)
    }

    /// A text; `None` if it is absent or empty. Numbers come as they are written.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) for an object or a list.
    pub fn text(&self, field: &str) -> Result<Option<String>, Error> {
        self.member(field)
    }

    /// An amount, rate or quantity, exactly; `None` if it is absent or empty.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) for anything but a number of at most 28 digits.
    pub fn decimal(&self, field: &str) -> Result<Option<Decimal>, Error> {
        self.member(field)
    }

    /// A date; `None` if it is absent or empty.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) for anything but a date.
    pub fn date(&self, field: &str) -> Result<Option<Date>, Error> {
        self.member(field)
    }

    /// An instant; `None` if it is absent or empty. Zoho knows seconds, and writes them in the organisation's zone.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) for anything but a time.
    pub fn time(&self, field: &str) -> Result<Option<Timestamp>, Error> {
        self.member(field)
    }

    /// A custom field's value as JSON text, by its `api_name` (`cf_…`); rows of lists and single records hold them in
    /// different places.
    #[must_use]
    pub fn custom_field(&self, api_name: &str) -> Option<Box<RawValue>> {
        let members = Members::of(&self.json)?;
        let in_hash = || Members::of(members.get("custom_field_hash")?)?.get(api_name);
        let in_list = || {
            let fields: Vec<&RawValue> =
                serde_json::from_str(members.get("custom_fields")?.get()).ok()?;
            fields
                .into_iter()
                .filter_map(Members::of)
                .find_map(|field| {
                    let name = String::read(field.get("api_name")).ok()?;
                    (name == api_name).then(|| field.get("value")).flatten()
                })
        };
        let found = members.get(api_name).or_else(in_list).or_else(in_hash);
        found.map(ToOwned::to_owned)
    }

    fn member<T: ReadMember>(&self, field: &str) -> Result<T, Error> {
        let members = Members::of(&self.json);
        let json = members.and_then(|members| members.get(field));
        T::read(json).map_err(|expected| unexpected(field, expected, json))
    }
}

/// Shows no content: it may be personal.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("bytes", &self.json.get().len())
            .finish_non_exhaustive()
    }
}

impl PartialEq for Record {
    fn eq(&self, other: &Record) -> bool {
        self.json.get() == other.json.get()
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Record, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Record::new(&json).ok_or_else(|| de::Error::custom("a record is a JSON object"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_fields_are_found_in_all_places() {
        for json in [
            r#"{"cf_a":"x"}"#,
            r#"{"custom_field_hash":{"cf_a":"x"}}"#,
            r#"{"custom_field_hash":{},"custom_fields":[{"api_name":"cf_b","value":1},{"api_name":"cf_a","value":"x"}]}"#,
        ] {
            let record: Record = serde_json::from_str(json).unwrap();
            assert_eq!(
                record.custom_field("cf_a").unwrap().get(),
                "\"x\"",
                "{json}"
            );
            assert!(record.custom_field("cf_c").is_none());
        }
    }

    #[test]
    fn only_objects_are_records_and_their_content_is_not_shown() {
        assert!(serde_json::from_str::<Record>("[]").is_err());
        let record: Record = serde_json::from_str(r#"{"email":"a@b.example"}"#).unwrap();
        assert!(!format!("{record:?}").contains("example"));
        assert_eq!(
            serde_json::to_string(&record).unwrap(),
            r#"{"email":"a@b.example"}"#
        );
    }
}
