//! The records of a module, page by page or one by one.

use futures_util::stream::Stream;
use jiff::Timestamp;

use super::page::WirePage;
use super::position::Position;
use super::{Crm, Page, RECORDS_PER_PAGE_MAX, Record, RecordId, field_list, header_time, path};
use crate::call::Call;
use crate::client::Client;
use crate::policy::price;
use crate::{Error, ErrorKind, paginate};

const OPERATION: &str = "list records";

/// The direction of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortOrder {
    /// Smallest or oldest first.
    Ascending,
    /// Largest or newest first; Zoho's default.
    Descending,
}

impl SortOrder {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            SortOrder::Ascending => "asc",
            SortOrder::Descending => "desc",
        }
    }
}

/// Which leads a listing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Converted {
    /// Only leads that are not converted; Zoho's default.
    No,
    /// Only converted leads.
    Yes,
    /// All leads.
    Both,
}

impl Converted {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Converted::No => "false",
            Converted::Yes => "true",
            Converted::Both => "both",
        }
    }
}

impl Crm {
    /// Lists a module's records (`crm/developer/docs/api/v8/get-records.html`). Name the fields; Zoho demands them.
    pub fn list(&self, module: &str) -> List {
        List {
            client: self.client.clone(),
            module: module.to_owned(),
            fields: Vec::new(),
            ids: Vec::new(),
            sort_by: None,
            sort_order: None,
            per_page: None,
            position: Position::First,
            modified_since: None,
            converted: None,
            custom_view: None,
        }
    }
}

/// A listing in the making. By page numbers Zoho reaches 2,000 records, by page tokens 100,000.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send` or `stream`"]
pub struct List {
    client: Client,
    module: String,
    fields: Vec<String>,
    ids: Vec<RecordId>,
    sort_by: Option<String>,
    sort_order: Option<SortOrder>,
    per_page: Option<u32>,
    position: Position,
    modified_since: Option<Timestamp>,
    converted: Option<Converted>,
    custom_view: Option<RecordId>,
}

impl List {
    /// The fields that the records shall hold beside `id`: 1 to 50, by `api_name`.
    pub fn fields(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> List {
        self.fields = fields.into_iter().map(Into::into).collect();
        self
    }

    /// Only records with these ids; at most 100.
    pub fn ids(mut self, ids: impl IntoIterator<Item = RecordId>) -> List {
        self.ids = ids.into_iter().collect();
        self
    }

    /// `id` (the default), `Created_Time` or `Modified_Time`; not together with a custom view.
    pub fn sort_by(mut self, field: impl Into<String>) -> List {
        self.sort_by = Some(field.into());
        self
    }

    /// The direction; the default is descending.
    pub fn sort_order(mut self, order: SortOrder) -> List {
        self.sort_order = Some(order);
        self
    }

    /// Records per page, 1 to 200; the default is 200.
    pub fn per_page(mut self, per_page: u32) -> List {
        self.per_page = Some(per_page);
        self
    }

    /// Starts at this page, from 1; up to the 2,000th record.
    pub fn page(mut self, page: u32) -> List {
        self.position = Position::Page(page);
        self
    }

    /// Continues by the [`next_page_token`](super::PageInfo::next_page_token) of a listing with the same parameters.
    pub fn page_token(mut self, token: impl Into<String>) -> List {
        self.position = Position::Token(token.into());
        self
    }

    /// Only records modified after this instant. Zoho knows seconds.
    pub fn modified_since(mut self, instant: Timestamp) -> List {
        self.modified_since = Some(instant);
        self
    }

    /// For Leads: whether converted ones are shown.
    pub fn converted(mut self, converted: Converted) -> List {
        self.converted = Some(converted);
        self
    }

    /// Only the records of this custom view, in its order; such a call costs 3 credits.
    pub fn custom_view(mut self, view: RecordId) -> List {
        self.custom_view = Some(view);
        self
    }

    /// Loads one page.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] without fields, with more than 50, or for a page size beyond 200; otherwise see
    /// [`ErrorKind`].
    pub async fn send(&self) -> Result<Page<Record>, Error> {
        let call = self.call()?;
        self.client
            .call(&call, |reply| reply.json::<WirePage<Record>>())
            .await
            .map(Page::from)
    }

    /// Loads page after page, as they are asked for.
    pub fn stream_pages(self) -> impl Stream<Item = Result<Page<Record>, Error>> + Send {
        paginate::pages(self, |list| async move {
            let page = list.send().await?;
            let next = list.next(&page)?;
            Ok((page, next))
        })
    }

    /// Gives record after record, and loads pages as they are needed.
    pub fn stream(self) -> impl Stream<Item = Result<Record, Error>> + Send {
        paginate::items(self.stream_pages(), |page| page.records)
    }

    fn call(&self) -> Result<Call, Error> {
        if self.fields.is_empty() {
            return Err(Error::new(
                ErrorKind::Input,
                OPERATION,
                "no fields were named; Zoho demands 1 to 50",
            ));
        }
        check_per_page(OPERATION, self.per_page)?;
        let ids: Vec<&str> = self.ids.iter().map(RecordId::as_str).collect();
        let cost = price::list(
            OPERATION,
            self.custom_view.is_some(),
            self.sort_by.is_some(),
        );
        let call = Call::read(path(OPERATION, &[&self.module])?, cost)
            .query("fields", field_list(OPERATION, &self.fields)?)
            .query_if("ids", (!ids.is_empty()).then(|| ids.join(",")))
            .query_if("sort_by", self.sort_by.clone())
            .query_if("sort_order", self.sort_order.map(SortOrder::as_str))
            .query_if(
                "per_page",
                self.per_page.map(|per_page| per_page.to_string()),
            )
            .query_if("converted", self.converted.map(Converted::as_str))
            .query_if("cvid", self.custom_view.as_ref().map(RecordId::as_str))
            .header_if("if-modified-since", self.modified_since.map(header_time));
        Ok(self.position.put(call))
    }

    /// The same listing, one page on; `None` after the last page.
    fn next(mut self, page: &Page<Record>) -> Result<Option<List>, Error> {
        let is_empty = page.records.is_empty();
        let next = self.position.next(OPERATION, &page.info, is_empty)?;
        Ok(next.map(|position| {
            self.position = position;
            self
        }))
    }
}

pub(super) fn check_per_page(operation: &'static str, per_page: Option<u32>) -> Result<(), Error> {
    match per_page {
        Some(per_page) if !(1..=RECORDS_PER_PAGE_MAX).contains(&per_page) => {
            let message =
                format!("per_page {per_page} is not possible; use 1 to {RECORDS_PER_PAGE_MAX}");
            Err(Error::new(ErrorKind::Input, operation, message))
        }
        _ => Ok(()),
    }
}
