//! Search: by criteria, e-mail, phone or word.

use futures_util::stream::Stream;

use super::list::check_per_page;
use super::page::WirePage;
use super::{Converted, Criteria, Crm, Page, Record, SortOrder, field_list, path};
use crate::call::Call;
use crate::client::Client;
use crate::policy::price;
use crate::{Error, ErrorKind, paginate};

const OPERATION: &str = "search records";

impl Crm {
    /// Searches a module (`crm/developer/docs/api/v8/search-records.html`). A record that was just written may be
    /// missing for seconds to a minute. It needs the scope `ZohoSearch.securesearch.READ` too.
    pub fn search(&self, module: &str) -> Search {
        Search {
            client: self.client.clone(),
            module: module.to_owned(),
            condition: None,
            fields: Vec::new(),
            sort_by: None,
            sort_order: None,
            converted: None,
            per_page: None,
            page: 1,
        }
    }
}

/// A search in the making. It reaches 2,000 records; beyond them Zoho refuses with `LIMIT_REACHED`.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send` or `stream`"]
pub struct Search {
    client: Client,
    module: String,
    condition: Option<Condition>,
    fields: Vec<String>,
    sort_by: Option<String>,
    sort_order: Option<SortOrder>,
    converted: Option<Converted>,
    per_page: Option<u32>,
    page: u32,
}

/// Zoho looks at one kind of condition only, so that each setter replaces the one before.
#[derive(Clone, Debug)]
enum Condition {
    Criteria(Criteria),
    Email(String),
    Phone(String),
    Word(String),
}

impl Search {
    /// Finds records that meet criteria.
    pub fn criteria(mut self, criteria: Criteria) -> Search {
        self.condition = Some(Condition::Criteria(criteria));
        self
    }

    /// Finds records with this address in any e-mail field.
    pub fn email(mut self, email: impl Into<String>) -> Search {
        self.condition = Some(Condition::Email(email.into()));
        self
    }

    /// Finds records with this number, of at least 3 characters, in any phone field.
    pub fn phone(mut self, phone: impl Into<String>) -> Search {
        self.condition = Some(Condition::Phone(phone.into()));
        self
    }

    /// Finds records with this word, of 2 to 100 characters, in any text field.
    pub fn word(mut self, word: impl Into<String>) -> Search {
        self.condition = Some(Condition::Word(word.into()));
        self
    }

    /// Only these fields beside `id`, at most 50; the default is all.
    pub fn fields(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Search {
        self.fields = fields.into_iter().map(Into::into).collect();
        self
    }

    /// The field to sort by; the default is `id`.
    pub fn sort_by(mut self, field: impl Into<String>) -> Search {
        self.sort_by = Some(field.into());
        self
    }

    /// The direction; the default is descending.
    pub fn sort_order(mut self, order: SortOrder) -> Search {
        self.sort_order = Some(order);
        self
    }

    /// For Leads: whether converted ones are found.
    pub fn converted(mut self, converted: Converted) -> Search {
        self.converted = Some(converted);
        self
    }

    /// Records per page, 1 to 200; the default is 200.
    pub fn per_page(mut self, per_page: u32) -> Search {
        self.per_page = Some(per_page);
        self
    }

    /// Starts at this page, from 1.
    pub fn page(mut self, page: u32) -> Search {
        self.page = page;
        self
    }

    /// Loads one page.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] without a condition, or for criteria that Zoho cannot take; otherwise see [`ErrorKind`].
    pub async fn send(&self) -> Result<Page<Record>, Error> {
        let call = self.call()?;
        self.client
            .call(&call, |reply| reply.json::<WirePage<Record>>())
            .await
            .map(Page::from)
    }

    /// Loads page after page, as they are asked for.
    pub fn stream_pages(self) -> impl Stream<Item = Result<Page<Record>, Error>> + Send {
        paginate::pages(self, |search| async move {
            let page = search.send().await?;
            // An empty page that promises more would never end.
            let has_next = page.info.more_records && !page.records.is_empty();
            let next = has_next.then(|| Search {
                page: search.page.saturating_add(1),
                ..search
            });
            Ok((page, next))
        })
    }

    /// Gives record after record, and loads pages as they are needed.
    pub fn stream(self) -> impl Stream<Item = Result<Record, Error>> + Send {
        paginate::items(self.stream_pages(), |page| page.records)
    }

    fn call(&self) -> Result<Call, Error> {
        check_per_page(OPERATION, self.per_page)?;
        let fields = field_list(OPERATION, &self.fields)?;
        let (name, value) = match &self.condition {
            Some(Condition::Criteria(criteria)) => ("criteria", criteria.checked(OPERATION)?),
            Some(Condition::Email(email)) => ("email", email.as_str()),
            Some(Condition::Phone(phone)) => ("phone", phone.as_str()),
            Some(Condition::Word(word)) => ("word", word.as_str()),
            None => {
                let message = "no condition was given; use criteria, email, phone or word";
                return Err(Error::new(ErrorKind::Input, OPERATION, message));
            }
        };
        Ok(Call::read(
            path(OPERATION, &[&self.module, "search"])?,
            price::search(OPERATION),
        )
        .query(name, value)
        .query_if("fields", Some(fields).filter(|fields| !fields.is_empty()))
        .query_if("sort_by", self.sort_by.clone())
        .query_if("sort_order", self.sort_order.map(SortOrder::as_str))
        .query_if("converted", self.converted.map(Converted::as_str))
        .query_if(
            "per_page",
            self.per_page.map(|per_page| per_page.to_string()),
        )
        .query_if("page", (self.page > 1).then(|| self.page.to_string())))
    }
}
