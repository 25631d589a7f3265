//! Documents of sales and purchases: what they charge, who owes what, and what payments and credits settle.
//!
//! One table ([`kinds`]) says what the record types have in common and where they differ; [`sheet`] gives all of them their
//! numbers, parties, lines and totals, and moves their statuses; [`payments`] and [`credits`] settle them. What a contact owes
//! and may still use is kept on the contact by [`stake`] whenever one of these documents changes.

mod amounts;
mod convert;
mod credits;
mod expenses;
mod kinds;
mod lines;
mod links;
mod numbers;
mod party;
mod payments;
mod recur;
mod refunds;
mod retainers;
mod rows;
mod sheet;
mod stake;
mod status;

use super::rules::Rules;
pub(super) use amounts::{amount, fixed};
pub(super) use convert::body_from;
pub(super) use party::{base_currency, base_precision, precision_of, words};
pub(super) use recur::catch_up;
pub(super) use status::is_idle;

/// The member in which documents of a record type carry their number.
pub(super) fn number_member(kind: &str) -> Option<&'static str> {
    let trade = kinds::of(kind)?;
    let number = trade.number.as_ref().map(|series| series.member);
    number.or((kind == "bill").then_some("bill_number"))
}

/// Whether records of a type name a customer or a vendor.
pub(super) fn names_a_contact(kind: &str) -> bool {
    super::contacts::NAMING.contains(&kind)
}

/// The rules of a record type, when it is one of these.
pub(super) fn rules_of(kind: &str) -> Option<&'static dyn Rules> {
    Some(match kind {
        "customer_payment" => &payments::CUSTOMER,
        "vendor_payment" => &payments::VENDOR,
        "invoice_payment" => &payments::OF_INVOICES,
        "bill_payment" => &payments::OF_BILLS,
        "invoice_credit_applied" => &credits::TO_INVOICE,
        "bill_credit_applied" => &credits::TO_BILL,
        "credit_note_invoice" => &credits::OF_CREDIT_NOTE,
        "vendor_credit_bill" => &credits::OF_VENDOR_CREDIT,
        "recurring_invoice_child" => &recur::OF_INVOICES,
        "recurring_expense_child" => &recur::OF_EXPENSES,
        "expense" | "recurring_expense" => &expenses::Expenses,
        _ if refunds::of(kind).is_some() => refunds::of(kind)?,
        _ => kinds::of(kind)?,
    })
}
