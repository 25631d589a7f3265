//! From what was charged to what it comes to.
//!
//! `sub_total` − discount of the document + `tax_total` + shipping without its tax + adjustment = `total`, always exactly.

use rust_decimal::Decimal;

use super::split::{Row, split};
use super::{
    Charges, Discount, DiscountLevel, MoneyError, add, convert, multiply, percent_of, round, share,
    subtract, sum,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) lines: Vec<LineTotals>,
    /// The lines' totals, without taxes.
    pub(crate) sub_total: Decimal,
    /// The same before the discounts of lines.
    pub(crate) sub_total_exclusive_of_discount: Decimal,
    /// The lines' totals with their taxes.
    pub(crate) sub_total_inclusive_of_tax: Decimal,
    pub(crate) discount_total: Decimal,
    /// Zero when the discount is an amount.
    pub(crate) discount_percent: Decimal,
    /// What the discount of the document was taken from; zero without one.
    pub(crate) discount_applied_on: Decimal,
    /// The taxed part of the lines.
    pub(crate) taxable_total: Decimal,
    pub(crate) taxes: Vec<TaxTotal>,
    pub(crate) tax_total: Decimal,
    pub(crate) shipping_exclusive: Decimal,
    pub(crate) shipping_tax: Decimal,
    pub(crate) adjustment: Decimal,
    pub(crate) total: Decimal,
    pub(crate) base: BaseTotals,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LineTotals {
    pub(crate) discount: Decimal,
    /// Rate × quantity − discount, without taxes.
    pub(crate) total: Decimal,
    pub(crate) total_inclusive_of_tax: Decimal,
    /// One for each tax of the line.
    pub(crate) taxes: Vec<Decimal>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TaxTotal {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) percentage: Decimal,
    pub(crate) amount: Decimal,
    pub(crate) taxable: Decimal,
}

/// The same in the organisation's currency, each amount converted and rounded for itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BaseTotals {
    pub(crate) sub_total: Decimal,
    pub(crate) discount_total: Decimal,
    pub(crate) tax_total: Decimal,
    pub(crate) shipping: Decimal,
    pub(crate) adjustment: Decimal,
    pub(crate) total: Decimal,
}

pub(crate) fn totals(charges: &Charges) -> Result<Totals, MoneyError> {
    let precision = charges.precision;
    let gross = gross(charges)?;
    let line_discounts = line_discounts(charges, &gross)?;
    let discounted = pairwise(&gross, &line_discounts)?;
    let taxed = if taxed_before_discount(charges) {
        &gross
    } else {
        &discounted
    };
    let shipping = round(charges.shipping, precision);

    // Included taxes come out of the amounts as they were entered; without them, that is where a document's discount is taken from.
    let entered = split(
        &rows(charges, taxed, shipping),
        charges.inclusive,
        charges.tax_rounding,
        precision,
    )?;
    let (line_bases, shipping_base) = apart(&entered.bases);
    let item_totals = if taxed_before_discount(charges) {
        pairwise(line_bases, &line_discounts)?
    } else {
        line_bases.to_vec()
    };
    let sub_total = sum(item_totals.iter().copied())?;

    let discount = document_discount(
        charges,
        sub_total,
        sum(entered.totals.iter().map(|tax| tax.amount))?,
    )?;
    let (split, taxable) = if charges.discount_before_tax && !discount.amount.is_zero() {
        let parts = share(discount.amount, &item_totals, precision)?;
        let taxable = pairwise(&item_totals, &parts)?;
        (
            split(
                &rows(charges, &taxable, shipping_base),
                false,
                charges.tax_rounding,
                precision,
            )?,
            taxable,
        )
    } else {
        let taxable = line_bases.to_vec();
        (entered.clone(), taxable)
    };

    let (line_taxes, shipping_taxes) = split.taxes.split_at(charges.lines.len());
    let shipping_tax = sum(shipping_taxes.iter().flatten().copied())?;
    let tax_total = sum(split.totals.iter().map(|tax| tax.amount))?;
    let adjustment = round(charges.adjustment, precision);
    let total = sum([
        subtract(sub_total, discount.amount)?,
        tax_total,
        shipping_base,
        adjustment,
    ])?;
    let discount_total = add(discount.amount, sum(line_discounts.iter().copied())?)?;
    let lines = lines(&item_totals, line_discounts, line_taxes)?;
    let in_base = |amount| convert(amount, charges.exchange_rate, charges.base_precision);
    Ok(Totals {
        sub_total_exclusive_of_discount: if charges.inclusive {
            add(sub_total, sum(lines.iter().map(|line| line.discount))?)?
        } else {
            sum(gross)?
        },
        sub_total_inclusive_of_tax: sum(lines.iter().map(|line| line.total_inclusive_of_tax))?,
        lines,
        sub_total,
        discount_total,
        discount_percent: discount.percent,
        discount_applied_on: discount.applied_on,
        taxable_total: sum(taxable
            .iter()
            .zip(&charges.lines)
            .filter(|(_, line)| !line.taxes.is_empty())
            .map(|(amount, _)| *amount))?,
        taxes: split.totals,
        tax_total,
        shipping_exclusive: shipping_base,
        shipping_tax,
        adjustment,
        total,
        base: BaseTotals {
            sub_total: in_base(sub_total)?,
            discount_total: in_base(discount_total)?,
            tax_total: in_base(tax_total)?,
            shipping: in_base(shipping)?,
            adjustment: in_base(adjustment)?,
            total: in_base(total)?,
        },
    })
}

/// A discount of lines that is not to lower the taxes.
fn taxed_before_discount(charges: &Charges) -> bool {
    charges.discount_level == DiscountLevel::Item && !charges.discount_before_tax
}

fn gross(charges: &Charges) -> Result<Vec<Decimal>, MoneyError> {
    charges
        .lines
        .iter()
        .map(|line| {
            Ok(round(
                multiply(line.rate, line.quantity)?,
                charges.precision,
            ))
        })
        .collect()
}

fn line_discounts(charges: &Charges, gross: &[Decimal]) -> Result<Vec<Decimal>, MoneyError> {
    let of = |discount, amount| match (charges.discount_level, discount) {
        (DiscountLevel::Entity, _) => Ok(Decimal::ZERO),
        (DiscountLevel::Item, discount) => taken(discount, amount, charges.precision),
    };
    charges
        .lines
        .iter()
        .zip(gross)
        .map(|(line, gross)| of(line.discount, *gross))
        .collect()
}

fn taken(discount: Discount, from: Decimal, precision: u32) -> Result<Decimal, MoneyError> {
    match discount {
        Discount::None => Ok(Decimal::ZERO),
        Discount::Amount(amount) => Ok(round(amount, precision)),
        Discount::Percent(percent) => Ok(round(percent_of(from, percent)?, precision)),
    }
}

struct DocumentDiscount {
    amount: Decimal,
    percent: Decimal,
    applied_on: Decimal,
}

// unknown: what a discount after tax is a percentage of; taken here from the sub total with its taxes.
fn document_discount(
    charges: &Charges,
    sub_total: Decimal,
    tax_total: Decimal,
) -> Result<DocumentDiscount, MoneyError> {
    let none = charges.discount_level == DiscountLevel::Item || charges.lines.is_empty();
    let discount = if none {
        Discount::None
    } else {
        charges.discount
    };
    let from = if charges.discount_before_tax {
        sub_total
    } else {
        add(sub_total, tax_total)?
    };
    let amount = taken(discount, from, charges.precision)?;
    Ok(DocumentDiscount {
        amount,
        percent: if let Discount::Percent(percent) = discount {
            percent
        } else {
            Decimal::ZERO
        },
        applied_on: if amount.is_zero() {
            Decimal::ZERO
        } else {
            from
        },
    })
}

fn rows<'a>(charges: &'a Charges, amounts: &[Decimal], shipping: Decimal) -> Vec<Row<'a>> {
    let lines = charges.lines.iter().zip(amounts).map(|(line, amount)| Row {
        amount: *amount,
        taxes: &line.taxes,
    });
    lines
        .chain([Row {
            amount: shipping,
            taxes: &charges.shipping_taxes,
        }])
        .collect()
}

/// The rows of the lines, and that of shipping behind them.
fn apart(rows: &[Decimal]) -> (&[Decimal], Decimal) {
    rows.split_last()
        .map_or((rows, Decimal::ZERO), |(last, lines)| (lines, *last))
}

fn pairwise(amounts: &[Decimal], less: &[Decimal]) -> Result<Vec<Decimal>, MoneyError> {
    amounts
        .iter()
        .zip(less)
        .map(|(amount, less)| subtract(*amount, *less))
        .collect()
}

fn lines(
    item_totals: &[Decimal],
    discounts: Vec<Decimal>,
    taxes: &[Vec<Decimal>],
) -> Result<Vec<LineTotals>, MoneyError> {
    let of = |((total, discount), taxes): ((&Decimal, Decimal), &Vec<Decimal>)| {
        let total_inclusive_of_tax = add(*total, sum(taxes.iter().copied())?)?;
        Ok(LineTotals {
            discount,
            total: *total,
            total_inclusive_of_tax,
            taxes: taxes.clone(),
        })
    };
    item_totals
        .iter()
        .zip(discounts)
        .zip(taxes)
        .map(of)
        .collect()
}

#[cfg(test)]
mod tests;
