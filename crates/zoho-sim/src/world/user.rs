//! A user of the organisation.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) zuid: u64,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) is_active: bool,
    pub(crate) created_at: i64,
    pub(crate) modified_at: i64,
    /// A deleted user keeps the records that name it.
    pub(crate) is_deleted: bool,
    /// Whether the invitation was accepted.
    pub(crate) is_confirmed: bool,
    pub(crate) profile: u64,
    pub(crate) role: u64,
    /// Who added and who last changed the user.
    pub(crate) created_by: u64,
    pub(crate) modified_by: u64,
    /// Everything else that was said about the user, printed as given.
    pub(crate) extra: Map<String, Value>,
}

impl User {
    pub(crate) fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
            .trim()
            .to_owned()
    }
}
