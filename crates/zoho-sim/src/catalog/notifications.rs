//! What can be wrong with a subscription to notifications. Places are paths below the body, such as `watch[0].token`.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Refusal;

fn at(path: &str) -> Value {
    let api_name = path.rsplit('.').next().unwrap_or(path);
    let api_name = api_name.split('[').next().unwrap_or(api_name);
    json!({"api_name": api_name, "json_path": format!("$.{path}")})
}

pub(crate) fn missing(path: &str) -> Refusal {
    Refusal::bad("MANDATORY_NOT_FOUND", "required field not found", at(path))
}

pub(crate) fn invalid(path: &str) -> Refusal {
    Refusal::bad("INVALID_DATA", "invalid data", at(path))
}

pub(crate) fn wrong_type(path: &str, expected: &str) -> Refusal {
    invalid(path).with_detail("expected_data_type", json!(expected))
}

pub(crate) fn too_long(path: &str, maximum: usize) -> Refusal {
    invalid(path).with_detail("maximum_length", json!(maximum))
}

pub(crate) fn unsupported(path: &str, supported: &[&str]) -> Refusal {
    invalid(path).with_detail("supported_values", json!(supported))
}

/// Neither name nor id is given.
pub(crate) fn expected_field_missing(path: &str) -> Refusal {
    let expected = ["api_name", "id"].map(|key| at(&format!("{path}.{key}")));
    Refusal::bad(
        "EXPECTED_FIELD_MISSING",
        "Specify atleast one field",
        json!({"expected_fields": expected}),
    )
}

/// Name and id are those of different things.
pub(crate) fn ambiguous(path: &str) -> Refusal {
    let due_to = ["api_name", "id"].map(|key| at(&format!("{path}.{key}")));
    Refusal::bad(
        "AMBIGUITY_DURING_PROCESSING",
        "ambiguity while processing the request",
        json!({"ambiguity_due_to": due_to}),
    )
}

/// A key that another one makes necessary is missing.
pub(crate) fn dependent_missing(path: &str, dependee: &str) -> Refusal {
    Refusal::bad(
        "DEPENDENT_FIELD_MISSING",
        "required field not found",
        at(path),
    )
    .with_detail("dependee", at(dependee))
}

pub(crate) fn not_subscribed() -> Refusal {
    Refusal::bad(
        "NOT_SUBSCRIBED",
        "Not subscribed for actions-watch of the given channel",
        json!({}),
    )
}

/// More subscriptions than are kept.
pub(crate) fn too_many_channels() -> Refusal {
    Refusal::new(
        StatusCode::BAD_REQUEST,
        "LIMIT_EXCEEDED",
        "limit exceeded",
        json!({"limit": crate::world::channels::SUBSCRIPTIONS_MAX}),
    )
}
