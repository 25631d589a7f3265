//! Records that are shared with users who would not see them.

use serde::{Deserialize, Serialize};

/// One share of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Share {
    pub(crate) user: u64,
    pub(crate) permission: String,
    pub(crate) has_related_records: bool,
    pub(crate) shared_by: u64,
    pub(crate) shared_at: i64,
}
