//! Answers of calls by hand.

use std::fmt;

use bytes::Bytes;
use futures_util::stream::{Stream, StreamExt};
use reqwest::header::HeaderMap;

use crate::Error;
use crate::client::Opened;
use crate::files::pieces_of;
use crate::transport::{Answer, Incoming};

/// Zoho's answer as it came, whatever its status.
#[derive(Clone, Debug)]
pub struct RawAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl RawAnswer {
    pub(super) fn of(answer: Answer) -> RawAnswer {
        RawAnswer {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        }
    }
}

/// Zoho's answer whose body is on its way, whatever its status.
pub struct RawStream {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    content: Arrival,
}

enum Arrival {
    There(Bytes),
    Flowing(Box<Incoming>),
}

impl RawStream {
    pub(super) fn of(opened: Opened) -> RawStream {
        match opened {
            Opened::Whole(answer) => RawStream {
                status: answer.status,
                headers: answer.headers,
                content: Arrival::There(answer.body),
            },
            Opened::Flowing(incoming) => RawStream {
                status: incoming.status,
                headers: incoming.headers.clone(),
                content: Arrival::Flowing(incoming),
            },
        }
    }

    /// The body, piece by piece.
    ///
    /// # Errors
    /// [`ErrorKind::BrokenAnswer`](crate::ErrorKind::BrokenAnswer) if the connection breaks, [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if no piece comes for as long as a
    /// call may take.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send {
        match self.content {
            Arrival::There(bytes) => {
                futures_util::stream::once(async move { Ok(bytes) }).left_stream()
            }
            Arrival::Flowing(incoming) => pieces_of(*incoming).right_stream(),
        }
    }
}

impl fmt::Debug for RawStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawStream")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
