//! The outcome of one record of a write.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{RecordId, RowError};
use crate::answer::{WireError, object};

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
        let status: WireStatus<'_> = serde_json::from_str(raw.get()).ok()?;
        let outcome = match &*status.status {
            "success" => RowOutcome::Success(success(raw)?),
            "error" => {
                let wire: WireError<'_> = serde_json::from_str(raw.get()).ok()?;
                RowOutcome::Refused(RowError::new(
                    wire.code.into_owned(),
                    wire.message.into_owned(),
                    object(wire.details),
                ))
            }
            _ => return None,
        };
        Some(Row {
            raw: raw.to_owned(),
            outcome,
        })
    }
}

#[derive(Deserialize)]
struct WireStatus<'a> {
    #[serde(borrow)]
    status: Cow<'a, str>,
}

#[derive(Deserialize)]
struct WireSuccess<'a> {
    #[serde(borrow)]
    details: WireDetails<'a>,
    #[serde(borrow, default)]
    message: Cow<'a, str>,
    #[serde(borrow, default)]
    action: Option<Cow<'a, str>>,
    #[serde(default)]
    duplicate_field: Option<String>,
}

#[derive(Deserialize)]
struct WireDetails<'a> {
    id: RecordId,
    #[serde(borrow, rename = "Created_Time", default)]
    created_at: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "Modified_Time", default)]
    modified_at: Option<Cow<'a, str>>,
}

fn success(raw: &RawValue) -> Option<RowSuccess> {
    let wire: WireSuccess<'_> = serde_json::from_str(raw.get()).ok()?;
    Some(RowSuccess {
        id: wire.details.id,
        action: match wire.action.as_deref() {
            Some("insert") => Some(UpsertAction::Insert),
            Some("update") => Some(UpsertAction::Update),
            _ => None,
        },
        duplicate_field: wire.duplicate_field,
        message: wire.message.into_owned(),
        created_at: wire.details.created_at.map(Cow::into_owned),
        modified_at: wire.details.modified_at.map(Cow::into_owned),
    })
}
