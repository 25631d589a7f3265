//! The outcome of one record of a write.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{RecordId, RowError};
use crate::answer::object;

/// What became of one record, together with Zoho's own words for it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The item of Zoho's answer, unchanged.
    pub raw: Box<RawValue>,
    /// The same, understood.
    pub outcome: RowOutcome,
}

/// Accepted or refused.
#[derive(Clone, Debug)]
pub enum RowOutcome {
    /// Zoho has written (or deleted) the record.
    Success(RowSuccess),
    /// Zoho has not; the record as it stands in Zoho is unchanged.
    Refused(RowError),
}

/// What an upsert did with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpsertAction {
    /// No record matched; a new one was made.
    Insert,
    /// A record matched and was changed.
    Update,
}

/// A record that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowSuccess {
    /// The record's id.
    pub id: RecordId,
    /// For upserts: which of the two it was.
    pub action: Option<UpsertAction>,
    /// For upserts: the field by which the record was found.
    pub duplicate_field: Option<String>,
    /// `record added`, `record updated` or `record deleted`.
    pub message: String,
    /// `Created_Time` as Zoho sent it: ISO 8601 in the API user's time zone.
    pub created_at: Option<String>,
    /// `Modified_Time` as Zoho sent it.
    pub modified_at: Option<String>,
}

/// As Zoho sent it.
impl Serialize for Row {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

impl Row {
    /// The success, if it is one.
    #[must_use]
    pub fn success(&self) -> Option<&RowSuccess> {
        match &self.outcome {
            RowOutcome::Success(success) => Some(success),
            RowOutcome::Refused(_) => None,
        }
    }

    /// The refusal, if it is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&RowError> {
        match &self.outcome {
            RowOutcome::Success(_) => None,
            RowOutcome::Refused(error) => Some(error),
        }
    }

    /// Reads one item of a write answer; `None` if it is neither a success with an id nor an error with a code.
    pub(super) fn read(raw: &RawValue) -> Option<Row> {
        let wire: WireRow<'_> = serde_json::from_str(raw.get()).ok()?;
        let outcome = match &*wire.status {
            "success" => RowOutcome::Success(success(wire)?),
            "error" => RowOutcome::Refused(refusal(wire)?),
            _ => return None,
        };
        Some(Row {
            raw: raw.to_owned(),
            outcome,
        })
    }
}

#[derive(Deserialize)]
struct WireRow<'a> {
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow, default)]
    code: Cow<'a, str>,
    #[serde(borrow, default)]
    message: Cow<'a, str>,
    #[serde(borrow, default)]
    details: Option<&'a RawValue>,
    #[serde(default)]
    action: Option<String>,
    #[serde(default)]
    duplicate_field: Option<String>,
}

#[derive(Deserialize)]
struct WireDetails {
    id: RecordId,
    #[serde(rename = "Created_Time", default)]
    created_at: Option<String>,
    #[serde(rename = "Modified_Time", default)]
    modified_at: Option<String>,
}

fn success(wire: WireRow<'_>) -> Option<RowSuccess> {
    let details: WireDetails = serde_json::from_str(wire.details?.get()).ok()?;
    Some(RowSuccess {
        id: details.id,
        action: match wire.action.as_deref() {
            Some("insert") => Some(UpsertAction::Insert),
            Some("update") => Some(UpsertAction::Update),
            _ => None,
        },
        duplicate_field: wire.duplicate_field,
        message: wire.message.into_owned(),
        created_at: details.created_at,
        modified_at: details.modified_at,
    })
}

fn refusal(wire: WireRow<'_>) -> Option<RowError> {
    let details = wire
        .details
        .map(|details| serde_json::from_str(details.get()))
        .transpose()
        .ok()?;
    let is_named = !wire.code.is_empty();
    is_named.then(|| {
        RowError::new(
            wire.code.into_owned(),
            wire.message.into_owned(),
            object(details.unwrap_or_default()),
        )
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json, value::to_raw_value};

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            prop::sample::select(vec!["success", "error", "SUCCESS"]).prop_map(Value::from),
        ];
        let key = prop_oneof![
            any::<String>(),
            prop::sample::select(vec![
                "status", "code", "message", "details", "id", "action", "api_name"
            ])
            .prop_map(str::to_owned),
        ];
        leaf.prop_recursive(3, 24, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..6)
                    .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    proptest! {
        #[test]
        fn an_item_of_any_shape_is_understood_or_turned_down(item in any_json()) {
            let raw = to_raw_value(&item).unwrap();
            if let Some(row) = Row::read(&raw) {
                prop_assert_eq!(row.raw.get(), raw.get());
                prop_assert_eq!(row.success().is_some(), item["status"] == "success");
            }
        }

        #[test]
        fn a_success_is_read_back(id in "[0-9]{1,19}", message in any::<String>(), field in any::<Option<String>>()) {
            let item = json!({"code": "SUCCESS", "status": "success", "message": message, "action": "update",
                "duplicate_field": field, "details": {"id": id, "Created_By": {"name": message, "id": "1"}}});
            let row = Row::read(&to_raw_value(&item).unwrap()).unwrap();
            let success = row.success().unwrap();
            prop_assert_eq!(success.id.as_str(), &id);
            prop_assert_eq!(&success.message, &message);
            prop_assert_eq!(&success.duplicate_field, &field);
            prop_assert_eq!(success.action, Some(UpsertAction::Update));
        }

        #[test]
        fn a_refusal_is_read_back(code in "[A-Z_]{1,30}", message in any::<String>(), field in any::<String>()) {
            let details = json!({"api_name": field, "json_path": format!("$.data[0].{field}"), "maximum_length": 100});
            let item = json!({"code": code, "status": "error", "message": message, "details": details});
            let row = Row::read(&to_raw_value(&item).unwrap()).unwrap();
            let refusal = row.refusal().unwrap();
            prop_assert_eq!((&refusal.code, &refusal.message), (&code, &message));
            prop_assert_eq!(refusal.api_name.as_ref(), Some(&field));
            prop_assert_eq!(Value::Object(refusal.details.clone()), details);
        }
    }
}
