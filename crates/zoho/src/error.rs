//! What can go wrong, as meanings: one [`Error`] with a kind, Zoho's own code and predicates to decide by.
//!
//! Callers ask predicates ([`Error::is_transient`], [`Error::is_outcome_unknown`], [`Error::needs_consent`]);
//! people read [`Error::troubleshooting`] and the chain of sources.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

mod build;
mod troubleshooting;

/// The meaning of an [`Error`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// No connection was made (name, route, TLS, refused); nothing was sent.
    Connect,
    /// The call was sent and no answer came within the call timeout.
    Timeout,
    /// The answer broke off, was no JSON, or did not have one row per record sent.
    BrokenAnswer,
    /// The accounts server refuses the refresh token or client, or the API refuses a fresh access token.
    Token,
    /// The accounts server allows no further access token for now (10 per refresh token in 10 minutes).
    ThrottledToken,
    /// The granted scopes do not cover the call. Books (code 57) answers so too if the user's role lacks the right.
    Scope,
    /// The user's profile, or the organisation's edition, does not allow the call.
    Permission,
    /// Zoho answers HTTP 429: over credits or concurrency.
    TooManyRequests,
    /// The credit ledger has no credits left for the call, and nothing was sent; or the calls of the day of a Books
    /// organisation are used up (code 45).
    OutOfCredits,
    /// Zoho refuses the whole call with another 4xx answer; [`Error::code`] says why.
    Refused,
    /// A 5xx answer, from Zoho or from a proxy before it.
    Server,
    /// The answer is JSON of a shape that this crate does not understand.
    Decode,
    /// The caller's input cannot be sent; nothing was sent.
    Input,
}

/// Why an operation failed. It is cheap to clone, and holds no secret: no token, no client secret, no query string.
#[derive(Clone)]
pub struct Error {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    operation: &'static str,
    place: Option<String>,
    http_status: Option<u16>,
    code: Option<String>,
    message: String,
    details: Map<String, Value>,
    retry_after: Option<Duration>,
    is_outcome_unknown: bool,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// What the error means.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Zoho's own code, such as `INVALID_MODULE`, Books' number, such as `1002`, or the accounts server's, such as `invalid_code`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.inner.code.as_deref()
    }

    /// The HTTP status of the answer, if one came.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.inner.http_status
    }

    /// Zoho's message, or ours where Zoho said nothing.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// Zoho's `details` object; empty where the answer has none.
    #[must_use]
    pub fn details(&self) -> &Map<String, Value> {
        &self.inner.details
    }

    /// The operation that failed, such as `upsert records`.
    #[must_use]
    pub fn operation(&self) -> &str {
        self.inner.operation
    }

    /// How long to wait before the same call can succeed, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// True if a call that changes something was sent and may have been acted on, but no readable answer tells.
    ///
    /// # Troubleshooting
    /// Look the record up by a field of your own before you repeat an insert; an upsert with a value in a duplicate
    /// check field can be repeated as it is. Zoho has no idempotency key.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.inner.is_outcome_unknown
    }

    /// True if the same call can succeed later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Connect
                | ErrorKind::Timeout
                | ErrorKind::BrokenAnswer
                | ErrorKind::ThrottledToken
                | ErrorKind::TooManyRequests
                | ErrorKind::OutOfCredits
                | ErrorKind::Server
        )
    }

    /// True if Zoho Books says that there is no such record (code 1002), or no such path (code 5).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.http_status() == Some(404) && matches!(self.code(), Some("1002" | "5"))
    }

    /// True if Zoho Books refuses a name or number that another record has (codes 1001 and 3062).
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        self.http_status() == Some(400) && matches!(self.code(), Some("1001" | "3062"))
    }

    /// True if the refresh token or the client is dead, so that a person has to authorise the connection again.
    ///
    /// # Troubleshooting
    /// `invalid_code`: the refresh token was revoked, was evicted by the user's 21st token, or belongs to another
    /// data center. `invalid_client`: the client id is unknown in this data center (switch on multi-DC in the API
    /// console). `invalid_client_secret`: the secret is wrong; each data center may have its own.
    #[must_use]
    pub fn needs_consent(&self) -> bool {
        self.kind() == ErrorKind::Token
            && matches!(
                self.code(),
                Some("invalid_code" | "invalid_client" | "invalid_client_secret")
            )
    }

    /// What a person can do about errors of this kind, in a sentence or two.
    #[must_use]
    pub fn troubleshooting(&self) -> &'static str {
        troubleshooting::advice(self)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.inner;
        f.write_str(inner.operation)?;
        if let Some(place) = &inner.place {
            write!(f, " ({place})")?;
        }
        f.write_str(": ")?;
        if let Some(status) = inner.http_status {
            write!(f, "HTTP {status} ")?;
        }
        if let Some(code) = &inner.code {
            write!(f, "{code} ")?;
        }
        f.write_str(&inner.message)?;
        for key in ["json_path", "api_name", "param_name", "scope"] {
            if let Some(Value::String(value)) = inner.details.get(key) {
                return write!(f, " ({key} {value})");
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.inner.kind)
            .field("is_outcome_unknown", &self.inner.is_outcome_unknown)
            .field("retry_after", &self.inner.retry_after)
            .field("text", &self.to_string())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner
            .source
            .as_deref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}
