//! Amounts in several currencies: each record has one, with its rate at the time when it was chosen.

use super::Checked;
use crate::world::settings::Currency;
use crate::world::{Cell, Record, Table, World};

/// Gives a record the base currency when it names none, and the rate of its currency when it names no other.
pub(super) fn complete(
    world: &World,
    table: usize,
    existing: Option<&Record>,
    checked: &mut Checked,
) {
    let module = &world.tables[table].module;
    let Some(base) = world.settings.currencies.first() else {
        return;
    };
    let (Some(currency_at), Some(rate_at)) = (
        module.position("Currency"),
        module.position("Exchange_Rate"),
    ) else {
        return;
    };
    let given = match checked.given(currency_at) {
        Some(Some(Cell::Text(code))) => of(world, code),
        Some(_) => Some(base),
        None if existing.is_none() => Some(base),
        None => None,
    };
    let Some(currency) = given else { return };
    checked.set(
        currency_at,
        Some(Cell::Text(currency.iso_code.as_str().into())),
    );
    if checked.given(rate_at).flatten().is_none() {
        checked.set(rate_at, exchange_rate(currency).map(Cell::Double));
    }
}

/// The rate as a number.
pub(crate) fn exchange_rate(currency: &Currency) -> Option<f64> {
    currency
        .exchange_rate
        .parse()
        .ok()
        .filter(|rate: &f64| rate.is_finite())
}

fn of<'w>(world: &'w World, code: &str) -> Option<&'w Currency> {
    let mut currencies = world.settings.currencies.iter();
    currencies.find(|currency| currency.iso_code == code)
}

/// The symbol of a record's currency; `None` as long as there is one currency only.
pub(super) fn symbol<'w>(world: &'w World, table: &Table, record: &Record) -> Option<&'w str> {
    let position = table.module.position("Currency")?;
    of(world, record.text(position)?).map(|currency| currency.symbol.as_str())
}
