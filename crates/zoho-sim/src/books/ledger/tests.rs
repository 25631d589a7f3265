//! Random documents in currencies with 0, 2 and 3 decimals: each entry balances, and what accounts hold is what documents say.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::super::registry::type_named;
use super::super::rules::Who;
use super::super::seed;
use super::super::write::{self, Hand};
use super::*;
use crate::http::Query;

const NOW: i64 = 1_780_000_000;

struct Books {
    organisation: Organisation,
    customer: u64,
    vendor: u64,
    foreign: String,
    tax: String,
}

fn document(json: &str) -> Document {
    let datum = Datum::parse(json).unwrap();
    datum.as_object().cloned().unwrap()
}

impl Books {
    fn new(precision: u32) -> Self {
        let mut organisation = Organisation::new(1, 46, 0, 1_000);
        organisation.document.set("currency_code", "USD");
        seed::fresh(&mut organisation, &[], NOW);
        organisation.now = NOW;
        let base = trade_base(&organisation);
        let row = organisation.row_mut("currency", base).unwrap();
        row.document.set("price_precision", i64::from(precision));
        let mut books = Self {
            organisation,
            customer: 0,
            vendor: 0,
            foreign: String::new(),
            tax: String::new(),
        };
        let customer = r#"{"contact_name": "Halden"}"#;
        books.customer = books.create("contact", None, customer).unwrap();
        let vendor = r#"{"contact_name": "Moe", "contact_type": "vendor"}"#;
        books.vendor = books.create("contact", None, vendor).unwrap();
        let currencies: Vec<u64> = books
            .organisation
            .rows("currency")
            .map(|row| row.id)
            .collect();
        books.foreign = currencies
            .iter()
            .find(|id| **id != base)
            .unwrap()
            .to_string();
        let tax = r#"{"tax_name": "VAT", "tax_percentage": 7.7, "tax_type": "tax"}"#;
        books.tax = books.create("tax", None, tax).unwrap().to_string();
        books
    }

    fn create(&mut self, kind: &str, parent: Option<u64>, json: &str) -> Option<u64> {
        let who = Who::default();
        let query = Query(vec![("send".to_owned(), "true".to_owned())]);
        let hand = Hand {
            who: &who,
            now: NOW,
            query: &query,
        };
        let kind = type_named(kind).unwrap();
        write::create(&mut self.organisation, kind, parent, document(json), hand).ok()
    }

    fn account(&self, name: &str) -> u64 {
        super::super::accounts::named(&self.organisation, name).unwrap()
    }

    /// Sums a member over the documents of a type.
    fn sum(&self, kind: &str, member: &str) -> Decimal {
        let rows = self.organisation.rows(kind);
        rows.map(|row| super::super::trade::amount(&row.document, member))
            .sum()
    }
}

fn trade_base(organisation: &Organisation) -> u64 {
    super::super::trade::base_currency(organisation).unwrap().id
}

#[derive(Debug, Clone)]
struct Step {
    kind: usize,
    units: i64,
    quantity: i64,
    other: i64,
    is_taxed: bool,
    is_inclusive: bool,
    is_foreign: bool,
    rate: i64,
}

fn step() -> impl Strategy<Value = Step> {
    (
        0usize..9,
        // Above the largest discount: a document below zero is refused.
        3_000i64..500_000,
        1i64..7,
        0i64..400,
        any::<[bool; 3]>(),
        1i64..40_000,
    )
        .prop_map(
            |(kind, units, quantity, other, [is_taxed, is_inclusive, is_foreign], rate)| Step {
                kind,
                units,
                quantity,
                other,
                is_taxed,
                is_inclusive,
                is_foreign,
                rate,
            },
        )
}

fn act(books: &mut Books, step: &Step, may_be_foreign: bool) {
    let amount = Decimal::new(step.units, 2);
    let other = Decimal::new(step.other, 2);
    let foreign = if step.is_foreign && may_be_foreign {
        let rate = Decimal::new(step.rate, 4);
        format!(
            r#", "currency_id": "{}", "exchange_rate": {rate}"#,
            books.foreign
        )
    } else {
        String::new()
    };
    let tax = if step.is_taxed {
        format!(r#", "tax_id": "{}""#, books.tax)
    } else {
        String::new()
    };
    let line = format!(
        r#"{{"name": "a", "rate": {amount}, "quantity": {}{tax}}}, {{"name": "b", "rate": {other}, "quantity": 1}}"#,
        step.quantity
    );
    let inclusive = step.is_inclusive;
    let charged = format!(
        r#""date": "2026-05-01", "is_inclusive_tax": {inclusive}, "discount": {}, "discount_type": "entity_level", "line_items": [{line}], "adjustment": {other}{foreign}"#,
        step.other % 30
    );
    let (customer, vendor) = (books.customer, books.vendor);
    let latest =
        |books: &Books, kind: &str| books.organisation.rows(kind).next_back().map(|row| row.id);
    let applied = Decimal::new(step.units / 3, 2);
    match step.kind {
        0 | 1 => {
            let body = format!(
                r#"{{"customer_id": "{customer}", "shipping_charge": "{other}", {charged}}}"#
            );
            assert!(books.create("invoice", None, &body).is_some());
        }
        2 => {
            let number = books.organisation.count("bill");
            let body =
                format!(r#"{{"vendor_id": "{vendor}", "bill_number": "B-{number}", {charged}}}"#);
            assert!(books.create("bill", None, &body).is_some());
        }
        3 => {
            let body = format!(r#"{{"customer_id": "{customer}", {charged}}}"#);
            assert!(books.create("credit_note", None, &body).is_some());
        }
        4 => {
            let invoices = latest(books, "invoice").map_or(String::new(), |id| {
                format!(r#"{{"invoice_id": "{id}", "amount_applied": {applied}}}"#)
            });
            // Refused when more is applied than is owed, or a date is missing: nothing is posted then.
            let body = format!(
                r#"{{"customer_id": "{customer}", "date": "2026-05-02", "payment_mode": "cash", "amount": {amount}, "bank_charges": 0.01, "invoices": [{invoices}]{foreign}}}"#
            );
            books.create("customer_payment", None, &body);
        }
        5 => {
            let bills = latest(books, "bill").map_or(String::new(), |id| {
                format!(r#"{{"bill_id": "{id}", "amount_applied": {applied}}}"#)
            });
            let body = format!(
                r#"{{"vendor_id": "{vendor}", "date": "2026-05-02", "amount": {amount}, "bills": [{bills}]{foreign}}}"#
            );
            books.create("vendor_payment", None, &body);
        }
        6 => {
            let (account, from) = (
                books.account("Office Supplies"),
                books.account("Petty Cash"),
            );
            let body = format!(
                r#"{{"date": "2026-05-02", "account_id": "{account}", "paid_through_account_id": "{from}", "amount": {amount}, "is_inclusive_tax": {inclusive}{tax}{foreign}}}"#
            );
            books.create("expense", None, &body);
        }
        7 => {
            let (debit, credit) = (books.account("Lodging"), books.account("Drawings"));
            let body = format!(
                r#"{{"journal_date": "2026-05-02", "line_items": [{{"account_id": "{debit}", "debit_or_credit": "debit", "amount": {amount}}}, {{"account_id": "{credit}", "debit_or_credit": "credit", "amount": {amount}}}]{foreign}}}"#
            );
            assert!(books.create("journal", None, &body).is_some());
        }
        _ => {
            let Some(credit) = latest(books, "credit_note") else {
                return;
            };
            let from = books.account("Petty Cash");
            let body = format!(
                r#"{{"date": "2026-05-03", "amount": {other}, "from_account_id": "{from}"}}"#
            );
            books.create("credit_note_refund", Some(credit), &body);
        }
    }
}

const POSTED: [&str; 8] = [
    "invoice",
    "bill",
    "credit_note",
    "customer_payment",
    "vendor_payment",
    "expense",
    "journal",
    "credit_note_refund",
];

fn check(books: &Books, precision: u32) {
    let ledger = of(&books.organisation);
    let documents: usize = POSTED
        .iter()
        .map(|kind| books.organisation.count(kind))
        .sum();
    assert_eq!(ledger.entries.len(), documents, "every document posts");
    let mut accounts: BTreeMap<u64, Decimal> = BTreeMap::new();
    for entry in &ledger.entries {
        let base: Decimal = entry.postings.iter().map(|posting| posting.base).sum();
        let own: Decimal = entry.postings.iter().map(|posting| posting.own).sum();
        assert_eq!((base, own), (Decimal::ZERO, Decimal::ZERO), "{entry:?}");
        for posting in &entry.postings {
            let amount = posting.base;
            assert_eq!(money::round(amount, precision), amount, "{entry:?}");
            *accounts.entry(posting.account).or_default() += amount;
        }
    }
    for (account, amount) in accounts {
        assert_eq!(ledger.holding(account).base, amount);
    }
    let [trial, sheet] = ["trialbalance", "balancesheet"].map(|name| {
        let query = Query(vec![("to_date".to_owned(), "2026-12-31".to_owned())]);
        let path = format!("/reports/{name}");
        report(&books.organisation, &path, &query).unwrap().unwrap()
    });
    let side = |member: &str| -> Decimal {
        let rows = trial.objects("trialbalance");
        rows.map(|row| super::super::trade::amount(row, member))
            .sum()
    };
    assert_eq!(side("debit_total"), side("credit_total"));
    let sides: Vec<_> = sheet
        .objects("balance_sheet")
        .map(|side| side.get("total"))
        .collect();
    assert_eq!(sides[0], sides[1], "assets are liabilities and equities");
}

fn run(precision: u32, may_be_foreign: bool) {
    let mut runner = TestRunner::new(Config::with_cases(24));
    let steps = proptest::collection::vec(step(), 1..24);
    runner
        .run(&steps, |steps| {
            let mut books = Books::new(precision);
            for step in &steps {
                act(&mut books, step, may_be_foreign);
            }
            check(&books, precision);
            if !may_be_foreign {
                let receivable =
                    of(&books.organisation).holding(books.account("Accounts Receivable"));
                let owed = books.sum("invoice", "balance") - books.sum("credit_note", "balance");
                assert_eq!(receivable.base, owed);
                let payable = of(&books.organisation).holding(books.account("Accounts Payable"));
                assert_eq!(-payable.base, books.sum("bill", "balance"));
                let advances = of(&books.organisation).holding(books.account("Unearned Revenue"));
                assert_eq!(
                    -advances.base,
                    books.sum("customer_payment", "unused_amount")
                );
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn debits_are_credits_in_every_precision_and_parties_owe_what_documents_say() {
    for precision in [0, 2, 3] {
        run(precision, false);
    }
}

#[test]
fn debits_are_credits_where_currencies_meet() {
    for precision in [0, 2, 3] {
        run(precision, true);
    }
}

#[test]
fn a_ledger_is_read_anew_after_a_write_only() {
    let mut books = Books::new(2);
    let first = of(&books.organisation);
    assert!(Arc::ptr_eq(&first, &of(&books.organisation)));
    let body = format!(
        r#"{{"customer_id": "{}", "line_items": [{{"name": "a", "rate": 5, "quantity": 2}}]}}"#,
        books.customer
    );
    books.create("invoice", None, &body).unwrap();
    let sales = books.account("Sales");
    assert_eq!(first.holding(sales), Holding::default());
    assert_eq!(
        of(&books.organisation).holding(sales).base,
        Decimal::from(-10)
    );
}
