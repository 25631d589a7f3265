//! Reads Zoho's answers: the envelopes that all CRM calls share, and the refusals in them.
//!
//! Zoho puts a refusal of the whole call at the top level or into `data[0]`, and proxies on the way answer with HTML;
//! all three end here as one [`Error`].

use std::borrow::Cow;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::call::Call;
use crate::transport::Answer;
use crate::{Error, ErrorKind};

/// How much of an answer that is no JSON is quoted in an error.
const EXCERPT_CHARS_MAX: usize = 200;

/// An answer together with the call that it answers.
pub(crate) struct Reply<'a> {
    pub(crate) call: &'a Call,
    pub(crate) host: &'a str,
    pub(crate) answer: Answer,
}

/// Zoho's error object, at the top level or as an item of `data`.
#[derive(Deserialize)]
pub(crate) struct WireError<'a> {
    #[serde(borrow)]
    pub(crate) code: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) message: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) status: Cow<'a, str>,
    #[serde(default)]
    pub(crate) details: Value,
}

#[derive(Deserialize)]
struct Items<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
}

impl Reply<'_> {
    /// The answer of a read; `None` for 204 and 304, Zoho's empty answers.
    pub(crate) fn json<'b, T: Deserialize<'b>>(&'b self) -> Result<Option<T>, Error> {
        if matches!(self.answer.status, 204 | 304) {
            return Ok(None);
        }
        if self.answer.status >= 300 {
            return Err(self.refusal());
        }
        match serde_json::from_slice(&self.answer.body) {
            Ok(value) => Ok(Some(value)),
            Err(source) => Err(self.unreadable(source)),
        }
    }

    /// An error of this call, with its place and HTTP status.
    pub(crate) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        Error::new(kind, self.call.operation(), message)
            .at(self.call.method.as_str(), self.host, &self.call.path)
            .status(self.answer.status)
            .wait(self.retry_after())
    }

    /// Zoho sends no `Retry-After`, but proxies on the way do; dates are not read, since no clock is.
    fn retry_after(&self) -> Option<Duration> {
        let text = self.answer.headers.get("retry-after")?.to_str().ok()?;
        text.trim().parse().ok().map(Duration::from_secs)
    }

    /// An answer that came but does not tell what happened.
    pub(crate) fn broken(&self, message: impl Into<String>) -> Error {
        self.error(ErrorKind::BrokenAnswer, message)
            .outcome_unknown(self.call.changes_something())
    }

    /// The error that an answer carries which is known not to be a success.
    pub(crate) fn refusal(&self) -> Error {
        match self.wire_error() {
            Some(wire) => self.refused(wire),
            None => self.no_json(),
        }
    }

    pub(crate) fn wire_error(&self) -> Option<WireError<'_>> {
        let body = &self.answer.body;
        if let Ok(error) = serde_json::from_slice::<WireError<'_>>(body) {
            return Some(error);
        }
        let items: Items<'_> = serde_json::from_slice(body).ok()?;
        items
            .data
            .first()
            .and_then(|item| serde_json::from_str(item.get()).ok())
    }

    pub(crate) fn refused(&self, wire: WireError<'_>) -> Error {
        let status = self.answer.status;
        let kind = kind_of(status, &wire.code);
        self.error(kind, wire.message)
            .zoho_code(wire.code)
            .zoho_details(object(wire.details))
            // unknown: whether Zoho may have acted before it answers 5xx; it is taken as possible.
            .outcome_unknown(kind == ErrorKind::Server && self.call.changes_something())
    }

    fn unreadable(&self, source: serde_json::Error) -> Error {
        if let Some(wire) = self.wire_error().filter(|wire| wire.status == "error") {
            return self.refused(wire);
        }
        if !source.is_data() {
            return self.no_json();
        }
        self.error(
            ErrorKind::Decode,
            "the answer has another shape than this operation's",
        )
        .outcome_unknown(self.call.changes_something())
        .caused_by(source)
    }

    /// For pages of proxies, and for answers that broke off.
    pub(crate) fn no_json(&self) -> Error {
        let status = self.answer.status;
        let message = match self.answer.body.is_empty() {
            true => "the answer is empty".to_owned(),
            false => format!(
                "the answer is not Zoho's JSON: {}",
                excerpt(&self.answer.body)
            ),
        };
        match status {
            0..=399 => self.broken(message),
            _ => {
                let kind = kind_of(status, "");
                self.error(kind, message)
                    .outcome_unknown(kind == ErrorKind::Server && self.call.changes_something())
            }
        }
    }
}

/// What a refusal of the whole call means, by Zoho's code first and the HTTP status second.
fn kind_of(status: u16, code: &str) -> ErrorKind {
    match code {
        "OAUTH_SCOPE_MISMATCH" => ErrorKind::Scope,
        "INVALID_TOKEN" | "AUTHENTICATION_FAILURE" => ErrorKind::Token,
        "TOO_MANY_REQUESTS" | "RATE_LIMIT_EXCEEDED" => ErrorKind::TooManyRequests,
        "NO_PERMISSION" | "FORBIDDEN" | "INACTIVE_USER" | "AUTHORIZATION_FAILED" => {
            ErrorKind::Permission
        }
        "INTERNAL_ERROR" | "INTERNAL_SERVER_ERROR" | "SERVICE_UNAVAILABLE" => ErrorKind::Server,
        _ => match status {
            401 => ErrorKind::Token,
            403 => ErrorKind::Permission,
            429 => ErrorKind::TooManyRequests,
            500.. => ErrorKind::Server,
            _ => ErrorKind::Refused,
        },
    }
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The start of a body, in one line.
pub(crate) fn excerpt(body: &[u8]) -> String {
    let start = String::from_utf8_lossy(&body[..body.len().min(EXCERPT_CHARS_MAX * 8)]);
    let words: Vec<&str> = start.split_whitespace().collect();
    words.join(" ").chars().take(EXCERPT_CHARS_MAX).collect()
}
