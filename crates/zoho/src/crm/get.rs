//! One record by its id.

use serde::Deserialize;

use super::{Crm, Record, RecordId, field_list, path};
use crate::Error;
use crate::call::Call;
use crate::policy::price;

const OPERATION: &str = "get record";

impl Crm {
    /// The record with all fields that the user may see, or `None` if there is none with this id
    /// (`crm/developer/docs/api/v8/get-records.html`).
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn get(&self, module: &str, id: &RecordId) -> Result<Option<Record>, Error> {
        self.load(module, id, Vec::new()).await
    }

    /// The record with these fields only, at most 50.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn get_fields(
        &self,
        module: &str,
        id: &RecordId,
        fields: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Option<Record>, Error> {
        let fields = fields.into_iter().map(Into::into).collect();
        self.load(module, id, fields).await
    }

    async fn load(
        &self,
        module: &str,
        id: &RecordId,
        fields: Vec<String>,
    ) -> Result<Option<Record>, Error> {
        #[derive(Deserialize)]
        struct Wire {
            data: Vec<Record>,
        }
        let fields = field_list(OPERATION, &fields)?;
        let call = Call::read(
            path(OPERATION, &[module, id.as_str()])?,
            price::light(OPERATION),
        );
        let call = call.query_if("fields", Some(fields).filter(|fields| !fields.is_empty()));
        let answer = self.client.call(&call, |reply| reply.json::<Wire>()).await;
        match answer {
            Ok(wire) => Ok(wire.and_then(|wire| wire.data.into_iter().next())),
            Err(error) if is_unknown_id(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// unknown: whether a missing id answers 204 or this refusal; the sources name both, so both mean "no such record".
fn is_unknown_id(error: &Error) -> bool {
    error.code() == Some("INVALID_DATA")
        && error
            .details()
            .get("resource_path_index")
            .is_some_and(|index| index == 1)
}
