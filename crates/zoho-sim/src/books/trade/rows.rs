//! List rows, where they differ from the records.

use jiff::civil::Date;

use super::super::datum::Datum;
use super::super::document::Document;
use super::super::state::Organisation;
use super::kinds::{Role, Trade};
use super::links::today;
use super::party;

pub(super) fn of(
    trade: &Trade,
    organisation: &Organisation,
    record: &Document,
    row: &mut Document,
) {
    for member in ["billing_address", "shipping_address"] {
        if row.has(member) {
            row.set(
                member,
                party::row_address(record.get(member).and_then(Datum::as_object)),
            );
        }
    }
    if trade.role == Role::Due && row.has("due_days") {
        row.set(
            "due_days",
            due_days(record, today(organisation, organisation.now)),
        );
    }
    if row.has("updated_time") {
        row.set("updated_time", record.text("last_modified_time"));
    }
    if row.has("balance_due") {
        row.set(
            "balance_due",
            record.get("balance").cloned().unwrap_or_default(),
        );
    }
    if row.has("documents") {
        row.set("documents", "");
    }
    if row.has("company_name") {
        let contact = organisation.row_of_text("contact", record.text(trade.party()));
        row.set(
            "company_name",
            contact.map_or("", |contact| contact.document.text("company_name")),
        );
    }
}

/// A sentence about the due date; nothing for what is not owed. unknown: the sentences for today and for what is overdue.
fn due_days(record: &Document, today: Date) -> String {
    if matches!(record.text("status"), "draft" | "paid" | "void") {
        return String::new();
    }
    let Some(due) = crate::world::parse_date(record.text("due_date")) else {
        return String::new();
    };
    let days = today.until(due).map_or(0, |span| span.get_days());
    match days {
        0 => "Due Today".to_owned(),
        1 => "Due in 1 day".to_owned(),
        -1 => "Overdue by 1 day".to_owned(),
        days if days > 0 => format!("Due in {days} days"),
        days => format!("Overdue by {} days", days.unsigned_abs()),
    }
}
