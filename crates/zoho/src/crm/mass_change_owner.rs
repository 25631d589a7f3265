//! Gives the records of a custom view to another user, in a job of Zoho's.

use reqwest::Method;
use serde_json::json;

use super::mass_job::MassJob;
use super::{Crm, RecordId, items, path};
use crate::Error;
use crate::call::Call;
use crate::policy::{Idempotency, price};

impl Crm {
    /// Gives up to 50,000 records of a custom view to a user, later, and gives the job's id
    /// (OpenAPI file `v8.0/mass_change_owner.json`). Scope: `ZohoCRM.change_owner.CREATE`. It is not repeated after a lost
    /// answer, since that would schedule another job.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) with `NO_RECORDS_FOUND` and others; otherwise see
    /// [`ErrorKind`](crate::ErrorKind).
    pub async fn mass_change_owner(
        &self,
        module: &str,
        view: &RecordId,
        owner: &RecordId,
    ) -> Result<String, Error> {
        const OPERATION: &str = "mass change owner";
        let body = json!({"cvid": view, "owner": {"id": owner}}).to_string();
        let call = Call::write(
            Method::POST,
            path(OPERATION, &[module, "actions", "mass_change_owner"])?,
            price::light(OPERATION),
            Some(body.into()),
            Idempotency::NotIdempotent,
        );
        self.client
            .call(&call, |reply| {
                let accepted = items::single(&reply, "data")?;
                let job_id = accepted.detail("job_id");
                job_id.ok_or_else(|| reply.broken("the answer names no job_id"))
            })
            .await
    }

    /// How a scheduled change of owner stands; `None` if Zoho does not know the job, or not any more after 60 days.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn mass_change_owner_job(
        &self,
        module: &str,
        job_id: &str,
    ) -> Result<Option<MassJob>, Error> {
        self.mass_job("get mass change owner", module, "mass_change_owner", job_id)
            .await
    }
}
