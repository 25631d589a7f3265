//! The recycle bin: what was deleted in the last 60 days, to be restored or deleted for good.

use futures_util::Stream;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::list::check_per_page;
use super::{
    Accepted, Crm, ItemOutcome, Page, RECORDS_PER_CALL_MAX, RecordId, SortOrder, items, lenient,
    path,
};
use crate::call::Call;
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind, paginate};

/// A record in the recycle bin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BinnedRecord {
    /// The id it had, and has again when it is restored.
    pub id: RecordId,
    /// The name it was shown under.
    #[serde(default, deserialize_with = "lenient::text")]
    pub display_name: Option<String>,
    /// Its module, by `api_name`.
    #[serde(default, deserialize_with = "lenient::api_name")]
    pub module: Option<String>,
    /// When it was deleted, as Zoho sent it.
    #[serde(
        rename(deserialize = "deleted_time"),
        default,
        deserialize_with = "lenient::text"
    )]
    pub deleted_at: Option<String>,
    /// Who deleted it, by name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub deleted_by: Option<String>,
    /// Whose record it was, by name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub owner: Option<String>,
}

impl Crm {
    /// Lists the recycle bin of the organisation, over all modules (OpenAPI file `v8.0/recycle_bin.json`). Scope:
    /// `ZohoCRM.settings.recycle_bin.READ`.
    pub fn recycle_bin(&self) -> RecycleBin {
        RecycleBin {
            crm: self.clone(),
            sort_by: None,
            sort_order: None,
            per_page: None,
            page: 1,
        }
    }

    /// Takes 1 to 100 records out of the recycle bin again, with what hangs on them
    /// (`crm/developer/docs/api/v8/restore-recycle-bin-records.html`). Zoho does more than 1,000 at a time later. Scope:
    /// `ZohoCRM.settings.recycle_bin.UPDATE`. It is repeated after a lost answer; what is back already is then refused.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for no id or more than 100; otherwise see [`ErrorKind`].
    pub async fn restore(&self, ids: &[RecordId]) -> Result<Vec<ItemOutcome>, Error> {
        const OPERATION: &str = "restore records";
        check_count(OPERATION, ids)?;
        let items: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
        let call = Call::write(
            Method::POST,
            path(
                OPERATION,
                &["settings", "recycle_bin", "actions", "restore"],
            )?,
            price::light(OPERATION),
            Some(json!({"recycle_bin": items}).to_string().into()),
            Idempotency::Idempotent,
        );
        self.client
            .call(&call, |reply| items::read(&reply, "recycle_bin"))
            .await
    }

    /// Deletes 1 to 100 records of the recycle bin for good (OpenAPI file `v8.0/recycle_bin.json`). Scope:
    /// `ZohoCRM.settings.recycle_bin.DELETE`. It is repeated after a lost answer; what is gone already is then refused.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for no id or more than 100; otherwise see [`ErrorKind`].
    pub async fn delete_for_good(&self, ids: &[RecordId]) -> Result<Vec<ItemOutcome>, Error> {
        const OPERATION: &str = "delete records for good";
        check_count(OPERATION, ids)?;
        let named: Vec<&str> = ids.iter().map(RecordId::as_str).collect();
        let call = Call::write(
            Method::DELETE,
            path(OPERATION, &["settings", "recycle_bin"])?,
            price::light(OPERATION),
            None,
            Idempotency::Idempotent,
        )
        .query("ids", named.join(","));
        self.client
            .call(&call, |reply| items::read(&reply, "recycle_bin"))
            .await
    }

    /// Deletes everything in the recycle bin for good, beyond 1,000 records later
    /// (`crm/developer/docs/api/v8/empty-recycle-bin.html`). Only administrators may. Scope:
    /// `ZohoCRM.settings.recycle_bin.UPDATE`.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn empty_recycle_bin(&self) -> Result<Accepted, Error> {
        const OPERATION: &str = "empty recycle bin";
        let call = Call::write(
            Method::POST,
            path(OPERATION, &["settings", "recycle_bin", "actions", "empty"])?,
            price::light(OPERATION),
            None,
            Idempotency::Idempotent,
        );
        // The page shows the answer bare.
        self.client
            .call(&call, |reply| items::single(&reply, ""))
            .await
    }
}

fn check_count(operation: &'static str, ids: &[RecordId]) -> Result<(), Error> {
    match (1..=RECORDS_PER_CALL_MAX).contains(&ids.len()) {
        true => Ok(()),
        false => {
            let count = ids.len();
            let message = format!("{count} ids were given; use 1 to {RECORDS_PER_CALL_MAX}");
            Err(Error::new(ErrorKind::Input, operation, message))
        }
    }
}

/// A listing of the recycle bin in the making.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send` or `stream`"]
pub struct RecycleBin {
    crm: Crm,
    sort_by: Option<String>,
    sort_order: Option<SortOrder>,
    per_page: Option<u32>,
    page: u32,
}

impl RecycleBin {
    /// `display_name`, `deleted_time` or `deleted_by`; without it `deleted_time`.
    pub fn sort_by(mut self, field: impl Into<String>) -> RecycleBin {
        self.sort_by = Some(field.into());
        self
    }

    /// The direction; without it the newest first.
    pub fn sort_order(mut self, order: SortOrder) -> RecycleBin {
        self.sort_order = Some(order);
        self
    }

    /// Records per page, 1 to 200; the default is 200.
    pub fn per_page(mut self, per_page: u32) -> RecycleBin {
        self.per_page = Some(per_page);
        self
    }

    /// Starts at this page, from 1.
    pub fn page(mut self, page: u32) -> RecycleBin {
        self.page = page;
        self
    }

    /// Loads one page.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn send(&self) -> Result<Page<BinnedRecord>, Error> {
        const OPERATION: &str = "list recycle bin";
        check_per_page(OPERATION, self.per_page)?;
        let call = Call::read(
            path(OPERATION, &["settings", "recycle_bin"])?,
            price::light(OPERATION),
        )
        .query_if("sort_by", self.sort_by.as_deref())
        .query_if("sort_order", self.sort_order.map(SortOrder::as_str))
        .query_if("per_page", self.per_page.map(|number| number.to_string()))
        .query_if("page", (self.page > 1).then(|| self.page.to_string()));
        self.crm.listed_page(&call, "recycle_bin").await
    }

    /// Gives record after record, and loads pages as they are needed.
    pub fn stream(self) -> impl Stream<Item = Result<BinnedRecord, Error>> + Send {
        let pages = paginate::pages(self, |bin| async move {
            let page = bin.send().await?;
            let has_next = page.info.more_records && !page.records.is_empty();
            let next = has_next.then(|| RecycleBin {
                page: bin.page.saturating_add(1),
                ..bin
            });
            Ok((page, next))
        });
        paginate::items(pages, |page| page.records)
    }
}
