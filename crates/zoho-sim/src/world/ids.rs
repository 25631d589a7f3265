//! Ids: the organisation's prefix and a counter that only grows, so that no id is ever used twice.

use serde::{Deserialize, Serialize};

/// Digits after the organisation's prefix.
const COUNTER_DIGITS: u64 = 1_000_000_000_000;

/// Gives ids of 19 digits, as organisations of today have them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ids {
    prefix: u64,
    counter: u64,
}

impl Ids {
    pub(crate) fn new(prefix: u32) -> Self {
        Self {
            prefix: u64::from(prefix),
            counter: 1_000,
        }
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.prefix * COUNTER_DIGITS + self.counter
    }

    /// An id of the organisation that nothing has.
    pub(crate) fn of_nothing(&self) -> u64 {
        self.prefix * COUNTER_DIGITS
    }

    /// The id of an entry of the log of changes, which is none of those that are given one by one.
    pub(crate) fn of_change(&self, sequence: u64) -> u64 {
        self.prefix * COUNTER_DIGITS + COUNTER_DIGITS / 2 + sequence % (COUNTER_DIGITS / 2)
    }

    /// The how-manieth id of this organisation it is; `None` for ids that were never given.
    pub(crate) fn count_of(&self, id: u64) -> Option<usize> {
        let count = id % COUNTER_DIGITS;
        let is_given = self.is_own(id) && count <= self.counter;
        usize::try_from(count).ok().filter(|_| is_given)
    }

    /// Whether an id can belong to this organisation at all.
    pub(crate) fn is_own(&self, id: u64) -> bool {
        id / COUNTER_DIGITS == self.prefix
    }
}

/// Reads an id from text: digits only, at most 19 of them.
pub(crate) fn parse_id(text: &str) -> Option<u64> {
    let is_id =
        !text.is_empty() && text.len() <= 19 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_id { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_nineteen_digits_and_grow() {
        let mut ids = Ids::new(5_725_767);
        let (first, second) = (ids.next(), ids.next());
        assert_eq!(first.to_string().len(), 19);
        assert!(second > first && ids.is_own(second) && !ids.is_own(1));
    }

    #[test]
    fn only_digits_are_an_id() {
        assert_eq!(
            parse_id("5725767000000001001"),
            Some(5_725_767_000_000_001_001)
        );
        for text in ["", "12a", "-1", "+1", "1.5", "99999999999999999999"] {
            assert_eq!(parse_id(text), None, "{text}");
        }
    }
}
