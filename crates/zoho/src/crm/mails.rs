//! The mails of a record, and the addresses that mails can be sent from.

use serde::Deserialize;

use super::{Crm, Record, RecordId, lenient, path};
use crate::Error;
use crate::call::Call;
use crate::policy::price;

/// Some mails of a record, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Mails {
    /// The mails as Zoho sent them, without their content.
    pub mails: Vec<Record>,
    /// Goes on where this page ended; `None` at the end.
    pub next_index: Option<String>,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "Emails", alias = "email_related_list")]
    mails: Vec<Record>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    info: Info,
}

#[derive(Default, Deserialize)]
struct Info {
    #[serde(default, deserialize_with = "lenient::text")]
    next_index: Option<String>,
}

impl Crm {
    /// The mails of a record, newest first, a page of them (OpenAPI file `v8.0/email_related_records.json`). Scopes:
    /// `ZohoCRM.modules.emails.READ` and `ZohoCRM.modules.{module}.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn mails(
        &self,
        module: &str,
        id: &RecordId,
        index: Option<&str>,
    ) -> Result<Mails, Error> {
        const OPERATION: &str = "list mails";
        let path = path(OPERATION, &[module, id.as_str(), "Emails"])?;
        let call = Call::read(path, price::light(OPERATION)).query_if("index", index);
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        Ok(Mails {
            next_index: wire.as_ref().and_then(|wire| wire.info.next_index.clone()),
            mails: wire.map(|wire| wire.mails).unwrap_or_default(),
        })
    }

    /// One mail of a record with its content, as Zoho sent it; `None` if the record has none with this id. Scopes as
    /// [`Crm::mails`].
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn mail(
        &self,
        module: &str,
        id: &RecordId,
        message_id: &str,
    ) -> Result<Option<Record>, Error> {
        const OPERATION: &str = "get mail";
        let path = path(OPERATION, &[module, id.as_str(), "Emails", message_id])?;
        let call = Call::read(path, price::light(OPERATION));
        let found = self.client.call(&call, |reply| reply.json::<Wire>()).await;
        match found {
            Ok(wire) => Ok(wire.and_then(|wire| wire.mails.into_iter().next())),
            Err(error) if error.code() == Some("INVALID_DATA") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The addresses from which the user can send mails, as Zoho sent them (OpenAPI file `v8.0/from_addresses.json`).
    /// Scope: `ZohoCRM.settings.emails.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn from_addresses(&self) -> Result<Vec<Record>, Error> {
        const OPERATION: &str = "list from addresses";
        let parts = ["settings", "emails", "actions", "from_addresses"];
        let call = Call::read(path(OPERATION, &parts)?, price::light(OPERATION));
        self.listed(&call, "from_addresses").await
    }
}
