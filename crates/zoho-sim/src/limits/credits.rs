//! Credits used in a rolling window.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Seconds that share one entry; the window is exact to this.
const STEP_SECONDS: i64 = 10;

/// Credits by the time of their use.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct CreditWindow {
    entries: VecDeque<(i64, u64)>,
    used: u64,
}

impl CreditWindow {
    pub(crate) fn spend(&mut self, now: i64, credits: u64) {
        let step = now.div_euclid(STEP_SECONDS) * STEP_SECONDS;
        match self.entries.back_mut() {
            Some((at, spent)) if *at == step => *spent += credits,
            _ => self.entries.push_back((step, credits)),
        }
        self.used += credits;
    }

    /// Credits used in the window that ends now.
    pub(crate) fn used(&mut self, now: i64, window_seconds: i64) -> u64 {
        while let Some((at, spent)) = self.entries.front().copied() {
            if at + window_seconds > now {
                break;
            }
            self.entries.pop_front();
            self.used -= spent;
        }
        self.used
    }
}
