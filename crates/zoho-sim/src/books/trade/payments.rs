//! Payments of customers and to vendors: applied to invoices or bills, the rest kept as an advance.
//!
//! What is applied stands in the payment (`invoices`, `bills`) and, as a record of its own, beneath each document that it was
//! applied to; both carry the same id.

use rust_decimal::Decimal;

use super::super::datum::Datum;
use super::super::document::Document;
use super::super::problem::Problem;
use super::super::rules::{Rules, Scene};
use super::super::state::{Organisation, Row};
use super::amounts::{amount, fixed, too_large};
use super::lines::account_named;
use super::links::{Desk, refused, settle, today};
use super::{party, stake};
use crate::books::money::{self, settle::allocate};
use crate::world::parse_id;

/// One of the two kinds of payments.
pub(super) struct Payments {
    kind: &'static str,
    is_sale: bool,
    /// Documents that it is applied to: record type, list in the payment, id, number.
    due: &'static str,
    list: &'static str,
    due_id: &'static str,
    due_number: &'static str,
    /// Links beneath the documents: record type, and its id member.
    link: &'static str,
    link_id: &'static str,
    /// What is not applied.
    unused: &'static str,
    account: [&'static str; 3],
}

pub(super) static CUSTOMER: Payments = Payments {
    kind: "customer_payment",
    is_sale: true,
    due: "invoice",
    list: "invoices",
    due_id: "invoice_id",
    due_number: "invoice_number",
    link: "invoice_payment",
    link_id: "invoice_payment_id",
    unused: "unused_amount",
    account: ["account_id", "account_name", "account_type"],
};

pub(super) static VENDOR: Payments = Payments {
    kind: "vendor_payment",
    is_sale: false,
    due: "bill",
    list: "bills",
    due_id: "bill_id",
    due_number: "bill_number",
    link: "bill_payment",
    link_id: "bill_payment_id",
    unused: "balance",
    account: [
        "paid_through_account_id",
        "paid_through_account_name",
        "paid_through_account_type",
    ],
};

pub(super) static OF_INVOICES: Links = Links(&CUSTOMER);
pub(super) static OF_BILLS: Links = Links(&VENDOR);

/// An amount that is applied to a document.
#[derive(Clone)]
struct Part {
    due: u64,
    link: u64,
    amount: Decimal,
    withheld: Decimal,
}

impl Rules for Payments {
    fn prepare(&self, _scene: &mut Scene<'_>, body: &mut Document) -> Result<(), Problem> {
        if body.text("payment_mode") == "cheque" {
            body.set("payment_mode", "check");
        }
        Ok(())
    }

    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        let now = today(scene.organisation, scene.now).to_string();
        // unknown: the currency of a payment whose contact has another than the document; it is the document's.
        let first = self.parts(record).next();
        if let Some(due) = first.and_then(|part| scene.organisation.row(self.due, part.due)) {
            record.set("currency_id", due.document.text("currency_id"));
        }
        party::fill(scene.organisation, self.is_sale, record, false)?;
        record.remove("shipping_address");
        if record.text("date").is_empty() {
            record.set("date", now);
        }
        self.deposit(scene.organisation, record)?;
        let parts = self.wanted(scene.organisation, None, record)?;
        if record.text("payment_number").is_empty() {
            let number = scene.organisation.next_number(self.kind);
            record.set("payment_number", number.to_string());
            record.set("payment_number_suffix", number.to_string());
        }
        let id = scene.id;
        super::retainers::pay(&mut Desk::of(scene), None, Some(record))?;
        self.apply(&mut Desk::of(scene), id, record, parts)?;
        stake::moved(scene.organisation, self.kind, None, Some(record))
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        party::fill(scene.organisation, self.is_sale, record, false)?;
        record.remove("shipping_address");
        self.deposit(scene.organisation, record)?;
        let parts = self.wanted(scene.organisation, Some(before), record)?;
        let id = scene.id;
        let mut desk = Desk::of(scene);
        super::retainers::pay(&mut desk, Some(before), Some(record))?;
        self.release(&mut desk, before)?;
        self.apply(&mut desk, id, record, parts)?;
        stake::moved(scene.organisation, self.kind, Some(before), Some(record))
    }

    fn on_delete(&self, scene: &mut Scene<'_>, record: &Document) -> Result<(), Problem> {
        // unknown: code and text.
        if !amount(record, "amount_refunded").is_zero() {
            return Err(Problem::wrong_state(
                "Payments that were refunded cannot be deleted.",
            ));
        }
        super::retainers::pay(&mut Desk::of(scene), Some(record), None)?;
        self.release(&mut Desk::of(scene), record)?;
        stake::moved(scene.organisation, self.kind, Some(record), None)
    }

    fn derive(&self, organisation: &Organisation, _row: &Row, record: &mut Document) {
        let precision = party::base_precision(organisation);
        let rate = record
            .get("exchange_rate")
            .and_then(Datum::as_decimal)
            .unwrap_or(Decimal::ONE);
        for (member, of) in [
            ("bcy_amount", "amount"),
            ("bcy_unused_amount", "unused_amount"),
            ("bcy_balance", "balance"),
            ("bcy_refunded_amount", "amount_refunded"),
        ] {
            let in_base = money::convert(amount(record, of), rate, precision).unwrap_or_default();
            record.set(member, fixed(in_base, precision));
        }
        let numbers: Vec<_> = record
            .objects(self.list)
            .map(|part| part.text(self.due_number).to_owned())
            .collect();
        record.set(
            if self.is_sale {
                "invoice_numbers"
            } else {
                "bill_numbers"
            },
            numbers.join(", "),
        );
    }

    fn detail(&self, organisation: &Organisation, _row: &Row, record: &mut Document) {
        for member in [
            "bcy_amount",
            "bcy_unused_amount",
            "bcy_balance",
            "bcy_refunded_amount",
            "invoice_numbers",
            "bill_numbers",
        ] {
            record.remove(member);
        }
        // Totals and balances of the documents as they are now.
        if let Some(Datum::List(parts)) = record.get_mut(self.list) {
            for part in parts.iter_mut().filter_map(Datum::as_object_mut) {
                if let Some(due) = organisation.row_of_text(self.due, part.text(self.due_id)) {
                    for member in ["total", "balance"] {
                        part.set(
                            member,
                            due.document.get(member).cloned().unwrap_or_default(),
                        );
                    }
                }
            }
        }
    }
}

impl Payments {
    /// The account that the money goes to or comes from: by default Undeposited Funds, or Petty Cash for vendors.
    fn deposit(&self, organisation: &Organisation, record: &mut Document) -> Result<(), Problem> {
        let [id, name, kind] = self.account;
        let given = party::words(record, id);
        let (given, _) = if given.is_empty() {
            let otherwise = if self.is_sale {
                "Undeposited Funds"
            } else {
                "Petty Cash"
            };
            match account_named(organisation, otherwise) {
                Some(account) => account,
                None => return Ok(()),
            }
        } else {
            (given, String::new())
        };
        let row = organisation
            .row_of_text("chart_of_account", &given)
            .or_else(|| organisation.row_of_text("bank_account", &given));
        let account = &row
            .ok_or_else(|| Problem::bad(1002, "Account does not exist."))?
            .document;
        record.set(name, account.text("account_name"));
        record.set(kind, account.text("account_type"));
        record.set(id, given);
        Ok(())
    }

    fn parts(&self, record: &Document) -> impl Iterator<Item = Part> {
        record.objects(self.list).map(|part| Part {
            due: parse_id(&party::words(part, self.due_id)).unwrap_or_default(),
            link: parse_id(part.text(self.link_id)).unwrap_or_default(),
            amount: amount(part, "amount_applied"),
            withheld: amount(part, "tax_amount_withheld"),
        })
    }

    /// What is to be applied, checked as a whole before anything is changed: to documents of the same contact that are not
    /// void, at most what they owe, together at most what is there.
    fn wanted(
        &self,
        organisation: &Organisation,
        before: Option<&Document>,
        record: &Document,
    ) -> Result<Vec<Part>, Problem> {
        let paid = amount(record, "amount");
        if paid <= Decimal::ZERO {
            return Err(Problem::refused_value("amount"));
        }
        let held: Vec<Part> = before
            .map(|before| self.parts(before).collect())
            .unwrap_or_default();
        let party = if self.is_sale {
            "customer_id"
        } else {
            "vendor_id"
        };
        let precision = party::precision_of(record);
        let mut parts: Vec<Part> = Vec::new();
        for mut part in self
            .parts(record)
            .filter(|part| !part.amount.is_zero() || !part.withheld.is_zero())
        {
            part.amount = money::round(part.amount, precision);
            part.withheld = money::round(part.withheld, precision);
            if part.withheld < Decimal::ZERO {
                return Err(Problem::invalid_value("tax_amount_withheld"));
            }
            part.link = held
                .iter()
                .find(|held| held.due == part.due)
                .map_or(0, |held| held.link);
            match parts.iter_mut().find(|known| known.due == part.due) {
                Some(known) => {
                    known.amount = money::add(known.amount, part.amount).map_err(too_large)?;
                    known.withheld =
                        money::add(known.withheld, part.withheld).map_err(too_large)?;
                }
                None => parts.push(part),
            }
        }
        let mut wants = Vec::with_capacity(parts.len());
        for part in &parts {
            let due = organisation
                .row(self.due, part.due)
                .ok_or_else(|| Problem::missing(if self.is_sale { "Invoice" } else { "Bill" }))?;
            if due.document.text(party) != record.text(party) {
                return Err(Problem::wrong_state(
                    "The document belongs to another contact.",
                ));
            }
            // unknown: code and text; one amount cannot be of two currencies.
            if due.document.text("currency_id") != record.text("currency_id") {
                return Err(Problem::wrong_state(
                    "The document is in another currency than the payment.",
                ));
            }
            if due.document.text("status") == "void" {
                return Err(Problem::wrong_state(
                    "Payments cannot be applied to void documents.",
                ));
            }
            let mut owed = amount(&due.document, "balance");
            for held in held.iter().filter(|held| held.due == part.due) {
                owed = money::sum([owed, held.amount, held.withheld]).map_err(too_large)?;
            }
            wants.push((
                part.amount,
                money::subtract(owed, part.withheld).map_err(too_large)?,
            ));
        }
        let refunded = amount(record, "amount_refunded");
        let available =
            money::subtract(money::round(paid, precision), refunded).map_err(too_large)?;
        allocate(available, &wants).map_err(refused)?;
        Ok(parts)
    }

    /// Applies checked parts, and writes them into the payment.
    fn apply(
        &self,
        desk: &mut Desk<'_>,
        payment: u64,
        record: &mut Document,
        parts: Vec<Part>,
    ) -> Result<(), Problem> {
        let precision = party::precision_of(record);
        let applied = money::sum(parts.iter().map(|part| part.amount)).map_err(too_large)?;
        let withheld = money::sum(parts.iter().map(|part| part.withheld)).map_err(too_large)?;
        let paid = money::round(amount(record, "amount"), precision);
        let left = money::subtract(paid, applied)
            .and_then(|left| money::subtract(left, amount(record, "amount_refunded")));
        record.set("amount", fixed(paid, precision));
        record.set(self.unused, fixed(left.map_err(too_large)?, precision));
        record.set("tax_amount_withheld", fixed(withheld, precision));
        let mut written = Vec::with_capacity(parts.len());
        for mut part in parts {
            if part.link == 0 {
                part.link = desk.organisation.next_id();
            }
            self.take(desk, part.due, part.amount, part.withheld)?;
            written.push(Datum::Object(self.put_link(desk, payment, record, &part)));
        }
        record.set(self.list, written);
        Ok(())
    }

    /// Takes back all that a payment was applied to.
    fn release(&self, desk: &mut Desk<'_>, record: &Document) -> Result<(), Problem> {
        let parts: Vec<Part> = self.parts(record).collect();
        for part in parts {
            self.take(desk, part.due, -part.amount, -part.withheld)?;
            desk.organisation.take(self.link, part.link);
        }
        Ok(())
    }

    fn take(
        &self,
        desk: &mut Desk<'_>,
        due: u64,
        applied: Decimal,
        withheld: Decimal,
    ) -> Result<(), Problem> {
        let date = desk.today().to_string();
        desk.change(self.due, due, |document| {
            settle(document, "payment_made", applied, "balance")?;
            settle(document, "tax_amount_withheld", withheld, "balance")?;
            if applied > Decimal::ZERO && self.is_sale {
                document.set("last_payment_date", date);
            }
            Ok(())
        })
    }

    /// The link beneath the document, and the part as the payment shows it.
    fn put_link(
        &self,
        desk: &mut Desk<'_>,
        payment: u64,
        record: &Document,
        part: &Part,
    ) -> Document {
        let precision = party::precision_of(record);
        let due = desk
            .organisation
            .row(self.due, part.due)
            .map(|row| row.document.clone())
            .unwrap_or_default();
        let mut link = Document::default();
        link.set("payment_id", payment.to_string());
        link.set(self.due_id, part.due.to_string());
        link.set(self.link_id, part.link.to_string());
        link.set("amount", fixed(part.amount, precision));
        link.set("tax_amount_withheld", fixed(part.withheld, precision));
        for member in [
            "payment_number",
            "payment_mode",
            "description",
            "date",
            "reference_number",
            "exchange_rate",
            "vendor_id",
            "vendor_name",
        ] {
            if let Some(datum) = record.get(member) {
                link.set(member, datum.clone());
            }
        }
        let is_single = record.objects(self.list).count() == 1;
        link.set(
            if self.is_sale {
                "is_single_invoice_payment"
            } else {
                "is_single_bill_payment"
            },
            is_single,
        );
        if !self.is_sale {
            link.set("paid_through", record.text("paid_through_account_name"));
            link.set(
                "paid_through_account_id",
                record.text("paid_through_account_id"),
            );
            link.set(
                "paid_through_account_name",
                record.text("paid_through_account_name"),
            );
        }
        desk.link(self.link, part.link, part.due, link);
        let mut shown = Document::default();
        shown.set(self.due_number, due.text(self.due_number));
        shown.set(self.link_id, part.link.to_string());
        shown.set(self.due_id, part.due.to_string());
        if self.is_sale {
            shown.set("invoice_customer_id", due.text("customer_id"));
            shown.set("invoice_customer_name", due.text("customer_name"));
        }
        shown.set("amount_applied", fixed(part.amount, precision));
        shown.set("tax_amount_withheld", fixed(part.withheld, precision));
        shown.set("total", due.get("total").cloned().unwrap_or_default());
        shown.set("balance", due.get("balance").cloned().unwrap_or_default());
        shown.set("date", due.text("date"));
        shown.set("due_date", due.text("due_date"));
        shown.set("price_precision", i64::from(precision));
        shown.set("apply_date", record.text("date"));
        shown
    }

    /// Applies more of a payment that is there, to one document.
    pub(super) fn add(
        &self,
        desk: &mut Desk<'_>,
        payment: u64,
        due: u64,
        by: Decimal,
    ) -> Result<(), Problem> {
        let row = desk
            .organisation
            .row(self.kind, payment)
            .ok_or_else(|| Problem::missing("Payment"))?;
        let before = row.document.clone();
        let mut record = before.clone();
        let mut entry = Document::default();
        entry.set(self.due_id, due.to_string());
        entry.set("amount_applied", by);
        let mut list = match record.remove(self.list) {
            Some(Datum::List(list)) => list,
            _ => Vec::new(),
        };
        list.push(Datum::Object(entry));
        record.set(self.list, list);
        let parts = self.wanted(desk.organisation, Some(&before), &record)?;
        self.release(desk, &before)?;
        self.apply(desk, payment, &mut record, parts)?;
        desk.change(self.kind, payment, |document| {
            *document = record;
            Ok(())
        })
    }
}

/// What stands beneath an invoice or a bill: taking it out gives the amount back to the payment.
pub(super) struct Links(&'static Payments);

impl Rules for Links {
    fn on_delete(&self, scene: &mut Scene<'_>, record: &Document) -> Result<(), Problem> {
        let payments = self.0;
        let payment = parse_id(record.text("payment_id")).unwrap_or_default();
        let due = parse_id(record.text(payments.due_id)).unwrap_or_default();
        let (applied, withheld) = (
            amount(record, "amount"),
            amount(record, "tax_amount_withheld"),
        );
        let mut desk = Desk::of(scene);
        payments.take(&mut desk, due, -applied, -withheld)?;
        desk.change(payments.kind, payment, |document| {
            if let Some(Datum::List(parts)) = document.get_mut(payments.list) {
                parts.retain(|part| {
                    part.as_object().is_none_or(|part| {
                        part.text(payments.link_id) != record.text(payments.link_id)
                    })
                });
            }
            let precision = party::precision_of(document);
            let left = money::add(amount(document, payments.unused), applied).map_err(too_large)?;
            let withheld = money::subtract(amount(document, "tax_amount_withheld"), withheld)
                .map_err(too_large)?;
            document.set(payments.unused, fixed(left, precision));
            document.set("tax_amount_withheld", fixed(withheld, precision));
            Ok(())
        })
    }
}
