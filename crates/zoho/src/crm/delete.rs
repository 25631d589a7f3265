//! Deletes records by id; they go to the recycle bin for 60 days.

use reqwest::Method;

use super::{Crm, RECORDS_PER_CALL_MAX, RecordId, Written, path, written};
use crate::call::Call;
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind};

const OPERATION: &str = "delete records";

impl Crm {
    /// Deletes 1 to 100 records and gives one row per id (`crm/developer/docs/api/v8/delete-records.html`).
    ///
    /// It is not repeated after a lost answer: Zoho refuses the deletion of what is already deleted, so that a second
    /// answer would hide what the first one did.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for no id or more than 100; otherwise see [`ErrorKind`].
    pub async fn delete(&self, module: &str, ids: &[RecordId]) -> Result<Written, Error> {
        if ids.is_empty() || ids.len() > RECORDS_PER_CALL_MAX {
            let message = format!(
                "{} ids were given; use 1 to {RECORDS_PER_CALL_MAX}",
                ids.len()
            );
            return Err(Error::new(ErrorKind::Input, OPERATION, message));
        }
        let ids_text: Vec<&str> = ids.iter().map(RecordId::as_str).collect();
        let path = path(OPERATION, &[module])?;
        let cost = price::light(OPERATION);
        let call = Call::write(Method::DELETE, path, cost, None, Idempotency::NotIdempotent)
            .query("ids", ids_text.join(","));
        self.client
            .call(&call, |reply| written::read(&reply, ids.len()))
            .await
    }
}
