//! Documents made from others: an invoice from a quote or a sales order, a bill from purchase orders.
//!
//! Published are the members that name the origin: `invoiced_estimate_id`, `salesorder_item_id` and `purchaseorder_item_id` in
//! lines, `purchaseorder_ids`. The origin's status follows from how much of it was taken over.

use rust_decimal::Decimal;

use super::super::datum::Datum;
use super::super::document::Document;
use super::super::index::By;
use super::super::problem::Problem;
use super::super::registry::RecordType;
use super::super::rules::Scene;
use super::super::state::Row;
use super::amounts::{amount, fixed};
use super::kinds::Trade;
use super::links::Desk;
use super::{party, status};
use crate::books::money;
use crate::world::parse_id;

/// An origin: its record type, the member of a new line that names one of its lines, what it is called when all or some was taken.
struct Origin {
    target: &'static str,
    kind: &'static str,
    line_member: &'static str,
    taken: &'static str,
    all: &'static str,
    some: &'static str,
    none: &'static str,
}

static ORIGINS: [Origin; 2] = [
    Origin {
        target: "invoice",
        kind: "sales_order",
        line_member: "salesorder_item_id",
        taken: "quantity_invoiced",
        all: "invoiced",
        some: "partially_invoiced",
        none: "open",
    },
    Origin {
        target: "bill",
        kind: "purchase_order",
        line_member: "purchaseorder_item_id",
        taken: "quantity_billed",
        all: "billed",
        some: "partially_billed",
        none: "open",
    },
];

/// What a document says, as the body of another one that is made from it. Lines of an order carry what is left of them.
pub(in crate::books) fn body_from(from: &str, row: &Row, made: &RecordType) -> Document {
    let document = &row.document;
    let mut body = Document::default();
    for (name, datum) in document.iter() {
        let is_own = name.ends_with("_number")
            || matches!(
                name,
                "status"
                    | "date"
                    | "due_date"
                    | "line_items"
                    | "custom_fields"
                    | "tags"
                    | "template_id"
                    | "documents"
            );
        if made.create.contains_key(name) && !is_own && !datum.is_empty() {
            body.set(name, datum.clone());
        }
    }
    let origin = ORIGINS
        .iter()
        .find(|origin| origin.kind == from && origin.target == made.name);
    let lines = document.objects("line_items").filter_map(|line| {
        let mut copy = line.clone();
        let id = copy.remove("line_item_id").unwrap_or_default();
        if let Some(origin) = origin {
            let taken = amount(line, origin.taken);
            let left = money::subtract(amount(line, "quantity"), taken).unwrap_or_default();
            if left <= Decimal::ZERO {
                return None;
            }
            copy.remove(origin.taken);
            copy.set("quantity", left);
            copy.set(origin.line_member, id);
        }
        Some(Datum::Object(copy))
    });
    body.set("line_items", lines.collect::<Vec<_>>());
    if from == "estimate" && made.name == "invoice" {
        body.set("invoiced_estimate_id", row.id.to_string());
    }
    body
}

/// Tells the origins of a changed document what it takes from them now.
pub(super) fn recount(
    scene: &mut Scene<'_>,
    trade: &Trade,
    before: &Document,
    record: &Document,
) -> Result<(), Problem> {
    if before.get("line_items") == record.get("line_items") {
        return Ok(());
    }
    count(scene, trade, before, -Decimal::ONE)?;
    count(scene, trade, record, Decimal::ONE)
}

/// Tells the origins of a new document that it was made from them.
pub(super) fn take_over(
    scene: &mut Scene<'_>,
    trade: &Trade,
    record: &mut Document,
) -> Result<(), Problem> {
    let estimate = party::words(record, "invoiced_estimate_id");
    if trade.kind == "invoice" && !estimate.is_empty() {
        let found = scene
            .organisation
            .row_of_text("estimate", &estimate)
            .map(|row| row.id);
        let id = found.ok_or_else(|| Problem::missing("Quote"))?;
        let invoice = Datum::text(scene.id.to_string());
        let total = record.get("total").cloned().unwrap_or_default();
        Desk::of(scene).change("estimate", id, |document| {
            status::name(document, "invoiced");
            document.set("invoice_ids", vec![invoice]);
            document.set("invoiced_amount", total);
            document.set("is_transaction_created", true);
            Ok(())
        })?;
        record.set("estimate_id", estimate);
    }
    count(scene, trade, record, Decimal::ONE)
}

/// A deleted document gives its lines back.
pub(super) fn give_back(
    scene: &mut Scene<'_>,
    trade: &Trade,
    record: &Document,
) -> Result<(), Problem> {
    if let Some(id) = parse_id(record.text("estimate_id")).filter(|_| trade.kind == "invoice") {
        // unknown: what a quote is called when its invoice was deleted.
        Desk::of(scene).change("estimate", id, |document| {
            status::name(document, "accepted");
            document.set("invoice_ids", Vec::new());
            document.set(
                "invoiced_amount",
                fixed(Decimal::ZERO, party::precision_of(document)),
            );
            document.set("is_transaction_created", false);
            Ok(())
        })?;
    }
    count(scene, trade, record, -Decimal::ONE)
}

fn count(
    scene: &mut Scene<'_>,
    trade: &Trade,
    record: &Document,
    sign: Decimal,
) -> Result<(), Problem> {
    let Some(origin) = ORIGINS.iter().find(|origin| origin.target == trade.kind) else {
        return Ok(());
    };
    for line in record.objects("line_items") {
        let wanted = party::words(line, origin.line_member);
        let by = amount(line, "quantity");
        if wanted.is_empty() {
            continue;
        }
        let found = scene
            .organisation
            .keyed(origin.kind, By::Line, &wanted)
            .next_back()
            .map(|row| row.id);
        let Some(id) = found else {
            continue; // unknown: whether Books refuses a line of no order
        };
        Desk::of(scene).change(origin.kind, id, |document| {
            taken(origin, document, &wanted, by * sign)
        })?;
    }
    Ok(())
}

fn taken(
    origin: &Origin,
    document: &mut Document,
    line_id: &str,
    by: Decimal,
) -> Result<(), Problem> {
    let (mut any, mut all) = (false, true);
    if let Some(Datum::List(lines)) = document.get_mut("line_items") {
        for line in lines.iter_mut().filter_map(Datum::as_object_mut) {
            let mut quantity = amount(line, origin.taken);
            if line.text("line_item_id") == line_id {
                quantity = money::add(quantity, by).map_err(super::amounts::too_large)?;
                line.set(origin.taken, quantity);
            }
            any |= quantity > Decimal::ZERO;
            all &= quantity >= amount(line, "quantity");
        }
    }
    let word = match (any, all) {
        (true, true) => origin.all,
        (true, false) => origin.some,
        _ => origin.none,
    };
    status::name(document, word);
    if document.has("billed_status") {
        document.set("billed_status", if word == "open" { "" } else { word });
    }
    Ok(())
}
