//! Shares records with users who would not see them otherwise.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Accepted, Crm, ItemOutcome, RecordId, items, lenient, path};
use crate::call::Call;
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind};

/// Users with whom one record can be shared.
pub const SHARES_PER_RECORD_MAX: usize = 10;

/// What a user may do with a record that is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharePermission {
    /// Look at it.
    ReadOnly,
    /// Change it.
    ReadWrite,
    /// Everything that its owner may do.
    FullAccess,
}

/// A share as Zoho tells of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Share {
    /// The user, as Zoho sent it: `id`, `full_name` and more.
    #[serde(default)]
    pub user: Value,
    /// `read_only`, `read_write` or `full_access`.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub permission: String,
    /// True if the records that hang on it are shared too.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub share_related_records: bool,
    /// Who shared it, as Zoho sent it.
    #[serde(default)]
    pub shared_by: Value,
    /// When, as Zoho sent it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub shared_time: Option<String>,
}

impl Crm {
    /// With whom a record is shared (OpenAPI file `v8.0/share_records.json`). Scope: `ZohoCRM.share.{module}.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn shares(&self, module: &str, id: &RecordId) -> Result<Vec<Share>, Error> {
        const OPERATION: &str = "list shares";
        let path = path(OPERATION, &[module, id.as_str(), "actions", "share"])?;
        let call = Call::read(path, price::light(OPERATION));
        self.listed(&call, "share").await
    }

    /// Shares a record with 1 to 10 users, one outcome each (`crm/developer/docs/api/v8/share-record.html`). Scope:
    /// `ZohoCRM.share.{module}.CREATE`. It is not repeated after a lost answer: Zoho refuses what is shared already.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for no user or more than 10; otherwise see [`ErrorKind`].
    pub async fn share(
        &self,
        module: &str,
        id: &RecordId,
        users: &[RecordId],
        permission: SharePermission,
        with_related_records: bool,
    ) -> Result<Vec<ItemOutcome>, Error> {
        const OPERATION: &str = "share record";
        if !(1..=SHARES_PER_RECORD_MAX).contains(&users.len()) {
            let message = format!(
                "{} users were given; use 1 to {SHARES_PER_RECORD_MAX}",
                users.len()
            );
            return Err(Error::new(ErrorKind::Input, OPERATION, message));
        }
        let permission = match permission {
            SharePermission::ReadOnly => "read_only",
            SharePermission::ReadWrite => "read_write",
            SharePermission::FullAccess => "full_access",
        };
        let shares: Vec<Value> = users
            .iter()
            .map(|user| {
                json!({
                    "user": {"id": user}, "permission": permission,
                    "share_related_records": with_related_records,
                })
            })
            .collect();
        let call = Call::write(
            Method::POST,
            path(OPERATION, &[module, id.as_str(), "actions", "share"])?,
            price::light(OPERATION),
            Some(json!({"share": shares}).to_string().into()),
            Idempotency::NotIdempotent,
        );
        self.client
            .call(&call, |reply| items::read(&reply, "share"))
            .await
    }

    /// Ends all shares of a record (OpenAPI file `v8.0/share_records.json`). Scope: `ZohoCRM.share.{module}.DELETE`.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] where nothing is shared; otherwise see [`ErrorKind`].
    pub async fn end_shares(&self, module: &str, id: &RecordId) -> Result<Accepted, Error> {
        const OPERATION: &str = "end shares";
        let call = Call::write(
            Method::DELETE,
            path(OPERATION, &[module, id.as_str(), "actions", "share"])?,
            price::light(OPERATION),
            None,
            Idempotency::Idempotent,
        );
        self.client
            .call(&call, |reply| items::single(&reply, "share"))
            .await
    }
}
