//! How a bulk write stands.

use serde::{Deserialize, Serialize};

use super::super::{RecordId, lenient};

/// A bulk write as Zoho tells of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BulkWriteJob {
    /// The job's id.
    pub id: RecordId,
    /// `ADDED`, `INPROGRESS`, `COMPLETED` or `FAILED`. A job is completed even if every row was skipped.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub status: String,
    /// The files of the job.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub resource: Vec<BulkWriteResource>,
    /// Where the result is, as soon as there is one.
    #[serde(default)]
    pub result: Option<BulkWriteResult>,
    /// When it was created, as Zoho sent it.
    #[serde(rename = "created_time", default, deserialize_with = "lenient::text")]
    pub created_at: Option<String>,
}

/// One module of a bulk write.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BulkWriteResource {
    /// `ADDED`, `INPROGRESS`, `COMPLETED`, `SKIPPED` or `FAILED`.
    #[serde(deserialize_with = "lenient::or_default")]
    pub status: String,
    /// `ADDED`, `SUCCESS`, or Zoho's code of what went wrong.
    #[serde(deserialize_with = "lenient::text")]
    pub code: Option<String>,
    /// The module, by `api_name`.
    #[serde(deserialize_with = "lenient::api_name")]
    pub module: Option<String>,
    /// How many rows did what.
    pub file: Option<BulkWriteFile>,
}

/// The rows of one file of a bulk write.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BulkWriteFile {
    /// The file's name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// As the status of the module.
    #[serde(deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// Rows that became new records.
    #[serde(deserialize_with = "lenient::number")]
    pub added_count: Option<u32>,
    /// Rows that changed records.
    #[serde(deserialize_with = "lenient::number")]
    pub updated_count: Option<u32>,
    /// Rows that did nothing; the result says why.
    #[serde(deserialize_with = "lenient::number")]
    pub skipped_count: Option<u32>,
    /// All rows.
    #[serde(deserialize_with = "lenient::number")]
    pub total_count: Option<u32>,
}

/// Where the result of a bulk write is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BulkWriteResult {
    /// A path of the upload server.
    pub download_url: String,
}

impl BulkWriteJob {
    /// True if its status will not change any more.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self.status.as_str(), "COMPLETED" | "FAILED")
    }
}
