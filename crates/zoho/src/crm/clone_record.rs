//! Copies a record.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{Crm, RecordId, Written, path, written};
use crate::Error;
use crate::call::Call;
use crate::policy::{Idempotency, price};

const OPERATION: &str = "clone record";

impl Crm {
    /// Makes a copy of a record, with other values where `values` names some
    /// (`crm/developer/docs/api/v8/record-clone.html`). Files, images, external and read-only fields are not copied, and
    /// unique fields need another value. Scope: `ZohoCRM.modules.{module}.CREATE`. It is not repeated after a lost answer.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn clone_record(
        &self,
        module: &str,
        id: &RecordId,
        values: &Map<String, Value>,
    ) -> Result<Written, Error> {
        let body = (!values.is_empty()).then(|| json!({"data": [values]}).to_string().into());
        let call = Call::write(
            Method::POST,
            path(OPERATION, &[module, id.as_str(), "actions", "clone"])?,
            price::light(OPERATION),
            body,
            Idempotency::NotIdempotent,
        );
        self.client
            .call(&call, |reply| written::read(&reply, 1))
            .await
    }
}
