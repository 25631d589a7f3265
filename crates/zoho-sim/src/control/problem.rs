//! Errors of the control API, as problem documents (RFC 9457).

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::catalog::Refusal;

/// Characters of a value that a refusal quotes.
const QUOTED_MAX: usize = 200;

/// An error of the control API.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    /// The field or parameter that is wrong.
    field: Option<String>,
    /// Zoho's own refusal, when the world refused a record.
    refusal: Option<Box<Value>>,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            field: None,
            refusal: None,
        }
    }

    pub(crate) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// The call comes from a page of another origin.
    pub(crate) fn foreign(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// A field or parameter has a value that is not taken.
    pub(crate) fn of_field(field: &str, detail: impl Into<String>) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..Self::bad(detail)
        }
    }

    /// What the world refused about a row, with the value that it did not take.
    pub(crate) fn of_row(refusal: &Refusal, row: &Map<String, Value>) -> Self {
        let field = refusal
            .details
            .get("api_name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let value = row.get(field).map_or_else(
            || "is missing".to_owned(),
            |value| format!("is {}", cut(&value.to_string())),
        );
        let mut zoho = refusal.to_json();
        cut_texts(&mut zoho);
        let details = zoho["details"].to_string();
        Self {
            field: Some(field.to_owned()).filter(|field| !field.is_empty()),
            refusal: Some(Box::new(zoho)),
            ..Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                format!(
                    "{field} {value}: {} ({}); its rule is in GET /crm/v8/settings/fields; details: {}",
                    refusal.message,
                    refusal.code,
                    cut(&details)
                ),
            )
        }
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }
}

/// The beginning of a long text, as refusals quote it.
pub(crate) fn cut(text: &str) -> Cow<'_, str> {
    cut_to(text, QUOTED_MAX)
}

/// The same of as many characters.
pub(crate) fn cut_to(text: &str, length_max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(length_max) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

fn cut_texts(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(short) = cut(text) {
                *text = short;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(cut_texts),
        Value::Object(members) => members.values_mut().for_each(cut_texts),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let mut body = json!({"type": "about:blank", "title": title, "status": self.status.as_u16(), "detail": self.detail});
        if let Some(field) = self.field {
            body["field"] = json!(field);
        }
        if let Some(refusal) = self.refusal {
            body["zoho"] = *refusal;
        }
        let content_type = HeaderValue::from_static("application/problem+json");
        (
            self.status,
            [(header::CONTENT_TYPE, content_type)],
            body.to_string(),
        )
            .into_response()
    }
}

pub(crate) async fn unknown_path(uri: Uri) -> Problem {
    Problem::not_found(format!(
        "the control API has no path `{}`; GET /__sim/v1 lists those it has",
        cut(uri.path())
    ))
}

pub(crate) async fn wrong_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "the control API does not take this method here; the Allow header names those it takes",
    )
}
