//! How the crate makes its errors; nothing here is public.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::{Error, ErrorKind, Inner};

impl Error {
    pub(crate) fn new(
        kind: ErrorKind,
        operation: &'static str,
        message: impl Into<String>,
    ) -> Error {
        let inner = Inner {
            kind,
            operation,
            place: None,
            http_status: None,
            code: None,
            message: message.into(),
            details: Map::new(),
            retry_after: None,
            is_outcome_unknown: false,
            source: None,
        };
        Error {
            inner: Arc::new(inner),
        }
    }

    /// An [`ErrorKind::Input`] that names the field, its value and what to do.
    pub(crate) fn input(field: &'static str, value: &str, remedy: &str) -> Error {
        let shown: String = value.chars().take(80).collect();
        Error::new(
            ErrorKind::Input,
            field,
            format!("\"{}\" cannot be used: {remedy}", shown.escape_debug()),
        )
    }

    pub(crate) fn at(self, method: &str, host: &str, path: &str) -> Error {
        self.with(|inner| inner.place = Some(format!("{method} {host}{path}")))
    }

    pub(crate) fn status(self, status: u16) -> Error {
        self.with(|inner| inner.http_status = Some(status))
    }

    pub(crate) fn message_is(self, message: String) -> Error {
        self.with(|inner| inner.message = message)
    }

    pub(crate) fn zoho_code(self, code: impl Into<String>) -> Error {
        self.with(|inner| inner.code = Some(code.into()))
    }

    pub(crate) fn zoho_details(self, details: Map<String, Value>) -> Error {
        self.with(|inner| inner.details = details)
    }

    pub(crate) fn wait(self, retry_after: Option<Duration>) -> Error {
        self.with(|inner| inner.retry_after = retry_after)
    }

    pub(crate) fn outcome_unknown(self, is_outcome_unknown: bool) -> Error {
        self.with(|inner| inner.is_outcome_unknown = is_outcome_unknown)
    }

    pub(crate) fn caused_by(self, source: impl std::error::Error + Send + Sync + 'static) -> Error {
        self.with(|inner| inner.source = Some(Arc::new(source)))
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Error {
        change(Arc::make_mut(&mut self.inner));
        self
    }
}
