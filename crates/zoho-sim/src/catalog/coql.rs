//! Errors of COQL.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Refusal;

fn syntax(message: &'static str, details: Value) -> Refusal {
    Refusal::bad("SYNTAX_ERROR", message, details)
}

pub(crate) fn missing_clause(clause: &str) -> Refusal {
    syntax("missing clause", json!({"clause": clause}))
}

pub(crate) fn unexpected_token(line: usize, column: usize, near: &str) -> Refusal {
    syntax(
        "unexpected token",
        json!({"line": line, "column": column, "near": near}),
    )
}

pub(crate) fn unparsable(near: &str) -> Refusal {
    syntax(
        "error occured while parsing the query",
        json!({"near": near}),
    )
}

pub(crate) fn operator_not_supported(operator: &str) -> Refusal {
    syntax("operator not supported", json!({"operator": operator}))
}

pub(crate) fn query_not_supported() -> Refusal {
    syntax("given coql query not supported", json!({}))
}

pub(crate) fn takes_too_long() -> Refusal {
    syntax("parsing takes too long", json!({}))
}

fn invalid(message: &'static str, details: Value) -> Refusal {
    Refusal::bad("INVALID_QUERY", message, details)
}

pub(crate) fn invalid_column(column: &str) -> Refusal {
    invalid(
        "column given seems to be invalid",
        json!({"column_name": column}),
    )
}

pub(crate) fn unsupported_column(column: &str) -> Refusal {
    invalid("unsupported column", json!({"column_name": column}))
}

pub(crate) fn unsupported_in_criteria(column: &str, value: &str, operator: &str) -> Refusal {
    invalid(
        "unsupported column in criteria",
        json!({"cv_criteria": false, "column_name": column, "value": value, "operator": operator}),
    )
}

pub(crate) fn invalid_value(column: &str, expected: &str) -> Refusal {
    invalid(
        "value given seems to be invalid for the column",
        json!({"expected_data_type": expected, "column_name": column}),
    )
}

pub(crate) fn invalid_operator(column: &str, operator: &str) -> Refusal {
    invalid(
        "Invalid query formed",
        json!({"reason": "invalid operator found", "column_name": column, "operator": operator}),
    )
}

/// A column that is neither grouped by nor inside of a function. unknown: Zoho's words for it.
pub(crate) fn not_grouped(column: &str) -> Refusal {
    invalid(
        "Invalid query formed",
        json!({"column_name": column, "clause": "group by"}),
    )
}

/// unknown: the message; only the details are documented.
pub(crate) fn invalid_module(module: &str) -> Refusal {
    invalid("Invalid query formed", json!({"module": module}))
}

/// unknown: the message; only the details are documented.
pub(crate) fn invalid_custom_view(id: &str) -> Refusal {
    invalid("Invalid query formed", json!({"cvid": id}))
}

pub(crate) fn invalid_limit(limit: &str) -> Refusal {
    invalid("limit given seems to be invalid", json!({"limit": limit}))
}

pub(crate) fn invalid_offset(offset: &str) -> Refusal {
    invalid(
        "offset given seems to be invalid",
        json!({"offset": offset}),
    )
}

pub(crate) fn limit_is_zero() -> Refusal {
    invalid("limit should be greater than 0", json!({}))
}

// unknown: whether sub-queries are counted from 0 or from 1; a page and the OpenAPI examples differ. From 1 here.
pub(crate) fn several_values(sequence: usize, operator: &str) -> Refusal {
    invalid(
        "subquery return more than one values which is incompatible for the operator",
        json!({"sub_query_sequence": sequence, "operator": operator}),
    )
}

pub(crate) fn several_columns(sequence: usize, columns: &[String]) -> Refusal {
    invalid(
        "subquery should contains only one column",
        json!({"sub_query_sequence": sequence, "column_name": columns}),
    )
}

pub(crate) fn alias_is_column(column: &str, alias: &str) -> Refusal {
    invalid(
        "column name or property name given in select columns without alias name cannot be an alias name for other select columns",
        json!({"column_name": column, "alias": alias}),
    )
}

pub(crate) fn empty_alias(column: &str) -> Refusal {
    Refusal::bad(
        "INVALID_ALIAS",
        "alias name cannot be an empty string",
        json!({"column_name": column, "alias": ""}),
    )
}

pub(crate) fn duplicate_alias(alias: &str, columns: &[&str]) -> Refusal {
    Refusal::bad(
        "DUPLICATE_ALIAS",
        "same alias cannot refer more than one column",
        json!({"referred_columns": columns, "alias": alias}),
    )
}

pub(crate) fn duplicate_column(column: &str) -> Refusal {
    Refusal::bad(
        "DUPLICATE_DATA",
        "duplicate select column",
        json!({"column_name": column}),
    )
}

pub(crate) fn duplicate_aggregate(column: &str, aggregate: &str) -> Refusal {
    Refusal::bad(
        "DUPLICATE_DATA",
        "duplicate aggregate function",
        json!({"column_name": column, "aggregate": aggregate}),
    )
}

pub(crate) fn unsupported_aggregate(column: &str) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"reason": "unsupported aggregate function", "column": column}),
    )
}

/// unknown: what `by` names besides `limit`, which a sample shows.
pub(crate) fn limit_exceeded(by: &str, limit: usize) -> Refusal {
    Refusal::bad(
        "LIMIT_EXCEEDED",
        "limit exceeded",
        json!({"by": by, "limit": limit}),
    )
}

pub(crate) fn missing_query() -> Refusal {
    Refusal::bad(
        "MANDATORY_NOT_FOUND",
        "mandatory key not found",
        json!({"api_name": "select_query"}),
    )
}

pub(crate) fn unknown_meta(place: usize) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({
            "api_name": "include_meta",
            "json_path": format!("$.include_meta[{place}]"),
            "supported_values": ["fields"],
        }),
    )
}

pub(crate) fn module_without_api() -> Refusal {
    Refusal::new(
        StatusCode::BAD_REQUEST,
        "INVALID_MODULE",
        "the given module is not supported in api",
        json!({}),
    )
}
