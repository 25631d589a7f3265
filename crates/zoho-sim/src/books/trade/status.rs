//! Statuses: what a document is called, and which way it may be moved.

use jiff::civil::Date;

use super::super::document::Document;
use super::super::problem::Problem;
use super::amounts::amount;
use super::kinds::{Role, Trade};
use crate::books::money::settle::{Standing, credit_status, due_status};

/// The standing that a stored status tells.
pub(super) fn standing(record: &Document) -> Standing {
    match record.text("status") {
        "draft" => Standing::Draft,
        "void" => Standing::Void,
        _ => Standing::Open,
    }
}

/// Waiting for somebody's yes, or refused; such a document is neither owed nor usable. unknown: what Books counts of them.
pub(super) fn is_in_approval(record: &Document) -> bool {
    matches!(
        record.text("status"),
        "pending_approval" | "approved" | "rejected"
    )
}

/// Neither owed nor usable.
pub(in crate::books) fn is_idle(record: &Document) -> bool {
    matches!(record.text("status"), "draft" | "void") || is_in_approval(record)
}

/// Names a document by what it is owed and by the date.
pub(super) fn refresh(trade: &Trade, record: &mut Document, today: Date) {
    if is_in_approval(record) {
        return;
    }
    let status = match trade.role {
        Role::Due => {
            let due = crate::world::parse_date(record.text("due_date"));
            due_status(
                standing(record),
                amount(record, "total"),
                amount(record, "balance"),
                due,
                today,
                trade.open_status,
            )
        }
        Role::Credit => credit_status(standing(record), amount(record, "balance")),
        Role::Paper => {
            let expiry = crate::world::parse_date(record.text("expiry_date"));
            let is_late = expiry.is_some_and(|expiry| expiry < today);
            match (trade.kind, record.text("status")) {
                ("estimate", "sent") if is_late => "expired",
                ("estimate", "expired") if !is_late => "sent",
                _ => return,
            }
        }
    };
    name(record, status);
}

pub(super) fn name(record: &mut Document, status: &str) {
    record.set("status", status);
    if record.has("current_sub_status") {
        record.set("current_sub_status", status);
    }
    if record.has("order_status") {
        record.set("order_status", status);
    }
}

/// Whether something of a document was paid, credited, used or refunded.
fn is_settled(trade: &Trade, record: &Document) -> bool {
    let members = [
        "payment_made",
        trade.credits_member(),
        "total_credits_used",
        "total_refunded_amount",
    ];
    members
        .iter()
        .any(|member| !amount(record, member).is_zero())
}

/// Moves a document as somebody's yes or no says.
///
/// unknown: codes and texts of the refusals; what is refused follows from the words.
pub(super) fn approval(trade: &Trade, record: &mut Document, path: &str) -> Result<(), Problem> {
    let now = record.text("status").to_owned();
    let (may, word) = match path {
        "/submit" => {
            let is_new = now == "draft" || now == "rejected" || now == trade.first_status;
            (is_new && !is_settled(trade, record), "pending_approval")
        }
        "/reject" => (now == "pending_approval", "rejected"),
        _ => (now == "pending_approval", "approved"),
    };
    if !may {
        let now = now.replace('_', " ");
        return Err(Problem::wrong_state(format!(
            "This action is not possible for a document that is {now}."
        )));
    }
    name(record, word);
    Ok(())
}

/// Moves a document as an action says (`status/…`); `None` for a word that means nothing here.
///
/// unknown: codes and texts of the refusals; what is refused follows from the statuses.
pub(super) fn move_to(
    trade: &Trade,
    record: &mut Document,
    wanted: &str,
    today: Date,
) -> Result<Option<()>, Problem> {
    let now = record.text("status").to_owned();
    let is_settled = is_settled(trade, record);
    let refuse = |why: &str| Err(Problem::wrong_state(why));
    match (trade.kind, wanted) {
        ("recurring_invoice" | "recurring_bill", "stop") if now == "stopped" => {
            refuse("The profile has been stopped already.")
        }
        ("recurring_invoice" | "recurring_bill", "stop") => {
            name(record, "stopped");
            Ok(Some(()))
        }
        ("recurring_invoice" | "recurring_bill", "resume") if now == "active" => {
            refuse("The profile is active already.")
        }
        ("recurring_invoice" | "recurring_bill", "resume") => {
            name(record, "active");
            Ok(Some(()))
        }
        ("estimate", "sent" | "accepted" | "declined") if now == "invoiced" => {
            refuse("The quote has been invoiced already.")
        }
        ("estimate", "sent" | "accepted" | "declined") => {
            name(record, wanted);
            refresh(trade, record, today);
            Ok(Some(()))
        }
        ("purchase_order", "open" | "billed" | "cancelled")
        | ("delivery_challan", "open" | "delivered" | "returned" | "undelivered") => {
            name(record, wanted);
            Ok(Some(()))
        }
        (_, "void") if is_settled => {
            refuse("Documents with payments or credits applied to them cannot be marked as void.")
        }
        ("sales_order", "void") if now.ends_with("invoiced") => {
            refuse("A sales order that was invoiced cannot be marked as void.")
        }
        (_, "void") if trade.kind != "estimate" => {
            name(record, "void");
            Ok(Some(()))
        }
        ("invoice" | "retainer_invoice" | "customer_debit_note" | "credit_note", "draft")
            if now != "void" && now != "draft" =>
        {
            refuse("Only void documents can be changed back to draft.")
        }
        ("invoice" | "retainer_invoice" | "customer_debit_note" | "credit_note", "draft") => {
            name(record, "draft");
            Ok(Some(()))
        }
        ("invoice" | "retainer_invoice" | "customer_debit_note", "sent") if now == "void" => {
            refuse("Void documents cannot be marked as sent.")
        }
        ("invoice" | "retainer_invoice" | "customer_debit_note", "sent")
        | ("credit_note" | "vendor_credit" | "bill", "open") => {
            name(record, trade.open_status);
            refresh(trade, record, today);
            Ok(Some(()))
        }
        ("sales_order", "open") => {
            name(record, "open");
            Ok(Some(()))
        }
        _ => Ok(None),
    }
}
