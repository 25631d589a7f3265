//! Recognises events that were accepted before, by source and `messageId`.
//!
//! The keys of the last seven days, at most a million, are held in memory and read back from the events when the
//! gateway starts. A unique index in the database would be simpler, but ids are random: each insert would touch
//! another page, which costs six times the insert itself.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::model::id::EventId;

/// How long a `messageId` is remembered.
pub const REMEMBERED_FOR: Duration = Duration::from_secs(7 * 24 * 3_600);
/// How many are remembered (about 80 bytes each).
pub const REMEMBERED_MAX: usize = 1_000_000;

/// Sixteen bytes that stand for source and `messageId`.
pub type MessageKey = [u8; 16];

/// What is remembered.
#[derive(Debug, Default)]
pub struct Duplicates {
    first: HashMap<MessageKey, EventId>,
    order: VecDeque<MessageKey>,
}

impl Duplicates {
    /// The event that came first with this key; if none did, `id` is remembered as the first.
    pub fn first_of(&mut self, key: MessageKey, id: EventId) -> Option<EventId> {
        if let Some(first) = self.first.get(&key) {
            return Some(*first).filter(|first| *first != id);
        }
        if self.order.len() >= REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.first.remove(&oldest);
        }
        self.first.insert(key, id);
        self.order.push_back(key);
        None
    }

    /// Forgets an event that could not be stored after all. Where another one was first, that one stays remembered.
    pub fn forget(&mut self, key: &MessageKey, id: EventId) {
        if self.first.get(key) != Some(&id) {
            return;
        }
        self.first.remove(key);
        // It was remembered a moment ago, so it lies near the end.
        if let Some(at) = self.order.iter().rposition(|other| other == key) {
            self.order.remove(at);
        }
    }
}

/// The key of a source and a `messageId`.
#[must_use]
pub fn message_key(source: &str, message_id: &str) -> MessageKey {
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    digest.update(&(source.len() as u64).to_le_bytes());
    digest.update(source.as_bytes());
    digest.update(message_id.as_bytes());
    let digest = digest.finish();
    let mut key = [0; 16];
    key.copy_from_slice(&digest.as_ref()[..16]);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_names_the_first_and_sources_are_apart() {
        let clock = crate::clock::Clock::system();
        let (first, second) = (clock.next_event_id(), clock.next_event_id());
        let mut duplicates = Duplicates::default();
        assert_eq!(duplicates.first_of(message_key("a", "m1"), first), None);
        assert_eq!(
            duplicates.first_of(message_key("a", "m1"), second),
            Some(first)
        );
        assert_eq!(duplicates.first_of(message_key("b", "m1"), second), None);
        assert_eq!(
            duplicates.first_of(message_key("a", "m1"), first),
            None,
            "an event is no duplicate of itself"
        );
    }

    #[test]
    fn what_was_forgotten_is_new_again() {
        let clock = crate::clock::Clock::system();
        let mut duplicates = Duplicates::default();
        let key = message_key("a", "m1");
        let first = clock.next_event_id();
        duplicates.first_of(key, first);
        duplicates.forget(&key, first);
        assert_eq!(duplicates.first_of(key, clock.next_event_id()), None);
    }

    #[test]
    fn a_repeat_that_is_forgotten_leaves_the_first_remembered() {
        let clock = crate::clock::Clock::system();
        let mut duplicates = Duplicates::default();
        let key = message_key("a", "m1");
        let (first, repeat) = (clock.next_event_id(), clock.next_event_id());
        duplicates.first_of(key, first);
        duplicates.first_of(key, repeat);
        duplicates.forget(&key, repeat);
        assert_eq!(duplicates.first_of(key, repeat), Some(first));
    }
}
