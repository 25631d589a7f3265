//! The call is acted on; its answer promises a whole body and the connection closes in the middle of it.

use serde::{Deserialize, Serialize};

use crate::http::Sending;

/// Where the body ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truncated {
    /// Bytes of the body that are sent.
    #[serde(default = "some_bytes")]
    pub bytes: usize,
}

fn some_bytes() -> usize {
    20
}

impl Truncated {
    pub(super) fn sending(&self) -> Sending {
        Sending::Cut { bytes: self.bytes }
    }
}
