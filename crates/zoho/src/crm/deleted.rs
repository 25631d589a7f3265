//! The records that were deleted: the recycle bin (60 days) and what left it (120 days).

use futures_util::stream::Stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::list::check_per_page;
use super::page::WirePage;
use super::{Crm, Page, RecordId, header_time, lenient, path};
use crate::call::Call;
use crate::client::Client;
use crate::policy::price;
use crate::{Error, paginate};

const OPERATION: &str = "list deleted records";

/// Which deleted records are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletedKind {
    /// Both kinds.
    All,
    /// In the recycle bin, and so to be restored.
    Recycle,
    /// Gone for good.
    Permanent,
}

/// A record that was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeletedRecord {
    /// The id it had.
    pub id: RecordId,
    /// The name it was shown under; `None` for what is gone for good.
    #[serde(default)]
    pub display_name: Option<String>,
    /// `recycle` or `permanent`.
    #[serde(rename = "type", default, deserialize_with = "lenient::or_default")]
    pub kind: String,
    /// When it was deleted, as Zoho sent it.
    #[serde(rename = "deleted_time", default)]
    pub deleted_at: Option<String>,
}

impl Crm {
    /// Lists a module's deleted records (`crm/developer/docs/api/v8/get-deleted-records.html`).
    pub fn deleted(&self, module: &str) -> Deleted {
        Deleted {
            client: self.client.clone(),
            module: module.to_owned(),
            kind: DeletedKind::All,
            modified_since: None,
            per_page: None,
            page: 1,
        }
    }
}

/// A listing of deleted records in the making.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send` or `stream`"]
pub struct Deleted {
    client: Client,
    module: String,
    kind: DeletedKind,
    modified_since: Option<Timestamp>,
    per_page: Option<u32>,
    page: u32,
}

impl Deleted {
    /// Which ones; the default is all.
    pub fn kind(mut self, kind: DeletedKind) -> Deleted {
        self.kind = kind;
        self
    }

    /// Only records deleted after this instant. Zoho knows seconds.
    pub fn modified_since(mut self, instant: Timestamp) -> Deleted {
        self.modified_since = Some(instant);
        self
    }

    /// Records per page, 1 to 200; the default is 200.
    pub fn per_page(mut self, per_page: u32) -> Deleted {
        self.per_page = Some(per_page);
        self
    }

    /// Starts at this page, from 1.
    pub fn page(mut self, page: u32) -> Deleted {
        self.page = page;
        self
    }

    /// Loads one page.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn send(&self) -> Result<Page<DeletedRecord>, Error> {
        check_per_page(OPERATION, self.per_page)?;
        let kind = match self.kind {
            DeletedKind::All => "all",
            DeletedKind::Recycle => "recycle",
            DeletedKind::Permanent => "permanent",
        };
        let call = Call::read(
            path(OPERATION, &[&self.module, "deleted"])?,
            price::light(OPERATION),
        )
        .query("type", kind)
        .query_if(
            "per_page",
            self.per_page.map(|per_page| per_page.to_string()),
        )
        .query_if("page", (self.page > 1).then(|| self.page.to_string()))
        .header_if("if-modified-since", self.modified_since.map(header_time));
        self.client
            .call(&call, |reply| reply.json::<WirePage<DeletedRecord>>())
            .await
            .map(Page::from)
    }

    /// Gives record after record, and loads pages as they are needed.
    pub fn stream(self) -> impl Stream<Item = Result<DeletedRecord, Error>> + Send {
        let pages = paginate::pages(self, |deleted| async move {
            let page = deleted.send().await?;
            let has_next = page.info.more_records && !page.records.is_empty();
            let next = has_next.then(|| Deleted {
                page: deleted.page.saturating_add(1),
                ..deleted
            });
            Ok((page, next))
        });
        paginate::items(pages, |page| page.records)
    }
}
