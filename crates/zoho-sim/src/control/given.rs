//! What a call of the control API gives: a JSON body and a query string, read so that a slip is named with field and value.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Problem;
use crate::http::Query;

/// Reads a JSON body, whatever its Content-Type says. The problem names the path of the field, and what is wrong there.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut reader);
    let value = read.map_err(|error| bad_json(&error.path().to_string(), error.inner()))?;
    reader.end().map_err(|error| bad_json(".", &error))?;
    Ok(value)
}

/// Reads a value that was JSON already.
pub(crate) fn parse_value<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value)
        .map_err(|error| bad_json(&error.path().to_string(), error.inner()))
}

fn bad_json(path: &str, error: &serde_json::Error) -> Problem {
    if path == "." {
        return Problem::bad(format!(
            "the body is not what this path takes: {error}; send one JSON object"
        ));
    }
    Problem::of_field(path, format!("{path}: {error}"))
}

/// The body as a path takes it; empty counts as an empty object, where everything is optional.
#[derive(Debug)]
pub(crate) struct Body(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = Bytes::from_request(request, state).await;
        body.map(Self).map_err(|rejection| {
            Problem::bad(format!(
                "the body cannot be read: {}; send less than {} MiB",
                rejection.body_text(),
                super::BODY_BYTES_MAX / 1024 / 1024
            ))
        })
    }
}

impl Body {
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        parse(&self.0)
    }

    /// The same where a call may leave everything out.
    pub(crate) fn parse_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, Problem> {
        if self.0.iter().all(u8::is_ascii_whitespace) {
            return Ok(T::default());
        }
        self.parse()
    }
}

/// The query string.
#[derive(Debug)]
pub(crate) struct Asked(Query);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(Query::parse(query.as_bytes())))
    }
}

impl Asked {
    /// Refuses parameters that the path does not know, so that a slip does not select everything.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Problem> {
        let mut names = self.0.0.iter().map(|(name, _)| name.as_str());
        match names.find(|name| !known.contains(name)) {
            None => Ok(()),
            Some(name) => Err(Problem::of_field(
                name,
                format!(
                    "`{name}` is no parameter of this path: use {}",
                    known.join(", ")
                ),
            )),
        }
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    /// A whole number, or the default when it is absent.
    pub(crate) fn number(&self, name: &str, default: u64) -> Result<u64, Problem> {
        match self.text(name) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| {
                Problem::of_field(name, format!("{name} is `{text}`: use a whole number"))
            }),
        }
    }

    /// How many entries are wanted at most.
    pub(crate) fn limit(&self, default: usize) -> Result<usize, Problem> {
        let limit = self.number("limit", u64::try_from(default).unwrap_or(u64::MAX))?;
        Ok(usize::try_from(limit).unwrap_or(usize::MAX))
    }
}
