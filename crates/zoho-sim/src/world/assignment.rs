//! Assignment rules: who owns a record that comes without an owner.

use serde::{Deserialize, Serialize};

/// One rule. Its entries are tried in order; what none of them fits goes to the default.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AssignmentRule {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// Module for whose records the rule is.
    pub(crate) module: String,
    pub(crate) entries: Vec<AssignmentEntry>,
    pub(crate) default_owner: Option<u64>,
}

/// Records whose field has this text go to this user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AssignmentEntry {
    pub(crate) field: String,
    pub(crate) value: String,
    pub(crate) owner: u64,
}
