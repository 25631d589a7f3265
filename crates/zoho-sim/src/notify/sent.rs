//! The callbacks that were sent, for the control API and the page.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::world::outbox::{Letter, LetterKind};
use crate::world::write_time;

/// Callbacks that are kept.
const ENTRIES_MAX: usize = 1_000;

/// One callback that was sent, or should have been.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) sequence: u64,
    /// Simulated time, seconds since 1970.
    pub(crate) at: i64,
    pub(crate) letter: Letter,
    pub(crate) outcome: Outcome,
    pub(crate) duration_us: u64,
    /// Kinds of the faults that met it.
    pub(crate) faults: Vec<&'static str>,
}

/// What became of a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The receiver answered with this status.
    Answered(u16),
    /// The receiver could not be reached, or gave no answer in time.
    Failed(String),
    /// A fault kept it from being sent.
    Lost,
}

/// The latest callbacks.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    entries: VecDeque<Entry>,
    last: u64,
}

impl Sent {
    pub(crate) fn add(&mut self, mut entry: Entry) {
        self.last += 1;
        entry.sequence = self.last;
        if self.entries.len() >= ENTRIES_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// Entries after `sequence`, oldest first.
    pub(crate) fn after(&self, sequence: u64) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries
            .iter()
            .filter(move |entry| entry.sequence > sequence)
    }

    /// How many there were since the start.
    pub(crate) fn count(&self) -> u64 {
        self.last
    }
}

impl Entry {
    pub(crate) fn to_json(&self, offset_minutes: i32) -> Value {
        let mut at = Vec::new();
        write_time(&mut at, self.at, offset_minutes);
        let (status, error) = match &self.outcome {
            Outcome::Answered(status) => (Some(*status), None),
            Outcome::Failed(error) => (None, Some(error.as_str())),
            Outcome::Lost => (None, None),
        };
        let kind = match self.letter.kind {
            LetterKind::Notification => "notification",
            LetterKind::BulkRead => "bulk_read",
            LetterKind::BulkWrite => "bulk_write",
        };
        json!({
            "sequence": self.sequence,
            "time": String::from_utf8_lossy(&at),
            "kind": kind,
            "sender": self.letter.sender.to_string(),
            "module": self.letter.module,
            "operation": self.letter.operation,
            "url": self.letter.url,
            "body": serde_json::from_str::<Value>(&self.letter.body).unwrap_or_default(),
            "is_lost": self.outcome == Outcome::Lost,
            "status": status,
            "error": error,
            "duration_us": self.duration_us,
            "faults": self.faults,
        })
    }
}
