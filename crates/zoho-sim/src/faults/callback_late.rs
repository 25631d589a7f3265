//! A callback that comes late, after those that were caused later.

use serde::{Deserialize, Serialize};

use super::MetLetter;

/// How late a callback comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackLate {
    /// Real time in milliseconds.
    #[serde(default = "some_milliseconds")]
    pub milliseconds: u64,
}

fn some_milliseconds() -> u64 {
    500
}

impl CallbackLate {
    pub(super) fn meet(&self, met: &mut MetLetter) {
        met.wait_ms = met.wait_ms.saturating_add(self.milliseconds);
    }
}
