//! Variables of the organisation, in groups.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One variable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Variable {
    pub(crate) id: u64,
    pub(crate) api_name: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Name of its type, such as `integer`.
    pub(crate) kind: String,
    pub(crate) group: u64,
    /// As given.
    pub(crate) value: Value,
}

/// A group of variables.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct VariableGroup {
    pub(crate) id: u64,
    pub(crate) api_name: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
}
