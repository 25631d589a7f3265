//! What quotes, orders and invoices compute: the totals of each line item, and those of the whole record.
//!
//! ```text
//! line:   Total = Quantity × List_Price     Total_After_Discount = Total − Discount
//!         Tax = its taxes of that           Net_Total = Total_After_Discount + Tax
//! record: Sub_Total = all Net_Totals        Tax = $line_tax of (Sub_Total − Discount), else as given
//!         Grand_Total = Sub_Total − Discount + Tax + Adjustment
//! ```
//!
//! unknown: what Zoho says of a total that its field cannot hold; here the row is refused as if it had been given.

use serde_json::{Value, json};

use super::decimal::Decimal;
use super::lines::{Line, Lines};
use super::value::fits;
use super::{Checked, older};
use crate::catalog::{self, Place, Refusal};
use crate::world::{Cell, Record, Table, World};

/// A field whose value is too large.
#[derive(Debug, Clone, Copy)]
struct TooLarge(&'static str);

impl TooLarge {
    fn refuse(self, table: &Table, number: usize) -> Refusal {
        let place = Place {
            row: number,
            field: self.0,
        };
        let field = table.module.position(self.0);
        let length = field.map_or(0, |position| table.module.field_at(position).length);
        catalog::too_long(place, usize::try_from(length).unwrap_or(usize::MAX))
    }
}

/// Completes a line item; rows of other sub-forms pass untouched.
///
/// unknown: what Zoho does without quantity or price; here one piece at the product's price.
pub(super) fn complete_line(
    world: &World,
    table: usize,
    existing: Option<&Record>,
    row: &mut Checked,
    number: usize,
) -> Result<(), Refusal> {
    let table = &world.tables[table];
    if !older::is_line_items(table) {
        return Ok(());
    }
    complete_amounts(world, table, existing, row)
        .map_err(|too_large| too_large.refuse(table, number))
}

fn complete_amounts(
    world: &World,
    table: &Table,
    existing: Option<&Record>,
    row: &mut Checked,
) -> Result<(), TooLarge> {
    let amount = |row: &Checked, name| amount(table, existing, row, name);
    let quantity = amount(row, "Quantity")?.unwrap_or(Decimal::ONE);
    let price = match amount(row, "List_Price")? {
        Some(price) => price,
        None => unit_price(world, table, existing, row)?.unwrap_or(Decimal::ZERO),
    };
    let total = quantity.times(price).and_then(Decimal::cents);
    let total = total.ok_or(TooLarge("Total"))?;
    let discount = amount(row, "Discount")?.unwrap_or(Decimal::ZERO);
    let after_discount = total.minus(discount).and_then(Decimal::cents);
    let after_discount = after_discount.ok_or(TooLarge("Total_After_Discount"))?;
    let tax = complete_taxes(table, existing, row, after_discount).ok_or(TooLarge("Tax"))?;
    let net_total = after_discount.plus(tax).ok_or(TooLarge("Net_Total"))?;
    let values = [
        ("Quantity", quantity),
        ("List_Price", price),
        ("Discount", discount),
        ("Total", total),
        ("Total_After_Discount", after_discount),
        ("Tax", tax),
        ("Net_Total", net_total),
    ];
    write(table, row, &values)
}

/// Writes amounts into their fields.
fn write(
    table: &Table,
    row: &mut Checked,
    values: &[(&'static str, Decimal)],
) -> Result<(), TooLarge> {
    for (name, value) in values {
        let Some(position) = table.module.position(name) else {
            continue;
        };
        let value = value.number();
        if !fits(value, table.module.field_at(position).length) {
            return Err(TooLarge(name));
        }
        row.set(position, Some(Cell::Double(value)));
    }
    Ok(())
}

/// The price of the line's product.
fn unit_price(
    world: &World,
    table: &Table,
    existing: Option<&Record>,
    row: &Checked,
) -> Result<Option<Decimal>, TooLarge> {
    let price = || {
        let position = table.module.position("Product_Name")?;
        let Some(Cell::Id(id)) = resulting(existing, row, position) else {
            return None;
        };
        let (products, product) = world.find(*id)?;
        product.number(world.tables[products].module.position("Unit_Price")?)
    };
    let price = price().map(|price| Decimal::of(price).ok_or(TooLarge("List_Price")));
    price.transpose()
}

/// Writes the value of each tax into the line and gives their sum; `None` when it is too large.
fn complete_taxes(
    table: &Table,
    existing: Option<&Record>,
    row: &mut Checked,
    base: Decimal,
) -> Option<Decimal> {
    let Some(position) = table.module.position("Line_Tax") else {
        return Some(Decimal::ZERO);
    };
    let Some(Cell::Json(taxes)) = resulting(existing, row, position).cloned() else {
        return Some(Decimal::ZERO);
    };
    let mut taxes = taxes;
    let sum = tax_of(&mut taxes, base)?;
    row.set(position, Some(Cell::Json(taxes)));
    Some(sum)
}

fn tax_of(taxes: &mut Value, base: Decimal) -> Option<Decimal> {
    let mut sum = Decimal::ZERO;
    for tax in taxes.as_array_mut().into_iter().flatten() {
        let percentage = tax["percentage"].as_f64().unwrap_or_default();
        let value = Decimal::of(percentage)?.percent_of(base)?.cents()?;
        tax["value"] = json!(value.number());
        sum = sum.plus(value)?;
    }
    Some(sum)
}

/// Completes the totals of a record with line items; other records pass untouched.
pub(super) fn complete(
    world: &World,
    table: usize,
    existing: Option<&Record>,
    checked: &mut Checked,
    number: usize,
) -> Result<(), Refusal> {
    let table = &world.tables[table];
    let items = (0u16..)
        .zip(&table.module.fields)
        .find(|(_, field)| older::has_line_items(field));
    let Some((items_at, field)) = items else {
        return Ok(());
    };
    let Some(lines_table) = field
        .subform
        .as_deref()
        .and_then(|name| world.table_named(name))
    else {
        return Ok(());
    };
    let sub_total = sub_total(lines_table, items_at, existing, checked);
    sub_total
        .ok_or(TooLarge("Sub_Total"))
        .and_then(|sub_total| complete_totals(table, existing, checked, sub_total))
        .map_err(|too_large| too_large.refuse(table, number))
}

fn complete_totals(
    table: &Table,
    existing: Option<&Record>,
    checked: &mut Checked,
    sub_total: Decimal,
) -> Result<(), TooLarge> {
    let amount = |checked: &Checked, name| {
        let amount = amount(table, existing, checked, name)?;
        Ok(amount.unwrap_or(Decimal::ZERO))
    };
    let discount = amount(checked, "Discount")?;
    let adjustment = amount(checked, "Adjustment")?;
    let discounted = sub_total.minus(discount).ok_or(TooLarge("Grand_Total"))?;
    let tax = match checked.taxes.take() {
        None => amount(checked, "Tax")?,
        Some(mut taxes) => tax_of(&mut taxes, discounted).ok_or(TooLarge("Tax"))?,
    };
    let grand_total = discounted
        .plus(tax)
        .and_then(|total| total.plus(adjustment))
        .and_then(Decimal::cents);
    let values = [
        ("Sub_Total", sub_total),
        ("Discount", discount),
        ("Tax", tax),
        ("Adjustment", adjustment),
        ("Grand_Total", grand_total.ok_or(TooLarge("Grand_Total"))?),
    ];
    write(table, checked, &values)
}

/// The net totals of all lines as they will be after the write; `None` when they are too large.
fn sub_total(
    lines_table: &Table,
    items_at: u16,
    existing: Option<&Record>,
    checked: &Checked,
) -> Option<Decimal> {
    let Some(net_at) = lines_table.module.position("Net_Total") else {
        return Some(Decimal::ZERO);
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
        Some(Some(Cell::Double(number))) => *number,
        _ => 0.0,
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
            row.and_then(|row| row.number(net_at)).unwrap_or_default()
        })
    });
    let added = steps.iter().filter_map(|step| match step {
        Line::Add(row) => Some(net(row)),
        _ => None,
    });
    let mut all = kept.chain(added);
    all.try_fold(Decimal::ZERO, |sum, net| sum.plus(Decimal::of(net)?))
}

/// A number as it will be after the write.
fn amount(
    table: &Table,
    existing: Option<&Record>,
    row: &Checked,
    name: &'static str,
) -> Result<Option<Decimal>, TooLarge> {
    let position = table.module.position(name);
    match position.and_then(|position| resulting(existing, row, position)) {
        Some(Cell::Double(number)) => Decimal::of(*number).map(Some).ok_or(TooLarge(name)),
        _ => Ok(None),
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
