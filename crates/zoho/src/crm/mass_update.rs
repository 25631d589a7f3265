//! One value for many records at once.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::mass_job::{MassJob, RECORDS_MAX, Target};
use super::{Crm, RecordId, Written, items, path, written};
use crate::call::Call;
use crate::client::Client;
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind};

const OPERATION: &str = "mass update";

impl Crm {
    /// Sets a field of up to 500 records by id at once, or of up to 50,000 by a custom view later
    /// (`crm/developer/docs/api/v8/mass-update-records.html`). Zoho takes one field, in Deals three; no e-mail, lookup,
    /// layout or multi-line field. Scope: `ZohoCRM.mass_update.{module}.UPDATE`.
    pub fn mass_update(&self, module: &str) -> MassUpdate {
        MassUpdate {
            client: self.client.clone(),
            module: module.to_owned(),
            fields: Map::new(),
            target: None,
            overwrite: None,
        }
    }

    /// How a scheduled mass update stands; `None` if Zoho does not know the job.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn mass_update_job(
        &self,
        module: &str,
        job_id: &str,
    ) -> Result<Option<MassJob>, Error> {
        self.mass_job("get mass update", module, "mass_update", job_id)
            .await
    }
}

/// A mass update in the making.
#[derive(Clone)]
#[must_use = "nothing is sent before `send`"]
pub struct MassUpdate {
    client: Client,
    module: String,
    fields: Map<String, Value>,
    target: Option<Target>,
    overwrite: Option<bool>,
}

/// What came of a mass update.
#[derive(Clone, Debug)]
pub enum MassUpdated {
    /// By ids: it is done, one row each.
    Done(Written),
    /// By a custom view: Zoho does it later; [`Crm::mass_update_job`] tells how it stands.
    Scheduled {
        /// The job's id.
        job_id: String,
    },
}

impl MassUpdate {
    /// The field and its new value.
    pub fn field(mut self, field: impl Into<String>, value: impl Into<Value>) -> MassUpdate {
        self.fields.insert(field.into(), value.into());
        self
    }

    /// The records, 1 to 500; instead of a custom view.
    pub fn ids(mut self, ids: impl IntoIterator<Item = RecordId>) -> MassUpdate {
        self.target = Some(Target::Ids(ids.into_iter().collect()));
        self
    }

    /// The custom view whose records are meant, up to 50,000; instead of ids.
    pub fn custom_view(mut self, view: &RecordId) -> MassUpdate {
        self.target = Some(Target::CustomView(view.clone()));
        self
    }

    /// Whether records that have a value already get the new one too; Zoho's default is no.
    pub fn overwrite(mut self, overwrite: bool) -> MassUpdate {
        self.overwrite = Some(overwrite);
        self
    }

    /// Sends the update. By ids it is repeated after a lost answer, since setting a value again changes nothing; by a
    /// custom view it is not, since that would schedule another job.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] without a field, without records or with more than 500 ids; [`ErrorKind::Refused`] with
    /// `ALREADY_SCHEDULED`, `NO_RECORDS_FOUND` and others; otherwise see [`ErrorKind`].
    pub async fn send(self) -> Result<MassUpdated, Error> {
        let refuse = |message: &str| Err(Error::new(ErrorKind::Input, OPERATION, message));
        if self.fields.is_empty() {
            return refuse("no field was given; name the field and its new value");
        }
        let mut body = json!({"data": [self.fields]});
        let (sent, repeat) = match &self.target {
            None => return refuse("no records were named; use ids or custom_view"),
            Some(Target::Ids(ids)) if !(1..=RECORDS_MAX).contains(&ids.len()) => {
                return refuse("use 1 to 500 ids");
            }
            Some(Target::Ids(ids)) => {
                body["ids"] = json!(ids);
                (Some(ids.len()), Idempotency::Idempotent)
            }
            Some(Target::CustomView(view)) => {
                body["cvid"] = json!(view);
                (None, Idempotency::NotIdempotent)
            }
        };
        if let Some(overwrite) = self.overwrite {
            body["over_write"] = json!(overwrite);
        }
        let call = Call::write(
            Method::POST,
            path(OPERATION, &[&self.module, "actions", "mass_update"])?,
            price::light(OPERATION),
            Some(body.to_string().into()),
            repeat,
        );
        self.client
            .call(&call, |reply| match sent {
                Some(sent) => written::read(&reply, sent).map(MassUpdated::Done),
                None => {
                    let accepted = items::single(&reply, "data")?;
                    let job_id = accepted.detail("job_id");
                    let job_id =
                        job_id.ok_or_else(|| reply.broken("the answer names no job_id"))?;
                    Ok(MassUpdated::Scheduled { job_id })
                }
            })
            .await
    }
}

/// Shows no value: it may be personal data.
impl std::fmt::Debug for MassUpdate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MassUpdate")
            .field("module", &self.module)
            .finish_non_exhaustive()
    }
}
