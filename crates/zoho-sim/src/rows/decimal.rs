//! Money without drift: numbers with nine decimals, added and rounded as whole numbers.

/// A decimal number, in billionths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal(i128);

const ONE: i128 = 1_000_000_000;

impl Decimal {
    pub(crate) const ZERO: Self = Self(0);
    pub(crate) const ONE: Self = Self(ONE);

    /// The decimal number that a float is written as.
    pub(crate) fn of(number: f64) -> Self {
        if number.abs() >= 1e20 || !number.is_finite() {
            return Self::ZERO;
        }
        let text = format!("{number:.9}");
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let value: i128 = digits.parse().unwrap_or(0);
        Self(if text.starts_with('-') { -value } else { value })
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    pub(crate) fn times(self, other: Self) -> Self {
        Self(divided(self.0.saturating_mul(other.0), ONE))
    }

    /// This many per cent of `other`.
    pub(crate) fn percent_of(self, other: Self) -> Self {
        let product = self.times(other);
        Self(divided(product.0, 100))
    }

    /// Rounded to two decimals, halves away from zero.
    pub(crate) fn cents(self) -> Self {
        Self(divided(self.0, ONE / 100) * (ONE / 100))
    }

    /// The nearest float, which prints as the same decimal number.
    pub(crate) fn number(self) -> f64 {
        let sign = if self.0 < 0 { "-" } else { "" };
        let value = self.0.unsigned_abs();
        let one = ONE.unsigned_abs();
        format!("{sign}{}.{:09}", value / one, value % one)
            .parse()
            .unwrap_or_default()
    }
}

/// Division that rounds halves away from zero.
fn divided(value: i128, by: i128) -> i128 {
    let half = if value < 0 { -by / 2 } else { by / 2 };
    value.saturating_add(half) / by
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_products_of_money_do_not_drift() {
        let sum = (0..10).fold(Decimal::ZERO, |sum, _| sum.plus(Decimal::of(0.1)));
        assert_eq!(sum.number().to_string(), "1");
        assert_eq!(Decimal::of(1.005).cents().number().to_string(), "1.01");
        assert_eq!(Decimal::of(-1.005).cents().number().to_string(), "-1.01");
        let price = Decimal::of(19.99).times(Decimal::of(3.0));
        assert_eq!(price.number().to_string(), "59.97");
        assert_eq!(
            Decimal::of(7.5)
                .percent_of(price)
                .cents()
                .number()
                .to_string(),
            "4.5"
        );
        assert_eq!(Decimal::of(f64::MAX), Decimal::ZERO);
    }
}
