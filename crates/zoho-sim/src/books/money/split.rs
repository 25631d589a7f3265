//! Splits amounts into what is taxed and its taxes, rounded for each line or once for each tax.

use rust_decimal::Decimal;

use super::{
    MoneyError, TaxRate, TaxRounding, TaxTotal, add, divide, multiply, percent_of, round, share,
    subtract, sum,
};

/// An amount and the taxes on it, or in it.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) amount: Decimal,
    pub(super) taxes: &'a [TaxRate],
}

#[derive(Debug, Clone)]
pub(super) struct Split {
    /// Of each row, without its taxes.
    pub(super) bases: Vec<Decimal>,
    /// Of each row, one amount for each of its taxes.
    pub(super) taxes: Vec<Vec<Decimal>>,
    /// Of each tax, over all rows; in the order in which they first appear.
    pub(super) totals: Vec<TaxTotal>,
}

pub(super) fn split(
    rows: &[Row<'_>],
    inclusive: bool,
    rounding: TaxRounding,
    precision: u32,
) -> Result<Split, MoneyError> {
    let exact = rows
        .iter()
        .map(|row| exact_taxes(row, inclusive))
        .collect::<Result<Vec<_>, _>>()?;
    let taxes = match rounding {
        TaxRounding::Item => exact
            .iter()
            .map(|taxes| taxes.iter().map(|tax| round(*tax, precision)).collect())
            .collect(),
        TaxRounding::Entity => rounded_once(rows, &exact, precision)?,
    };
    let bases = if inclusive {
        without(rows, &taxes)?
    } else {
        rows.iter().map(|row| row.amount).collect()
    };
    let mut totals: Vec<TaxTotal> = Vec::new();
    for ((row, amounts), base) in rows.iter().zip(&taxes).zip(&bases) {
        for (tax, amount) in row.taxes.iter().zip(amounts) {
            let at = totals
                .iter()
                .position(|total| total.id == tax.id)
                .unwrap_or_else(|| {
                    totals.push(TaxTotal {
                        id: tax.id.clone(),
                        name: tax.name.clone(),
                        percentage: tax.percentage,
                        ..TaxTotal::default()
                    });
                    totals.len() - 1
                });
            totals[at].amount = add(totals[at].amount, *amount)?;
            totals[at].taxable = add(totals[at].taxable, *base)?;
        }
    }
    Ok(Split {
        bases,
        taxes,
        totals,
    })
}

/// The taxes of a row, not rounded. Compound taxes are taken on the base with the simple ones, not on one another.
fn exact_taxes(row: &Row<'_>, inclusive: bool) -> Result<Vec<Decimal>, MoneyError> {
    let simple = sum(row
        .taxes
        .iter()
        .filter(|tax| !tax.is_compound)
        .map(|tax| tax.percentage))?;
    let with_simple = add(Decimal::ONE, divide(simple, Decimal::ONE_HUNDRED)?)?;
    let base = if inclusive {
        let compound = sum(row
            .taxes
            .iter()
            .filter(|tax| tax.is_compound)
            .map(|tax| tax.percentage))?;
        let with_all = multiply(
            with_simple,
            add(Decimal::ONE, divide(compound, Decimal::ONE_HUNDRED)?)?,
        )?;
        divide(row.amount, with_all)?
    } else {
        row.amount
    };
    let compounded = multiply(base, with_simple)?;
    row.taxes
        .iter()
        .map(|tax| {
            percent_of(
                if tax.is_compound { compounded } else { base },
                tax.percentage,
            )
        })
        .collect()
}

/// Each tax rounded over all rows, and then shared between them.
fn rounded_once(
    rows: &[Row<'_>],
    exact: &[Vec<Decimal>],
    precision: u32,
) -> Result<Vec<Vec<Decimal>>, MoneyError> {
    let mut rounded: Vec<Vec<Decimal>> = exact
        .iter()
        .map(|taxes| vec![Decimal::ZERO; taxes.len()])
        .collect();
    let mut places: Vec<(&str, Vec<(usize, usize)>)> = Vec::new();
    for (row_index, row) in rows.iter().enumerate() {
        for (tax_index, tax) in row.taxes.iter().enumerate() {
            match places.iter_mut().find(|(id, _)| *id == tax.id) {
                Some((_, known)) => known.push((row_index, tax_index)),
                None => places.push((&tax.id, vec![(row_index, tax_index)])),
            }
        }
    }
    for (_, places) in places {
        let weights: Vec<_> = places.iter().map(|(row, tax)| exact[*row][*tax]).collect();
        let whole = round(sum(weights.iter().copied())?, precision);
        for ((row, tax), part) in places.into_iter().zip(share(whole, &weights, precision)?) {
            rounded[row][tax] = part;
        }
    }
    Ok(rounded)
}

/// What is left of each row when its included taxes are taken out.
fn without(rows: &[Row<'_>], taxes: &[Vec<Decimal>]) -> Result<Vec<Decimal>, MoneyError> {
    rows.iter()
        .zip(taxes)
        .map(|(row, taxes)| subtract(row.amount, sum(taxes.iter().copied())?))
        .collect()
}
