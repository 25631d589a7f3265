//! Gives records to another user.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Crm, RecordId, Written, path, written};
use crate::call::Call;
use crate::client::Client;
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind};

const OPERATION: &str = "change owner";

const RECORDS_MAX: usize = 500;

impl Crm {
    /// Gives 1 to 500 records to a user (OpenAPI file `v8.0/change_owner.json`), one row each. Scope:
    /// `ZohoCRM.change_owner.CREATE`.
    pub fn change_owner(
        &self,
        module: &str,
        ids: impl IntoIterator<Item = RecordId>,
        owner: &RecordId,
    ) -> ChangeOwner {
        ChangeOwner {
            client: self.client.clone(),
            module: module.to_owned(),
            ids: ids.into_iter().collect(),
            owner: owner.clone(),
            notify: false,
            related_modules: Vec::new(),
        }
    }
}

/// A change of owner in the making.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send`"]
pub struct ChangeOwner {
    client: Client,
    module: String,
    ids: Vec<RecordId>,
    owner: RecordId,
    notify: bool,
    related_modules: Vec<String>,
}

impl ChangeOwner {
    /// Whether Zoho writes to the new owner; the default is no.
    pub fn notify(mut self, notify: bool) -> ChangeOwner {
        self.notify = notify;
        self
    }

    /// Modules, by `api_name`, whose records that hang on these shall go with them.
    pub fn related_modules(
        mut self,
        modules: impl IntoIterator<Item = impl Into<String>>,
    ) -> ChangeOwner {
        self.related_modules = modules.into_iter().map(Into::into).collect();
        self
    }

    /// Sends the change. It is repeated after a lost answer, unless somebody is notified.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for no id or more than 500; otherwise see [`ErrorKind`].
    pub async fn send(self) -> Result<Written, Error> {
        let count = self.ids.len();
        if !(1..=RECORDS_MAX).contains(&count) {
            let message = format!("{count} ids were given; use 1 to {RECORDS_MAX}");
            return Err(Error::new(ErrorKind::Input, OPERATION, message));
        }
        let mut body = json!({"ids": self.ids, "owner": {"id": self.owner}, "notify": self.notify});
        if !self.related_modules.is_empty() {
            let modules = self.related_modules.iter();
            body["related_modules"] = modules
                .map(|name| json!({"api_name": name}))
                .collect::<Value>();
        }
        let repeat = match self.notify {
            true => Idempotency::NotIdempotent,
            false => Idempotency::Idempotent,
        };
        let call = Call::write(
            Method::POST,
            path(OPERATION, &[&self.module, "actions", "change_owner"])?,
            price::light(OPERATION),
            Some(body.to_string().into()),
            repeat,
        );
        self.client
            .call(&call, |reply| written::read(&reply, count))
            .await
    }
}
