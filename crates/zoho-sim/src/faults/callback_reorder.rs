//! A callback that the next one of its sender overtakes, or that comes a second late when none follows.

use serde::{Deserialize, Serialize};

use super::MetLetter;

/// Has no parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CallbackReorder {}

impl CallbackReorder {
    #[expect(clippy::unused_self, reason = "every fault is asked in the same way")]
    pub(super) fn meet(&self, met: &mut MetLetter) {
        met.is_overtaken = true;
    }
}
