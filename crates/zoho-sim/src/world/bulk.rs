//! What bulk jobs keep: what a bulk read asks for and found, the files of a bulk write and what became of their rows.

use std::collections::BTreeMap;

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
    /// Records of a page.
    #[serde(default = "crate::limits::bulk_read_rows")]
    pub(crate) rows_max: usize,
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

/// A zip file that was uploaded for bulk writes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Upload {
    pub(crate) user: u64,
    pub(crate) file: Blob,
}

/// Uploads by their id.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Uploads {
    files: BTreeMap<u64, Upload>,
}

/// Bytes of uploads that are kept; the oldest go first. unknown: how long Zoho keeps them.
const UPLOAD_BYTES_MAX: usize = 256 * 1024 * 1024;

impl Uploads {
    pub(crate) fn add(&mut self, id: u64, upload: Upload) {
        self.files.insert(id, upload);
        let bytes = |files: &BTreeMap<u64, Upload>| -> usize {
            files.values().map(|upload| upload.file.0.len()).sum()
        };
        while bytes(&self.files) > UPLOAD_BYTES_MAX && self.files.len() > 1 {
            self.files.pop_first();
        }
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Upload> {
        self.files.get(&id)
    }
}

/// What a bulk write does with its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Operation {
    Insert,
    Update,
    Upsert,
}

impl Operation {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Insert, Self::Update, Self::Upsert]
            .into_iter()
            .find(|operation| operation.name() == text)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Upsert => "upsert",
        }
    }
}

/// A job that writes the rows of files as records.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BulkWrite {
    pub(crate) operation: Operation,
    pub(crate) character_encoding: String,
    pub(crate) ignores_empty: bool,
    pub(crate) callback: Option<Callback>,
    /// The records, then what belongs to them: rows of sub-forms, links.
    pub(crate) resources: Vec<WriteResource>,
    /// The zip file that tells what became of each row.
    pub(crate) result: Option<Blob>,
}

/// The rows of one module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WriteResource {
    /// API name.
    pub(crate) module: String,
    /// The uploaded zip file, and the file in it; dropped once the job has ended.
    pub(crate) file: Option<Blob>,
    pub(crate) file_name: String,
    pub(crate) ignores_empty: Option<bool>,
    pub(crate) find_by: Option<String>,
    pub(crate) mappings: Vec<Mapping>,
    /// `ADDED`, `SUCCESS`, or what went wrong.
    pub(crate) code: String,
    pub(crate) counts: Counts,
}

/// Which column fills which field.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mapping {
    pub(crate) api_name: String,
    pub(crate) index: Option<usize>,
    pub(crate) format: Option<String>,
    pub(crate) find_by: Option<String>,
    pub(crate) default_value: Option<Value>,
    pub(crate) module: Option<String>,
    pub(crate) parent_column_index: Option<usize>,
}

/// What became of the rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) added: usize,
    pub(crate) updated: usize,
    pub(crate) skipped: usize,
    pub(crate) total: usize,
}
