//! Attempts: each try of a delivery, appended and never changed; and the batch, the call that carried it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::id::BatchId;

/// What one try means for the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The row succeeded.
    Delivered,
    /// Worth another try.
    Continue,
    /// No repeat can help.
    Permanent,
    /// It could have worked, but patience has ended.
    Exhausted,
}

impl Verdict {
    /// The word in tables, JSON and the console.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Continue => "continue",
            Self::Permanent => "permanent",
            Self::Exhausted => "exhausted",
        }
    }

    /// Reads [`Verdict::as_str`] back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Delivered,
            Self::Continue,
            Self::Permanent,
            Self::Exhausted,
        ]
        .into_iter()
        .find(|verdict| verdict.as_str() == word)
    }
}

/// One try of one delivery.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// First, second … try of its delivery.
    pub number: u32,
    /// What it means.
    pub verdict: Verdict,
    /// Zoho's code for the row or the call, or the kind of failure (`CONNECT`, `TIMEOUT` …).
    pub code: String,
    /// What was said with it.
    pub message: String,
    /// Zoho's answer for this row, as it came.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub answer: Option<Box<RawValue>>,
    /// The call that carried it.
    pub batch: Batch,
}

/// One call to Zoho.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// `POST /crm/v8/Leads/upsert`
    pub request: String,
    /// How many rows it carried.
    pub rows: u32,
    /// When it was sent.
    pub started_at: Timestamp,
    /// When the answer was there, or given up.
    pub ended_at: Timestamp,
    /// The HTTP status of the answer, if one came.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub http_status: Option<u16>,
    /// Credits that it cost.
    pub credits: u32,
}
