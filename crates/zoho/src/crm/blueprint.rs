//! Blueprints: the process that a record is in, and its transitions.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Accepted, Crm, RecordId, items, lenient, path};
use crate::Error;
use crate::call::Call;
use crate::policy::{Idempotency, price};

/// Where a record stands in its process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Blueprint {
    /// The process, as Zoho sent it: its `name`, `field_name`, `field_value`, `current_picklist` and more.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub process_info: Map<String, Value>,
    /// What can be done next.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub transitions: Vec<Transition>,
}

/// A step of a process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Transition {
    /// Its id, for [`Crm::transition`].
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// What people call it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// The value that the process's field has after it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub next_field_value: Option<String>,
    /// True if the record meets the conditions of the step.
    #[serde(default)]
    pub criteria_matched: Option<bool>,
    /// The fields that it asks for, as Zoho sent them.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub fields: Vec<Value>,
    /// Values that it has already.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub data: Map<String, Value>,
}

impl Crm {
    /// The process that a record is in, and what can be done next; `None` if it is in none
    /// (OpenAPI file `v8.0/blueprint.json`).
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn blueprint(&self, module: &str, id: &RecordId) -> Result<Option<Blueprint>, Error> {
        const OPERATION: &str = "get blueprint";
        #[derive(Deserialize)]
        struct Wire {
            blueprint: Blueprint,
        }
        let path = path(OPERATION, &[module, id.as_str(), "actions", "blueprint"])?;
        let call = Call::read(path, price::light(OPERATION));
        match self.client.call(&call, |reply| reply.json::<Wire>()).await {
            Ok(wire) => Ok(wire.map(|wire| wire.blueprint)),
            Err(error) if error.code() == Some("RECORD_NOT_IN_PROCESS") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Takes a record a step further, with the fields that the step asks for; `Notes` and `CheckLists` go there too
    /// (OpenAPI file `v8.0/blueprint.json`).
    ///
    /// It is not repeated after a lost answer: the step is not to be had again.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if the fields cannot be put into JSON;
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) with `RECORD_NOT_IN_PROCESS` or `INVALID_DATA`; otherwise see
    /// [`ErrorKind`](crate::ErrorKind).
    pub async fn transition(
        &self,
        module: &str,
        id: &RecordId,
        transition_id: &str,
        data: &impl Serialize,
    ) -> Result<Accepted, Error> {
        const OPERATION: &str = "make transition";
        let data = serde_json::to_value(data).map_err(|source| {
            let message = "the fields cannot be put into JSON";
            Error::new(crate::ErrorKind::Input, OPERATION, message).caused_by(source)
        })?;
        let body = json!({"blueprint": [{"transition_id": transition_id, "data": data}]});
        let call = Call::write(
            Method::PUT,
            path(OPERATION, &[module, id.as_str(), "actions", "blueprint"])?,
            price::light(OPERATION),
            Some(body.to_string().into()),
            Idempotency::NotIdempotent,
        );
        self.client
            .call(&call, |reply| items::single(&reply, ""))
            .await
    }
}
