//! The record types, and where they differ.

use super::super::document::Document;
use super::super::problem::Problem;
use super::super::state::Organisation;

/// How the members that count are called, and what a document starts as.
#[derive(Debug)]
pub(super) struct Trade {
    pub(super) kind: &'static str,
    /// Of a customer; else of a vendor.
    pub(super) is_sale: bool,
    pub(super) role: Role,
    pub(super) number: Option<Series>,
    pub(super) first_status: &'static str,
    /// What it is called while it is open and nothing of it is settled.
    pub(super) open_status: &'static str,
    pub(super) discount_level: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Is owed: invoices and bills.
    Due,
    /// Can be used for what is owed.
    Credit,
    /// Neither: quotes, orders, templates of recurring documents.
    Paper,
}

/// How documents are numbered.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) member: &'static str,
    pub(super) prefix: &'static str,
    pub(super) digits: usize,
}

impl Trade {
    pub(super) fn party(&self) -> &'static str {
        if self.is_sale {
            "customer_id"
        } else {
            "vendor_id"
        }
    }

    /// The member in which applied credits are summed.
    pub(super) fn credits_member(&self) -> &'static str {
        if self.is_sale {
            "credits_applied"
        } else {
            "vendor_credits_applied"
        }
    }

    pub(super) fn is_recurring(&self) -> bool {
        self.kind.starts_with("recurring_")
    }
}

/// Debit notes to customers are invoices of another type, with a series of their own and an invoice that they refer to.
pub(super) fn is_debit_note(record: &Document) -> bool {
    record.text("type") == "debit_note"
}

pub(super) static DEBIT_NOTES: Series = Series {
    member: "invoice_number",
    prefix: "CDN-",
    digits: 5,
};

/// A debit note refers to an invoice of its customer. unknown: code and text for that of another one.
pub(super) fn check_debit_note(
    organisation: &Organisation,
    record: &Document,
) -> Result<(), Problem> {
    if !is_debit_note(record) {
        return Ok(());
    }
    let member = "reference_invoice_id";
    let id = super::party::words(record, member);
    if id.is_empty() {
        return Err(Problem::refused_value(member));
    }
    let invoice = organisation.row_of_text("invoice", &id);
    let invoice = invoice.ok_or_else(|| Problem::missing("Invoice"))?;
    if invoice.document.text("customer_id") != super::party::words(record, "customer_id") {
        return Err(Problem::invalid_value(member));
    }
    Ok(())
}

pub(super) fn of(kind: &str) -> Option<&'static Trade> {
    TRADES.iter().find(|trade| trade.kind == kind)
}

const fn series(member: &'static str, prefix: &'static str, digits: usize) -> Option<Series> {
    Some(Series {
        member,
        prefix,
        digits,
    })
}

const fn sale(
    kind: &'static str,
    role: Role,
    number: Option<Series>,
    first_status: &'static str,
    open_status: &'static str,
) -> Trade {
    Trade {
        kind,
        is_sale: true,
        role,
        number,
        first_status,
        open_status,
        discount_level: "item_level",
    }
}

const fn purchase(
    kind: &'static str,
    role: Role,
    number: Option<Series>,
    first_status: &'static str,
    open_status: &'static str,
) -> Trade {
    Trade {
        kind,
        is_sale: false,
        role,
        number,
        first_status,
        open_status,
        discount_level: "entity_level",
    }
}

// unknown: the series of retainer invoices, sales receipts, delivery challans, debit notes and vendor credits. Bills have no series:
// their numbers are the vendor's.
static TRADES: [Trade; 14] = [
    sale(
        "estimate",
        Role::Paper,
        series("estimate_number", "QT-", 6),
        "draft",
        "sent",
    ),
    sale(
        "sales_order",
        Role::Paper,
        series("salesorder_number", "SO-", 5),
        "draft",
        "open",
    ),
    sale(
        "invoice",
        Role::Due,
        series("invoice_number", "INV-", 6),
        "draft",
        "sent",
    ),
    sale(
        "customer_debit_note",
        Role::Due,
        series("invoice_number", "CDN-", 5),
        "draft",
        "sent",
    ),
    sale(
        "retainer_invoice",
        Role::Due,
        series("retainerinvoice_number", "RET-", 5),
        "draft",
        "sent",
    ),
    sale("recurring_invoice", Role::Paper, None, "active", "active"),
    sale(
        "credit_note",
        Role::Credit,
        series("creditnote_number", "CN-", 5),
        "open",
        "open",
    ),
    sale(
        "sales_receipt",
        Role::Paper,
        series("receipt_number", "SR-", 5),
        "paid",
        "paid",
    ),
    sale(
        "delivery_challan",
        Role::Paper,
        series("deliverychallan_number", "DC-", 5),
        "draft",
        "open",
    ),
    purchase(
        "purchase_order",
        Role::Paper,
        series("purchaseorder_number", "PO-", 5),
        "draft",
        "open",
    ),
    purchase("bill", Role::Due, None, "open", "open"),
    purchase("recurring_bill", Role::Paper, None, "active", "active"),
    purchase(
        "vendor_credit",
        Role::Credit,
        series("vendor_credit_number", "VC-", 5),
        "open",
        "open",
    ),
    purchase("expense", Role::Paper, None, "nonbillable", "nonbillable"),
];
