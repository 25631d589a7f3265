//! The call waits before it is acted on, holding its place among the calls in flight.

use serde::{Deserialize, Serialize};

use super::Before;

/// How long a call waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    /// Real time in milliseconds.
    pub milliseconds: u64,
}

impl Latency {
    pub(super) fn before(&self) -> Before {
        Before::Wait {
            milliseconds: self.milliseconds,
        }
    }
}
