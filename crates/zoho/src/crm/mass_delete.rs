//! Deletes up to 500 records at once, or those of a custom view later.

use reqwest::Method;
use serde_json::json;

use super::mass_job::{MassJob, RECORDS_MAX, Target};
use super::{Crm, RecordId, Written, items, path, written};
use crate::call::Call;
use crate::client::Client;
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind};

const OPERATION: &str = "mass delete";

impl Crm {
    /// Deletes up to 500 records by id at once, or up to 50,000 by a custom view later; they go to the recycle bin
    /// (OpenAPI file `v8.0/mass_delete_cvid.json`). Scope: `ZohoCRM.mass_delete.{module}.DELETE`.
    pub fn mass_delete(&self, module: &str) -> MassDelete {
        MassDelete {
            client: self.client.clone(),
            module: module.to_owned(),
            target: None,
        }
    }

    /// How a scheduled mass delete stands; `None` if Zoho does not know the job.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn mass_delete_job(
        &self,
        module: &str,
        job_id: &str,
    ) -> Result<Option<MassJob>, Error> {
        self.mass_job("get mass delete", module, "mass_delete", job_id)
            .await
    }
}

/// A mass delete in the making.
#[derive(Clone)]
#[must_use = "nothing is sent before `send`"]
pub struct MassDelete {
    client: Client,
    module: String,
    target: Option<Target>,
}

/// What came of a mass delete.
#[derive(Clone, Debug)]
pub enum MassDeleted {
    /// By ids: it is done, one row each.
    Done(Written),
    /// By a custom view: Zoho does it later; [`Crm::mass_delete_job`] tells how it stands.
    Scheduled {
        /// The job's id.
        job_id: String,
    },
}

impl MassDelete {
    /// The records, 1 to 500; instead of a custom view.
    pub fn ids(mut self, ids: impl IntoIterator<Item = RecordId>) -> MassDelete {
        self.target = Some(Target::Ids(ids.into_iter().collect()));
        self
    }

    /// The custom view whose records are meant, up to 50,000; instead of ids.
    pub fn custom_view(mut self, view: &RecordId) -> MassDelete {
        self.target = Some(Target::CustomView(view.clone()));
        self
    }

    /// Sends it. It is not repeated after a lost answer: a second one would say that the records are not there.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] without records or with more than 500 ids; [`ErrorKind::Refused`] with `ALREADY_SCHEDULED`,
    /// `NO_RECORDS_FOUND` and others; otherwise see [`ErrorKind`].
    pub async fn send(self) -> Result<MassDeleted, Error> {
        let refuse = |message: &str| Err(Error::new(ErrorKind::Input, OPERATION, message));
        let (body, sent) = match &self.target {
            None => return refuse("no records were named; use ids or custom_view"),
            Some(Target::Ids(ids)) if !(1..=RECORDS_MAX).contains(&ids.len()) => {
                return refuse("use 1 to 500 ids");
            }
            Some(Target::Ids(ids)) => (json!({"ids": ids}), Some(ids.len())),
            Some(Target::CustomView(view)) => (json!({"cvid": view}), None),
        };
        let call = Call::write(
            Method::POST,
            path(OPERATION, &[&self.module, "actions", "mass_delete"])?,
            price::mass_delete(OPERATION, sent.unwrap_or(1)),
            Some(body.to_string().into()),
            Idempotency::NotIdempotent,
        );
        self.client
            .call(&call, |reply| match sent {
                Some(sent) => written::read(&reply, sent).map(MassDeleted::Done),
                None => {
                    let accepted = items::single(&reply, "data")?;
                    let job_id = accepted.detail("job_id");
                    let job_id =
                        job_id.ok_or_else(|| reply.broken("the answer names no job_id"))?;
                    Ok(MassDeleted::Scheduled { job_id })
                }
            })
            .await
    }
}

impl std::fmt::Debug for MassDelete {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MassDelete")
            .field("module", &self.module)
            .finish_non_exhaustive()
    }
}
