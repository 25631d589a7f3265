//! Zoho Books, API version 3: contacts, invoices, payments and all other record types of an organisation.
//!
//! Start with [`Client::books`](crate::Client::books). Three layers do the same calls:
//!
//! | I want | Call |
//! |---|---|
//! | typed records | [`Books::contacts`], [`Books::invoices`], [`Books::items`], … |
//! | any of the 83 record types, by name | [`Books::records`] |
//! | any other call | [`Books::raw`] |
//!
//! **Money** is [`Decimal`], read and written digit by digit. **Bad input** (unknown record types, filters, members,
//! parents; values of a wrong type) is refused with its name, and the nearest known one, before a call is spent.
//! **Pace**: calls wait for their turn under Zoho's limits for each organisation; [`Books::pace`] tells how long.
//! **Creates** are never sent twice after a lost answer, since Books knows no idempotency key: such an error is
//! [`Error::is_outcome_unknown`], and [`Create::settle`] looks whether the record is there.
//!
//! ```no_run
//! use futures_util::TryStreamExt;
//! use zoho::books::{Decimal, InvoiceDraft, LineItem};
//!
//! # async fn f(client: zoho::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let books = client.books("10234695".parse()?);
//! let draft = InvoiceDraft::new()
//!     .customer_id("460000000017138".parse::<zoho::books::RecordId>()?)
//!     .reference_number("A-17")
//!     .line_items([LineItem::new().name("Desk").rate("120.50".parse::<Decimal>()?).quantity(2)]);
//! let invoice = books.invoices().create(&draft).send().await?;
//! books.invoices().mark(&invoice.invoice_id, "sent").await?;
//!
//! let mut overdue = std::pin::pin!(books.invoices().list().filter("status", "overdue").stream());
//! while let Some(invoice) = overdue.try_next().await? {
//!     println!("{} {:?}", invoice.invoice_number, invoice.balance);
//! }
//! # Ok(())
//! # }
//! ```

use std::sync::Arc;

use crate::client::{Client, Want};
use crate::policy::{CallCost, Pace, PaceState};
use crate::{Error, ErrorKind};

mod action;
mod answer;
mod changes;
mod create;
mod decimal;
mod draft;
mod files;
mod list;
mod members;
mod organization_id;
mod organizations;
mod path;
mod raw;
mod record;
mod records;
mod registry;
mod shortcuts;
mod typed;

pub use action::{Acted, Action};
pub use changes::{Change, ChangeCursor, ChangeKind, Changes};
pub use create::{Create, Settled, Update};
pub use list::{List, Page, PageContext};
pub use organization_id::OrganizationId;
pub use record::{FromRecord, Record};
pub use records::Records;
pub use registry::{RecordType, Verb};
pub use shortcuts::{AppliedCreditNote, AppliedPayment, Mail};
pub use typed::*;

pub use crate::crm::{RecordId, SortOrder};
pub use crate::files::{Download, Upload};
pub use crate::raw::RawAnswer;
pub use rust_decimal::Decimal;

pub(crate) use answer::{may_be_stale_token, note_pace};

/// The Books of one organisation behind a [`Client`]; cheap to clone. All handles of an organisation share its pace.
#[derive(Clone, Debug)]
pub struct Books {
    client: Client,
    organization_id: OrganizationId,
    pace: Arc<Pace>,
}

impl Books {
    pub(crate) fn new(client: Client, organization_id: OrganizationId) -> Books {
        let pace = client.paces().of(organization_id.as_str());
        Books {
            client,
            organization_id,
            pace,
        }
    }

    /// The organisation.
    #[must_use]
    pub fn organization_id(&self) -> &OrganizationId {
        &self.organization_id
    }

    /// Where the organisation stands with its limits, and how long a call would wait now. No call is spent.
    #[must_use]
    pub fn pace(&self) -> PaceState {
        self.pace.state()
    }

    /// The records of any type, by its name, such as `invoice` or `contact_person`; [`RecordType::all`] lists them.
    ///
    /// An unknown name is told, with the nearest known one, by the first call that is made with it.
    #[must_use]
    pub fn records(&self, record_type: &str) -> Records {
        Records::new(self.clone(), record_type)
    }

    /// Sends a call under the organisation's pace.
    async fn call(&self, call: crate::call::Call) -> Result<answer::Envelope, Error> {
        let call = call.query("organization_id", self.organization_id.as_str());
        self.client
            .call_at(&call, Some(&self.pace), |reply| answer::envelope(&reply))
            .await
    }

    /// Opens a file.
    async fn open(&self, call: crate::call::Call) -> Result<crate::transport::Incoming, Error> {
        let call = call.query("organization_id", self.organization_id.as_str());
        self.client
            .open_file(&call, Some(&self.pace), Want::File, |reply| {
                answer::no_file(&reply)
            })
            .await
    }

    /// The same, by the other path where the sources know two and the first does not exist.
    async fn call_either(
        &self,
        operation: &registry::Operation,
        make: impl Fn(&str) -> Result<crate::call::Call, Error>,
    ) -> Result<answer::Envelope, Error> {
        let first = self.call(make(operation.path)?).await;
        match (first, operation.other_path) {
            (Err(error), Some(other)) if is_unknown_path(&error) => self.call(make(other)?).await,
            (first, _) => first.map_err(|error| with_scope(error, operation.scope)),
        }
    }
}

/// Books has a pace instead of credits.
pub(crate) fn cost(operation: &'static str) -> CallCost {
    CallCost {
        operation,
        credits: 0,
        concurrency_units: 1,
        is_heavy: false,
    }
}

fn is_unknown_path(error: &Error) -> bool {
    error.http_status() == Some(404) && error.code() == Some("5")
}

fn is_missing(error: &Error) -> bool {
    error.http_status() == Some(404) && matches!(error.code(), Some("1002" | "5"))
}

/// Names the scope that a refused call needs.
fn with_scope(error: Error, scope: &str) -> Error {
    if error.kind() != ErrorKind::Scope {
        return error;
    }
    let mut details = error.details().clone();
    details.insert("scope".to_owned(), scope.into());
    error.zoho_details(details)
}
