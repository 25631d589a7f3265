//! Retainer invoices: what customers pay in advance, and what of it is drawn for invoices.

use rust_decimal::Decimal;

use super::super::document::Document;
use super::super::problem::Problem;
use super::super::rules::Scene;
use super::amounts::{amount, fixed, too_large};
use super::links::{Desk, settle};
use super::party;
use super::payments::CUSTOMER;
use crate::books::money;
use crate::world::parse_id;

/// A payment that names a retainer invoice pays it; the amount stays with the payment until it is drawn.
///
/// unknown: code and text of the refusals.
pub(super) fn pay(
    desk: &mut Desk<'_>,
    before: Option<&Document>,
    after: Option<&Document>,
) -> Result<(), Problem> {
    let of = |payment: Option<&Document>| {
        let payment = payment?;
        let id = parse_id(&party::words(payment, "retainerinvoice_id"))?;
        Some((
            id,
            amount(payment, "amount"),
            party::words(payment, "customer_id"),
        ))
    };
    let (before, after) = (of(before), of(after));
    if before == after {
        return Ok(());
    }
    if let Some((id, paid, customer)) = &after {
        let row = desk.organisation.row("retainer_invoice", *id);
        let row = row.ok_or_else(|| Problem::missing("Retainer Invoice"))?;
        let held = match &before {
            Some((known, held, _)) if known == id => *held,
            _ => Decimal::ZERO,
        };
        let owed = money::add(amount(&row.document, "balance"), held).map_err(too_large)?;
        if row.document.text("customer_id") != customer {
            return Err(Problem::wrong_state(
                "The document belongs to another contact.",
            ));
        }
        if *paid > owed || row.document.text("status") == "void" {
            return Err(Problem::wrong_state(
                "The amount applied is more than the balance of the document.",
            ));
        }
    }
    if let Some((id, paid, _)) = before {
        desk.change("retainer_invoice", id, |document| {
            settle(document, "payment_made", -paid, "balance")
        })?;
    }
    if let Some((id, paid, _)) = after {
        let date = desk.today().to_string();
        desk.change("retainer_invoice", id, |document| {
            document.set("last_payment_date", date);
            settle(document, "payment_made", paid, "balance")
        })?;
    }
    Ok(())
}

/// Draws what was paid of a retainer invoice for invoices, from the oldest of its payments on.
pub(super) fn draw(
    scene: &mut Scene<'_>,
    record: &mut Document,
    body: &Document,
) -> Result<(), Problem> {
    let retainer = scene.id.to_string();
    let wants: Vec<(u64, Decimal)> = body
        .objects("invoice_payments")
        .map(|want| {
            let invoice = parse_id(&party::words(want, "invoice_id")).unwrap_or_default();
            (invoice, amount(want, "amount_applied"))
        })
        .collect();
    if wants.is_empty() {
        return Err(Problem::refused_value("invoice_payments"));
    }
    let rows = scene.organisation.rows("customer_payment");
    let payments = rows.filter(|row| row.document.text("retainerinvoice_id") == retainer);
    let mut payments: Vec<(u64, Decimal)> = payments
        .map(|row| (row.id, amount(&row.document, "unused_amount")))
        .collect();
    let before = scene.organisation.clone();
    let mut desk = Desk::of(scene);
    let mut drawn = Decimal::ZERO;
    let mut take = |desk: &mut Desk<'_>| {
        for (invoice, wanted) in &wants {
            if *wanted <= Decimal::ZERO {
                return Err(Problem::invalid_value("amount_applied"));
            }
            let mut left = *wanted;
            for (payment, unused) in &mut payments {
                let part = left.min(*unused);
                if part.is_zero() {
                    continue;
                }
                CUSTOMER.add(desk, *payment, *invoice, part)?;
                *unused = money::subtract(*unused, part).map_err(too_large)?;
                left = money::subtract(left, part).map_err(too_large)?;
            }
            if !left.is_zero() {
                return Err(Problem::wrong_state(
                    "The amount applied is more than what is available.",
                ));
            }
            drawn = money::add(drawn, *wanted).map_err(too_large)?;
        }
        Ok(())
    };
    if let Err(problem) = take(&mut desk) {
        *scene.organisation = before;
        return Err(problem);
    }
    let precision = party::precision_of(record);
    let drawn = money::add(amount(record, "payment_drawn"), drawn).map_err(too_large)?;
    record.set("payment_drawn", fixed(drawn, precision));
    Ok(())
}
