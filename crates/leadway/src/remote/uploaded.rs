//! What the gateway answers to many events at once: one result for each, in their order.

use leadway_engine::model::id::EventId;
use serde::Deserialize;

use super::CallError;

/// The answer to a batch.
#[derive(Debug, Deserialize)]
pub(crate) struct Uploaded {
    pub(crate) results: Vec<RowResult>,
}

/// What became of one event.
#[derive(Debug, Deserialize)]
pub(crate) struct RowResult {
    #[serde(default)]
    pub(crate) id: Option<EventId>,
    #[serde(default)]
    pub(crate) error: Option<RowError>,
}

/// Why an event was refused.
#[derive(Debug, Deserialize)]
pub(crate) struct RowError {
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) field: Option<String>,
    #[serde(default)]
    pub(crate) value: Option<String>,
    pub(crate) message: String,
    #[serde(default)]
    pub(crate) remedy: String,
}

impl Uploaded {
    /// A batch of which nothing could be taken is refused as a whole, but its results say why; so that is an answer.
    pub(crate) fn of(outcome: Result<Self, CallError>, events: usize) -> Result<Self, CallError> {
        match outcome {
            Err(CallError::Refused { problem, .. })
                if events > 0 && problem.results.len() == events =>
            {
                Ok(Self {
                    results: problem.results,
                })
            }
            other => other,
        }
    }
}
