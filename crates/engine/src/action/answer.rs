//! What an action gives back.

use std::pin::Pin;

use futures_util::{Stream, StreamExt as _};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use zoho::Bytes;

use super::{ActionError, ErrorClass};

/// Records one after the other, as they are asked for.
pub type Rows = Pin<Box<dyn Stream<Item = Result<Box<RawValue>, ActionError>> + Send>>;

/// What an action gives back.
pub enum Answer {
    /// A document, as text: amounts keep every digit that Zoho sent.
    Json(Box<RawValue>),
    /// All records of a listing, page after page; never whole in memory.
    Rows(Rows),
    /// A file; never whole in memory.
    File(Download),
}

impl Answer {
    pub(crate) fn json(value: &impl Serialize) -> Result<Self, ActionError> {
        row(value).map(Self::Json)
    }

    pub(crate) fn rows<T: Serialize + 'static>(
        rows: impl Stream<Item = Result<T, zoho::Error>> + Send + 'static,
    ) -> Self {
        Self::Rows(Box::pin(rows.map(|item| row(&item?))))
    }
}

/// One row as text.
pub(crate) fn row(value: &impl Serialize) -> Result<Box<RawValue>, ActionError> {
    to_raw_value(value).map_err(|error| {
        tracing::error!(%error, "an answer cannot be written");
        ActionError::new(
            ErrorClass::Unavailable,
            "unknown_answer",
            "Zoho's answer cannot be written as JSON",
            "Please report the action.",
        )
    })
}

/// A file that comes piece by piece.
pub struct Download {
    /// Its name, if Zoho tells it.
    pub name: Option<String>,
    /// Its type, if Zoho tells it.
    pub content_type: Option<String>,
    /// Its length, if Zoho tells it.
    pub length_bytes: Option<u64>,
    /// What is in it.
    pub content: Pin<Box<dyn Stream<Item = Result<Bytes, ActionError>> + Send>>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Json(value) => f.debug_tuple("Json").field(value).finish(),
            Self::Rows(_) => f.write_str("Rows(…)"),
            Self::File(file) => file.fmt(f),
        }
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download")
            .field("content_type", &self.content_type)
            .field("length_bytes", &self.length_bytes)
            .finish_non_exhaustive()
    }
}
