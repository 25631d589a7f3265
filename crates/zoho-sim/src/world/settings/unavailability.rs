//! When users are away.

use serde::{Deserialize, Serialize};

/// One absence of a user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Unavailability {
    pub(crate) id: u64,
    pub(crate) user: u64,
    /// Seconds since 1970.
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) is_all_day: bool,
    pub(crate) title: String,
    pub(crate) comments: Option<String>,
}
