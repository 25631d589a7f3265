//! Makes one record of several.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{Accepted, Crm, RecordId, items, path};
use crate::call::Call;
use crate::client::Client;
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind};

const OPERATION: &str = "merge records";

impl Crm {
    /// Merges records into a master record, which stays, while the others go
    /// (OpenAPI file `v8.0/find_and_merge.json`). It costs 50 credits and cannot be undone.
    pub fn merge(
        &self,
        module: &str,
        master: &RecordId,
        others: impl IntoIterator<Item = RecordId>,
    ) -> Merge {
        Merge {
            client: self.client.clone(),
            module: module.to_owned(),
            master: master.clone(),
            others: others.into_iter().map(|id| (id, Vec::new())).collect(),
            master_fields: Vec::new(),
            unknown: None,
        }
    }

    /// How a merge stands that Zoho does later; `None` if Zoho tells nothing. The answer is as Zoho sent it: `status`,
    /// `data` and `master_record_fields`.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn merge_job(
        &self,
        module: &str,
        master: &RecordId,
        job_id: &str,
    ) -> Result<Option<Map<String, Value>>, Error> {
        const OPERATION: &str = "get merge";
        #[derive(serde::Deserialize)]
        struct Wire {
            merge: Vec<Map<String, Value>>,
        }
        let path = path(OPERATION, &[module, master.as_str(), "actions", "merge"])?;
        let call = Call::read(path, price::light(OPERATION)).query("job_id", job_id);
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        Ok(wire.and_then(|wire| wire.merge.into_iter().next()))
    }
}

/// A merge in the making.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send`"]
pub struct Merge {
    client: Client,
    module: String,
    master: RecordId,
    others: Vec<(RecordId, Vec<String>)>,
    master_fields: Vec<String>,
    unknown: Option<RecordId>,
}

impl Merge {
    /// The fields, by `api_name`, whose values the master takes from this other record.
    pub fn take(
        mut self,
        from: &RecordId,
        fields: impl IntoIterator<Item = impl Into<String>>,
    ) -> Merge {
        match self.others.iter_mut().find(|(id, _)| id == from) {
            Some((_, taken)) => taken.extend(fields.into_iter().map(Into::into)),
            None => self.unknown = Some(from.clone()),
        }
        self
    }

    /// The fields, by `api_name`, whose values of the master stay.
    pub fn keep(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Merge {
        self.master_fields = fields.into_iter().map(Into::into).collect();
        self
    }

    /// Sends the merge. The answer's code is `SUCCESS`, or `SCHEDULED` with a `job_id`. It is not repeated after a lost
    /// answer.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] without other records, or for fields of a record that is none of them; otherwise see
    /// [`ErrorKind`].
    pub async fn send(self) -> Result<Accepted, Error> {
        let refuse = |message: String| Err(Error::new(ErrorKind::Input, OPERATION, message));
        if self.others.is_empty() {
            return refuse("no record to merge was named".to_owned());
        }
        if let Some(id) = self.unknown {
            return refuse(format!("{id} is none of the records that are merged"));
        }
        let named = |fields: &[String]| -> Vec<Value> {
            fields
                .iter()
                .map(|name| json!({"api_name": name}))
                .collect()
        };
        let data: Vec<Value> = self
            .others
            .iter()
            .map(|(id, fields)| match fields.is_empty() {
                true => json!({"id": id}),
                false => json!({"id": id, "_fields": named(fields)}),
            })
            .collect();
        let mut merge = json!({"data": data});
        if !self.master_fields.is_empty() {
            merge["master_record_fields"] = json!(named(&self.master_fields));
        }
        let parts = [&self.module, self.master.as_str(), "actions", "merge"];
        let call = Call::write(
            Method::POST,
            path(OPERATION, &parts)?,
            price::merge(OPERATION),
            Some(json!({"merge": [merge]}).to_string().into()),
            Idempotency::NotIdempotent,
        );
        self.client
            .call(&call, |reply| items::single(&reply, "merge"))
            .await
    }
}
