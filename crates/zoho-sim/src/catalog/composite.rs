//! Errors of composite calls and of their sub-requests.
//!
//! unknown: the messages of most of them; their codes and details are documented.

use serde_json::{Value, json};

use super::Refusal;

/// Where in the body a key stands.
fn place(key: &str, json_path: &str) -> Value {
    json!({"api_name": key, "json_path": json_path})
}

pub(crate) fn missing(key: &str, json_path: &str) -> Refusal {
    Refusal::bad(
        "MANDATORY_NOT_FOUND",
        "required field not found",
        place(key, json_path),
    )
}

pub(crate) fn invalid(key: &str, json_path: &str) -> Refusal {
    Refusal::bad("INVALID_DATA", "invalid data", place(key, json_path))
}

pub(crate) fn wrong_type(key: &str, json_path: &str, expected: &str) -> Refusal {
    invalid(key, json_path).with_detail("expected_data_type", json!(expected))
}

pub(crate) fn wrong_form(key: &str, json_path: &str, regex: &str) -> Refusal {
    invalid(key, json_path).with_detail("regex", json!(regex))
}

pub(crate) fn too_many_requests(maximum: usize) -> Refusal {
    let key = "__composite_requests";
    invalid(key, "$.__composite_requests").with_detail("maximum_length", json!(maximum))
}

pub(crate) fn restricted_headers(json_path: &str, names: &[&str]) -> Refusal {
    invalid("headers", json_path).with_detail("restricted_headers", json!(names))
}

pub(crate) fn rollback_in_parallel() -> Refusal {
    let key = |key: &str| place(key, &format!("$.{key}"));
    Refusal::bad(
        "AMBIGUITY_DURING_PROCESSING",
        "ambiguity while processing the request",
        json!({"ambiguity_due_to": [key("rollback_on_fail"), key("parallel_execution")]}),
    )
}

pub(crate) fn duplicate_id(json_path: &str, indexes: &[usize]) -> Refusal {
    let details = place("sub_request_id", json_path);
    Refusal::bad("DUPLICATE_DATA", "duplicate data", details)
        .with_detail("sub_request_indexes", json!(indexes))
}

pub(crate) fn newer_version(sub_request: u8, composite: u8) -> Refusal {
    Refusal::bad(
        "NOT_ALLOWED",
        "the version of the sub request is higher than that of the composite request",
        json!({"sub_request_version": sub_request, "composite_request_version": composite}),
    )
}

pub(crate) fn not_supported(services: &[&str]) -> Refusal {
    Refusal::bad(
        "NOT_SUPPORTED",
        "the given api is not supported in composite request",
        json!({"allowed_services": services}),
    )
}

pub(crate) fn invalid_reference(key: &str, json_path: &str, reference: &str) -> Refusal {
    Refusal::bad(
        "INVALID_REFERENCE",
        "the reference given seems to be invalid",
        place(key, json_path),
    )
    .with_detail("reference", json!(reference))
}

pub(crate) fn looping(dependent_data: &Value) -> Refusal {
    Refusal::bad(
        "LOOPING_FOUND",
        "looping found among the sub requests",
        json!({"dependent_data": dependent_data}),
    )
}

const ROLLED_BACK: &str =
    "the transaction was rolled back since another sub request in the same transaction failed.";

pub(crate) fn rolled_back(by: usize) -> Refusal {
    let details = json!({"rollbacked_by_sub_request_index": by});
    Refusal::bad("ROLLBACK_PERFORMED", ROLLED_BACK, details)
}

pub(crate) fn stopped(by: usize) -> Refusal {
    let details = json!({"rollbacked_by_sub_request_index": by});
    Refusal::bad("PROCESSING_STOPPED", ROLLED_BACK, details)
}

/// What a sub-request answers that asks for more than a composite call may.
pub(crate) fn limit_exceeded(by: &str, limit: usize) -> Refusal {
    Refusal::bad(
        "LIMIT_EXCEEDED",
        "limit exceeded",
        json!({"by": by, "limit": limit}),
    )
}
