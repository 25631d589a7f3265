//! Readers of a request's parts whose refusals are problem documents.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::{Problem, shorten};

/// A configuration is the largest thing that the REST API takes.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// The query, into a struct of optional texts. An unknown parameter is refused by name, since a misspelt filter that
/// is ignored shows everything.
#[derive(Debug)]
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state)
            .await
            .map_err(|error| {
                let said = error.body_text();
                let said = said
                    .rsplit_once(": ")
                    .map_or(said.as_str(), |(_, last)| last);
                Problem::bad_request(
                    "wrong_parameter",
                    format!("the query cannot be taken: {said}"),
                )
                .with_remedy("GET /openapi.json lists the parameters of each path")
            })?;
        Ok(Self(query.0))
    }
}

/// One name or id in the path.
#[derive(Debug)]
pub(crate) struct Named<T>(pub(crate) T);

impl<T: std::str::FromStr<Err: std::fmt::Display> + Send, S: Send + Sync> FromRequestParts<S>
    for Named<T>
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|error| Problem::bad_request("wrong_path", error.body_text()))?;
        text.parse().map(Self).map_err(|error: T::Err| {
            Problem::bad_request("wrong_id", error.to_string())
                .with_field("id")
                .with_value(&text)
        })
    }
}

/// A JSON body; an absent one is read as `{}`.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = axum::body::to_bytes(request.into_body(), BODY_BYTES_MAX)
            .await
            .map_err(|_| {
                let message =
                    format!("the body broke off, or has more than {BODY_BYTES_MAX} bytes");
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
                    .with_remedy("send less at once")
            })?;
        let text = if bytes.trim_ascii().is_empty() {
            b"{}"
        } else {
            bytes.as_ref()
        };
        serde_json::from_slice(text).map(Self).map_err(|error| {
            let (status, code) = match error.is_data() {
                true => (StatusCode::UNPROCESSABLE_ENTITY, "wrong_shape"),
                false => (StatusCode::BAD_REQUEST, "malformed_json"),
            };
            Problem::new(status, code, format!("the body cannot be taken: {error}"))
                .with_remedy("mend the JSON at the line and column that the message names")
        })
    }
}

/// Reads a parameter that must be one of a few words.
pub(crate) fn word<T>(
    name: &'static str,
    text: Option<&str>,
    read: impl Fn(&str) -> Option<T>,
    words: &[&str],
) -> Result<Option<T>, Problem> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    read(text).map(Some).ok_or_else(|| {
        Problem::bad_request(
            "wrong_parameter",
            format!("{:?} is no {name}", shorten(text)),
        )
        .with_field(name)
        .with_value(text)
        .with_remedy(format!("write one of: {}", words.join(", ")))
    })
}

/// Reads how many items a page shall hold: 1 to 200, 50 unless told.
pub(crate) fn limit(text: Option<&str>) -> Result<usize, Problem> {
    let Some(text) = text else { return Ok(50) };
    text.trim()
        .parse()
        .ok()
        .filter(|limit| (1..=leadway_engine::model::page::PAGE_ITEMS_MAX).contains(limit))
        .ok_or_else(|| {
            Problem::bad_request(
                "wrong_parameter",
                "limit is no number of items that a page may hold",
            )
            .with_field("limit")
            .with_value(text)
            .with_remedy("write a whole number from 1 to 200")
        })
}

/// Reads yes or no.
pub(crate) fn yes_or_no(name: &'static str, text: Option<&str>) -> Result<bool, Problem> {
    let read = |text: &str| match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    };
    Ok(word(name, text, read, &["true", "false"])?.unwrap_or(false))
}
