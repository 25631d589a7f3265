//! Lanes: deliveries that may travel in one batch, since everything but the record is the same.

use serde::{Deserialize, Serialize};

use crate::model::config::RouteConfig;
use crate::model::delivery::Operation;
use crate::model::life::Request;
use crate::store::lease::LaneRow;
use crate::store::{StoreError, look};

/// What a call carries beside its records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LaneOptions {
    /// Fields by which an upsert finds the record that is there; empty: Zoho's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicate_check_fields: Vec<String>,
    /// Zoho automation that may run; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Vec<String>>,
    /// Id of an assignment rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lar_id: Option<String>,
}

/// A lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lane {
    pub id: i64,
    pub connection: String,
    pub module: String,
    pub operation: Operation,
    pub options: LaneOptions,
}

impl LaneOptions {
    /// The options of a route.
    #[must_use]
    pub(crate) fn of(route: &RouteConfig) -> Self {
        Self {
            duplicate_check_fields: route.duplicate_check_fields.clone(),
            trigger: route.trigger.clone(),
            lar_id: route.lar_id.clone(),
        }
    }

    /// The form in which rows store them, equal for equal options.
    #[must_use]
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Lane {
    /// Reads a stored lane.
    ///
    /// # Errors
    /// When the row holds what this version does not know.
    pub(crate) fn read(row: LaneRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            operation: look::operation(&row.operation)?,
            options: serde_json::from_str(&row.options)
                .map_err(|error| StoreError::inconsistent("lanes.options", error))?,
            connection: row.connection,
            module: row.module,
        })
    }

    /// The path of the call.
    #[must_use]
    pub(crate) fn path(&self) -> String {
        path(&self.module, self.operation)
    }
}

/// The path of a call that writes records.
#[must_use]
pub(crate) fn path(module: &str, operation: Operation) -> String {
    match operation {
        Operation::Upsert => format!("/crm/v8/{module}/upsert"),
        Operation::Insert => format!("/crm/v8/{module}"),
    }
}

/// The request that a record would travel in if it went alone.
#[must_use]
pub(crate) fn request(
    module: &str,
    operation: Operation,
    options: &LaneOptions,
    record: &serde_json::value::RawValue,
) -> Request {
    let record: serde_json::Value = serde_json::from_str(record.get()).unwrap_or_default();
    let mut body = serde_json::Map::new();
    body.insert("data".to_owned(), serde_json::json!([record]));
    if let Ok(serde_json::Value::Object(options)) = serde_json::to_value(options) {
        body.extend(options);
    }
    Request {
        method: "POST".to_owned(),
        path: path(module, operation),
        body: serde_json::Value::Object(body),
    }
}
