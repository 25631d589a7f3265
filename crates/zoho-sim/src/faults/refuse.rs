//! The connection is closed before the call is acted on: nothing happened, and the caller cannot know.

use serde::{Deserialize, Serialize};

use super::Before;

/// Has no parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Refuse {}

impl Refuse {
    #[expect(clippy::unused_self, reason = "every fault is asked in the same way")]
    pub(super) fn before(&self) -> Before {
        Before::Close
    }
}
