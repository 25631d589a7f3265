//! Expenses: one amount with its tax, or several lines; paid through an account.

use rust_decimal::Decimal;

use super::super::datum::Datum;
use super::super::document::Document;
use super::super::problem::Problem;
use super::super::rules::{Rules, Scene};
use super::super::state::Organisation;
use super::amounts::{amount, fixed, taxes, too_large};
use super::links::today;
use super::{party, recur};
use crate::books::money::charges::Line;
use crate::books::money::totals::totals;
use crate::books::money::{self, Charges, Discount, DiscountLevel, TaxRounding, convert};

pub(super) struct Expenses;

/// The amount of a trip by its distance, or by what the odometer read. unknown: the rate where the expense has none, as Books
/// has preferences for it.
fn mileage(body: &mut Document) -> Result<(), Problem> {
    let kind = body.text("mileage_type").to_owned();
    if !matches!(kind.as_str(), "manual" | "odometer") {
        return Ok(());
    }
    let distance = if kind == "odometer" {
        let (start, end) = (amount(body, "start_reading"), amount(body, "end_reading"));
        if end < start {
            return Err(Problem::invalid_value("end_reading"));
        }
        money::subtract(end, start).map_err(too_large)?
    } else {
        amount(body, "distance")
    };
    body.set("distance", distance.to_string());
    body.set("expense_type", "mileage");
    if body.get("amount").is_none_or(Datum::is_empty) && body.get("line_items").is_none() {
        let amount = money::multiply(distance, amount(body, "mileage_rate"));
        body.set("amount", amount.map_err(too_large)?);
    }
    Ok(())
}

impl Rules for Expenses {
    fn prepare(&self, _scene: &mut Scene<'_>, body: &mut Document) -> Result<(), Problem> {
        mileage(body)
    }

    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        let is_recurring = scene.kind.name == "recurring_expense";
        if record.text("date").is_empty() && !is_recurring {
            record.set("date", today(scene.organisation, scene.now).to_string());
        }
        complete(scene.organisation, record)?;
        let is_billable = record.get("is_billable").and_then(Datum::as_bool) == Some(true);
        let status = match (is_recurring, is_billable) {
            (true, _) => "active",
            (false, true) => "unbilled",
            (false, false) => "nonbillable",
        };
        record.set("status", status);
        recur::schedule(scene.organisation, &scene.kind.name, scene.now, record)
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        // One line mirrors the amount: when only the amount was sent, the line follows.
        if before.get("line_items") == record.get("line_items")
            && record.objects("line_items").count() < 2
        {
            record.remove("line_items");
        }
        complete(scene.organisation, record)?;
        if record.text("status") == "stopped" {
            return Ok(());
        }
        recur::schedule(scene.organisation, &scene.kind.name, scene.now, record)
    }

    fn on_action(
        &self,
        scene: &mut Scene<'_>,
        operation: &super::super::registry::Operation,
        _body: &Document,
        record: &mut Document,
    ) -> Result<Option<super::super::rules::Acted>, Problem> {
        let status = match operation.path.rsplit('/').next() {
            Some("stop") => "stopped",
            Some("resume") => "active",
            _ => return Ok(None),
        };
        if record.text("status") == status {
            return Err(Problem::wrong_state(format!(
                "The profile is {status} already."
            )));
        }
        record.set("status", status);
        if status == "active" {
            recur::schedule(scene.organisation, &scene.kind.name, scene.now, record)?;
        }
        Ok(Some(super::super::rules::Acted {
            is_changed: true,
            ..Default::default()
        }))
    }
}

fn complete(organisation: &mut Organisation, record: &mut Document) -> Result<(), Problem> {
    accounts(organisation, record)?;
    for (id, name) in [
        ("customer_id", "customer_name"),
        ("vendor_id", "vendor_name"),
    ] {
        let given = party::words(record, id);
        if !given.is_empty() {
            let contact = organisation
                .row_of_text("contact", &given)
                .ok_or_else(|| Problem::missing("Contact"))?;
            record.set(name, contact.document.text("contact_name"));
        }
    }
    // Readings are shown as texts.
    for name in ["start_reading", "end_reading"] {
        let words = party::words(record, name);
        record.set(name, words);
    }
    party::currency(organisation, &Document::default(), record)?;
    lines(organisation, record)?;
    let precision = party::precision_of(record);
    let is_inclusive = record.get("is_inclusive_tax").and_then(Datum::as_bool) == Some(true);
    let charged = record.objects("line_items").map(|line| {
        let tax = party::words(line, "tax_id");
        Ok(Line {
            rate: amount(line, "amount"),
            quantity: Decimal::ONE,
            discount: Discount::None,
            taxes: taxes(organisation, &tax, "tax_id")?,
        })
    });
    let rate = record
        .get("exchange_rate")
        .and_then(Datum::as_decimal)
        .unwrap_or(Decimal::ONE);
    let base_precision = party::base_precision(organisation);
    let computed = totals(&Charges {
        precision,
        lines: charged.collect::<Result<_, Problem>>()?,
        discount: Discount::None,
        discount_level: DiscountLevel::Entity,
        discount_before_tax: true,
        inclusive: is_inclusive,
        tax_rounding: TaxRounding::Entity,
        shipping: Decimal::ZERO,
        shipping_taxes: Vec::new(),
        adjustment: Decimal::ZERO,
        exchange_rate: rate,
        base_precision,
    })
    .map_err(too_large)?;
    if computed.total <= Decimal::ZERO {
        return Err(Problem::refused_value("amount"));
    }
    if let Some(Datum::List(lines)) = record.get_mut("line_items") {
        for (line, computed) in lines
            .iter_mut()
            .filter_map(Datum::as_object_mut)
            .zip(&computed.lines)
        {
            let tax: Decimal =
                crate::books::money::sum(computed.taxes.iter().copied()).map_err(too_large)?;
            line.set("tax_amount", fixed(tax, precision));
            line.set("item_total", fixed(computed.total, precision));
        }
    }
    record.set(
        "amount",
        fixed(
            if is_inclusive {
                computed.total
            } else {
                computed.sub_total
            },
            precision,
        ),
    );
    record.set("sub_total", fixed(computed.sub_total, precision));
    record.set("tax_amount", fixed(computed.tax_total, precision));
    record.set("total", fixed(computed.total, precision));
    record.set("total_without_tax", fixed(computed.sub_total, precision));
    record.set("bcy_total", fixed(computed.base.total, base_precision));
    let without_tax = convert(computed.sub_total, rate, base_precision).map_err(too_large)?;
    record.set("bcy_total_without_tax", fixed(without_tax, base_precision));
    Ok(())
}

/// What was bought and how it was paid are two different accounts.
fn accounts(organisation: &Organisation, record: &mut Document) -> Result<(), Problem> {
    let first_line = record
        .objects("line_items")
        .next()
        .map(|line| party::words(line, "account_id"));
    if party::words(record, "account_id").is_empty() {
        record.set("account_id", first_line.unwrap_or_default());
    }
    for (id, name) in [
        ("account_id", "account_name"),
        ("paid_through_account_id", "paid_through_account_name"),
    ] {
        let given = party::words(record, id);
        if given.is_empty() {
            continue;
        }
        let row = organisation
            .row_of_text("chart_of_account", &given)
            .or_else(|| organisation.row_of_text("bank_account", &given));
        let account = row.ok_or_else(|| Problem::bad(1002, "Account does not exist."))?;
        record.set(name, account.document.text("account_name"));
    }
    if party::words(record, "account_id") == party::words(record, "paid_through_account_id") {
        return Err(Problem::refused_value("paid_through_account_id"));
    }
    Ok(())
}

fn lines(organisation: &mut Organisation, record: &mut Document) -> Result<(), Problem> {
    let mut lines: Vec<Document> = record.objects("line_items").cloned().collect();
    if lines.is_empty() {
        let mut line = Document::default();
        for member in [
            "account_id",
            "account_name",
            "description",
            "amount",
            "tax_id",
        ] {
            line.set(member, record.get(member).cloned().unwrap_or_default());
        }
        lines.push(line);
    }
    for (index, line) in lines.iter_mut().enumerate() {
        if line.text("line_item_id").is_empty() {
            line.set("line_item_id", organisation.next_id().to_string());
        }
        let account = party::words(line, "account_id");
        let row = organisation
            .row_of_text("chart_of_account", &account)
            .or_else(|| organisation.row_of_text("bank_account", &account));
        if let Some(row) = row {
            line.set("account_name", row.document.text("account_name"));
        }
        line.set_missing("item_order", i64::try_from(index).unwrap_or_default() + 1);
    }
    let lines: Vec<Datum> = lines.into_iter().map(Datum::Object).collect();
    record.set("line_items", lines);
    Ok(())
}
