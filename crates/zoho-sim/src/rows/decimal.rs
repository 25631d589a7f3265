//! Money without drift: numbers with nine decimals, added and rounded as whole numbers.

/// A decimal number, in billionths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal(i128);

const ONE: i128 = 1_000_000_000;

impl Decimal {
    pub(crate) const ZERO: Self = Self(0);
    pub(crate) const ONE: Self = Self(ONE);

    /// The decimal number that a float is written as; `None` from about 1.7e29 on, and for what is no number.
    pub(crate) fn of(number: f64) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        let text = format!("{number:.9}");
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let value: i128 = digits.parse().ok()?;
        Some(Self(if text.starts_with('-') { -value } else { value }))
    }

    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    pub(crate) fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    pub(crate) fn times(self, other: Self) -> Option<Self> {
        divided(self.0.checked_mul(other.0)?, ONE).map(Self)
    }

    /// This many per cent of `other`.
    pub(crate) fn percent_of(self, other: Self) -> Option<Self> {
        divided(self.times(other)?.0, 100).map(Self)
    }

    /// Rounded to two decimals, halves away from zero.
    pub(crate) fn cents(self) -> Option<Self> {
        let cents = divided(self.0, ONE / 100)?;
        cents.checked_mul(ONE / 100).map(Self)
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
fn divided(value: i128, by: i128) -> Option<i128> {
    let half = if value < 0 { -by / 2 } else { by / 2 };
    Some(value.checked_add(half)? / by)
}

/// A sum that is exact as long as decimals reach, and beyond that as near as floats are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sum {
    exact: Option<Decimal>,
    near: f64,
}

impl Default for Sum {
    fn default() -> Self {
        Self {
            exact: Some(Decimal::ZERO),
            near: 0.0,
        }
    }
}

impl Sum {
    pub(crate) fn add(&mut self, number: f64) {
        self.near += number;
        self.exact = self
            .exact
            .and_then(|exact| exact.plus(Decimal::of(number)?));
    }

    /// Not finite where floats end too.
    pub(crate) fn total(self) -> f64 {
        self.exact.map_or(self.near, Decimal::number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(number: f64) -> Decimal {
        Decimal::of(number).unwrap()
    }

    fn written(number: Option<Decimal>) -> String {
        number.unwrap().number().to_string()
    }

    #[test]
    fn sums_and_products_of_money_do_not_drift() {
        let mut sum = Sum::default();
        (0..10).for_each(|_| sum.add(0.1));
        assert_eq!(sum.total().to_string(), "1");
        assert_eq!(written(of(1.005).cents()), "1.01");
        assert_eq!(written(of(-1.005).cents()), "-1.01");
        let price = of(19.99).times(of(3.0)).unwrap();
        assert_eq!(written(Some(price)), "59.97");
        assert_eq!(written(of(7.5).percent_of(price).unwrap().cents()), "4.5");
    }

    #[test]
    fn what_is_too_large_is_never_another_number() {
        for number in [f64::MAX, -f64::MAX, f64::INFINITY, f64::NAN, 1e30] {
            assert_eq!(Decimal::of(number), None, "{number}");
        }
        assert_eq!(written(Decimal::of(1e20)), "100000000000000000000");
        let large = of(1.7e29);
        assert_eq!(large.plus(large), None);
        assert_eq!(of(-1.7e29).minus(large), None);
        assert_eq!(large.times(of(2.0)), None);
        assert_eq!(large.percent_of(large), None);
        assert_eq!(Decimal(i128::MAX).cents(), None);
    }

    #[test]
    fn sums_go_on_as_floats_where_decimals_end() {
        let mut sum = Sum::default();
        (0..4).for_each(|_| sum.add(1e29));
        assert!((sum.total() / 4e29 - 1.0).abs() < 1e-12, "{}", sum.total());
        (0..2).for_each(|_| sum.add(f64::MAX));
        assert!(sum.total().is_infinite());
    }
}
