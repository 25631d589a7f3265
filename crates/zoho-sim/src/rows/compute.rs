//! Values that no cell holds: computed from the record, or from the records that point to it.

mod formula;

use crate::rows::decimal::{Decimal, Sum};
use crate::schema::{DataType, Rollup};
use crate::world::{Cell, Record, Table, World};

/// Formulas that build on other computed fields, one inside the other.
const DEPTH_MAX: u8 = 4;

/// Amount × probability of a deal; none while the deal has no amount.
pub(crate) fn expected_revenue(table: &Table, record: &Record) -> Option<f64> {
    let cell = |name: &str| record.cell(table.module.position(name)?);
    match (cell("Amount"), cell("Probability")) {
        (Some(Cell::Double(amount)), Some(Cell::Integer(probability))) => {
            let probability = i32::try_from(*probability).map_or(0.0, f64::from);
            let exact = || Decimal::of(probability)?.percent_of(Decimal::of(*amount)?);
            let revenue = exact().and_then(Decimal::cents);
            Some(revenue.map_or(probability / 100.0 * amount, Decimal::number))
        }
        _ => None,
    }
}

/// The value of a formula or a roll-up field.
pub(crate) fn value(world: &World, table: &Table, record: &Record, position: u16) -> Option<Cell> {
    computed(world, table, record, position, 0)
}

fn computed(
    world: &World,
    table: &Table,
    record: &Record,
    position: u16,
    depth: u8,
) -> Option<Cell> {
    let field = table.module.field_at(position);
    if depth >= DEPTH_MAX {
        return None;
    }
    if let Some(formula) = &field.formula {
        let number = formula::evaluate(&formula.expression, &|name| {
            number_of(world, table, record, name, depth + 1)
        });
        return number.and_then(|number| as_cell(number, formula.return_type));
    }
    let rollup = field.rollup.as_ref()?;
    let number = gathered(world, record, rollup, depth + 1)?;
    as_cell(number, rollup.return_type)
}

/// unknown: what Zoho shows of a number that its field cannot hold; here nothing of a whole one with more than 19 digits, and all
/// of others.
fn as_cell(number: f64, return_type: DataType) -> Option<Cell> {
    if !number.is_finite() {
        return None;
    }
    match return_type {
        DataType::Integer => format!("{number:.0}").parse().ok().map(Cell::Integer),
        _ => {
            let cents = Decimal::of(number).and_then(Decimal::cents);
            Some(Cell::Double(cents.map_or(number, Decimal::number)))
        }
    }
}

/// A field as a number.
fn number_of(world: &World, table: &Table, record: &Record, name: &str, depth: u8) -> Option<f64> {
    let position = table.module.position(name)?;
    let field = table.module.field_at(position);
    let cell = if field.formula.is_some() || field.rollup.is_some() {
        computed(world, table, record, position, depth)
    } else {
        record.cell(position).cloned()
    };
    match cell? {
        Cell::Double(number) => Some(number),
        Cell::Integer(number) => number.to_string().parse().ok(),
        Cell::Text(text) if field.data_type == DataType::BigInt => text.parse().ok(),
        _ => None,
    }
}

/// What the records that point here come to.
fn gathered(world: &World, record: &Record, rollup: &Rollup, depth: u8) -> Option<f64> {
    let others = world.table_named(&rollup.module)?;
    let lookup_at = others.module.position(&rollup.lookup_field)?;
    let ids = others.holders(lookup_at, &Cell::Id(record.id));
    let count = f64::from(u32::try_from(ids.len()).unwrap_or(u32::MAX));
    let Some(field) = &rollup.field else {
        return Some(count);
    };
    let values: Vec<f64> = ids
        .iter()
        .filter_map(|id| number_of(world, others, others.rows.get(id)?, field, depth))
        .collect();
    let sum = || {
        let mut sum = Sum::default();
        values.iter().for_each(|value| sum.add(*value));
        sum.total()
    };
    let divisor = f64::from(u32::try_from(values.len()).unwrap_or(u32::MAX));
    match rollup.function.as_str() {
        "COUNT" => Some(count),
        "SUM" => Some(sum()),
        "AVERAGE" => (divisor > 0.0).then(|| sum() / divisor),
        "MINIMUM" => values.iter().copied().reduce(f64::min),
        "MAXIMUM" => values.iter().copied().reduce(f64::max),
        _ => None,
    }
}
