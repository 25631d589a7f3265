//! Locks of records: a locked one can be neither changed nor deleted.

use serde::{Deserialize, Serialize};

use super::Actions;

/// Who locked a record, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lock {
    pub(crate) id: u64,
    pub(crate) reason: String,
    pub(crate) created_by: u64,
    pub(crate) created_at: i64,
    pub(crate) modified_by: u64,
    pub(crate) modified_at: i64,
}

impl Actions {
    /// Whether the record is locked. unknown: who may pass a lock (Zoho excludes profiles in a configuration); here nobody.
    pub(crate) fn is_locked(&self, record: u64) -> bool {
        self.locks.contains_key(&record)
    }
}
