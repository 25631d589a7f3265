//! What bulk jobs keep: the question of a bulk read and its result.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::blob::Blob;

/// A job that writes records into a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BulkRead {
    /// API name.
    pub(crate) module: String,
    /// Columns as asked for, with dots where they lead over lookups; none for all fields.
    pub(crate) fields: Option<Vec<String>>,
    /// Criteria as they are printed, each field with its id.
    pub(crate) criteria: Option<Value>,
    pub(crate) cvid: Option<u64>,
    pub(crate) page: usize,
    /// Of a continuation, the last record of the page before.
    pub(crate) after: Option<u64>,
    pub(crate) is_calendar: bool,
    pub(crate) callback: Option<Callback>,
    pub(crate) result: Option<ReadResult>,
    /// When the result was downloaded lately.
    pub(crate) downloads: Vec<i64>,
}

/// What a bulk read found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ReadResult {
    pub(crate) count: usize,
    pub(crate) has_more: bool,
    /// The last record of the page, by which the next one begins.
    pub(crate) last: Option<u64>,
    pub(crate) next_page_token: Option<String>,
    pub(crate) made_at: i64,
    /// The zip file; none once it was dropped to make room.
    pub(crate) file: Option<Blob>,
}

/// Who is told when a job has ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Callback {
    pub(crate) url: String,
    /// Scheme and host by which the job was asked for.
    pub(crate) origin: String,
}
