//! Refusals as problem documents (RFC 9457) that also carry `code` and `message` at the top, as event clients ask for.
//!
//! Make one with [`Problem::new`] or a named constructor, add what is known (`field`, `value`, `remedy`), and return
//! it from a handler as the error.

use std::borrow::Cow;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leadway_engine::action::{ActionError, ErrorClass};
use leadway_engine::intake::validate::Rejection;
use leadway_engine::model::status::ConfigProblem;
use leadway_engine::{AcceptError, ConfigError, ConnectError, QueryError, ReplayError, StoreError};
use serde::Serialize;

use crate::ingest::batch::RowResult;

/// One refusal, ready to be sent. Boxed, since it is far larger than what a handler returns when all is well.
#[derive(Debug, Clone)]
pub(crate) struct Problem(Box<Document>);

/// The document itself; the order of its members is the order in which people read them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Document {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: String,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remedy: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ConfigProblem>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    results: Vec<RowResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zoho_status: Option<u16>,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    zoho_details: serde_json::Map<String, serde_json::Value>,
    #[serde(skip)]
    retry_after_seconds: Option<u64>,
    #[serde(skip)]
    wants_bearer: bool,
}

impl Problem {
    /// A refusal with a code for programs and a sentence for people.
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        let (code, message) = (code.into(), message.into());
        Self(Box::new(Document {
            kind: format!("urn:leadway:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Refused"),
            status: status.as_u16(),
            detail: message.clone(),
            code,
            message,
            field: None,
            value: None,
            remedy: None,
            problems: Vec::new(),
            results: Vec::new(),
            zoho_status: None,
            zoho_details: serde_json::Map::new(),
            retry_after_seconds: None,
            wants_bearer: false,
        }))
    }

    /// 400 for something in the request that cannot be read.
    pub(crate) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 404 for a thing of some kind that is not there.
    pub(crate) fn no_such(what: &'static str, name: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("there is no {what} {:?}", shorten(name)),
        )
    }

    /// 503: the same request may work later.
    pub(crate) fn unavailable(
        code: &'static str,
        message: impl Into<String>,
        retry_after: Duration,
    ) -> Self {
        // Event clients obey at most 300 seconds, and none would be a busy loop.
        let seconds = retry_after
            .as_secs()
            .saturating_add(u64::from(retry_after.subsec_nanos() > 0))
            .clamp(1, 300);
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message)
            .with_remedy("send the same again after the seconds in Retry-After");
        problem.0.retry_after_seconds = Some(seconds);
        problem
    }

    /// 401 for the REST API.
    pub(crate) fn unauthorised(message: &'static str) -> Self {
        let mut problem = Self::new(StatusCode::UNAUTHORIZED, "unauthorised", message)
            .with_remedy("send the header Authorization: Bearer ADMIN_TOKEN");
        problem.0.wants_bearer = true;
        problem
    }

    /// 500: a mistake of ours; what happened stands in the log, not in the answer.
    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "something went wrong inside the gateway",
        )
        .with_remedy("look into the gateway's log, and report what stands there")
    }

    /// 503 with a second's patience: the store could not be read.
    fn store(error: &StoreError) -> Self {
        tracing::error!(error = %error, "the store did not answer a request");
        Self::unavailable(
            "store_unavailable",
            "the gateway's store cannot be read right now",
            Duration::from_secs(1),
        )
    }

    pub(crate) fn with_field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    pub(crate) fn with_value(mut self, value: &str) -> Self {
        self.0.value = Some(shorten(value));
        self
    }

    pub(crate) fn with_remedy(mut self, remedy: impl Into<Cow<'static, str>>) -> Self {
        self.0.remedy = Some(remedy.into());
        self
    }

    pub(crate) fn with_results(mut self, results: Vec<RowResult>) -> Self {
        self.0.results = results;
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl std::ops::Deref for Problem {
    type Target = Document;

    fn deref(&self) -> &Document {
        &self.0
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.wants_bearer {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"leadway\""),
            );
        }
        response
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let status = match rejection.code {
            "event_too_large" => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        };
        let mut problem =
            Self::new(status, rejection.code, rejection.message).with_remedy(rejection.remedy);
        problem.0.field = rejection.field.map(str::to_owned);
        problem.0.value = rejection.value;
        problem
    }
}

impl From<AcceptError> for Problem {
    fn from(error: AcceptError) -> Self {
        let message = error.to_string();
        match error {
            AcceptError::Unavailable { retry_after, .. } => {
                Self::unavailable("unavailable", message, retry_after)
            }
            AcceptError::ShuttingDown => {
                Self::unavailable("shutting_down", message, Duration::from_secs(5))
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::store(&error)
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        let message = error.to_string();
        match error {
            QueryError::Cursor(cursor) => Self::bad_request("wrong_cursor", message)
                .with_field("cursor")
                .with_value(&cursor),
            QueryError::Store(error) => Self::store(&error),
        }
    }
}

impl From<ActionError> for Problem {
    fn from(error: ActionError) -> Self {
        let error = error.into_failure();
        let status = match error.class {
            ErrorClass::NotFound => StatusCode::NOT_FOUND,
            ErrorClass::Input | ErrorClass::Refused => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorClass::Forbidden => StatusCode::FORBIDDEN,
            ErrorClass::Conflict => StatusCode::CONFLICT,
            ErrorClass::Throttled => StatusCode::TOO_MANY_REQUESTS,
            ErrorClass::Unavailable => StatusCode::BAD_GATEWAY,
            ErrorClass::OutcomeUnknown => StatusCode::GATEWAY_TIMEOUT,
            ErrorClass::Store => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut problem = Self::new(status, error.code, error.message).with_remedy(error.remedy);
        let document = &mut *problem.0;
        document.field = error.field;
        document.value = error.value;
        document.zoho_status = error.zoho_status;
        document.zoho_details = error.zoho_details;
        document.retry_after_seconds = match error.retry_after {
            Some(wait) => Some(wait.as_secs().max(1)),
            None if error.class == ErrorClass::Store => Some(1),
            None => None,
        };
        problem
    }
}

impl From<ReplayError> for Problem {
    fn from(error: ReplayError) -> Self {
        let message = error.to_string();
        let (status, code) = match error {
            ReplayError::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            ReplayError::NotSettled(_) => (StatusCode::CONFLICT, "not_settled"),
            ReplayError::AlreadyReplayed(_) => (StatusCode::CONFLICT, "already_replayed"),
            ReplayError::NotRouted(_) => (StatusCode::CONFLICT, "not_routed"),
            ReplayError::Duplicate(_) => (StatusCode::CONFLICT, "duplicate"),
            ReplayError::InvalidField(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_field"),
            ReplayError::Store(error) => return Self::store(&error),
        };
        Self::new(status, code, message)
    }
}

impl From<ConfigError> for Problem {
    fn from(error: ConfigError) -> Self {
        let message = error.to_string();
        match error {
            ConfigError::Invalid(problems) => {
                let mut problem = Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "invalid_configuration",
                    message,
                )
                .with_remedy("mend what `problems` names, and send the configuration again");
                problem.0.problems = problems;
                problem
            }
            ConfigError::Store(error) => Self::store(&error),
            ConfigError::Vault(error) => {
                tracing::error!(%error, "a secret of a configuration could not be stored");
                Self::internal()
            }
        }
    }
}

impl From<ConnectError> for Problem {
    fn from(error: ConnectError) -> Self {
        let message = error.to_string();
        let refused = StatusCode::UNPROCESSABLE_ENTITY;
        let is_wrong_input = error.is_wrong_input();
        match error {
            ConnectError::NoSuchConnection(name) => Self::no_such("connection", &name),
            ConnectError::Exists(name) => {
                Self::new(StatusCode::CONFLICT, "connection_exists", message)
                    .with_field("name")
                    .with_value(&name)
                    .with_remedy("choose another name, or change the one that is there")
            }
            ConnectError::Unusable(_) => Self::new(refused, "connection_unusable", message)
                .with_remedy("correct the connection's settings, then begin again"),
            ConnectError::UnknownState => Self::bad_request("unknown_state", message)
                .with_field("state")
                .with_remedy("begin again with Connect Zoho, and finish within 15 minutes in the same browser"),
            ConnectError::Declined { .. } => Self::bad_request("access_declined", message)
                .with_remedy("begin again and press Accept, if that was not meant; access_denied also comes after more than 10 tries in 10 minutes"),
            ConnectError::ForeignServer(_) => Self::bad_request("foreign_server", message)
                .with_remedy("check the connection's data center and environment, and begin again"),
            ConnectError::WrongEnvironment { wanted, .. } => Self::new(refused, "wrong_environment", message)
                .with_field("environment")
                .with_value(wanted)
                .with_remedy("begin again and choose the right organisation on Zoho's page, or change the connection's environment first"),
            ConnectError::NoRefreshToken => Self::new(refused, "no_refresh_token", message)
                .with_remedy("generate the code with access type offline, or use Connect Zoho"),
            ConnectError::ChangedMeanwhile { field, .. } => {
                Self::new(StatusCode::CONFLICT, "changed_meanwhile", message)
                    .with_field(field)
                    .with_remedy("look at its settings, and connect it again")
            }
            ConnectError::WrongOwner { connection, .. } => {
                Self::new(StatusCode::CONFLICT, "wrong_owner", message)
                    .with_field("connection")
                    .with_value(&connection)
                    .with_remedy("name another connection, or give this one its owner first")
            }
            ConnectError::Ambiguous { owner, .. } => {
                Self::new(StatusCode::CONFLICT, "ambiguous_owner", message)
                    .with_field("connection")
                    .with_value(&owner)
                    .with_remedy("say with `connection` which of them is to be connected again, or how a new one is called")
            }
            ConnectError::WrongSession { field, value, remedy, .. } => {
                Self::new(refused, "wrong_session", message)
                    .with_field(field)
                    .with_value(&value)
                    .with_remedy(remedy)
            }
            ConnectError::NoSuchSession => Self::new(StatusCode::NOT_FOUND, "no_such_session", message)
                .with_field("session")
                .with_remedy(BEGIN_AGAIN),
            ConnectError::SessionExpired => Self::new(StatusCode::GONE, "session_expired", message)
                .with_field("session")
                .with_remedy(BEGIN_AGAIN),
            ConnectError::SessionUsed => Self::new(StatusCode::GONE, "session_connected", message)
                .with_field("session")
                .with_remedy(BEGIN_AGAIN),
            ConnectError::SessionEnded => Self::new(StatusCode::GONE, "session_ended", message)
                .with_field("session")
                .with_remedy(BEGIN_AGAIN),
            ConnectError::TooManySessions(_) => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_sessions", message)
                    .with_remedy("let them live shorter, or end those that nobody needs")
            }
            ConnectError::InUse { .. } => Self::new(StatusCode::CONFLICT, "connection_in_use", message)
                .with_remedy("point these routes to another connection or remove them first"),
            ConnectError::Zoho(error) if error.is_transient() => {
                let wait = error.retry_after().unwrap_or(Duration::from_secs(5));
                Self::unavailable("zoho_unavailable", message, wait)
                    .with_remedy(error.troubleshooting())
            }
            ConnectError::Zoho(_) if is_wrong_input => {
                Self::new(refused, "wrong_input", message)
                    .with_remedy("correct the value that the message names; nothing was sent to Zoho")
            }
            ConnectError::Zoho(error) => {
                Self::new(refused, "zoho_refused", message).with_remedy(error.troubleshooting())
            }
            ConnectError::Config(error) => error.into(),
            ConnectError::Store(error) => Self::store(&error),
            ConnectError::Vault(error) => {
                tracing::error!(%error, "a secret of a connection could not be used");
                Self::new(refused, "secret_unreadable", message)
                    .with_remedy("give the connection its client secret again")
            }
        }
    }
}

/// For a customer, who can do nothing else.
const BEGIN_AGAIN: &str = "begin again on the website that sent you here";

/// The first characters of a value from outside, enough to recognise it by.
pub(crate) fn shorten(value: &str) -> String {
    const CHARS_MAX: usize = 120;
    let mut short: String = value.chars().take(CHARS_MAX).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_carries_code_and_message_at_the_top() {
        let problem = Problem::bad_request("wrong_limit", "limit is not a number")
            .with_field("limit")
            .with_value("many")
            .with_remedy("send a whole number");
        insta::assert_json_snapshot!(problem.0);
    }

    #[test]
    fn patience_is_at_least_a_second_and_at_most_what_clients_obey() {
        for (asked, told) in [(0, 1), (1_500, 2), (3_000, 3), (3_600_000, 300)] {
            let problem =
                Problem::unavailable("unavailable", "later", Duration::from_millis(asked));
            assert_eq!(problem.retry_after_seconds, Some(told), "{asked} ms");
        }
    }
}
