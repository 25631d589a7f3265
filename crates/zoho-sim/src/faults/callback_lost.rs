//! A callback that is never sent: the change happened, and nobody is told.

use serde::{Deserialize, Serialize};

use super::MetLetter;

/// Has no parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CallbackLost {}

impl CallbackLost {
    #[expect(clippy::unused_self, reason = "every fault is asked in the same way")]
    pub(super) fn meet(&self, met: &mut MetLetter) {
        met.is_lost = true;
    }
}
