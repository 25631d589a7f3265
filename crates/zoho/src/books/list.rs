//! Lists: filters, search, sorting, paging, all pages as a stream.

use std::fmt;

use futures_util::stream::Stream;
use jiff::Timestamp;

use super::members::{Members, ReadMember, filter_time};
use super::record::{FromRecord, Record};
use super::registry::{Listing, did_you_mean};
use super::{RecordType, Records, SortOrder, Verb, cost};
use crate::call::Call;
use crate::{Error, ErrorKind, paginate};

const OPERATION: &str = "list records";

/// Zoho refuses longer search texts.
const SEARCH_TEXT_CHARS_MAX: usize = 100;

/// The records of one page, and what Zoho tells of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T = Record> {
    /// The records; none if nothing was found.
    pub records: Vec<T>,
    /// Where this page stands in the list.
    pub context: PageContext,
}

/// Zoho's `page_context`. What an answer leaves out is zero, false or empty; a few lists have none at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageContext {
    /// The number of this page, from 1.
    pub page: u32,
    /// Most records on a page.
    pub per_page: u32,
    /// True if pages follow.
    pub has_more_page: bool,
    /// Zoho's name of the list.
    pub report_name: String,
    /// The view in force, such as `Status.All`.
    pub applied_filter: String,
    /// The column that the list is sorted by.
    pub sort_column: String,
    /// `A` or `D`.
    pub sort_order: String,
}

impl PageContext {
    fn read(record: &Record) -> PageContext {
        let outer = Members::of(record.as_json());
        let Some(context) = outer.and_then(|outer| Members::of(outer.get("page_context")?)) else {
            return PageContext::default();
        };
        let number = |name| Option::<u32>::read(context.get(name)).ok().flatten();
        let text = |name| String::read(context.get(name)).unwrap_or_default();
        PageContext {
            page: number("page").unwrap_or_default(),
            per_page: number("per_page").unwrap_or_default(),
            has_more_page: bool::read(context.get("has_more_page")).unwrap_or_default(),
            report_name: text("report_name"),
            applied_filter: text("applied_filter"),
            sort_column: text("sort_column"),
            sort_order: text("sort_order"),
        }
    }
}

/// A list in the making. Zoho ignores filters that it does not know and answers with everything; here they are refused.
///
/// Pages shift while records come and go. [`Records::changes`] reads a list without losing any.
#[must_use = "nothing is sent before `send` or `stream`"]
pub struct List<T = Record> {
    records: Records<T>,
    query: Vec<(String, String)>,
    unchecked: Vec<(String, String)>,
    page: u32,
    per_page: Option<u32>,
}

impl<T> Clone for List<T> {
    fn clone(&self) -> List<T> {
        List {
            records: self.records.clone(),
            query: self.query.clone(),
            unchecked: self.unchecked.clone(),
            page: self.page,
            per_page: self.per_page,
        }
    }
}

/// Shows no values: they may be personal.
impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.query.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("List")
            .field("records", &self.records)
            .field("query", &names)
            .field("page", &self.page)
            .finish_non_exhaustive()
    }
}

impl<T: FromRecord> List<T> {
    pub(super) fn new(records: Records<T>) -> List<T> {
        List {
            records,
            query: Vec::new(),
            unchecked: Vec::new(),
            page: 1,
            per_page: None,
        }
    }

    /// Only records that meet this condition. [`RecordType::filters`] names what a list takes; variants of a name
    /// compare in other ways (`email_contains`, `date_after`, `total_greater_than`). Conditions combine with AND.
    pub fn filter(mut self, name: &str, value: impl Into<String>) -> List<T> {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// A view of the list, such as `Status.Active`.
    pub fn filter_by(self, view: impl Into<String>) -> List<T> {
        self.filter("filter_by", view)
    }

    /// Only records with this text, of at most 100 characters, in one of the columns that the list searches.
    pub fn search_text(self, text: impl Into<String>) -> List<T> {
        self.filter("search_text", text)
    }

    /// Only records modified at this instant or later. Zoho knows seconds; a fraction is cut off.
    pub fn modified_since(self, instant: Timestamp) -> List<T> {
        self.filter("last_modified_time", filter_time(instant))
    }

    /// The column to sort by, and the direction.
    pub fn sort_by(self, column: impl Into<String>, order: SortOrder) -> List<T> {
        let letter = match order {
            SortOrder::Ascending => "A",
            SortOrder::Descending => "D",
        };
        self.filter("sort_column", column)
            .filter("sort_order", letter)
    }

    /// A query parameter that is not checked, for lists that know more than Zoho publishes.
    pub fn unchecked_filter(mut self, name: &str, value: impl Into<String>) -> List<T> {
        self.unchecked.push((name.to_owned(), value.into()));
        self
    }

    /// Starts at this page, from 1.
    pub fn page(mut self, page: u32) -> List<T> {
        self.page = page;
        self
    }

    /// Records per page, 1 to 200 (accounts: 5,000); the default is 200.
    pub fn per_page(mut self, per_page: u32) -> List<T> {
        self.per_page = Some(per_page);
        self
    }

    /// Loads one page.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] names a filter, view or column that the list does not know, and the nearest one;
    /// [`ErrorKind::Decode`] for a row of another shape; otherwise see [`ErrorKind`].
    pub async fn send(&self) -> Result<Page<T>, Error> {
        let (rows, context) = self.load().await?;
        let records = rows
            .into_iter()
            .map(T::from_record)
            .collect::<Result<_, _>>()?;
        Ok(Page { records, context })
    }

    /// Loads page after page, as they are asked for.
    pub fn stream_pages(self) -> impl Stream<Item = Result<Page<T>, Error>> + Send {
        paginate::pages(self, |list| async move {
            let page = list.send().await?;
            // An empty page that promises more would never end.
            let has_next = page.context.has_more_page && !page.records.is_empty();
            let next = has_next.then(|| list.next_page());
            Ok((page, next))
        })
    }

    /// Gives record after record, and loads pages as they are needed.
    pub fn stream(self) -> impl Stream<Item = Result<T, Error>> + Send {
        paginate::items(self.stream_pages(), |page| page.records)
    }

    pub(super) fn next_page(self) -> List<T> {
        List {
            page: self.page.saturating_add(1),
            ..self
        }
    }

    /// The rows of one page, unread.
    pub(super) async fn load(&self) -> Result<(Vec<Record>, PageContext), Error> {
        let record_type = self.records.record_type()?;
        let operation = record_type.operation(Verb::List)?;
        let query = self.checked_query(record_type)?;
        let make = |path: &str| {
            let path = self.records.path(operation, path, None)?;
            let mut call = Call::read(path, cost(operation.id));
            call.query = query.clone();
            Ok(call)
        };
        let envelope = self.records.books.call_either(operation, make).await?;
        let keys = [record_type.list_key, record_type.item_key];
        let rows = envelope.rows(&keys).ok_or_else(|| {
            Error::new(ErrorKind::Decode, operation.id, "the answer holds no list")
        })?;
        Ok((rows, PageContext::read(&envelope.rest())))
    }

    fn checked_query(&self, record_type: &RecordType) -> Result<Vec<(String, String)>, Error> {
        let listing = record_type.listing.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Input, OPERATION, "the record type has no list")
        })?;
        for (name, value) in &self.query {
            check(record_type, listing, name, value)?;
        }
        let mut query: Vec<(String, String)> = Vec::new();
        let mut add = |name: &str, value: &str| query.push((name.to_owned(), value.to_owned()));
        for (name, value) in listing.defaults {
            if !self.query.iter().any(|(given, _)| given == name) {
                add(name, value);
            }
        }
        if let Some(operation) = record_type.verb(Verb::List) {
            for name in operation.required_query {
                let is_given = self.query.iter().any(|(given, _)| given == name);
                match self.records.parent_id() {
                    Some(parent_id) if !is_given => add(name, parent_id),
                    None if !is_given => {
                        let message = format!(
                            "the list of {} needs {name}; give it as a filter",
                            record_type.name()
                        );
                        return Err(Error::new(ErrorKind::Input, OPERATION, message));
                    }
                    _ => {}
                }
            }
        }
        for (name, value) in self.query.iter().chain(&self.unchecked) {
            add(name, value);
        }
        let per_page = self.per_page.unwrap_or(200);
        if !(1..=listing.per_page_max).contains(&per_page) || self.page == 0 {
            let message = format!(
                "page {} with {per_page} records is not possible; pages start at 1 and hold 1 to {} records",
                self.page, listing.per_page_max
            );
            return Err(Error::new(ErrorKind::Input, OPERATION, message));
        }
        if listing.is_paged || self.page > 1 {
            add("page", &self.page.to_string());
            add("per_page", &per_page.to_string());
        }
        Ok(query)
    }
}

fn check(
    record_type: &RecordType,
    listing: &Listing,
    name: &str,
    value: &str,
) -> Result<(), Error> {
    let refuse = |message: String| Err(Error::new(ErrorKind::Input, OPERATION, message));
    let what = record_type.name();
    if !listing.params.contains(&name) && !name.starts_with("cf_") {
        let hint = did_you_mean(name, listing.params.iter().copied());
        let shown: String = name.chars().take(80).collect();
        return refuse(format!("the list of {what} has no filter {shown:?}{hint}"));
    }
    let known = match name {
        "filter_by" => listing.filter_by,
        "sort_column" => listing.sort_columns,
        _ => &[],
    };
    if !known.is_empty() && !known.contains(&value) {
        let hint = did_you_mean(value, known.iter().copied());
        let shown: String = value.chars().take(80).collect();
        return refuse(format!("the list of {what} has no {name} {shown:?}{hint}"));
    }
    if name == "search_text" && value.chars().count() > SEARCH_TEXT_CHARS_MAX {
        return refuse(format!(
            "the search text has more than {SEARCH_TEXT_CHARS_MAX} characters"
        ));
    }
    Ok(())
}
