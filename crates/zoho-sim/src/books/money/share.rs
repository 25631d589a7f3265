//! Splits an amount over weights so that the parts add up to it, to the smallest unit.

use rust_decimal::Decimal;

use super::{MoneyError, add, divide, multiply, subtract, sum};

/// Each part is proportional to its weight, rounded down to the precision; the units left over go to the parts that lost most.
///
/// The amount itself must already have that precision. Weights that add up to nothing leave the amount to the first part.
pub(crate) fn share(
    amount: Decimal,
    weights: &[Decimal],
    precision: u32,
) -> Result<Vec<Decimal>, MoneyError> {
    let whole = sum(weights.iter().copied())?;
    let mut parts = vec![Decimal::ZERO; weights.len()];
    if whole.is_zero() {
        if let Some(first) = parts.first_mut() {
            *first = amount;
        }
        return Ok(parts);
    }
    let mut lost = Vec::with_capacity(weights.len());
    for (index, (part, weight)) in parts.iter_mut().zip(weights).enumerate() {
        let exact = divide(multiply(amount, *weight)?, whole)?;
        *part = exact.round_dp_with_strategy(
            precision,
            rust_decimal::RoundingStrategy::ToNegativeInfinity,
        );
        lost.push((index, subtract(exact, *part)?));
    }
    let unit = Decimal::new(1, precision);
    let mut left = subtract(amount, sum(parts.iter().copied())?)?;
    lost.sort_by_key(|part| std::cmp::Reverse(part.1)); // stable: of equals, the earlier first
    for (index, _) in lost {
        if left < unit {
            break;
        }
        parts[index] = add(parts[index], unit)?;
        left = subtract(left, unit)?;
    }
    // Digits beyond the 28th are lost in very large weights; what they make stays with the first part, so that the sum is kept.
    if let Some(first) = parts.first_mut() {
        *first = add(*first, left)?;
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cents(units: &[i64]) -> Vec<Decimal> {
        units.iter().map(|unit| Decimal::new(*unit, 2)).collect()
    }

    #[test]
    fn the_unit_left_over_goes_to_the_part_that_lost_most() {
        assert_eq!(
            share(Decimal::new(100, 2), &cents(&[1, 1, 1]), 2),
            Ok(cents(&[34, 33, 33]))
        );
        assert_eq!(
            share(Decimal::new(100, 2), &cents(&[1, 5]), 2),
            Ok(cents(&[17, 83]))
        );
        assert_eq!(
            share(Decimal::new(5, 0), &cents(&[100, 100]), 0),
            Ok(vec![Decimal::new(3, 0), Decimal::new(2, 0)])
        );
    }

    #[test]
    fn weights_of_nothing_leave_all_to_the_first() {
        assert_eq!(
            share(Decimal::ONE, &cents(&[0, 0]), 2),
            Ok(vec![Decimal::ONE, Decimal::ZERO])
        );
        assert_eq!(share(Decimal::ONE, &[], 2), Ok(vec![]));
    }

    #[test]
    fn what_is_too_large_is_an_error() {
        assert_eq!(
            share(Decimal::MAX, &[Decimal::MAX, Decimal::MAX], 2),
            Err(MoneyError::TooLarge)
        );
    }

    proptest! {
        #[test]
        fn parts_add_up(amount in -1_000_000i64..1_000_000, weights in prop::collection::vec(-9_999i64..999_999, 1..9), precision in prop::sample::select(vec![0u32, 2, 3])) {
            let amount = Decimal::new(amount, precision);
            let weights: Vec<_> = weights.into_iter().map(|weight| Decimal::new(weight, precision)).collect();
            let parts = share(amount, &weights, precision).unwrap();
            prop_assert_eq!(sum(parts.iter().copied()).unwrap(), amount);
            for part in &parts {
                prop_assert!(part.normalize().scale() <= precision);
            }
        }

        #[test]
        fn no_part_is_a_unit_away_from_its_proportion(amount in 0i64..1_000_000, weights in prop::collection::vec(1i64..999_999, 1..9)) {
            let whole: i64 = weights.iter().sum();
            let parts = share(Decimal::new(amount, 2), &cents(&weights), 2).unwrap();
            for (part, weight) in parts.iter().zip(&weights) {
                let exact = Decimal::new(amount, 2) * Decimal::from(*weight) / Decimal::from(whole);
                prop_assert!((*part - exact).abs() < Decimal::new(1, 2), "{} of {}", part, exact);
            }
        }
    }
}
