//! What can be wrong with actions on records, related records, tags and the like.

use serde_json::{Value, json};

use super::Refusal;

pub(crate) fn invalid_related_id(resource_path_index: usize) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "the related id given seems to be invalid",
        json!({"resource_path_index": resource_path_index}),
    )
}

pub(crate) fn invalid_relation_name() -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "the relation name given seems to be invalid",
        json!({"resource_path_index": 2}),
    )
}

/// A related id of a body or parameter.
pub(crate) fn invalid_related(details: Value) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "the related id given seems to be invalid",
        details,
    )
}

pub(crate) fn already_converted() -> Refusal {
    Refusal::bad(
        "ID_ALREADY_CONVERTED",
        "id already converted",
        json!({"resource_path_index": 1}),
    )
}

/// A value somewhere in the body.
pub(crate) fn invalid_at(api_name: &str, json_path: &str) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"api_name": api_name, "json_path": json_path}),
    )
}

pub(crate) fn wrong_type_at(api_name: &str, json_path: &str, expected: &str) -> Refusal {
    invalid_at(api_name, json_path).with_detail("expected_data_type", json!(expected))
}

pub(crate) fn missing_at(api_name: &str, json_path: &str) -> Refusal {
    Refusal::bad(
        "MANDATORY_NOT_FOUND",
        "required field not found",
        json!({"api_name": api_name, "json_path": json_path}),
    )
}

pub(crate) fn limit_at(api_name: &str, json_path: &str, maximum: usize) -> Refusal {
    Refusal::bad(
        "LIMIT_EXCEEDED",
        "limit exceeded",
        json!({"api_name": api_name, "json_path": json_path, "maximum_length": maximum}),
    )
}

/// One of these keys is needed.
/// Keys that exclude each other.
/// A module for which an action does not exist.
pub(crate) fn not_supported() -> Refusal {
    Refusal::bad(
        "NOT_SUPPORTED",
        "the module name given seems to be invalid",
        json!({"resource_path_index": 0}),
    )
}

pub(crate) fn invalid_job(job_id: Option<&str>) -> Refusal {
    Refusal::bad("INVALID_DATA", "invalid data", json!({"job_id": job_id}))
}
