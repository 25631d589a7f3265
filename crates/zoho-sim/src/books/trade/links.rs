//! Changes to one document because of another: what is applied to it, what of it is used.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::super::document::Document;
use super::super::problem::Problem;
use super::super::rules::Scene;
use super::super::state::{Organisation, Row};
use super::amounts::{amount, fixed, too_large};
use super::{kinds, party, stake, status};
use crate::books::money::{self, settle::Refusal};

/// Where links are written: an organisation and the time.
pub(super) struct Desk<'a> {
    pub(super) organisation: &'a mut Organisation,
    pub(super) now: i64,
}

impl<'a> Desk<'a> {
    pub(super) fn of<'s: 'a>(scene: &'a mut Scene<'s>) -> Self {
        Desk {
            organisation: scene.organisation,
            now: scene.now,
        }
    }

    pub(super) fn today(&self) -> Date {
        today(self.organisation, self.now)
    }

    /// Changes a stored document: its status, its contact's amounts and its time follow.
    pub(super) fn change(
        &mut self,
        kind: &str,
        id: u64,
        change: impl FnOnce(&mut Document) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let today = self.today();
        let Some(row) = self.organisation.row(kind, id) else {
            return Ok(());
        };
        let before = row.document.clone();
        let mut after = before.clone();
        change(&mut after)?;
        if let Some(trade) = kinds::of(kind) {
            status::refresh(trade, &mut after, today);
        }
        stake::moved(self.organisation, kind, Some(&before), Some(&after))?;
        if let Some(row) = self.organisation.row_mut(kind, id) {
            row.document = after;
            row.modified_at = self.now;
        }
        Ok(())
    }

    /// Puts a link beneath the document that it belongs to.
    pub(super) fn link(&mut self, kind: &str, id: u64, parent: u64, document: Document) {
        let (created_at, modified_at) = (self.now, self.now);
        self.organisation.put(
            kind,
            Row {
                id,
                parent: Some(parent),
                created_at,
                modified_at,
                document,
            },
        );
    }
}

pub(super) fn today(organisation: &Organisation, now: i64) -> Date {
    crate::world::parse_date(&organisation.today(now)).unwrap_or_default()
}

/// Adds to a member that sums what was applied, and takes it off the balance. A draft that something is applied to is open.
pub(super) fn settle(
    record: &mut Document,
    member: &str,
    by: Decimal,
    counted: &str,
) -> Result<(), Problem> {
    let precision = party::precision_of(record);
    let applied = money::add(amount(record, member), by).map_err(too_large)?;
    let left = money::subtract(amount(record, counted), by).map_err(too_large)?;
    record.set(member, fixed(applied, precision));
    record.set(counted, fixed(left, precision));
    if by > Decimal::ZERO && record.text("status") != "void" && status::is_idle(record) {
        status::name(record, "open");
    }
    Ok(())
}

/// unknown: codes and texts of the refusals.
pub(super) fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Negative(_) => Problem::invalid_value("amount_applied"),
        Refusal::AboveBalance(_) => {
            Problem::wrong_state("The amount applied is more than the balance of the document.")
        }
        Refusal::AboveAvailable => {
            Problem::wrong_state("The amount applied is more than what is available.")
        }
        Refusal::TooLarge => too_large(money::MoneyError::TooLarge),
    }
}
