//! Zoho's error codes and texts, once.
//!
//! A [`Refusal`] is one error of the CRM API. Alone it is the whole answer (`code, details, message, status`); inside `data`
//! it is what happened to one row. Each function below is one documented error; the texts are those of the pages
//! `status-codes.html` and of the single APIs (v8). The file is long because it is a list: every text that a client may compare
//! stands here and nowhere else.

pub(crate) mod actions;
pub(crate) mod bulk;
pub(crate) mod composite;
pub(crate) mod coql;
pub(crate) mod files;
pub(crate) mod notifications;
pub(crate) mod rows;
pub(crate) mod settings;

use axum::http::StatusCode;
use serde_json::{Value, json};

/// One error in Zoho's words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
    pub(crate) details: Value,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: &'static str, details: Value) -> Self {
        Self {
            status,
            code,
            message,
            details,
        }
    }

    fn bad(code: &'static str, message: &'static str, details: Value) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message, details)
    }

    /// The error as Zoho's JSON envelope.
    pub(crate) fn to_json(&self) -> Value {
        json!({"code": self.code, "details": self.details, "message": self.message, "status": "error"})
    }

    /// The same error with one more entry in its details.
    pub(crate) fn with_detail(mut self, name: &str, value: Value) -> Self {
        if let Some(details) = self.details.as_object_mut() {
            details.insert(name.to_owned(), value);
        }
        self
    }
}

/// Where in the body a field stands, for `api_name` and `json_path`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) row: usize,
    pub(crate) field: &'a str,
}

impl Place<'_> {
    pub(crate) fn details(&self) -> Value {
        json!({"api_name": self.field, "json_path": format!("$.data[{}].{}", self.row, self.field)})
    }
}

// ---- the way in -------------------------------------------------------------------------------------------------------

pub(crate) fn authentication_failure() -> Refusal {
    Refusal::new(
        StatusCode::UNAUTHORIZED,
        "AUTHENTICATION_FAILURE",
        "Authentication failed",
        json!({}),
    )
}

pub(crate) fn invalid_token() -> Refusal {
    Refusal::new(
        StatusCode::UNAUTHORIZED,
        "INVALID_TOKEN",
        "invalid oauth token",
        json!({}),
    )
}

pub(crate) fn scope_mismatch() -> Refusal {
    Refusal::new(
        StatusCode::UNAUTHORIZED,
        "OAUTH_SCOPE_MISMATCH",
        "Unauthorized",
        json!({}),
    )
}

pub(crate) fn too_many_requests() -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        "TOO_MANY_REQUESTS",
        "too many requests. please try again after some time",
        json!({}),
    )
}

/// The profile of the user lacks a right on the module.
pub(crate) fn no_permission(permission: &str) -> Refusal {
    Refusal::new(
        StatusCode::FORBIDDEN,
        "NO_PERMISSION",
        "Permission denied",
        json!({"permissions": [permission]}),
    )
}

/// The token is that of a user who was deactivated or deleted.
pub(crate) fn inactive_user() -> Refusal {
    Refusal::new(
        StatusCode::FORBIDDEN,
        "INACTIVE_USER",
        "inactive user cannot access",
        json!({}),
    )
}

/// The endpoint came with a later version than that of the path.
pub(crate) fn api_not_supported() -> Refusal {
    Refusal::bad(
        "API_NOT_SUPPORTED",
        "API is not available in this version",
        json!({}),
    )
}

/// unknown: the words; the files list the code alone.
pub(crate) fn feature_not_enabled() -> Refusal {
    Refusal::new(
        StatusCode::FORBIDDEN,
        "FEATURE_NOT_ENABLED",
        "the feature is not enabled",
        json!({}),
    )
}

pub(crate) fn invalid_url_pattern() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "INVALID_URL_PATTERN",
        "Please check if the URL trying to access is a correct one",
        json!({}),
    )
}

pub(crate) fn invalid_request_method() -> Refusal {
    Refusal::bad(
        "INVALID_REQUEST_METHOD",
        "The http request method type is not a valid one",
        json!({"resource_path_index": 0}),
    )
}

pub(crate) fn invalid_module(details: Value) -> Refusal {
    Refusal::bad(
        "INVALID_MODULE",
        "the module name given seems to be invalid",
        details,
    )
}

pub(crate) fn body_too_large() -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "FILE_TOO_LARGE",
        "the request body is too large",
        json!({}),
    )
}

pub(crate) fn internal_error(status: StatusCode) -> Refusal {
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let message = "Service temporarily unavailable. Please try again later";
        return Refusal::new(status, "SERVICE_UNAVAILABLE", message, json!({}));
    }
    Refusal::new(status, "INTERNAL_ERROR", "Internal Server Error", json!({}))
}

/// Of a mail; its place stands in the details.
pub(crate) fn mail(code: &'static str, message: &'static str, details: Value) -> Refusal {
    Refusal::bad(code, message, details)
}

// ---- parameters -------------------------------------------------------------------------------------------------------

pub(crate) fn required_param_missing(param_name: &str) -> Refusal {
    Refusal::bad(
        "REQUIRED_PARAM_MISSING",
        "One of the expected parameter is missing",
        json!({"param_name": param_name}),
    )
}

pub(crate) fn param_limit_exceeded(param_name: &str, limit: usize) -> Refusal {
    Refusal::bad(
        "LIMIT_EXCEEDED",
        "limit exceeded",
        json!({"limit": limit, "param_name": param_name}),
    )
}

pub(crate) fn invalid_param(param_name: &str) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"param_name": param_name}),
    )
}

pub(crate) fn unsupported_param(param_name: &str, supported: &[&str]) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"param_name": param_name, "supported_values": supported}),
    )
}

pub(crate) fn pattern_not_matched(param_name: &str) -> Refusal {
    Refusal::bad(
        "PATTERN_NOT_MATCHED",
        "Please check whether the input values are correct",
        json!({"param_name": param_name}),
    )
}

pub(crate) fn ambiguous_params(first: &str, second: &str) -> Refusal {
    Refusal::bad(
        "AMBIGUITY_DURING_PROCESSING",
        "ambiguity while processing the request",
        json!({"ambiguity_due_to": [{"param_name": first}, {"param_name": second}]}),
    )
}

pub(crate) fn ambiguous_count(first: &str, second: &str) -> Refusal {
    Refusal {
        message: "Please use either Cvid or Search Params. Combination of both the params is not allowed",
        ..ambiguous_params(first, second)
    }
}

pub(crate) fn unparsable_param() -> Refusal {
    Refusal::bad(
        "UNABLE_TO_PARSE_DATA_TYPE",
        "either the request body or parameters is in wrong format",
        json!({}),
    )
}

pub(crate) fn page_token_mismatch() -> Refusal {
    Refusal::bad(
        "TOKEN_BOUND_DATA_MISMATCH",
        "The page_token given seems to be invalid or input param is added or altered or deleted",
        json!({"param_name": "page_token"}),
    )
}

pub(crate) fn page_token_expired() -> Refusal {
    Refusal::bad(
        "EXPIRED_VALUE",
        "Page token expired",
        json!({"api_name": "page_token", "json_path": "$.query.page_token"}),
    )
}

pub(crate) fn discrete_pagination_limit() -> Refusal {
    Refusal::bad(
        "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
        "You can only get the first 2000 records without using page_token param",
        json!({"limit": 2000}),
    )
}

pub(crate) fn pagination_limit() -> Refusal {
    Refusal::bad(
        "PAGINATION_LIMIT_EXCEEDED",
        "You can only get upto 100000 records using page_token param",
        json!({"param_name": "page_token"}),
    )
}

// ---- search -----------------------------------------------------------------------------------------------------------

pub(crate) fn search_param_missing() -> Refusal {
    Refusal::bad(
        "EXPECTED_PARAM_MISSING",
        "one of the expected parameter is missing",
        json!({"param_names": ["criteria", "email", "phone", "word"]}),
    )
}

pub(crate) fn invalid_query(details: Value) -> Refusal {
    Refusal::bad("INVALID_QUERY", "Invalid query formed", details)
}

pub(crate) fn too_many_values() -> Refusal {
    Refusal::bad(
        "INVALID_QUERY",
        "Only 100 values are allowed in \"IN\" criteria",
        json!({"param_name": "criteria"}),
    )
}

pub(crate) fn criteria_limit_exceeded() -> Refusal {
    Refusal::bad(
        "CRITERIA_LIMIT_EXCEEDED",
        "no of criterium that can be given exceed the limit 15",
        json!({}),
    )
}

pub(crate) fn search_limit_reached() -> Refusal {
    Refusal::bad(
        "LIMIT_REACHED",
        "maximum response iteration limit reached",
        json!({"limit": "2000"}),
    )
}

pub(crate) fn field_type_unavailable(param_name: &str) -> Refusal {
    Refusal::bad(
        "FIELD_TYPE_UNAVAILABLE",
        "this data type is not found in this module",
        json!({"param_name": param_name}),
    )
}

/// unknown: the exact words; the newer OpenAPI file has them with a slip.
pub(crate) fn module_not_searchable(module: &str) -> Refusal {
    Refusal::bad(
        "NOT_SUPPORTED",
        "module not supported for search",
        json!({"module": module}),
    )
}

// ---- ids in paths and parameters --------------------------------------------------------------------------------------

pub(crate) fn invalid_path_id(resource_path_index: usize) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "the id given seems to be invalid",
        json!({"resource_path_index": resource_path_index}),
    )
}

pub(crate) fn record_not_deleted(id: &str) -> Refusal {
    Refusal::bad("INVALID_DATA", "record not deleted", json!({"id": id}))
}

// ---- bodies -----------------------------------------------------------------------------------------------------------

pub(crate) fn malformed_body() -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"expected_data_type": "jsonobject"}),
    )
}

pub(crate) fn missing_data() -> Refusal {
    Refusal::bad(
        "MANDATORY_NOT_FOUND",
        "required field not found",
        json!({"api_name": "data", "json_path": "$.data"}),
    )
}

pub(crate) fn wrong_key_type(key: &str, expected: &str) -> Refusal {
    let json_path = format!("$.{key}");
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"expected_data_type": expected, "api_name": key, "json_path": json_path}),
    )
}

pub(crate) fn wrong_key(key: &str) -> Refusal {
    let json_path = format!("$.{key}");
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"api_name": key, "json_path": json_path}),
    )
}

pub(crate) fn wrong_key_value(key: &str, supported: &[&str]) -> Refusal {
    let json_path = format!("$.{key}");
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"supported_values": supported, "api_name": key, "json_path": json_path}),
    )
}

/// One value of a list is none of those that may be there.
pub(crate) fn wrong_listed_value(key: &str, at: usize, supported: &[&str]) -> Refusal {
    let json_path = format!("$.{key}[{at}]");
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"supported_values": supported, "api_name": key, "json_path": json_path}),
    )
}

pub(crate) fn empty_data() -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"minimum_length": 1, "api_name": "data", "json_path": "$.data"}),
    )
}

pub(crate) fn too_many_rows(maximum: usize) -> Refusal {
    Refusal::bad(
        "LIMIT_EXCEEDED",
        "count of records in your request exceeds the limit",
        json!({"maximum_length": maximum, "api_name": "data", "json_path": "$.data"}),
    )
}

// ---- rows -------------------------------------------------------------------------------------------------------------

pub(crate) fn mandatory_not_found(place: Place<'_>) -> Refusal {
    Refusal::bad(
        "MANDATORY_NOT_FOUND",
        "required field not found",
        place.details(),
    )
}

pub(crate) fn wrong_row_type(row: usize) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"expected_data_type": "jsonobject", "json_path": format!("$.data[{row}]")}),
    )
}

pub(crate) fn wrong_type(place: Place<'_>, expected: &str) -> Refusal {
    invalid_value(place).with_detail("expected_data_type", json!(expected))
}

pub(crate) fn too_long(place: Place<'_>, maximum: usize) -> Refusal {
    invalid_value(place).with_detail("maximum_length", json!(maximum))
}

pub(crate) fn invalid_value(place: Place<'_>) -> Refusal {
    Refusal::bad("INVALID_DATA", "invalid data", place.details())
}

pub(crate) fn invalid_row_id(row: usize) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "the id given seems to be invalid",
        Place { row, field: "id" }.details(),
    )
}

pub(crate) fn duplicate_data(details: Value) -> Refusal {
    Refusal::bad("DUPLICATE_DATA", "duplicate data", details)
}

pub(crate) fn multiple_errors(errors: &[Refusal]) -> Refusal {
    let errors: Vec<Value> = errors.iter().map(Refusal::to_json).collect();
    Refusal::bad(
        "MULTIPLE_OR_MULTI_ERRORS",
        "Multiple errors in the request",
        json!({"errors": errors}),
    )
}

pub(crate) fn stage_not_in_pipeline(place: Place<'_>) -> Refusal {
    Refusal::bad(
        "MAPPING_MISMATCH",
        "Pipeline doesn't contain the Stage",
        place.details(),
    )
    .with_detail("mapped_field", json!("Pipeline"))
}

pub(crate) fn already_modified(details: Value) -> Refusal {
    Refusal::new(
        StatusCode::PRECONDITION_FAILED,
        "ALREADY_MODIFIED",
        "record updated time has already passed if-unmodified-since time",
        details,
    )
}

pub(crate) fn tag_limit_exceeded(place: Place<'_>, maximum: usize) -> Refusal {
    Refusal::bad("LIMIT_EXCEEDED", "limit exceeded", place.details())
        .with_detail("maximum_length", json!(maximum))
}

/// One of the ids of a parameter means nothing.
pub(crate) fn unknown_id(id: &str) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "the id given seems to be invalid",
        json!({"id": id}),
    )
}
