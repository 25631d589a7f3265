//! The call is acted on; its answer comes in small pieces with pauses.

use serde::{Deserialize, Serialize};

use crate::http::Sending;

/// How slow the body comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slow {
    /// Bytes of each piece.
    #[serde(default = "some_bytes")]
    pub piece_bytes: usize,
    /// Real time in milliseconds before each piece.
    #[serde(default = "some_milliseconds")]
    pub pause_ms: u64,
}

fn some_bytes() -> usize {
    16
}

fn some_milliseconds() -> u64 {
    50
}

impl Slow {
    pub(super) fn check(&self) -> Result<(), String> {
        if self.piece_bytes == 0 {
            return Err("piece_bytes is 0, and nothing would ever come: use 1 or more".to_owned());
        }
        super::check_wait("pause_ms", self.pause_ms)
    }

    pub(super) fn sending(&self) -> Sending {
        Sending::Slow {
            piece_bytes: self.piece_bytes,
            pause_ms: self.pause_ms,
        }
    }
}
