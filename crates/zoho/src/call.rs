//! One call to the API as data: what to send, what it costs, and whether it may be repeated.

use std::fmt;

use bytes::Bytes;
use reqwest::Method;

use crate::policy::{CallCost, Idempotency};

pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Bytes>,
    pub(crate) cost: CallCost,
    pub(crate) repeat: Repeat,
}

/// Judges a body.
type Look = dyn Fn(&[u8]) -> Idempotency + Send + Sync;

/// Whether a call may be sent again after a lost answer.
pub(crate) enum Repeat {
    /// It changes nothing.
    Read,
    /// It changes something; the body is looked at only when the question comes up.
    Write(Box<Look>),
}

impl Call {
    pub(crate) fn read(path: String, cost: CallCost) -> Call {
        Call {
            method: Method::GET,
            path,
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            cost,
            repeat: Repeat::Read,
        }
    }

    /// A call that changes something, and may or may not be repeated after a lost answer.
    pub(crate) fn write(
        method: Method,
        path: String,
        cost: CallCost,
        body: Option<Bytes>,
        idempotency: Idempotency,
    ) -> Call {
        Call {
            method,
            path,
            query: Vec::new(),
            headers: Vec::new(),
            body,
            cost,
            repeat: Repeat::Write(Box::new(move |_| idempotency)),
        }
    }

    pub(crate) fn query(mut self, name: &str, value: impl Into<String>) -> Call {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn query_if(self, name: &str, value: Option<impl Into<String>>) -> Call {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    pub(crate) fn header_if(mut self, name: &'static str, value: Option<String>) -> Call {
        self.headers.extend(value.map(|value| (name, value)));
        self
    }

    pub(crate) fn operation(&self) -> &'static str {
        self.cost.operation
    }

    pub(crate) fn changes_something(&self) -> bool {
        matches!(self.repeat, Repeat::Write(_))
    }

    pub(crate) fn idempotency(&self) -> Idempotency {
        match &self.repeat {
            Repeat::Read => Idempotency::Idempotent,
            Repeat::Write(look) => look(self.body.as_deref().unwrap_or_default()),
        }
    }
}

/// Shows neither query nor body: both may hold personal data.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("cost", &self.cost)
            .finish_non_exhaustive()
    }
}
