//! The ledger: what documents post to accounts, in double entry, and what accounts hold because of it.
//!
//! Nothing is stored: [`post`] reads the postings from the documents as they are, and the ledger is kept until something is
//! written. Every entry balances to the smallest unit of the base currency; what conversion leaves over goes to one of its own
//! postings, or to Exchange Gain or Loss where two rates meet.

mod lists;
mod post;
mod reports;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rust_decimal::Decimal;

use super::datum::Datum;
use super::document::Document;
use super::state::{Organisation, Row};
use crate::books::money;

pub(super) use lists::{bank_rows, journal_of, rows, transactions};
pub(super) use reports::report;

/// An amount on an account: positive is debit, negative is credit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Posting {
    pub(super) account: u64,
    /// In the currency of the document.
    pub(super) own: Decimal,
    /// In the currency of the organisation.
    pub(super) base: Decimal,
}

/// What one document posts.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The record type of the document.
    pub(super) kind: &'static str,
    pub(super) id: u64,
    pub(super) date: String,
    pub(super) number: String,
    pub(super) reference: String,
    pub(super) description: String,
    pub(super) contact: (String, String),
    pub(super) currency: (String, String),
    pub(super) precision: u32,
    pub(super) postings: Vec<Posting>,
}

/// What an account holds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Holding {
    /// In its own currency.
    pub(super) own: Decimal,
    pub(super) base: Decimal,
}

/// Every entry by date, and what accounts hold.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) entries: Vec<Entry>,
    /// Positions of entries by account.
    by_account: BTreeMap<u64, Vec<usize>>,
    holdings: BTreeMap<u64, Holding>,
}

/// The ledger of an organisation, as long as it holds.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<Option<(u64, Arc<Ledger>)>>);

impl Clone for Kept {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// The ledger as it is now.
pub(super) fn of(organisation: &Organisation) -> Arc<Ledger> {
    let mut kept = organisation
        .ledger
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    match &*kept {
        Some((revision, ledger)) if *revision == organisation.revision => ledger.clone(),
        _ => {
            let ledger = Arc::new(Ledger::new(organisation, post::entries(organisation)));
            *kept = Some((organisation.revision, ledger.clone()));
            ledger
        }
    }
}

impl Ledger {
    fn new(organisation: &Organisation, mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| (&a.date, a.id).cmp(&(&b.date, b.id)));
        let mut ledger = Self::default();
        for (place, entry) in entries.iter().enumerate() {
            for posting in &entry.postings {
                let of = ledger.by_account.entry(posting.account).or_default();
                if of.last() != Some(&place) {
                    of.push(place);
                }
                let holding = ledger.holdings.entry(posting.account).or_default();
                let own = if is_in_currency_of(organisation, posting.account, &entry.currency.0) {
                    posting.own
                } else {
                    posting.base
                };
                holding.own = money::add(holding.own, own).unwrap_or(holding.own);
                holding.base = money::add(holding.base, posting.base).unwrap_or(holding.base);
            }
        }
        ledger.entries = entries;
        ledger
    }

    pub(super) fn holding(&self, account: u64) -> Holding {
        self.holdings.get(&account).copied().unwrap_or_default()
    }

    pub(super) fn is_used(&self, account: u64) -> bool {
        self.by_account.contains_key(&account)
    }

    /// Entries that post to an account, the earliest first.
    pub(super) fn entries_of(&self, account: u64) -> impl DoubleEndedIterator<Item = &Entry> {
        let places = self.by_account.get(&account).into_iter().flatten();
        places.filter_map(|place| self.entries.get(*place))
    }

    /// What an account holds at the end of a day, or gained between two.
    pub(super) fn between(&self, account: u64, from: &str, to: &str) -> Decimal {
        let entries = self.entries_of(account);
        let entries = entries
            .filter(|entry| entry.date.as_str() >= from)
            .filter(|entry| to.is_empty() || entry.date.as_str() <= to);
        entries.fold(Decimal::ZERO, |sum, entry| {
            money::add(sum, entry.on(account).base).unwrap_or(sum)
        })
    }
}

impl Entry {
    /// What the entry posts to one account, all together.
    pub(super) fn on(&self, account: u64) -> Holding {
        let of = self
            .postings
            .iter()
            .filter(|posting| posting.account == account);
        of.fold(Holding::default(), |sum, posting| Holding {
            own: money::add(sum.own, posting.own).unwrap_or(sum.own),
            base: money::add(sum.base, posting.base).unwrap_or(sum.base),
        })
    }
}

fn is_in_currency_of(organisation: &Organisation, account: u64, currency: &str) -> bool {
    let row = organisation.row("bank_account", account);
    row.is_some_and(|row| row.document.text("currency_id") == currency)
}

/// Whether an account grows by debits.
pub(super) fn is_debit(account_type: &str) -> bool {
    !matches!(
        account_type,
        "accounts_payable"
            | "credit_card"
            | "other_current_liability"
            | "long_term_liability"
            | "other_liability"
            | "equity"
            | "income"
            | "other_income"
    )
}

/// What a chart account shows of its holding: positive on the side on which it grows.
pub(super) fn closing(organisation: &Organisation, row: &Row) -> Decimal {
    let base = of(organisation).holding(row.id).base;
    if is_debit(row.document.text("account_type")) {
        base
    } else {
        -base
    }
}

/// Sets what a bank account holds. A credit card's debt is negative. unknown: the sign on the wire.
pub(super) fn show_balances(organisation: &Organisation, row: &Row, record: &mut Document) {
    let ledger = of(organisation);
    let holding = ledger.holding(row.id);
    let base_precision = super::trade::base_precision(organisation);
    let precision = super::trade::precision_of(record);
    record.set("balance", super::trade::fixed(holding.own, precision));
    record.set(
        "bcy_balance",
        super::trade::fixed(holding.base, base_precision),
    );
    let latest = ledger.entries_of(row.id).next_back();
    let latest = latest.map(|entry| entry.date.as_str()).unwrap_or_default();
    record.set("latest_transaction_date", latest);
    let open = organisation.rows("bank_transaction").filter(|line| {
        line.document.text("status") == "uncategorized"
            && line.document.text("account_id") == row.id.to_string()
    });
    let open = i64::try_from(open.count()).unwrap_or(i64::MAX);
    record.set("uncategorized_transactions", Datum::Integer(open));
}

#[cfg(test)]
mod tests;
