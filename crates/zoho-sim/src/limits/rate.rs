//! Calls of one kind in the last minute.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

const WINDOW_SECONDS: i64 = 60;

/// The times of the latest calls.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct MinuteWindow {
    times: VecDeque<i64>,
}

impl MinuteWindow {
    /// Notes one more call, unless as many as are allowed were made in the last minute.
    pub(crate) fn admit(&mut self, now: i64, maximum: Option<u32>) -> bool {
        let Some(maximum) = maximum.and_then(|maximum| usize::try_from(maximum).ok()) else {
            return true;
        };
        while self
            .times
            .front()
            .is_some_and(|at| at + WINDOW_SECONDS <= now)
        {
            self.times.pop_front();
        }
        let is_free = self.times.len() < maximum;
        if is_free {
            self.times.push_back(now);
        }
        is_free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_no_more_than_allowed() {
        let mut window = MinuteWindow::default();
        assert!((0..10).all(|second| window.admit(second, Some(10))));
        assert!(!window.admit(59, Some(10)));
        assert!(window.admit(60, Some(10)), "the first one is a minute old");
        assert!(!window.admit(60, Some(0)));
        assert!(window.admit(60, None));
    }
}
