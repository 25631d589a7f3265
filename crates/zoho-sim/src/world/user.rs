//! A user of the organisation.

use serde::{Deserialize, Serialize};

/// One user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) zuid: u64,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) is_active: bool,
    pub(crate) is_administrator: bool,
    pub(crate) created_at: i64,
}

impl User {
    pub(crate) fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}
