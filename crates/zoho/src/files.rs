//! Files, streamed both ways: none is ever whole in memory, unless the caller gave it so.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, Stream, StreamExt, TryStreamExt};
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};

use crate::transport::Incoming;
use crate::{Error, ErrorKind};

mod multipart;
mod names;

pub(crate) use multipart::{Multipart, Part};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Pieces = BoxStream<'static, Result<Bytes, BoxError>>;

/// A file to be sent.
pub struct Upload {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) content: Content,
}

impl Upload {
    /// A file that comes in pieces, with its length, which must be right: the call fails otherwise. It is sent once.
    pub fn from_stream<E>(
        name: impl Into<String>,
        length_bytes: u64,
        content: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Upload
    where
        E: Into<BoxError> + 'static,
    {
        Upload::new(name.into(), Content::stream(Some(length_bytes), content))
    }

    /// A file that comes in pieces and whose length nobody knows yet. It is sent once, without a `Content-Length`.
    ///
    /// unknown: whether Zoho takes such bodies; use [`Upload::from_stream`] where the length is known.
    pub fn from_stream_of_any_length<E>(
        name: impl Into<String>,
        content: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Upload
    where
        E: Into<BoxError> + 'static,
    {
        Upload::new(name.into(), Content::stream(None, content))
    }

    /// A file that is in memory already.
    #[must_use]
    pub fn from_bytes(name: impl Into<String>, content: Bytes) -> Upload {
        Upload::new(name.into(), Content::Bytes(content))
    }

    fn new(name: String, content: Content) -> Upload {
        Upload {
            name,
            content_type: "application/octet-stream".to_owned(),
            content,
        }
    }

    /// The file's type, such as `application/pdf`; the default is `application/octet-stream`.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Upload {
        self.content_type = content_type.into();
        self
    }

    /// Refuses a file that is known to be longer than Zoho takes, before anything is sent.
    pub(crate) fn checked(self, operation: &'static str, bytes_max: u64) -> Result<Upload, Error> {
        match self.content.length_bytes() {
            Some(length) if length > bytes_max => {
                let message = format!("the file has {length} bytes; Zoho takes {bytes_max}");
                Err(Error::new(ErrorKind::Input, operation, message))
            }
            _ => Ok(self),
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("length_bytes", &self.content.length_bytes())
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

/// Bytes to be sent: in memory, so that they can be sent again, or on their way.
pub(crate) enum Content {
    Bytes(Bytes),
    Stream {
        length_bytes: Option<u64>,
        pieces: Mutex<Option<Pieces>>,
    },
}

impl Content {
    pub(crate) fn stream<E: Into<BoxError> + 'static>(
        length_bytes: Option<u64>,
        pieces: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Content {
        Content::Stream {
            length_bytes,
            pieces: Mutex::new(Some(pieces.map_err(Into::into).boxed())),
        }
    }

    pub(crate) fn length_bytes(&self) -> Option<u64> {
        match self {
            Content::Bytes(bytes) => u64::try_from(bytes.len()).ok(),
            Content::Stream { length_bytes, .. } => *length_bytes,
        }
    }

    pub(crate) fn is_repeatable(&self) -> bool {
        matches!(self, Content::Bytes(_))
    }

    /// The pieces; `None` for a stream that was taken before.
    pub(crate) fn pieces(&self) -> Option<Pieces> {
        match self {
            Content::Bytes(bytes) => Some(once(bytes.clone())),
            Content::Stream { pieces, .. } => {
                // Nothing panics while the lock is held.
                pieces.lock().unwrap_or_else(PoisonError::into_inner).take()
            }
        }
    }
}

fn once(bytes: Bytes) -> Pieces {
    stream::once(async move { Ok(bytes) }).boxed()
}

/// A file that comes in.
pub struct Download {
    /// The name that Zoho gives it, if it does, without any path.
    pub file_name: Option<String>,
    /// Its type, such as `application/pdf`.
    pub content_type: Option<String>,
    /// Its length, if Zoho tells it.
    pub length_bytes: Option<u64>,
    content: Incoming,
}

impl Download {
    pub(crate) fn new(content: Incoming) -> Download {
        let text = |name| text_of(&content.headers, name);
        Download {
            file_name: text(CONTENT_DISPOSITION).and_then(|text| names::file_name_in(&text)),
            content_type: text(CONTENT_TYPE),
            length_bytes: text(CONTENT_LENGTH).and_then(|text| text.parse().ok()),
            content,
        }
    }

    /// The content, piece by piece.
    ///
    /// # Errors
    /// [`ErrorKind::BrokenAnswer`] if the connection breaks, [`ErrorKind::Timeout`] if no piece comes for as long as a
    /// call may take.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send {
        pieces_of(self.content)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("content_type", &self.content_type)
            .field("length_bytes", &self.length_bytes)
            .finish_non_exhaustive()
    }
}

/// The body of an answer as a stream.
pub(crate) fn pieces_of(content: Incoming) -> impl Stream<Item = Result<Bytes, Error>> + Send {
    stream::try_unfold(content, |mut content| async move {
        let piece = content.next().await?;
        Ok(piece.map(|piece| (piece, content)))
    })
}

fn text_of(headers: &HeaderMap, name: reqwest::header::HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    // Names may hold other characters than ASCII, though headers should not.
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}
