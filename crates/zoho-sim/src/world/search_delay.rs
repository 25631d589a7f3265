//! How far the search is behind what is written.

use serde::{Deserialize, Serialize};

/// The delay of the search index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchDelay {
    /// Simulated seconds until a search finds a change; 0 for at once.
    pub(crate) delay_seconds: u32,
}
