//! Why Zoho refused one record, understood far enough to act on.

use serde_json::{Map, Value};

/// Zoho's refusal of one record. Zoho reports only the first error of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct RowError {
    /// Zoho's code, such as `MANDATORY_NOT_FOUND`.
    pub code: String,
    /// Zoho's message.
    pub message: String,
    /// The field at fault, if Zoho names one.
    pub api_name: Option<String>,
    /// Where it stands in the request, such as `$.data[3].Email`.
    pub json_path: Option<String>,
    /// Everything else that Zoho tells: `maximum_length`, `expected_data_type`, `supported_values`, ….
    pub details: Map<String, Value>,
}

/// What a [`RowError`] means.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowErrorKind {
    /// A mandatory or dependent field is missing.
    Missing,
    /// A value has the wrong type, length, form or meaning.
    InvalidValue,
    /// The record's id, or an id of a lookup in the record, is unknown.
    UnknownRecord,
    /// Another record has the same value in a unique field.
    Duplicate,
    /// The record is locked, in approval or review, in a blueprint, or was changed in between.
    State,
    /// The user may not do this.
    Permission,
    /// The request or the organisation goes beyond one of Zoho's limits.
    Limit,
    /// Zoho failed by itself.
    Server,
    /// A code that this crate does not class.
    Other,
}

impl RowError {
    pub(crate) fn new(code: String, message: String, details: Map<String, Value>) -> RowError {
        let text = |key: &str| details.get(key).and_then(Value::as_str).map(str::to_owned);
        RowError {
            code,
            message,
            api_name: text("api_name"),
            json_path: text("json_path"),
            details,
        }
    }

    /// What the refusal means.
    #[must_use]
    pub fn kind(&self) -> RowErrorKind {
        match self.code.as_str() {
            "MANDATORY_NOT_FOUND"
            | "EXPECTED_FIELD_MISSING"
            | "DEPENDENT_FIELD_MISSING"
            | "EXPECTED_DEPENDENT_FIELD_MISSING" => RowErrorKind::Missing,
            "INVALID_DATA" if self.is_about_an_id() => RowErrorKind::UnknownRecord,
            "NO_RECORDS_FOUND" => RowErrorKind::UnknownRecord,
            "INVALID_DATA"
            | "MAPPING_MISMATCH"
            | "DEPENDENT_MISMATCH"
            | "PATTERN_NOT_MATCHED"
            | "UNABLE_TO_PARSE_DATA_TYPE" => RowErrorKind::InvalidValue,
            "DUPLICATE_DATA" | "DUPLICATE_LINKING_DATA" => RowErrorKind::Duplicate,
            "MULTIPLE_OR_MULTI_ERRORS" => self.kind_of_many(),
            "RECORD_LOCKED"
            | "NOT_APPROVED"
            | "NOT_REVIEWED"
            | "RECORD_IN_BLUEPRINT"
            | "ALREADY_MODIFIED"
            | "ID_ALREADY_CONVERTED" => RowErrorKind::State,
            "NO_PERMISSION" | "NOT_ALLOWED" | "AUTHORIZATION_FAILED" | "FORBIDDEN" => {
                RowErrorKind::Permission
            }
            "LIMIT_EXCEEDED" | "LICENSE_LIMIT_EXCEEDED" | "TOO_MANY_REQUESTS" => {
                RowErrorKind::Limit
            }
            "INTERNAL_ERROR" | "INTERNAL_SERVER_ERROR" | "SERVICE_UNAVAILABLE" => {
                RowErrorKind::Server
            }
            _ => RowErrorKind::Other,
        }
    }

    /// True if the same record can succeed later without anybody changing it.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.kind() == RowErrorKind::Server || self.code == "TOO_MANY_REQUESTS"
    }

    /// The longest text that the field takes, in characters, if that was the fault.
    #[must_use]
    pub fn maximum_length(&self) -> Option<u64> {
        self.details.get("maximum_length")?.as_u64()
    }

    /// The JSON type that the field takes, such as `integer`, if that was the fault.
    #[must_use]
    pub fn expected_data_type(&self) -> Option<&str> {
        self.details.get("expected_data_type")?.as_str()
    }

    /// The id of the record that already has the value, for `DUPLICATE_DATA`.
    #[must_use]
    pub fn duplicate_id(&self) -> Option<&str> {
        let record = self
            .details
            .get("duplicate_record")
            .and_then(|record| record.get("id"));
        record
            .or_else(|| self.details.get("id"))?
            .as_str()
            .filter(|_| self.kind() == RowErrorKind::Duplicate)
    }

    /// `INVALID_DATA` names the field `id`, or carries nothing but the id itself.
    fn is_about_an_id(&self) -> bool {
        match &self.api_name {
            Some(name) => name == "id",
            None => self.details.contains_key("id"),
        }
    }

    /// The kind that all errors of a collection share, if they do.
    fn kind_of_many(&self) -> RowErrorKind {
        let errors = self.details.get("errors").and_then(Value::as_array);
        let mut kinds = errors.into_iter().flatten().filter_map(|error| {
            let text = |key: &str| {
                error
                    .get(key)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            let details = error
                .get("details")
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default();
            let inner = RowError::new(text("code"), text("message"), details);
            (inner.code != self.code).then(|| inner.kind())
        });
        match kinds.next() {
            Some(first) if kinds.all(|kind| kind == first) => first,
            _ => RowErrorKind::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn error(code: &str, details: Value) -> RowError {
        RowError::new(
            code.to_owned(),
            "invalid data".to_owned(),
            details.as_object().unwrap().clone(),
        )
    }

    #[test]
    fn field_and_path_are_taken_from_the_details() {
        let too_long = error(
            "INVALID_DATA",
            json!({"maximum_length":100,"api_name":"Email","json_path":"$.data[0].Email"}),
        );
        assert_eq!(too_long.api_name.as_deref(), Some("Email"));
        assert_eq!(too_long.json_path.as_deref(), Some("$.data[0].Email"));
        assert_eq!(
            (too_long.kind(), too_long.maximum_length()),
            (RowErrorKind::InvalidValue, Some(100))
        );
    }

    #[test]
    fn invalid_data_about_the_id_means_an_unknown_record() {
        assert_eq!(
            error("INVALID_DATA", json!({"id":"511"})).kind(),
            RowErrorKind::UnknownRecord
        );
        assert_eq!(
            error("INVALID_DATA", json!({"api_name":"id"})).kind(),
            RowErrorKind::UnknownRecord
        );
        assert_eq!(
            error("INVALID_DATA", json!({"api_name":"Owner","id":"1"})).kind(),
            RowErrorKind::InvalidValue
        );
    }

    #[test]
    fn several_clashes_are_still_duplicates() {
        let clash = json!({"code":"DUPLICATE_DATA","details":{"api_name":"A"},"message":"duplicate data","status":"error"});
        let both = error("MULTIPLE_OR_MULTI_ERRORS", json!({"errors":[clash, clash]}));
        assert_eq!(both.kind(), RowErrorKind::Duplicate);
        assert_eq!(
            error("MULTIPLE_OR_MULTI_ERRORS", json!({})).kind(),
            RowErrorKind::Other
        );
    }

    #[test]
    fn the_record_that_was_there_first_is_named() {
        let old_form = error("DUPLICATE_DATA", json!({"api_name":"Email","id":"5"}));
        let new_form = error(
            "DUPLICATE_DATA",
            json!({"api_name":"Email","duplicate_record":{"id":"7"},"id":"5"}),
        );
        assert_eq!(
            (old_form.duplicate_id(), new_form.duplicate_id()),
            (Some("5"), Some("7"))
        );
    }
}
