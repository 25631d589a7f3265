//! A tag of a module.

use serde::{Deserialize, Serialize};

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tag {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) colour: Option<String>,
    pub(crate) created_by: u64,
    pub(crate) modified_by: u64,
    pub(crate) created_at: i64,
    pub(crate) modified_at: i64,
}

impl Tag {
    pub(crate) fn new(id: u64, name: &str, user: u64, now: i64) -> Self {
        Self {
            id,
            name: name.to_owned(),
            colour: None,
            created_by: user,
            modified_by: user,
            created_at: now,
            modified_at: now,
        }
    }
}
