//! Numbers of documents: by the organisation's series, or the caller's own.

use super::super::document::Document;
use super::super::index::By;
use super::super::problem::Problem;
use super::super::rules::Scene;
use super::kinds::{DEBIT_NOTES, Series, Trade, is_debit_note};

pub(super) fn give(
    scene: &mut Scene<'_>,
    trade: &Trade,
    record: &mut Document,
) -> Result<(), Problem> {
    let series = match &trade.number {
        _ if is_debit_note(record) => &DEBIT_NOTES,
        Some(series) => series,
        None => return own(scene, trade, record),
    };
    if record.text(series.member).is_empty() {
        let number = next(scene, series);
        record.set(series.member, number);
        return Ok(());
    }
    // Seen for invoices only: other documents take their own number.
    if trade.kind == "invoice"
        && !is_debit_note(record)
        && scene.query.get("ignore_auto_number_generation") != Some("true")
    {
        return Err(Problem::bad(
            4097,
            "The invoice number is an auto-generated number; send ignore_auto_number_generation to set your own.",
        ));
    }
    free(scene, series.member, record)
}

/// Bills carry the vendor's number. unknown: whether two bills of a vendor may have the same; taken as they may not.
fn own(scene: &Scene<'_>, trade: &Trade, record: &Document) -> Result<(), Problem> {
    if trade.kind != "bill" {
        return Ok(());
    }
    let number = record.text("bill_number");
    let vendor = record.text("vendor_id");
    let mut others = scene.organisation.keyed(trade.kind, By::Number, number);
    if others.any(|row| row.id != scene.id && row.document.text("vendor_id") == vendor) {
        return Err(Problem::already_exists(&format!("Bill number {number}")));
    }
    Ok(())
}

/// Refuses a number that another document has.
pub(super) fn free(scene: &Scene<'_>, member: &str, record: &Document) -> Result<(), Problem> {
    let number = record.text(member);
    if is_taken(scene, number) {
        return Err(Problem::already_exists(number));
    }
    Ok(())
}

pub(super) fn changed(
    scene: &Scene<'_>,
    trade: &Trade,
    before: &Document,
    record: &Document,
) -> Result<(), Problem> {
    match &trade.number {
        Some(series) if before.text(series.member) != record.text(series.member) => {
            free(scene, series.member, record)
        }
        None if before.text("bill_number") != record.text("bill_number") => {
            own(scene, trade, record)
        }
        _ => Ok(()),
    }
}

fn next(scene: &mut Scene<'_>, series: &Series) -> String {
    // Two series of one record type count apart.
    let kind = match series.prefix {
        "CDN-" => "customer_debit_note",
        _ => scene.kind.name.as_str(),
    };
    // Of one number more than there are documents, one is free.
    loop {
        let counted = scene.organisation.next_number(kind);
        let number = format!("{}{counted:0width$}", series.prefix, width = series.digits);
        if !is_taken(scene, &number) {
            return number;
        }
    }
}

fn is_taken(scene: &Scene<'_>, number: &str) -> bool {
    let mut others = scene
        .organisation
        .keyed(&scene.kind.name, By::Number, number);
    others.any(|row| row.id != scene.id)
}
