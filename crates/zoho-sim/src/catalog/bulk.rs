//! What can be wrong with a bulk job. unknown: the exact words of most of these; codes and details are documented.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Refusal;

pub(crate) fn media_type_not_supported() -> Refusal {
    Refusal::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "MEDIA_TYPE_NOT_SUPPORTED",
        "Media type is not supported.",
        json!({}),
    )
}

pub(crate) fn body_is_empty() -> Refusal {
    Refusal::bad("REQUEST_BODY_IS_EMPTY", "Request body is empty.", json!({}))
}

pub(crate) fn body_not_readable() -> Refusal {
    Refusal::bad(
        "REQUEST_BODY_NOT_READABLE",
        "Request body is not readable.",
        json!({}),
    )
}

pub(crate) fn body_not_supported() -> Refusal {
    Refusal::bad(
        "REQUEST_BODY_NOT_SUPPORTED",
        "Request body is not supported.",
        json!({}),
    )
}

/// No job, or no result yet, under this address.
pub(crate) fn resource_not_found(resource: &str) -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "RESOURCE_NOT_FOUND",
        "The requested resource doesn't exist.",
        json!({"resource": resource}),
    )
}

pub(crate) fn module_not_available(module: &str) -> Refusal {
    Refusal::bad(
        "MODULE_NOT_AVAILABLE",
        "Requested module is not available.",
        json!({"module": module}),
    )
}

pub(crate) fn module_not_supported(module: &str) -> Refusal {
    Refusal::bad(
        "MODULE_NOT_SUPPORTED",
        "Requested module is not supported.",
        json!({"module": module}),
    )
}

pub(crate) fn field_not_available(api_name: &str, module: &str) -> Refusal {
    Refusal::bad(
        "FIELD_NOT_AVAILABLE",
        "Requested field is not available.",
        json!({"api_name": api_name, "module": module}),
    )
}

pub(crate) fn field_not_supported(api_name: &str) -> Refusal {
    Refusal::bad(
        "FIELD_NOT_SUPPORTED",
        "Requested field is not supported.",
        json!({"api_name": api_name}),
    )
}

pub(crate) fn query_not_supported() -> Refusal {
    Refusal::bad(
        "QUERY_NOT_SUPPORTED",
        "Requested query is not supported.",
        json!({}),
    )
}

pub(crate) fn page_not_supported() -> Refusal {
    Refusal::bad(
        "PAGE_NOT_SUPPORTED",
        "Requested page is not supported.",
        json!({}),
    )
}

pub(crate) fn page_range_exceeded(max_limit: usize) -> Refusal {
    Refusal::bad(
        "PAGE_RANGE_EXCEEDED",
        "Page range exceeds the maximum limit.",
        json!({"max_limit": max_limit}),
    )
}

pub(crate) fn page_token_expired() -> Refusal {
    super::page_token_expired()
}

pub(crate) fn invalid_page_token() -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"api_name": "page_token", "json_path": "$.query.page_token"}),
    )
}

pub(crate) fn cvid_not_supported() -> Refusal {
    Refusal::bad(
        "CVID_NOT_SUPPORTED",
        "Requested cvid is not supported.",
        json!({}),
    )
}

pub(crate) fn wrong_file_type() -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"supported_values": ["ics", "csv"], "api_name": "file_type", "json_path": "$.file_type"}),
    )
}

pub(crate) fn invalid_callback_url() -> Refusal {
    Refusal::bad(
        "INVALID_CALLBACK_URL",
        "Callback URL is invalid.",
        json!({}),
    )
}

pub(crate) fn invalid_callback_method() -> Refusal {
    Refusal::bad(
        "INVALID_CALLBACK_METHOD",
        "Callback method is invalid.",
        json!({"supported_callback_methods": ["post"]}),
    )
}

pub(crate) fn criteria(code: &'static str, message: &'static str, details: Value) -> Refusal {
    Refusal::bad(code, message, details)
}

// ---- bulk write -------------------------------------------------------------------------------------------------------

pub(crate) fn file_missing() -> Refusal {
    Refusal::bad(
        "MANDATORY_NOT_FOUND",
        "required field not found",
        json!({"api_name": "file"}),
    )
}

pub(crate) fn file_too_large() -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "FILE_TOO_LARGE",
        "File size too large to process",
        json!({}),
    )
}

pub(crate) fn invalid_file_format() -> Refusal {
    Refusal::bad(
        "INVALID_FILE_FORMAT",
        "invalid file format. only zip format is supported",
        json!({}),
    )
}

pub(crate) fn invalid_file_id() -> Refusal {
    Refusal::bad("INVALID_FILE_ID", "improper file id", json!({}))
}

pub(crate) fn file_not_found(name: &str) -> Refusal {
    Refusal::bad(
        "FILE_NOT_FOUND",
        "File not found in the uploaded zip",
        json!({"file_name": name}),
    )
}

pub(crate) fn file_not_supported() -> Refusal {
    Refusal::bad(
        "FILE_NOT_SUPPORTED",
        "File not supported for bulk write",
        json!({}),
    )
}

pub(crate) fn header_limit_exceeded(limit: usize) -> Refusal {
    Refusal::bad(
        "HEADER_LIMIT_EXCEEDED",
        "Header limit exceeded",
        json!({"limit": limit}),
    )
}

pub(crate) fn column_index_not_found(index: usize) -> Refusal {
    Refusal::bad(
        "COLUMN_INDEX_NOT_FOUND",
        "Column index not found in the file",
        json!({"index": index}),
    )
}

/// Its message names the key; see [`named`].
pub(crate) fn missing_required_key(key: &str) -> Refusal {
    Refusal::bad(
        "MISSING_REQUIRED_KEY",
        "required key is not found in request body.",
        json!({"key": key}),
    )
}

pub(crate) fn find_by_missing(api_name: &str) -> Refusal {
    Refusal::bad(
        "MANDATORY_NOT_FOUND",
        "Required key find_by is not available",
        json!({"api_name": api_name}),
    )
}

pub(crate) fn parent_column_index_missing(api_name: &str) -> Refusal {
    Refusal::bad(
        "MANDATORY_NOT_FOUND",
        "Required key parent_column_index is not available",
        json!({"api_name": api_name}),
    )
}

pub(crate) fn mandatory_fields_not_mapped(api_names: &[&str]) -> Refusal {
    Refusal::bad(
        "MANDATORY_FIELDS_NOT_MAPPED",
        "All mandatory fields are not mapped for the layout",
        json!({"api_names": api_names}),
    )
}

pub(crate) fn invalid_mapping(api_name: &str) -> Refusal {
    Refusal::bad(
        "INVALID_FIELD",
        "invalid mapping. invalid api_name.",
        json!({"api_name": api_name}),
    )
}

pub(crate) fn invalid_format(format: &str) -> Refusal {
    Refusal::bad(
        "INVALID_FORMAT",
        "invalid format",
        json!({"format": format}),
    )
}

pub(crate) fn wrong_operation() -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"supported_values": ["insert", "update", "upsert"], "api_name": "operation", "json_path": "$.operation"}),
    )
}

pub(crate) fn wrong_write_key(path: &str) -> Refusal {
    let api_name = path.rsplit('.').next().unwrap_or(path);
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"api_name": api_name, "json_path": format!("$.{path}")}),
    )
}

/// Several modules in one job whose records do not belong to each other.
pub(crate) fn coexistence_not_allowed(module: &str) -> Refusal {
    Refusal::bad(
        "COEXISTENCE_NOT_ALLOWED",
        "Modules cannot be written together",
        json!({"api_name": module, "json_path": "$.resource"}),
    )
}

/// The words of those messages that name what they are about.
pub(crate) fn named(refusal: &Refusal) -> Option<String> {
    let text = |key: &str| refusal.details.get(key)?.as_str().map(str::to_owned);
    Some(match refusal.code {
        "MISSING_REQUIRED_KEY" => {
            let key = text("key")?;
            format!("required key {key} is not found in request body.")
        }
        "INVALID_FIELD" => format!("invalid mapping. invalid api_name {}.", text("api_name")?),
        "MODULE_NOT_AVAILABLE" => {
            format!("Requested module '{}' is not available.", text("module")?)
        }
        _ => return None,
    })
}
