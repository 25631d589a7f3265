//! Groups of users.

use serde::{Deserialize, Serialize};

use super::Stamp;

/// One group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct UserGroup {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) sources: Vec<GroupSource>,
    pub(crate) stamp: Stamp,
}

/// Whom a group gathers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GroupSource {
    /// `users`, `roles` or `territories`.
    pub(crate) kind: String,
    pub(crate) id: u64,
    /// With everybody below.
    pub(crate) has_subordinates: bool,
}
