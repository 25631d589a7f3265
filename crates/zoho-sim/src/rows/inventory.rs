//! What quotes, orders and invoices compute: the totals of each line item, and those of the whole record.
//!
//! ```text
//! line:   Total = Quantity × List_Price     Total_After_Discount = Total − Discount
//!         Tax = its taxes of that           Net_Total = Total_After_Discount + Tax
//! record: Sub_Total = all Net_Totals        Tax = $line_tax of (Sub_Total − Discount), else as given
//!         Grand_Total = Sub_Total − Discount + Tax + Adjustment
//! ```

use serde_json::{Value, json};

use super::decimal::Decimal;
use super::lines::{Line, Lines};
use super::{Checked, older};
use crate::world::{Cell, Record, Table, World};

/// Completes a line item; rows of other sub-forms pass untouched.
///
/// unknown: what Zoho does without quantity or price; here one piece at the product's price.
pub(super) fn complete_line(
    world: &World,
    table: usize,
    existing: Option<&Record>,
    row: &mut Checked,
) {
    let table = &world.tables[table];
    if !older::is_line_items(table) {
        return;
    }
    let number = |row: &Checked, name: &str| amount(table, existing, row, name);
    let quantity = number(row, "Quantity").unwrap_or(Decimal::ONE);
    let price = number(row, "List_Price").or_else(|| unit_price(world, table, existing, row));
    let price = price.unwrap_or(Decimal::ZERO);
    let total = quantity.times(price).cents();
    let discount = number(row, "Discount").unwrap_or(Decimal::ZERO);
    let after_discount = total.minus(discount).cents();
    let tax = complete_taxes(table, existing, row, after_discount);
    for (name, value) in [
        ("Quantity", quantity),
        ("List_Price", price),
        ("Discount", discount),
        ("Total", total),
        ("Total_After_Discount", after_discount),
        ("Tax", tax),
        ("Net_Total", after_discount.plus(tax)),
    ] {
        if let Some(position) = table.module.position(name) {
            row.set(position, Some(Cell::Double(value.number())));
        }
    }
}

/// The price of the line's product.
fn unit_price(
    world: &World,
    table: &Table,
    existing: Option<&Record>,
    row: &Checked,
) -> Option<Decimal> {
    let position = table.module.position("Product_Name")?;
    let Some(Cell::Id(id)) = resulting(existing, row, position) else {
        return None;
    };
    let (products, product) = world.find(*id)?;
    let price = world.tables[products].module.position("Unit_Price")?;
    product.number(price).map(Decimal::of)
}

/// Writes the value of each tax into the line and gives their sum.
fn complete_taxes(
    table: &Table,
    existing: Option<&Record>,
    row: &mut Checked,
    base: Decimal,
) -> Decimal {
    let Some(position) = table.module.position("Line_Tax") else {
        return Decimal::ZERO;
    };
    let Some(Cell::Json(taxes)) = resulting(existing, row, position).cloned() else {
        return Decimal::ZERO;
    };
    let mut taxes = taxes;
    let sum = tax_of(&mut taxes, base);
    row.set(position, Some(Cell::Json(taxes)));
    sum
}

fn tax_of(taxes: &mut Value, base: Decimal) -> Decimal {
    let mut sum = Decimal::ZERO;
    for tax in taxes.as_array_mut().into_iter().flatten() {
        let percentage = tax["percentage"].as_f64().unwrap_or_default();
        let value = Decimal::of(percentage).percent_of(base).cents();
        tax["value"] = json!(value.number());
        sum = sum.plus(value);
    }
    sum
}

/// Completes the totals of a record with line items; other records pass untouched.
pub(super) fn complete(
    world: &World,
    table: usize,
    existing: Option<&Record>,
    checked: &mut Checked,
) {
    let table = &world.tables[table];
    let items = (0u16..)
        .zip(&table.module.fields)
        .find(|(_, field)| older::has_line_items(field));
    let Some((items_at, field)) = items else {
        return;
    };
    let Some(lines_table) = field
        .subform
        .as_deref()
        .and_then(|name| world.table_named(name))
    else {
        return;
    };
    let sub_total = sub_total(lines_table, items_at, existing, checked);
    let number = |checked: &Checked, name: &str| {
        amount(table, existing, checked, name).unwrap_or(Decimal::ZERO)
    };
    let discount = number(checked, "Discount");
    let tax = match checked.taxes.take() {
        None => number(checked, "Tax"),
        Some(mut taxes) => tax_of(&mut taxes, sub_total.minus(discount)),
    };
    let adjustment = number(checked, "Adjustment");
    let grand_total = sub_total.minus(discount).plus(tax).plus(adjustment);
    for (name, value) in [
        ("Sub_Total", sub_total),
        ("Discount", discount),
        ("Tax", tax),
        ("Adjustment", adjustment),
        ("Grand_Total", grand_total.cents()),
    ] {
        if let Some(position) = table.module.position(name) {
            checked.set(position, Some(Cell::Double(value.number())));
        }
    }
}

/// The net totals of all lines as they will be after the write.
fn sub_total(
    lines_table: &Table,
    items_at: u16,
    existing: Option<&Record>,
    checked: &Checked,
) -> Decimal {
    let Some(net_at) = lines_table.module.position("Net_Total") else {
        return Decimal::ZERO;
    };
    let lines: Option<&Lines> = checked
        .lines
        .iter()
        .find(|lines| lines.position == items_at);
    let kept: &[u64] = match lines {
        Some(lines) => &lines.kept,
        None => existing.map_or(&[], |record| record.rows(items_at)),
    };
    let net = |row: &Checked| match row.given(net_at) {
        Some(Some(Cell::Double(number))) => Decimal::of(*number),
        _ => Decimal::ZERO,
    };
    let steps = lines
        .map(|lines| lines.steps.as_slice())
        .unwrap_or_default();
    let changed = |id: u64| {
        steps.iter().rev().find_map(|step| match step {
            Line::Change(changed, row) if *changed == id => Some(net(row)),
            _ => None,
        })
    };
    let kept = kept.iter().map(|id| {
        changed(*id).unwrap_or_else(|| {
            let row = lines_table.rows.get(id);
            row.and_then(|row| row.number(net_at))
                .map_or(Decimal::ZERO, Decimal::of)
        })
    });
    let added = steps.iter().filter_map(|step| match step {
        Line::Add(row) => Some(net(row)),
        _ => None,
    });
    kept.chain(added).fold(Decimal::ZERO, Decimal::plus)
}

/// A number as it will be after the write.
fn amount(table: &Table, existing: Option<&Record>, row: &Checked, name: &str) -> Option<Decimal> {
    match resulting(existing, row, table.module.position(name)?) {
        Some(Cell::Double(number)) => Some(Decimal::of(*number)),
        _ => None,
    }
}

fn resulting<'r>(
    existing: Option<&'r Record>,
    row: &'r Checked,
    position: u16,
) -> Option<&'r Cell> {
    match row.given(position) {
        Some(given) => given,
        None => existing.and_then(|record| record.cell(position)),
    }
}
