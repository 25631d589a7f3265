//! The callbacks that were sent, for the control API and the page.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::world::outbox::{Letter, LetterKind};
use crate::world::write_time;

/// Callbacks that are kept, and bytes of their bodies; the oldest go first.
const ENTRIES_MAX: usize = 1_000;
const BYTES_MAX: usize = 16 * 1024 * 1024;

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
    /// Too many waited for the receiver.
    Overtaxed,
}

/// The latest callbacks.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    entries: VecDeque<Entry>,
    bytes: usize,
    last: u64,
}

impl Sent {
    pub(crate) fn add(&mut self, mut entry: Entry) {
        self.last += 1;
        entry.sequence = self.last;
        self.bytes += entry.bytes();
        self.entries.push_back(entry);
        while self.entries.len() > ENTRIES_MAX || self.bytes > BYTES_MAX {
            let Some(oldest) = self.entries.pop_front() else {
                break;
            };
            self.bytes -= oldest.bytes();
        }
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
    fn bytes(&self) -> usize {
        self.letter.bytes()
    }

    pub(crate) fn to_json(&self, offset_minutes: i32) -> Value {
        let mut at = Vec::new();
        write_time(&mut at, self.at, offset_minutes);
        let (status, error) = match &self.outcome {
            Outcome::Answered(status) => (Some(*status), None),
            Outcome::Failed(error) => (None, Some(error.as_str())),
            Outcome::Lost => (None, None),
            Outcome::Overtaxed => (None, Some("too many callbacks waited for this receiver")),
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
            "is_lost": matches!(self.outcome, Outcome::Lost | Outcome::Overtaxed),
            "status": status,
            "error": error,
            "duration_us": self.duration_us,
            "faults": self.faults,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(bytes: usize) -> Entry {
        Entry {
            sequence: 0,
            at: 0,
            letter: Letter {
                kind: LetterKind::Notification,
                url: String::new(),
                body: " ".repeat(bytes),
                sender: 1,
                module: String::new(),
                operation: String::new(),
            },
            outcome: Outcome::Overtaxed,
            duration_us: 0,
            faults: Vec::new(),
        }
    }

    #[test]
    fn the_list_is_bounded_by_number_and_bytes() {
        let mut sent = Sent::default();
        for _ in 0..ENTRIES_MAX + 5 {
            sent.add(entry(1));
        }
        assert_eq!(sent.after(0).count(), ENTRIES_MAX);
        sent.add(entry(BYTES_MAX - 10));
        assert_eq!(sent.after(0).count(), 11);
        assert_eq!(sent.count(), 1_006);
        let last = sent.after(1_005).next().unwrap();
        assert_eq!(last.to_json(0)["is_lost"], true);
    }
}
