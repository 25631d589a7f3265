//! The fields of a posted form, whichever way the browser or a script encoded them.

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use bytes::Bytes;
use serde_json::{Map, Value};

use super::body;
use crate::problem::Problem;

/// How a form's fields are written into the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    UrlEncoded,
    Multipart,
    Json,
}

impl Encoding {
    /// Reads `Content-Type`; without one, JSON is told by its first character.
    pub(crate) fn of(parts: &Parts, bytes: &[u8]) -> Result<Self, Problem> {
        let value = parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("");
        let word = value
            .split(';')
            .next()
            .unwrap_or("")
            .trim()
            .to_ascii_lowercase();
        match word.as_str() {
            "multipart/form-data" => Ok(Self::Multipart),
            "" | "application/json" | "text/plain" if bytes.trim_ascii_start().starts_with(b"{") => Ok(Self::Json),
            "application/json" => Ok(Self::Json),
            "" | "application/x-www-form-urlencoded" => Ok(Self::UrlEncoded),
            _ => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unknown_form_encoding",
                "a form is taken as application/x-www-form-urlencoded, multipart/form-data or application/json",
            )
            .with_field("Content-Type")
            .with_value(value)
            .with_remedy("leave enctype out of the form element, or set it to one of these")),
        }
    }
}

/// Reads the fields in their order. A name that comes several times, as ticked boxes do, becomes a list; a field that
/// was left blank is left out.
pub(crate) async fn read(
    encoding: Encoding,
    parts: &Parts,
    bytes: &Bytes,
) -> Result<Map<String, Value>, Problem> {
    match encoding {
        Encoding::UrlEncoded => {
            let mut fields = Map::new();
            for (name, value) in url::form_urlencoded::parse(bytes) {
                add(&mut fields, &name, &value);
            }
            Ok(fields)
        }
        Encoding::Multipart => read_multipart(parts, bytes.clone()).await,
        Encoding::Json => {
            let text = body::text(bytes)?;
            let value = serde_json::from_str(text).map_err(|error| body::malformed(&error))?;
            let Value::Object(mut fields) = value else {
                return Err(Problem::bad_request(
                    "wrong_type",
                    "the form's fields are no JSON object",
                )
                .with_remedy("send an object of field names and values"));
            };
            fields.retain(|_, value| !is_blank(value));
            Ok(fields)
        }
    }
}

async fn read_multipart(parts: &Parts, bytes: Bytes) -> Result<Map<String, Value>, Problem> {
    let broken = |reason: String| {
        Problem::bad_request(
            "malformed_form",
            format!("the form cannot be read: {reason}"),
        )
        .with_remedy("send multipart/form-data with its boundary, complete")
    };
    let mut request = Request::new(Body::from(bytes));
    *request.headers_mut() = parts.headers.clone();
    let mut multipart = Multipart::from_request(request, &())
        .await
        .map_err(|error| broken(error.body_text()))?;
    let mut fields = Map::new();
    while let Some(field) = multipart
        .next_field()
        .await
        .map_err(|error| broken(error.body_text()))?
    {
        let name = field.name().unwrap_or("").to_owned();
        let is_file = field.file_name().is_some();
        let value = field
            .bytes()
            .await
            .map_err(|error| broken(error.body_text()))?;
        if is_file && !value.is_empty() {
            return Err(Problem::bad_request(
                "file_not_taken",
                "the form carries a file, and files are not taken",
            )
            .with_field(name)
            .with_remedy("leave the file out"));
        }
        if !is_file {
            add(&mut fields, &name, &String::from_utf8_lossy(&value));
        }
    }
    Ok(fields)
}

fn add(fields: &mut Map<String, Value>, name: &str, value: &str) {
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() || value.is_empty() {
        return;
    }
    let value = Value::String(value.to_owned());
    match fields.get_mut(name) {
        None => {
            fields.insert(name.to_owned(), value);
        }
        Some(Value::Array(values)) => values.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}
