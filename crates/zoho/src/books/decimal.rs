//! Money, exactly: JSON's digits become a [`Decimal`] and the other way round, never through a floating point number.

use rust_decimal::Decimal;

/// The decimal that a JSON number or a text of digits stands for, digit by digit.
///
/// `None` for anything else, and for what a [`Decimal`] cannot hold exactly (beyond 28 digits).
pub(crate) fn parse(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if let Ok(decimal) = Decimal::from_str_exact(text) {
        return Some(decimal);
    }
    let (digits, exponent) = text.split_once(['e', 'E'])?;
    let exponent: i32 = exponent.parse().ok()?;
    let digits = Decimal::from_str_exact(digits).ok()?;
    if digits.is_zero() {
        return Some(Decimal::ZERO);
    }
    let scale = i64::from(digits.scale()) - i64::from(exponent);
    match u32::try_from(scale) {
        Ok(scale) => Decimal::try_from_i128_with_scale(digits.mantissa(), scale).ok(),
        Err(_) => {
            let zeros = u32::try_from(-scale).ok()?;
            let factor = 10i128.checked_pow(zeros)?;
            let whole = digits.mantissa().checked_mul(factor)?;
            Decimal::try_from_i128_with_scale(whole, 0).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_keep_each_digit() {
        for (text, expected) in [
            ("0.00", "0.00"),
            ("360.10", "360.10"),
            ("-0.001", "-0.001"),
            ("9007199254740993.07", "9007199254740993.07"),
            (
                "0.1234567890123456789012345678",
                "0.1234567890123456789012345678",
            ),
            ("1.5e3", "1500"),
            ("1E-2", "0.01"),
            ("0e99", "0"),
        ] {
            assert_eq!(
                parse(text).map(|decimal| decimal.to_string()).as_deref(),
                Some(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn what_cannot_be_held_exactly_is_no_number() {
        for text in [
            "",
            "ten",
            "10%",
            "1e400",
            "1e-400",
            "0.12345678901234567890123456789012",
            "99999999999999999999999999999999",
            "1e99999999999",
            "NaN",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn each_amount_survives_the_way_there_and_back(mantissa in any::<i64>(), scale in 0u32..10) {
            let decimal = Decimal::new(mantissa, scale);
            prop_assert_eq!(parse(&decimal.to_string()), Some(decimal));
        }

        #[test]
        fn no_text_panics(text in "[-+0-9.eE]{0,40}") {
            let _ = parse(&text);
        }
    }
}
