//! A callback that comes more than once.

use serde::{Deserialize, Serialize};

use super::MetLetter;

/// Copies of one callback.
const COPIES_MAX: u32 = 100;

/// How often a callback comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackDuplicate {
    /// How many times more.
    #[serde(default = "some_copies")]
    pub copies: u32,
}

fn some_copies() -> u32 {
    1
}

impl CallbackDuplicate {
    pub(super) fn check(&self) -> Result<(), String> {
        if (1..=COPIES_MAX).contains(&self.copies) {
            return Ok(());
        }
        Err(format!(
            "copies is {}: use a number from 1 to {COPIES_MAX}",
            self.copies
        ))
    }

    pub(super) fn meet(&self, met: &mut MetLetter) {
        met.copies = met.copies.saturating_add(self.copies.min(COPIES_MAX));
    }
}
