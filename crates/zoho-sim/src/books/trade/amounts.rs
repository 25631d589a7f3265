//! From a document's members to [`money`](crate::books::money), and its totals back into the members.

use std::str::FromStr as _;

use rust_decimal::Decimal;

use super::super::datum::Datum;
use super::super::document::Document;
use super::super::problem::Problem;
use super::super::state::Organisation;
use super::kinds::{Role, Trade};
use super::party;
use crate::books::money::charges::Line;
use crate::books::money::totals::{LineTotals, Totals, totals};
use crate::books::money::{
    Charges, Discount, DiscountLevel, MoneyError, TaxRate, TaxRounding, round, subtract, sum,
};

// unknown: what Books answers to amounts beyond its digits.
pub(super) fn too_large(MoneyError::TooLarge: MoneyError) -> Problem {
    Problem::invalid_value("amount")
}

/// A member's amount; zero when it is missing.
pub(in crate::books) fn amount(document: &Document, member: &str) -> Decimal {
    document
        .get(member)
        .and_then(Datum::as_decimal)
        .unwrap_or_default()
}

/// An amount written with the decimals of its currency.
pub(in crate::books) fn fixed(amount: Decimal, precision: u32) -> Datum {
    let mut amount = round(amount, precision);
    amount.rescale(precision);
    Datum::Decimal(amount)
}

/// Computes everything that follows from lines, discount, shipping, adjustment and taxes.
pub(super) fn compute(
    organisation: &Organisation,
    trade: &Trade,
    record: &mut Document,
) -> Result<(), Problem> {
    let precision = party::precision_of(record);
    let charges = charges(organisation, record)?;
    let computed = totals(&charges).map_err(too_large)?;
    // unknown: code and text. A discount or an adjustment may take away what is charged, and not more.
    if computed.total < Decimal::ZERO {
        return Err(Problem::refused_value("total"));
    }
    write_lines(record, &charges, &computed.lines);
    write_totals(trade, record, &charges, &computed);
    let settled = match trade.role {
        Role::Due => sum([
            amount(record, "payment_made"),
            amount(record, trade.credits_member()),
            amount(record, "tax_amount_withheld"),
            amount(record, "write_off_amount"),
        ]),
        Role::Credit => sum([
            amount(record, "total_credits_used"),
            amount(record, "total_refunded_amount"),
        ]),
        Role::Paper => return Ok(()),
    };
    let settled = settled.map_err(too_large)?;
    if settled > computed.total {
        return Err(Problem::refused_value("total")); // less than what was paid or used of it
    }
    record.set(
        "balance",
        fixed(
            subtract(computed.total, settled).map_err(too_large)?,
            precision,
        ),
    );
    Ok(())
}

fn charges(organisation: &Organisation, record: &Document) -> Result<Charges, Problem> {
    let is = |member: &str, otherwise: bool| {
        record
            .get(member)
            .and_then(Datum::as_bool)
            .unwrap_or(otherwise)
    };
    let is_item_level = record.text("discount_type") == "item_level";
    let lines = record
        .objects("line_items")
        .map(|line| charged_line(organisation, line))
        .collect::<Result<_, _>>()?;
    let shipping_tax = party::words(record, "shipping_charge_tax_id");
    Ok(Charges {
        precision: party::precision_of(record),
        lines,
        discount: discount(record, "discount")?,
        discount_level: if is_item_level && !has_discount_of_its_own(record) {
            DiscountLevel::Item
        } else {
            DiscountLevel::Entity
        },
        discount_before_tax: is("is_discount_before_tax", true),
        inclusive: is("is_inclusive_tax", false),
        tax_rounding: if record.text("tax_rounding") == "item_level" {
            TaxRounding::Item
        } else {
            TaxRounding::Entity
        },
        shipping: amount(record, "shipping_charge"),
        shipping_taxes: taxes(organisation, &shipping_tax, "shipping_charge_tax_id")?,
        adjustment: amount(record, "adjustment"),
        exchange_rate: record
            .get("exchange_rate")
            .and_then(Datum::as_decimal)
            .unwrap_or(Decimal::ONE),
        base_precision: party::base_precision(organisation),
    })
}

/// A discount of the document counts when no line has one, whatever `discount_type` was left at. unknown: whether Books refuses it.
fn has_discount_of_its_own(record: &Document) -> bool {
    let given = |document: &Document| match discount(document, "discount") {
        Ok(Discount::None) => false,
        Ok(Discount::Amount(amount) | Discount::Percent(amount)) => !amount.is_zero(),
        Err(_) => true,
    };
    given(record) && !record.objects("line_items").any(given)
}

fn charged_line(organisation: &Organisation, line: &Document) -> Result<Line, Problem> {
    let is_counted = matches!(line.text("line_item_category"), "" | "line_item");
    let tax = party::words(line, "tax_id");
    Ok(Line {
        rate: if is_counted {
            amount(line, "rate")
        } else {
            Decimal::ZERO
        },
        quantity: amount(line, "quantity"),
        discount: discount(line, "discount")?,
        taxes: taxes(organisation, &tax, "tax_id")?,
    })
}

/// A discount is a number or a text such as `10%`.
fn discount(document: &Document, member: &str) -> Result<Discount, Problem> {
    let invalid = || Problem::invalid_value(member);
    let Some(datum) = document.get(member).filter(|datum| !datum.is_empty()) else {
        return Ok(Discount::None);
    };
    let percent = datum
        .as_text()
        .and_then(|text| text.trim().strip_suffix('%'));
    let (number, is_percent) = match percent {
        Some(number) => (Decimal::from_str(number.trim()).ok(), true),
        None => (datum.as_decimal(), false),
    };
    let number = number.ok_or_else(invalid)?;
    if number < Decimal::ZERO || (is_percent && number > Decimal::ONE_HUNDRED) {
        return Err(invalid());
    }
    Ok(if is_percent {
        Discount::Percent(number)
    } else {
        Discount::Amount(number)
    })
}

/// The rates of a tax, or of the members of a group.
pub(super) fn taxes(
    organisation: &Organisation,
    id: &str,
    member: &str,
) -> Result<Vec<TaxRate>, Problem> {
    if id.is_empty() {
        return Ok(Vec::new());
    }
    let group = organisation.row_of_text("tax_group", id);
    let tax = organisation.row_of_text("tax", id);
    let ids = match (group, tax) {
        (Some(group), _) => members_of_group(&group.document),
        (None, Some(tax)) if tax.document.text("tax_type") == "tax_group" => {
            members_of_group(&tax.document)
        }
        (None, Some(_)) => vec![id.to_owned()],
        (None, None) => return Err(Problem::invalid_value(member)),
    };
    Ok(ids
        .iter()
        .filter_map(|id| organisation.row_of_text("tax", id))
        .map(|row| rate(row.id, &row.document))
        .collect())
}

fn rate(id: u64, tax: &Document) -> TaxRate {
    TaxRate {
        id: id.to_string(),
        name: tax.text("tax_name").to_owned(),
        percentage: amount(tax, "tax_percentage"),
        is_compound: tax.text("tax_type") == "compound_tax",
    }
}

/// Written as a list of objects, or as ids with commas between.
fn members_of_group(group: &Document) -> Vec<String> {
    match group.get("taxes") {
        Some(Datum::List(taxes)) => taxes
            .iter()
            .filter_map(Datum::as_object)
            .map(|tax| party::words(tax, "tax_id"))
            .collect(),
        Some(Datum::Text(ids)) => ids.split(',').map(|id| id.trim().to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// `VAT (20%)`, as tax summaries have it.
fn in_summary(name: &str, percentage: Decimal) -> String {
    format!("{name} ({}%)", percentage.normalize())
}

fn write_lines(record: &mut Document, charges: &Charges, totals: &[LineTotals]) {
    let precision = charges.precision;
    let Some(Datum::List(lines)) = record.get_mut("line_items") else {
        return;
    };
    let lines = lines.iter_mut().filter_map(Datum::as_object_mut);
    for ((line, charged), computed) in lines.zip(&charges.lines).zip(totals) {
        line.set("discount_amount", fixed(computed.discount, precision));
        line.set("item_total", fixed(computed.total, precision));
        line.set(
            "item_total_inclusive_of_tax",
            fixed(computed.total_inclusive_of_tax, precision),
        );
        let bcy_rate = charged
            .rate
            .checked_mul(charges.exchange_rate)
            .unwrap_or(charged.rate);
        line.set("bcy_rate", fixed(bcy_rate, charges.base_precision));
        let rows = charged
            .taxes
            .iter()
            .zip(&computed.taxes)
            .map(|(tax, amount)| {
                let mut row = Document::default();
                row.set("tax_id", tax.id.as_str());
                row.set("tax_name", in_summary(&tax.name, tax.percentage));
                row.set("tax_amount", fixed(*amount, precision));
                Datum::Object(row)
            });
        line.set("line_item_taxes", rows.collect::<Vec<_>>());
    }
}

fn write_totals(trade: &Trade, record: &mut Document, charges: &Charges, totals: &Totals) {
    let precision = charges.precision;
    let mut set = |member: &str, amount: Decimal| record.set(member, fixed(amount, precision));
    set("sub_total", totals.sub_total);
    set(
        "sub_total_exclusive_of_discount",
        totals.sub_total_exclusive_of_discount,
    );
    // Seen: zero on documents of sales whose rates exclude their taxes, and the sum with taxes on bills.
    let is_told = charges.inclusive || (!trade.is_sale && !totals.tax_total.is_zero());
    set(
        "sub_total_inclusive_of_tax",
        if is_told {
            totals.sub_total_inclusive_of_tax
        } else {
            Decimal::ZERO
        },
    );
    set("discount_total", totals.discount_total);
    set("discount_applied_on_amount", totals.discount_applied_on);
    set("total_taxable_amount", totals.taxable_total);
    set("tax_total", totals.tax_total);
    set("adjustment", totals.adjustment);
    set("total", totals.total);
    if trade.is_sale {
        set("shipping_charge", charges.shipping);
        set(
            "shipping_charge_exclusive_of_tax",
            totals.shipping_exclusive,
        );
        set(
            "shipping_charge_inclusive_of_tax",
            totals.shipping_exclusive + totals.shipping_tax,
        );
    } else {
        set("discount_amount", totals.discount_total);
    }
    let base = &totals.base;
    for (member, amount) in [
        ("bcy_sub_total", base.sub_total),
        ("bcy_discount_total", base.discount_total),
        ("bcy_tax_total", base.tax_total),
        ("bcy_shipping_charge", base.shipping),
        ("bcy_adjustment", base.adjustment),
        ("bcy_total", base.total),
    ] {
        if trade.is_sale || member == "bcy_total" {
            record.set(member, fixed(amount, charges.base_precision));
        }
    }
    record.set("discount_percent", fixed(totals.discount_percent, 2));
    if let Discount::Percent(percent) = charges.discount {
        record.set("discount", format!("{:.2}%", percent));
    }
    let rows = totals.taxes.iter().map(|tax| {
        let mut row = Document::default();
        row.set("tax_id", tax.id.as_str());
        row.set("tax_name", in_summary(&tax.name, tax.percentage));
        row.set("tax_amount", fixed(tax.amount, precision));
        Datum::Object(row)
    });
    let rows: Vec<_> = rows.collect();
    record.set("taxes", rows);
}
