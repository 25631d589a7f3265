//! What can be wrong with actions on records, related records, tags and the like.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Refusal;
use crate::world::{BadTagName, TAGS_OF_MODULE_MAX, TagName};

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

pub(crate) fn already_scheduled(status: StatusCode) -> Refusal {
    let message = "Already a Mass Action scheduler is running";
    Refusal::new(status, "ALREADY_SCHEDULED", message, json!({}))
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

/// A text that no tag may be called.
pub(crate) fn bad_tag_name(bad: BadTagName, json_path: &str) -> Refusal {
    match bad {
        BadTagName::Empty => missing_at("name", json_path),
        BadTagName::TooLong => {
            invalid_at("name", json_path).with_detail("maximum_length", json!(TagName::LENGTH_MAX))
        }
        BadTagName::Character => invalid_at("name", json_path),
    }
}

/// unknown: how Zoho says that a module would have too many tags.
pub(crate) fn no_room_for_tags() -> Refusal {
    limit_at("tags", "$.tags", TAGS_OF_MODULE_MAX)
}

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
pub(crate) fn expected_field_missing(fields: &[&str]) -> Refusal {
    let fields: Vec<Value> = fields
        .iter()
        .map(|field| json!({"api_name": field, "json_path": format!("$.{field}")}))
        .collect();
    Refusal::bad(
        "EXPECTED_FIELD_MISSING",
        "one of the expected fields is missing",
        json!({"expected_fields": fields}),
    )
}

pub(crate) fn ambiguous_keys(first: &str, second: &str) -> Refusal {
    let key = |name: &str| json!({"api_name": name, "json_path": format!("$.{name}")});
    Refusal::bad(
        "AMBIGUITY_DURING_PROCESSING",
        "ambiguity while processing the request",
        json!({"ambiguity_due_to": [key(first), key(second)]}),
    )
}

pub(crate) fn record_locked(details: &Value) -> Refusal {
    Refusal::bad(
        "RECORD_LOCKED",
        "Sorry, you cannot perform this operation as the record is locked.",
        details.clone(),
    )
    .with_detail("action", json!("record_locking"))
}

pub(crate) fn no_records_found() -> Refusal {
    Refusal::bad("NO_RECORDS_FOUND", "no record found to update", json!({}))
}

pub(crate) fn not_found(details: Value) -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "NOT_FOUND",
        "The given record is not found",
        details,
    )
}

pub(crate) fn too_many_conditions(limit: usize) -> Refusal {
    Refusal::bad(
        "CRITERIA_LIMIT_EXCEEDED",
        "criteria limit exceeded",
        json!({"limit": limit}),
    )
}

pub(crate) fn expected_param_missing(names: &[&str]) -> Refusal {
    Refusal::bad(
        "EXPECTED_PARAM_MISSING",
        "one of the expected parameter is missing",
        json!({"param_names": names}),
    )
}

pub(crate) fn not_in_bin(id: &str) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "the id given seems to be invalid",
        json!({"id": id}),
    )
}

/// unknown: the words.
pub(crate) fn no_parent(id: u64) -> Refusal {
    Refusal::bad(
        "CANNOT_RESTORE_WITHOUT_PARENT",
        "cannot restore the record without its parent",
        json!({"id": id.to_string()}),
    )
}

/// An id of a parameter.
pub(crate) fn invalid_id(id: &str) -> Refusal {
    Refusal::bad("INVALID_DATA", "invalid data", json!({"id": id}))
}

pub(crate) fn invalid_view() -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "the cvid given seems to be invalid",
        json!({"api_name": "cvid", "json_path": "$.cvid"}),
    )
}

pub(crate) fn too_many_records(limit: usize) -> Refusal {
    Refusal::bad(
        "RECORD_LIMIT_EXCEEDED",
        "record limit exceeded",
        json!({"limit": limit}),
    )
}

pub(crate) fn merge_not_allowed() -> Refusal {
    Refusal::bad(
        "NOT_ALLOWED",
        "the module name given seems to be invalid",
        json!({"resource_path_index": 0}),
    )
}

pub(crate) fn not_in_process() -> Refusal {
    Refusal::bad("RECORD_NOT_IN_PROCESS", "record not in process", json!({}))
}

pub(crate) fn invalid_transition() -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid transition",
        json!({"api_name": "transition_id"}),
    )
}

/// A field that a transition needs is missing.
pub(crate) fn transition_needs(api_name: &str) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"api_name": api_name, "message": "required field not found"}),
    )
}

pub(crate) fn share_limit() -> Refusal {
    Refusal::new(
        StatusCode::FORBIDDEN,
        "SHARE_LIMIT_EXCEEDED",
        "Cannot share a record to more than 10 users.",
        json!({}),
    )
}

pub(crate) fn cannot_share(json_path: &str) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "cannot share to the user",
        json!({"json_path": json_path}),
    )
}

pub(crate) fn invalid_permission(json_path: &str) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "Permission is invalid",
        json!({"json_path": json_path}),
    )
}

pub(crate) fn already_visible(json_path: &str) -> Refusal {
    Refusal::bad(
        "DUPLICATE_DATA",
        "record is already visible to the user.",
        json!({"json_path": json_path}),
    )
}

pub(crate) fn nothing_shared() -> Refusal {
    Refusal::bad(
        "BAD_REQUEST",
        "No sharing through this record is available to revoke.",
        json!({}),
    )
}

pub(crate) fn cannot_cancel(id: u64, reason: &str) -> Refusal {
    Refusal::new(
        StatusCode::FORBIDDEN,
        "INVALID_DATA",
        "invalid data",
        json!({"id": id.to_string(), "reason": reason}),
    )
}

/// A key that another one makes necessary is missing.
pub(crate) fn depends_at(
    api_name: &str,
    json_path: &str,
    dependee: &str,
    dependee_path: &str,
) -> Refusal {
    Refusal::bad(
        "DEPENDENT_FIELD_MISSING",
        "required field not found",
        json!({
            "dependee": {"api_name": dependee, "json_path": dependee_path},
            "api_name": api_name,
            "json_path": json_path,
        }),
    )
}

pub(crate) fn in_blueprint(id: u64) -> Refusal {
    Refusal::bad(
        "RECORD_IN_BLUEPRINT",
        "record is in blueprint",
        json!({"id": id.to_string()}),
    )
}

/// A name in the header for external ids that is none. unknown: the words.
pub(crate) fn invalid_external(name: &str) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"header": "X-EXTERNAL", "api_name": name}),
    )
}
