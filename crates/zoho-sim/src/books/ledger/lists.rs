//! What the ledger shows: transactions of an account, of bank accounts, and the journal of one document.

use rust_decimal::Decimal;

use super::super::accounts::in_currency;
use super::super::datum::Datum;
use super::super::document::Document;
use super::super::state::{Organisation, Row};
use super::super::trade::{self, fixed};
use super::{Entry, of};
use crate::world::parse_date;

/// Transactions that an account's record shows; the list has all.
const SHOWN_MAX: usize = 10;
/// Entries that become rows of one list.
const ROWS_MAX: usize = 100_000;

/// What lists call a record type. unknown: the words for opening balances and sales receipts.
fn word_of(kind: &str) -> &str {
    match kind {
        "credit_note" => "creditnote",
        _ => kind,
    }
}

fn in_words(kind: &str) -> String {
    let words = word_of(kind).replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn name_of(organisation: &Organisation, account: u64) -> &str {
    let row = organisation.row("chart_of_account", account);
    row.map_or("", |row| row.document.text("account_name"))
}

/// The other accounts of an entry, the largest first; `None` when there is only this one.
fn offset(organisation: &Organisation, entry: &Entry, account: u64) -> String {
    let others = entry
        .postings
        .iter()
        .filter(|posting| posting.account != account);
    let largest = others.max_by_key(|posting| posting.base.abs());
    largest.map_or_else(String::new, |posting| {
        name_of(organisation, posting.account).to_owned()
    })
}

fn at(date: &str) -> i64 {
    let date = parse_date(date).unwrap_or_default();
    let start = date.to_zoned(jiff::tz::TimeZone::UTC);
    start.map_or(0, |start| start.timestamp().as_second())
}

/// The transactions of an account, or of all, as rows of their list.
pub(crate) fn rows(organisation: &Organisation, account: Option<u64>) -> Vec<Row> {
    let ledger = of(organisation);
    let precision = trade::base_precision(organisation);
    let mut rows = Vec::new();
    for entry in &ledger.entries {
        let mut seen: Vec<u64> = Vec::new();
        for posting in &entry.postings {
            let is_wanted = account.is_none_or(|account| account == posting.account);
            if !is_wanted || seen.contains(&posting.account) || rows.len() == ROWS_MAX {
                continue;
            }
            seen.push(posting.account);
            let amount = entry.on(posting.account).base;
            let is_debit = amount >= Decimal::ZERO;
            let mut row = Document::default();
            let id = entry.id.to_string();
            row.set("categorized_transaction_id", id.as_str());
            row.set("transaction_id", id);
            row.set("transaction_type", word_of(entry.kind));
            row.set("transaction_type_formatted", in_words(entry.kind));
            row.set("transaction_date", entry.date.as_str());
            row.set("date", entry.date.as_str());
            row.set("account_id", posting.account.to_string());
            row.set("glname", name_of(organisation, posting.account));
            row.set("customer_id", entry.contact.0.as_str());
            row.set("payee", entry.contact.1.as_str());
            row.set("description", entry.description.as_str());
            row.set("entry_number", entry.number.as_str());
            row.set("currency_id", entry.currency.0.as_str());
            row.set("currency_code", entry.currency.1.as_str());
            row.set("debit_or_credit", if is_debit { "debit" } else { "credit" });
            row.set(
                "offset_account_name",
                offset(organisation, entry, posting.account),
            );
            row.set("reference_number", entry.reference.as_str());
            let amount = fixed(amount.abs(), precision);
            let (debit, credit) = match is_debit {
                true => (amount.clone(), Datum::text("")),
                false => (Datum::text(""), amount.clone()),
            };
            row.set("debit_amount", debit);
            row.set("credit_amount", credit);
            row.set("amount", amount);
            rows.push(Row {
                id: entry.id,
                parent: Some(posting.account),
                created_at: at(&entry.date),
                modified_at: at(&entry.date),
                document: row,
            });
        }
    }
    rows
}

/// The latest transactions, as an account's record shows them.
pub(crate) fn transactions(organisation: &Organisation, account: u64) -> Vec<Datum> {
    let ledger = of(organisation);
    let base = trade::base_precision(organisation);
    let entries = ledger.entries_of(account).rev().take(SHOWN_MAX);
    let shown = entries.map(|entry| {
        let holding = entry.on(account);
        let is_debit = holding.base >= Decimal::ZERO;
        let mut row = Document::default();
        row.set("date", entry.date.as_str());
        row.set("transaction_id", entry.id.to_string());
        row.set("entity_type", word_of(entry.kind));
        row.set("entity_type_formatted", in_words(entry.kind));
        row.set("reference_number", entry.reference.as_str());
        row.set("customer_id", entry.contact.0.as_str());
        row.set("customer_name", entry.contact.1.as_str());
        row.set("date_formatted", entry.date.as_str());
        for (name, is_side) in [("debit", is_debit), ("credit", !is_debit)] {
            let side = |amount: Decimal, precision: u32| match is_side {
                true => fixed(amount.abs(), precision),
                false => Datum::text(""),
            };
            let (amount, own) = (side(holding.base, base), side(holding.own, entry.precision));
            let words = if is_side {
                in_currency(organisation, &amount)
            } else {
                String::new()
            };
            row.set(&format!("{name}_formatted"), words);
            row.set(&format!("fcy_{name}_formatted"), own.words());
            row.set(&format!("fcy_{name}"), own);
            row.set(name, amount);
        }
        Datum::Object(row)
    });
    shown.collect()
}

/// What other documents did to bank accounts, as rows of the list of bank transactions.
pub(crate) fn bank_rows(organisation: &Organisation) -> Vec<Row> {
    let ledger = of(organisation);
    let is_bank = |account: u64| organisation.row("bank_account", account).is_some();
    let mut rows = Vec::new();
    let entries = ledger.entries.iter();
    for entry in entries.filter(|entry| entry.kind != "bank_transaction") {
        for account in entry.postings.iter().map(|posting| posting.account) {
            if !is_bank(account) || rows.len() == ROWS_MAX {
                continue;
            }
            let amount = entry.on(account).own;
            let mut row = Document::default();
            row.set("date", entry.date.as_str());
            row.set("amount", fixed(amount.abs(), entry.precision));
            row.set("transaction_type", word_of(entry.kind));
            row.set("status", "manually_added");
            row.set("source", "manually_added");
            row.set("account_id", account.to_string());
            row.set("customer_id", entry.contact.0.as_str());
            row.set("payee", entry.contact.1.as_str());
            row.set("description", entry.description.as_str());
            row.set("currency_id", entry.currency.0.as_str());
            row.set("currency_code", entry.currency.1.as_str());
            row.set("price_precision", i64::from(entry.precision));
            let side = if amount >= Decimal::ZERO {
                "debit"
            } else {
                "credit"
            };
            row.set("debit_or_credit", side);
            row.set("offset_account_name", offset(organisation, entry, account));
            row.set("reference_number", entry.reference.as_str());
            rows.push(Row {
                id: entry.id,
                parent: None,
                created_at: at(&entry.date),
                modified_at: at(&entry.date),
                document: row,
            });
        }
    }
    rows
}

/// The journal that a document posts.
pub(crate) fn journal_of(organisation: &Organisation, id: u64) -> Option<Document> {
    let ledger = of(organisation);
    let entry = ledger.entries.iter().find(|entry| entry.id == id)?;
    let precision = trade::base_precision(organisation);
    let lines = entry.postings.iter().map(|posting| {
        let mut line = Document::default();
        line.set("account_id", posting.account.to_string());
        line.set("account_name", name_of(organisation, posting.account));
        let side = if posting.base >= Decimal::ZERO {
            "debit"
        } else {
            "credit"
        };
        line.set("debit_or_credit", side);
        line.set("amount", fixed(posting.own.abs(), entry.precision));
        line.set("bcy_amount", fixed(posting.base.abs(), precision));
        Datum::Object(line)
    });
    let lines: Vec<Datum> = lines.collect();
    let debits = entry
        .postings
        .iter()
        .map(|posting| posting.base.max(Decimal::ZERO));
    let total = crate::books::money::sum(debits).unwrap_or_default();
    let mut journal = Document::default();
    journal.set("journal_date", entry.date.as_str());
    journal.set("entry_number", entry.number.as_str());
    journal.set("reference_number", entry.reference.as_str());
    journal.set("currency_id", entry.currency.0.as_str());
    journal.set("currency_code", entry.currency.1.as_str());
    journal.set("total", fixed(total, precision));
    journal.set("line_items", lines);
    Some(journal)
}
