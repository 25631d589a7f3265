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
