//! Arithmetic of formula fields: `${Deals.Amount} * 2 - (${Deals.Discount} + 1)`.
//!
//! Numbers, fields, the four operations and parentheses. Functions (`If`, `Concat`, dates) are not simulated: a formula that
//! uses them has no value.

/// Parentheses inside of each other.
const DEPTH_MAX: usize = 32;

/// The value of an expression; `None` when it cannot be read or a field has no value.
pub(super) fn evaluate(expression: &str, field: &dyn Fn(&str) -> Option<f64>) -> Option<f64> {
    let mut reader = Reader {
        rest: expression,
        field,
        depth: 0,
    };
    let value = reader.sum()?;
    reader.rest.trim().is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
    field: &'a dyn Fn(&str) -> Option<f64>,
    depth: usize,
}

impl Reader<'_> {
    fn take(&mut self, sign: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn sum(&mut self) -> Option<f64> {
        let mut value = self.product()?;
        loop {
            if self.take('+') {
                value += self.product()?;
            } else if self.take('-') {
                value -= self.product()?;
            } else {
                return Some(value);
            }
        }
    }

    fn product(&mut self) -> Option<f64> {
        let mut value = self.atom()?;
        loop {
            if self.take('*') {
                value *= self.atom()?;
            } else if self.take('/') {
                value /= self.atom()?;
            } else {
                return Some(value);
            }
        }
    }

    fn atom(&mut self) -> Option<f64> {
        if self.depth >= DEPTH_MAX {
            return None;
        }
        self.depth += 1;
        let value = if self.take('-') {
            self.atom().map(|value| -value)
        } else if self.take('(') {
            let value = self.sum();
            value.filter(|_| self.take(')'))
        } else if self.take('$') {
            let (name, rest) = self.rest.strip_prefix('{')?.split_once('}')?;
            self.rest = rest;
            (self.field)(name.rsplit_once('.').map_or(name, |(_, name)| name))
        } else {
            let is_sign = |letter: char| !letter.is_ascii_digit() && letter != '.';
            let end = self.rest.find(is_sign).unwrap_or(self.rest.len());
            let (number, rest) = self.rest.split_at(end);
            self.rest = rest;
            number.parse().ok()
        };
        self.depth -= 1;
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_operations_and_fields() {
        let field = |name: &str| (name == "Amount").then_some(10.0);
        let value = |text: &str| evaluate(text, &field);
        assert_eq!(value("${Deals.Amount} * 2 - (1 + 3) / 2"), Some(18.0));
        assert_eq!(value("-${Amount}"), Some(-10.0));
        for bad in ["", "1 +", "(1", "${Other}", "If(1,2)", "1 2", "é"] {
            assert_eq!(value(bad), None, "{bad}");
        }
        assert_eq!(value(&"(".repeat(100)), None);
    }
}
