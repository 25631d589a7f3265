//! Callbacks that wait to be sent.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Callbacks that may wait; the oldest go first.
const WAITING_MAX: usize = 10_000;

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

/// Callbacks in the order in which they were caused.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Outbox {
    /// Number of the latest change that notifications were made of.
    pub(crate) read_to: u64,
    waiting: VecDeque<Letter>,
}

impl Outbox {
    pub(crate) fn push(&mut self, letter: Letter) {
        if self.waiting.len() >= WAITING_MAX {
            self.waiting.pop_front();
        }
        self.waiting.push_back(letter);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes out all that waits.
    pub(crate) fn take(&mut self) -> Vec<Letter> {
        self.waiting.drain(..).collect()
    }
}
