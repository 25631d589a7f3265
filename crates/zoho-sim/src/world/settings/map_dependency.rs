//! Which options of one picklist go with which of another, in one layout.

use serde::{Deserialize, Serialize};

/// One dependency of a picklist on another. Options that a value of the parent does not name cannot be chosen with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MapDependency {
    pub(crate) id: u64,
    pub(crate) layout: u64,
    /// API names of both fields.
    pub(crate) parent: String,
    pub(crate) child: String,
    /// Options by id: one of the parent, and those of the child that go with it.
    pub(crate) maps: Vec<(u64, Vec<u64>)>,
}
