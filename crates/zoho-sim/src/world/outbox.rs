//! Callbacks that wait to be sent.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Callbacks that may wait, and bytes of their bodies; the oldest go first.
const WAITING_MAX: usize = 10_000;
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// What a callback tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LetterKind {
    Notification,
    BulkRead,
    BulkWrite,
}

/// A callback to be sent by POST.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub(crate) kind: LetterKind,
    pub(crate) url: String,
    /// JSON.
    pub(crate) body: String,
    /// Channel or job; what has the same is sent in order.
    pub(crate) sender: u64,
    pub(crate) module: String,
    pub(crate) operation: String,
}

impl Letter {
    /// About how many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.body.len() + self.url.len()
    }
}

/// Callbacks in the order in which they were caused.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Outbox {
    /// Number of the latest change that notifications were made of.
    pub(crate) read_to: u64,
    waiting: VecDeque<Letter>,
    /// Bytes of what waits.
    #[serde(default)]
    bytes: usize,
    /// Callbacks that had to go before they were sent, since the start.
    #[serde(default)]
    dropped: u64,
}

impl Outbox {
    pub(crate) fn push(&mut self, letter: Letter) {
        self.bytes = self.bytes.saturating_add(letter.bytes());
        self.waiting.push_back(letter);
        while self.waiting.len() > WAITING_MAX || self.bytes > BYTES_MAX {
            let Some(oldest) = self.waiting.pop_front() else {
                break;
            };
            self.bytes = self.bytes.saturating_sub(oldest.bytes());
            self.dropped += 1;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// How many callbacks were never sent, as too many waited.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Takes out all that waits.
    pub(crate) fn take(&mut self) -> Vec<Letter> {
        self.bytes = 0;
        self.waiting.drain(..).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(bytes: usize) -> Letter {
        Letter {
            kind: LetterKind::Notification,
            url: String::new(),
            body: " ".repeat(bytes),
            sender: 1,
            module: String::new(),
            operation: String::new(),
        }
    }

    #[test]
    fn what_waits_is_bounded_by_number_and_bytes_and_what_goes_is_counted() {
        let mut outbox = Outbox::default();
        for _ in 0..WAITING_MAX + 3 {
            outbox.push(letter(1));
        }
        assert_eq!((outbox.waiting.len(), outbox.dropped()), (WAITING_MAX, 3));
        outbox.push(letter(BYTES_MAX - 5));
        assert_eq!(outbox.waiting.len(), 6);
        assert_eq!(outbox.dropped(), 3 + 9_995);
        outbox.push(letter(BYTES_MAX + 1));
        assert!(outbox.is_empty(), "one that is too long goes too");
        outbox.push(letter(1));
        assert_eq!((outbox.take().len(), outbox.bytes), (1, 0));
    }
}
