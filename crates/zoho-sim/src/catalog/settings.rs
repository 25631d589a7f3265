//! What can be wrong with an item of a settings call: a module, a field, a view, a role …

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Refusal;

/// A key of a body: its name and the path to it.
#[derive(Debug, Clone)]
pub(crate) struct Key<'a> {
    pub(crate) name: &'a str,
    pub(crate) path: String,
}

impl Key<'_> {
    fn details(&self) -> Value {
        json!({"api_name": self.name, "json_path": self.path})
    }
}

pub(crate) fn missing(key: &Key<'_>) -> Refusal {
    let message = "required field not found";
    Refusal::bad("MANDATORY_NOT_FOUND", message, key.details())
}

pub(crate) fn invalid(key: &Key<'_>) -> Refusal {
    Refusal::bad("INVALID_DATA", "invalid data", key.details())
}

pub(crate) fn wrong_type(key: &Key<'_>, expected: &str) -> Refusal {
    invalid(key).with_detail("expected_data_type", json!(expected))
}

pub(crate) fn too_long(key: &Key<'_>, maximum: usize) -> Refusal {
    invalid(key).with_detail("maximum_length", json!(maximum))
}

pub(crate) fn out_of_range(key: &Key<'_>, from: i64, to: i64) -> Refusal {
    invalid(key).with_detail("range", json!({"from": from, "to": to}))
}

pub(crate) fn unsupported(key: &Key<'_>, supported: &[&str]) -> Refusal {
    invalid(key).with_detail("supported_values", json!(supported))
}

pub(crate) fn duplicate(key: &Key<'_>) -> Refusal {
    Refusal::bad("DUPLICATE_DATA", "duplicate data", key.details())
}

pub(crate) fn not_allowed(key: &Key<'_>, message: &'static str) -> Refusal {
    Refusal::bad("NOT_ALLOWED", message, key.details())
}

pub(crate) fn with_message(refusal: Refusal, message: &'static str) -> Refusal {
    Refusal { message, ..refusal }
}

/// A key that another one makes necessary is missing.
pub(crate) fn dependent_missing(key: &Key<'_>, dependee: &Key<'_>) -> Refusal {
    let message = "required field not found";
    Refusal::bad("DEPENDENT_FIELD_MISSING", message, key.details())
        .with_detail("dependee", dependee.details())
}

/// More of a kind than the organisation may have.
pub(crate) fn limit_exceeded(key: &Key<'_>, limit: usize) -> Refusal {
    let details = json!({"limit": limit, "limit_due_to": [key.details()]});
    Refusal::bad("LIMIT_EXCEEDED", "limit exceeded", details)
}

/// The thing of the path is one that cannot be changed so.
pub(crate) fn path_not_allowed(index: usize, message: &'static str) -> Refusal {
    Refusal::bad(
        "NOT_ALLOWED",
        message,
        json!({"resource_path_index": index}),
    )
}

pub(crate) fn reserved_name(key: &Key<'_>) -> Refusal {
    let message = "the api_name given is a reserved keyword";
    Refusal::bad("RESERVED_KEYWORD_NOT_ALLOWED", message, key.details())
}

/// The profile of the user lacks a permission.
pub(crate) fn no_permission(permissions: &[&str]) -> Refusal {
    Refusal::new(
        StatusCode::FORBIDDEN,
        "NO_PERMISSION",
        "permission denied",
        json!({"permissions": permissions}),
    )
}

/// Any other documented error of a settings call.
pub(crate) fn other(code: &'static str, message: &'static str, details: Value) -> Refusal {
    Refusal::bad(code, message, details)
}

pub(crate) fn braces_missing(key: &Key<'_>) -> Refusal {
    let message = "Some of brace is missing in given expression";
    Refusal::bad("MISSING_BRACES", message, key.details())
}

pub(crate) fn locked_view() -> Refusal {
    Refusal::new(
        StatusCode::FORBIDDEN,
        "NO_PERMISSION",
        "Permission denied. Locked custom views cannot be customized.",
        json!({"resource_path_index": 2}),
    )
}

/// One of several keys has to be given.
pub(crate) fn expected_missing(keys: &[Key<'_>], message: &'static str) -> Refusal {
    let keys: Vec<Value> = keys.iter().map(Key::details).collect();
    let details = json!({"expected_fields": keys});
    Refusal::bad("EXPECTED_FIELD_MISSING", message, details)
}

pub(crate) fn currencies_not_enabled() -> Refusal {
    Refusal::new(
        StatusCode::FORBIDDEN,
        "CURRENCIES_NOT_ENABLED",
        "Multi currency is not enabled",
        json!({}),
    )
}

pub(crate) fn photo_too_large() -> Refusal {
    Refusal::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "FILE_SIZE_MORE_THAN_ALLOWED_SIZE",
        "file size is more than allowed size",
        json!({}),
    )
}
