//! One answer, before it goes onto the wire.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use serde_json::Value;

use super::WireHandle;
use crate::catalog::Refusal;
use crate::clock;
use crate::rows::Action;

/// Time for the head and the first bytes of a body to be sent before the connection breaks.
const FLUSH_MS: u64 = 20;

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    pub(crate) sending: Sending,
    /// Records that the call wrote, for the journal.
    pub(crate) written: Vec<WrittenRecord>,
    /// Credits that the call costs besides those it was admitted with.
    pub(crate) more_credits: u64,
}

/// A record that a call wrote.
#[derive(Debug, Clone)]
pub(crate) struct WrittenRecord {
    pub(crate) module: std::sync::Arc<str>,
    pub(crate) id: u64,
    pub(crate) action: Action,
}

/// How an answer goes out; everything but `Whole` is a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    Whole,
    /// The connection is closed and nothing is sent.
    Nothing,
    /// The connection is closed after this many bytes of the body.
    Cut {
        bytes: usize,
    },
    /// The body comes in pieces with a pause before each.
    Slow {
        piece_bytes: usize,
        pause_ms: u64,
    },
}

impl Answer {
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
            sending: Sending::Whole,
            written: Vec::new(),
            more_credits: 0,
        }
    }

    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self::json_bytes(status, body.to_string().into_bytes())
    }

    pub(crate) fn json_bytes(status: StatusCode, body: Vec<u8>) -> Self {
        Self::typed(status, "application/json;charset=UTF-8", body.into())
    }

    pub(crate) fn html(status: StatusCode, body: String) -> Self {
        Self::typed(status, "text/html;charset=UTF-8", body.into())
    }

    pub(crate) fn typed(status: StatusCode, content_type: &'static str, body: Bytes) -> Self {
        let mut answer = Self::empty(status);
        answer.body = body;
        answer.with_header(header::CONTENT_TYPE, HeaderValue::from_static(content_type))
    }

    pub(crate) fn redirect(location: &str) -> Self {
        match HeaderValue::from_str(location) {
            Ok(location) => Self::empty(StatusCode::FOUND).with_header(header::LOCATION, location),
            Err(_) => Self::empty(StatusCode::BAD_REQUEST),
        }
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The answer as axum sends it. A broken sending needs the handle of the connection to break it.
    pub(crate) fn into_response(self, wire: Option<&WireHandle>) -> Response<Body> {
        let length = self.body.len();
        let body = match self.sending {
            Sending::Whole => Body::from(self.body),
            Sending::Nothing => {
                if let Some(wire) = wire {
                    wire.cut();
                }
                broken_after(Bytes::new())
            }
            Sending::Cut { bytes } => broken_after(self.body.slice(..bytes.min(length))),
            Sending::Slow {
                piece_bytes,
                pause_ms,
            } => in_pieces(self.body, piece_bytes.max(1), pause_ms),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        let is_bodiless = matches!(
            self.status,
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
        );
        if !matches!(self.sending, Sending::Whole) && !is_bodiless {
            // The promised length is that of the whole body, so that the client can see what is missing.
            response
                .headers_mut()
                .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        response
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::json(refusal.status, &refusal.to_json())
    }
}

/// A body that ends in an error, upon which the HTTP server closes the connection.
fn broken_after(bytes: Bytes) -> Body {
    let pieces = futures_util::stream::unfold(Some(bytes), |bytes| async move {
        let broken = Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted));
        match bytes {
            Some(bytes) if !bytes.is_empty() => Some((Ok(bytes), Some(Bytes::new()))),
            Some(_) => {
                // What was sent before must leave the server's buffer first.
                clock::pause(FLUSH_MS).await;
                Some((broken, None))
            }
            None => None,
        }
    });
    Body::from_stream(pieces)
}

fn in_pieces(body: Bytes, piece_bytes: usize, pause_ms: u64) -> Body {
    Body::from_stream(futures_util::stream::unfold(
        body,
        move |mut rest| async move {
            if rest.is_empty() {
                return None;
            }
            clock::pause(pause_ms).await;
            let piece = rest.split_to(piece_bytes.min(rest.len()));
            Some((Ok::<_, std::io::Error>(piece), rest))
        },
    ))
}
