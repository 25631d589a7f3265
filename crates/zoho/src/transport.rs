//! The only file that sends HTTP.
//!
//! It turns an [`Outgoing`] request into an [`Answer`] or an [`Error`], and knows nothing of tokens, credits or Zoho's
//! bodies. Redirects are never followed, since a token must not travel to another host.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, redirect};
use url::Url;

use crate::{Error, ErrorKind};

/// No answer of the APIs that this crate reads into memory comes near this size.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// unknown: how long Zoho keeps idle connections.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

#[derive(Clone, Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    call_timeout: Duration,
}

#[derive(Clone, Debug)]
pub(crate) struct TransportSettings {
    pub(crate) connect_timeout: Duration,
    pub(crate) call_timeout: Duration,
    pub(crate) proxy: Option<Url>,
}

impl Default for TransportSettings {
    fn default() -> TransportSettings {
        TransportSettings {
            connect_timeout: Duration::from_secs(10),
            call_timeout: Duration::from_secs(60),
            proxy: None,
        }
    }
}

/// A request, ready to go.
pub(crate) struct Outgoing {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<reqwest::Body>,
    /// Instead of the call timeout.
    pub(crate) timeout: Option<Duration>,
    /// How long nothing may happen before the head of the answer is there; for calls that may take long as a whole.
    pub(crate) silence_max: Option<Duration>,
    /// Grows with each piece of the body that is sent.
    pub(crate) pieces_sent: Arc<AtomicU64>,
    /// True if the receiver may act on it, so that a lost answer leaves the outcome unknown.
    pub(crate) changes_something: bool,
}

/// What came back, whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) elapsed: Duration,
}

/// Shows no body: it may hold tokens or personal data.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Transport {
    pub(crate) fn call_timeout(&self) -> Duration {
        self.call_timeout
    }

    pub(crate) fn new(settings: &TransportSettings) -> Result<Transport, Error> {
        let unusable = |source: reqwest::Error| {
            Error::new(
                ErrorKind::Input,
                "build client",
                "the HTTP client cannot be built",
            )
            .caused_by(source.without_url())
        };
        // A proxy is only used when the caller names one; the environment is not read.
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.call_timeout)
            // A connection that the other side may have closed meanwhile could swallow an insert.
            .pool_idle_timeout(IDLE_TIMEOUT)
            .user_agent(concat!("leadway-zoho/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = &settings.proxy {
            builder = builder.proxy(reqwest::Proxy::all(proxy.clone()).map_err(unusable)?);
        }
        Ok(Transport {
            http: builder.build().map_err(unusable)?,
            call_timeout: settings.call_timeout,
        })
    }

    pub(crate) async fn send(&self, outgoing: Outgoing) -> Result<Answer, Error> {
        self.open(outgoing).await?.whole().await
    }

    /// Sends a request and reads the head of its answer; the body comes piece by piece.
    pub(crate) async fn open(&self, outgoing: Outgoing) -> Result<Incoming, Error> {
        let started = Instant::now();
        let place = Place::of(&outgoing);
        let mut request = self
            .http
            .request(outgoing.method, outgoing.url)
            .headers(outgoing.headers);
        if let Some(body) = outgoing.body {
            request = request.body(body);
        }
        if let Some(timeout) = outgoing.timeout {
            request = request.timeout(timeout);
        }
        let sent = match outgoing.silence_max {
            None => request.send().await,
            Some(silence_max) => {
                let sending = request.send();
                let Some(sent) = unless_silent(sending, silence_max, &outgoing.pieces_sent).await
                else {
                    return Err(place.silent());
                };
                sent
            }
        };
        let mut response = sent.map_err(|source| place.error(source))?;
        Ok(Incoming {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            response,
            place,
            started,
            piece_timeout: self.call_timeout,
        })
    }
}

/// Waits as long as pieces are sent; `None` once nothing has happened for a while.
async fn unless_silent<T>(
    sending: impl Future<Output = T>,
    silence_max: Duration,
    pieces_sent: &AtomicU64,
) -> Option<T> {
    let mut sending = std::pin::pin!(sending);
    let mut before = pieces_sent.load(Ordering::Relaxed);
    loop {
        if let Ok(sent) = tokio::time::timeout(silence_max, &mut sending).await {
            return Some(sent);
        }
        let now = pieces_sent.load(Ordering::Relaxed);
        if now == before {
            return None;
        }
        before = now;
    }
}

/// The head of an answer, and the body on its way.
pub(crate) struct Incoming {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    response: reqwest::Response,
    place: Place,
    started: Instant,
    piece_timeout: Duration,
}

impl Incoming {
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The next piece of the body.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let piece = tokio::time::timeout(self.piece_timeout, self.response.chunk()).await;
        match piece {
            Ok(piece) => piece.map_err(|source| self.place.error(source).status(self.status)),
            Err(_) => Err(self.place.stalled().status(self.status)),
        }
    }

    /// The whole body, which is short.
    pub(crate) async fn whole(mut self) -> Result<Answer, Error> {
        let mut body = BytesMut::new();
        while let Some(chunk) = self.next().await? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(self.place.too_long().status(self.status));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: self.status,
            headers: self.headers,
            body: body.freeze(),
            elapsed: self.started.elapsed(),
        })
    }
}

/// A header value that logs of the HTTP library leave out.
pub(crate) fn secret_header(operation: &'static str, text: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Error::new(
            ErrorKind::Token,
            operation,
            "the access token has characters that no header can carry",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Where a request goes, for its errors; without the query, which may hold personal data or secrets.
struct Place {
    operation: &'static str,
    method: Method,
    host: String,
    path: String,
    changes_something: bool,
}

impl Place {
    fn of(outgoing: &Outgoing) -> Place {
        Place {
            operation: outgoing.operation,
            method: outgoing.method.clone(),
            host: host_of(&outgoing.url),
            path: outgoing.url.path().to_owned(),
            changes_something: outgoing.changes_something,
        }
    }

    fn error(&self, source: reqwest::Error) -> Error {
        let (kind, message, was_sent) = if source.is_connect() {
            (ErrorKind::Connect, "no connection could be made", false)
        } else if source.is_timeout() {
            (
                ErrorKind::Timeout,
                "no answer came within the call timeout",
                true,
            )
        } else if source.is_builder() {
            (
                ErrorKind::Input,
                "the request cannot be put into HTTP",
                false,
            )
        } else {
            (
                ErrorKind::BrokenAnswer,
                "the connection broke before the whole answer came",
                true,
            )
        };
        self.place(Error::new(kind, self.operation, message))
            .outcome_unknown(was_sent && self.changes_something)
            .caused_by(source.without_url())
    }

    fn silent(&self) -> Error {
        let message = "the server was silent for too long";
        self.place(Error::new(ErrorKind::Timeout, self.operation, message))
            .outcome_unknown(self.changes_something)
    }

    fn stalled(&self) -> Error {
        let message = "no further piece of the answer came within the call timeout";
        self.place(Error::new(ErrorKind::Timeout, self.operation, message))
            .outcome_unknown(self.changes_something)
    }

    fn too_long(&self) -> Error {
        let message = format!("the answer is longer than {ANSWER_BYTES_MAX} bytes");
        self.place(Error::new(ErrorKind::BrokenAnswer, self.operation, message))
            .outcome_unknown(self.changes_something)
    }

    fn place(&self, error: Error) -> Error {
        error.at(self.method.as_str(), &self.host, &self.path)
    }
}

/// Host and port, as they appear in errors.
pub(crate) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
