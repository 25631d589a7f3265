//! What happened to a record.

use futures_util::stream::Stream;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::list::check_per_page;
use super::position::Position;
use super::{Crm, Page, PageInfo, RecordId, lenient, path};
use crate::call::Call;
use crate::client::Client;
use crate::policy::price;
use crate::{Error, paginate};

const OPERATION: &str = "list timeline";

/// One thing that happened to a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TimelineEntry {
    /// Its id.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// What was done, such as `added` or `updated`.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub action: String,
    /// From where, such as `crm_ui`, `crm_api`, `bulkapi`, `workflow`, `mass_update`, `convert` or `blueprint`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub source: Option<String>,
    /// When, as Zoho sent it.
    #[serde(rename = "audited_time", default, deserialize_with = "lenient::text")]
    pub audited_at: Option<String>,
    /// Who, by name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub done_by: Option<String>,
    /// Which fields changed, and how.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub field_history: Vec<FieldChange>,
    /// The other record that it is about, as Zoho sent it.
    #[serde(default)]
    pub related_record: Option<Value>,
    /// The automation that did it, as Zoho sent it.
    #[serde(default)]
    pub automation_details: Option<Value>,
}

/// The change of one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldChange {
    /// The field.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub api_name: String,
    /// Its values before and after.
    #[serde(rename = "_value", default, deserialize_with = "lenient::or_default")]
    pub value: ChangedValue,
}

/// A value before and after a change; `None` for none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ChangedValue {
    /// Before.
    pub old: Option<Value>,
    /// After.
    pub new: Option<Value>,
}

impl Crm {
    /// Lists what happened to a record, newest first (OpenAPI file `v8.0/timelines.json`). Scope: the module's.
    pub fn timeline(&self, module: &str, id: &RecordId) -> Timeline {
        Timeline {
            client: self.client.clone(),
            module: module.to_owned(),
            id: id.clone(),
            per_page: None,
            filters: None,
            position: Position::First,
        }
    }
}

/// A listing of what happened to a record, in the making.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send` or `stream`"]
pub struct Timeline {
    client: Client,
    module: String,
    id: RecordId,
    per_page: Option<u32>,
    filters: Option<String>,
    position: Position,
}

impl Timeline {
    /// Entries per page, 1 to 200; only for the first page, Zoho keeps it for those after.
    pub fn per_page(mut self, per_page: u32) -> Timeline {
        self.per_page = Some(per_page);
        self
    }

    /// Only entries that meet this, as Zoho writes filters: `{"comparator", "field", "value"}`, or groups of them.
    pub fn filters(mut self, filters: &Value) -> Timeline {
        self.filters = Some(filters.to_string());
        self
    }

    /// Continues by the [`next_page_token`](PageInfo::next_page_token) of the page before.
    pub fn page_token(mut self, token: impl Into<String>) -> Timeline {
        self.position = Position::Token(token.into());
        self
    }

    /// Loads one page.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a page size beyond 200; otherwise see
    /// [`ErrorKind`](crate::ErrorKind).
    pub async fn send(&self) -> Result<Page<TimelineEntry>, Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(rename = "__timeline")]
            entries: Vec<TimelineEntry>,
            #[serde(default, deserialize_with = "lenient::or_default")]
            info: PageInfo,
        }
        check_per_page(OPERATION, self.per_page)?;
        let per_page = match self.position {
            // Zoho refuses both together.
            Position::Token(_) => None,
            _ => self.per_page,
        };
        let path = path(OPERATION, &[&self.module, self.id.as_str(), "__timeline"])?;
        let call = Call::read(path, price::light(OPERATION))
            .query_if("per_page", per_page.map(|per_page| per_page.to_string()))
            .query_if("filters", self.filters.clone());
        let call = self.position.put(call);
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        Ok(wire.map_or_else(Page::empty, |wire| Page {
            records: wire.entries,
            info: wire.info,
        }))
    }

    /// Gives entry after entry, and loads pages as they are needed.
    pub fn stream(self) -> impl Stream<Item = Result<TimelineEntry, Error>> + Send {
        let pages = paginate::pages(self, |list| async move {
            let page = list.send().await?;
            let next = list
                .position
                .next(OPERATION, &page.info, page.records.is_empty())?;
            Ok((page, next.map(|position| Timeline { position, ..list })))
        });
        paginate::items(pages, |page| page.records)
    }
}
