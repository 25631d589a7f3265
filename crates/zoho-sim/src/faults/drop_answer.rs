//! The call is acted on, then the connection is closed without an answer: it happened, and the caller cannot know.

use serde::{Deserialize, Serialize};

use crate::http::Sending;

/// Has no parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DropAnswer {}

impl DropAnswer {
    #[expect(clippy::unused_self, reason = "every fault is asked in the same way")]
    pub(super) fn sending(&self) -> Sending {
        Sending::Nothing
    }
}
