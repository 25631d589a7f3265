//! Money of Books: decimal, exact to the smallest unit of its currency, and never a panic.
//!
//! Nothing here knows a document or a record. [`totals`] takes what was charged ([`Charges`]: lines, discounts, taxes, shipping,
//! adjustment) and answers what it comes to ([`Totals`]); [`settle`] says how a document is called for what of it is owed, and how much
//! may be applied; [`share`] splits an amount so that the parts add up to it.
//!
//! Amounts are [`Decimal`]s. Every sum and product is checked: what is too large for 28 digits is [`MoneyError::TooLarge`].
//! Half a unit is rounded away from zero, which Books calls `round_half_up`.

pub(crate) mod charges;
pub(crate) mod settle;
mod share;
mod split;
pub(crate) mod totals;

pub(crate) use charges::{Charges, Discount, DiscountLevel, TaxRate, TaxRounding};
pub(crate) use share::share;
pub(crate) use totals::TaxTotal;

use rust_decimal::{Decimal, RoundingStrategy};

/// Why there is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MoneyError {
    #[error("the amount is too large")]
    TooLarge,
}

pub(crate) fn add(a: Decimal, b: Decimal) -> Result<Decimal, MoneyError> {
    a.checked_add(b).ok_or(MoneyError::TooLarge)
}

pub(crate) fn subtract(a: Decimal, b: Decimal) -> Result<Decimal, MoneyError> {
    a.checked_sub(b).ok_or(MoneyError::TooLarge)
}

pub(crate) fn multiply(a: Decimal, b: Decimal) -> Result<Decimal, MoneyError> {
    a.checked_mul(b).ok_or(MoneyError::TooLarge)
}

pub(crate) fn sum(amounts: impl IntoIterator<Item = Decimal>) -> Result<Decimal, MoneyError> {
    amounts.into_iter().try_fold(Decimal::ZERO, add)
}

/// To so many decimals, halves away from zero.
pub(crate) fn round(amount: Decimal, precision: u32) -> Decimal {
    amount.round_dp_with_strategy(precision, RoundingStrategy::MidpointAwayFromZero)
}

/// So many per cent of an amount, not rounded.
pub(crate) fn percent_of(amount: Decimal, percent: Decimal) -> Result<Decimal, MoneyError> {
    multiply(amount, divide(percent, Decimal::ONE_HUNDRED)?)
}

fn divide(a: Decimal, b: Decimal) -> Result<Decimal, MoneyError> {
    a.checked_div(b).ok_or(MoneyError::TooLarge)
}

/// An amount in another currency, rounded to that one's precision.
pub(crate) fn convert(
    amount: Decimal,
    exchange_rate: Decimal,
    precision: u32,
) -> Result<Decimal, MoneyError> {
    Ok(round(multiply(amount, exchange_rate)?, precision))
}
