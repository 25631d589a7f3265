//! Records that hang on a record: its related lists.

use std::marker::PhantomData;

use futures_util::stream::Stream;
use jiff::Timestamp;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::list::check_per_page;
use super::page::WirePage;
use super::position::Position;
use super::{
    Crm, Page, RECORDS_PER_CALL_MAX, Record, RecordId, SortOrder, Written, field_list, header_time,
    path, written,
};
use crate::call::Call;
use crate::client::Client;
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind, paginate};

const OPERATION: &str = "list related records";

impl Crm {
    /// Lists the records of a related list, such as `Deals` of an account or `Contact_Roles` of a deal
    /// (OpenAPI file `v8.0/related_records.json`). [`Crm::related_lists`] tells their names. Name the fields;
    /// Zoho demands them.
    pub fn related(&self, module: &str, id: &RecordId, list: &str) -> Related<Record> {
        Related::new(&self.client, OPERATION, module, id, list, &[])
    }

    /// Links 1 to 100 records to a record (OpenAPI file `v8.0/related_records.json`), or changes what
    /// their link says, such as `Member_Status` in a campaign. Each must hold its `id`.
    ///
    /// Zoho offers it for campaigns with leads and contacts, for products, and for linking lists. Linking again changes
    /// nothing, so that it is repeated after a lost answer.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for no record, more than 100, or what cannot be put into JSON; otherwise see [`ErrorKind`].
    pub async fn link(
        &self,
        module: &str,
        id: &RecordId,
        list: &str,
        records: &[impl Serialize],
    ) -> Result<Written, Error> {
        const OPERATION: &str = "link records";
        check_count(OPERATION, records.len())?;
        let body = serde_json::to_vec(&json!({"data": records})).map_err(|source| {
            let message = "a record cannot be put into JSON";
            Error::new(ErrorKind::Input, OPERATION, message).caused_by(source)
        })?;
        let path = path(OPERATION, &[module, id.as_str(), list])?;
        let call = Call::write(
            Method::PUT,
            path,
            price::light(OPERATION),
            Some(body.into()),
            Idempotency::Idempotent,
        );
        self.client
            .call(&call, |reply| written::read(&reply, records.len()))
            .await
    }

    /// Removes 1 to 100 records from a related list (OpenAPI file `v8.0/related_records.json`); the records stay.
    ///
    /// It is not repeated after a lost answer, since a second answer would hide what the first one did.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for no id or more than 100; otherwise see [`ErrorKind`].
    pub async fn unlink(
        &self,
        module: &str,
        id: &RecordId,
        list: &str,
        ids: &[RecordId],
    ) -> Result<Written, Error> {
        const OPERATION: &str = "unlink records";
        check_count(OPERATION, ids.len())?;
        let ids_text: Vec<&str> = ids.iter().map(RecordId::as_str).collect();
        let call = Call::write(
            Method::DELETE,
            path(OPERATION, &[module, id.as_str(), list])?,
            price::light(OPERATION),
            None,
            Idempotency::NotIdempotent,
        )
        .query("ids", ids_text.join(","));
        self.client
            .call(&call, |reply| written::read(&reply, ids.len()))
            .await
    }
}

fn check_count(operation: &'static str, count: usize) -> Result<(), Error> {
    match count {
        1..=RECORDS_PER_CALL_MAX => Ok(()),
        _ => {
            let message = format!("{count} records were given; use 1 to {RECORDS_PER_CALL_MAX}");
            Err(Error::new(ErrorKind::Input, operation, message))
        }
    }
}

/// A listing of related records in the making.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send` or `stream`"]
pub struct Related<T> {
    client: Client,
    operation: &'static str,
    module: String,
    id: RecordId,
    list: String,
    fields: Vec<String>,
    ids: Vec<RecordId>,
    sort_by: Option<String>,
    sort_order: Option<SortOrder>,
    per_page: Option<u32>,
    position: Position,
    modified_since: Option<Timestamp>,
    kind: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + Send> Related<T> {
    pub(super) fn new(
        client: &Client,
        operation: &'static str,
        module: &str,
        id: &RecordId,
        list: &str,
        fields: &[&str],
    ) -> Related<T> {
        Related {
            client: client.clone(),
            operation,
            module: module.to_owned(),
            id: id.clone(),
            list: list.to_owned(),
            fields: fields.iter().map(|&field| field.to_owned()).collect(),
            ids: Vec::new(),
            sort_by: None,
            sort_order: None,
            per_page: None,
            position: Position::First,
            modified_since: None,
            kind: PhantomData,
        }
    }

    /// The fields that the records shall hold beside `id`: 1 to 50, by `api_name`.
    pub fn fields(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Related<T> {
        self.fields = fields.into_iter().map(Into::into).collect();
        self
    }

    /// Only records with these ids; at most 100.
    pub fn ids(mut self, ids: impl IntoIterator<Item = RecordId>) -> Related<T> {
        self.ids = ids.into_iter().collect();
        self
    }

    /// `id`, `Created_Time` or `Modified_Time`.
    pub fn sort_by(mut self, field: impl Into<String>) -> Related<T> {
        self.sort_by = Some(field.into());
        self
    }

    /// The direction.
    pub fn sort_order(mut self, order: SortOrder) -> Related<T> {
        self.sort_order = Some(order);
        self
    }

    /// Records per page, 1 to 200; the default is 200.
    pub fn per_page(mut self, per_page: u32) -> Related<T> {
        self.per_page = Some(per_page);
        self
    }

    /// Starts at this page, from 1; up to the 2,000th record.
    pub fn page(mut self, page: u32) -> Related<T> {
        self.position = Position::Page(page);
        self
    }

    /// Continues by the [`next_page_token`](super::PageInfo::next_page_token) of a listing with the same parameters.
    pub fn page_token(mut self, token: impl Into<String>) -> Related<T> {
        self.position = Position::Token(token.into());
        self
    }

    /// Only records modified after this instant. Zoho knows seconds.
    pub fn modified_since(mut self, instant: Timestamp) -> Related<T> {
        self.modified_since = Some(instant);
        self
    }

    /// Loads one page.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] without fields, with more than 50, or for a page size beyond 200; otherwise see
    /// [`ErrorKind`].
    pub async fn send(&self) -> Result<Page<T>, Error> {
        let call = self.call()?;
        self.client
            .call(&call, |reply| reply.json::<WirePage<T>>())
            .await
            .map(Page::from)
    }

    /// Loads page after page, as they are asked for.
    pub fn stream_pages(self) -> impl Stream<Item = Result<Page<T>, Error>> + Send {
        paginate::pages(self, |list| async move {
            let page = list.send().await?;
            let is_empty = page.records.is_empty();
            let next = list.position.next(list.operation, &page.info, is_empty)?;
            let next = next.map(|position| Related { position, ..list });
            Ok((page, next))
        })
    }

    /// Gives record after record, and loads pages as they are needed.
    pub fn stream(self) -> impl Stream<Item = Result<T, Error>> + Send {
        paginate::items(self.stream_pages(), |page| page.records)
    }

    fn call(&self) -> Result<Call, Error> {
        if self.fields.is_empty() {
            let message = "no fields were named; Zoho demands 1 to 50";
            return Err(Error::new(ErrorKind::Input, self.operation, message));
        }
        check_per_page(self.operation, self.per_page)?;
        let ids: Vec<&str> = self.ids.iter().map(RecordId::as_str).collect();
        let path = path(
            self.operation,
            &[&self.module, self.id.as_str(), &self.list],
        )?;
        let call = Call::read(path, price::light(self.operation))
            .query("fields", field_list(self.operation, &self.fields)?)
            .query_if("ids", (!ids.is_empty()).then(|| ids.join(",")))
            .query_if("sort_by", self.sort_by.clone())
            .query_if("sort_order", self.sort_order.map(SortOrder::as_str))
            .query_if(
                "per_page",
                self.per_page.map(|per_page| per_page.to_string()),
            )
            .header_if("if-modified-since", self.modified_since.map(header_time));
        Ok(self.position.put(call))
    }
}
