//! Why a delivery is a dead letter, in words that somebody in marketing can act on.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where on its way a delivery came to grief.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The mapping could not make a record of the event.
    Mapping,
    /// The record does not fit the module's field metadata; no call was spent.
    Check,
    /// Zoho refused the record.
    Zoho,
    /// The call itself failed until patience ended.
    Call,
}

/// One reason, as shown to people and as data for programs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// Where it happened.
    pub stage: Stage,
    /// Zoho's code (`MANDATORY_NOT_FOUND`, `INVALID_DATA` …), also where we found it first, before a call.
    pub code: String,
    /// The field's API name, when one is to blame.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// The value that was refused, when there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<Value>,
    /// What is wrong, in one plain sentence.
    pub message: String,
    /// What to do about it, in one plain sentence.
    pub remedy: String,
}
