//! One call to the API as data: what to send, what it costs, and whether it may be repeated.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName};

use crate::files::Pieces;
use crate::policy::{CallCost, Idempotency};

pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) body: Option<Bytes>,
    /// Instead of `body`: one that comes in pieces.
    pub(crate) flow: Option<Flow>,
    /// Instead of the call timeout.
    pub(crate) timeout: Option<Duration>,
    pub(crate) server: Server,
    /// True if the caller repeats it, and not the client.
    pub(crate) is_sent_once: bool,
    pub(crate) cost: CallCost,
    pub(crate) repeat: Repeat,
}

/// A body that is made when it is sent.
pub(crate) struct Flow {
    pub(crate) content_type: String,
    pub(crate) length_bytes: Option<u64>,
    /// False if the pieces are gone once they were sent.
    pub(crate) is_repeatable: bool,
    pub(crate) make: Box<dyn Fn() -> Option<Pieces> + Send + Sync>,
}

/// Which of the organisation's servers is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    Api,
    /// Takes the files of bulk writes.
    Upload,
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
        Call::new(Method::GET, path, cost, None, Repeat::Read)
    }

    /// A question that is too long for a query.
    pub(crate) fn read_by_post(path: String, cost: CallCost, body: Bytes) -> Call {
        Call::new(Method::POST, path, cost, Some(body), Repeat::Read)
    }

    /// A call that changes something, and may or may not be repeated after a lost answer.
    pub(crate) fn write(
        method: Method,
        path: String,
        cost: CallCost,
        body: Option<Bytes>,
        idempotency: Idempotency,
    ) -> Call {
        let repeat = Repeat::Write(Box::new(move |_| idempotency));
        Call::new(method, path, cost, body, repeat)
    }

    pub(crate) fn new(
        method: Method,
        path: String,
        cost: CallCost,
        body: Option<Bytes>,
        repeat: Repeat,
    ) -> Call {
        Call {
            method,
            path,
            query: Vec::new(),
            headers: Vec::new(),
            body,
            flow: None,
            timeout: None,
            server: Server::Api,
            is_sent_once: false,
            cost,
            repeat,
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
        let name = HeaderName::from_static(name);
        self.headers.extend(value.map(|value| (name, value)));
        self
    }

    /// Sends a body in pieces.
    pub(crate) fn flow(mut self, flow: Flow) -> Call {
        self.headers.push((CONTENT_TYPE, flow.content_type.clone()));
        if let Some(length) = flow.length_bytes {
            self.headers.push((CONTENT_LENGTH, length.to_string()));
        }
        self.flow = Some(flow);
        self
    }

    pub(crate) fn can_be_sent_again(&self) -> bool {
        self.flow.as_ref().is_none_or(|flow| flow.is_repeatable)
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
