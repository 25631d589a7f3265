//! The value of a field of one record, read in place.

use std::cmp::Ordering;
use std::fmt;

use super::fold;

/// A text of a record; a full name is the text of two fields with a blank between them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a> {
    parts: [&'a str; 3],
}

impl<'a> Text<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self {
            parts: [text, "", ""],
        }
    }

    pub(crate) fn name(first: &'a str, last: &'a str) -> Self {
        if first.is_empty() || last.is_empty() {
            return Self {
                parts: [first, last, ""],
            };
        }
        Self {
            parts: [first, " ", last],
        }
    }

    pub(super) fn parts(&self) -> [&'a str; 3] {
        self.parts
    }

    /// The text when it is one piece.
    pub(super) fn whole(&self) -> Option<&'a str> {
        match self.parts {
            [whole, "", ""] => Some(whole),
            _ => None,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| part.is_empty())
    }

    /// Words of the text: what stands between signs and blanks.
    pub(crate) fn words(&self) -> impl Iterator<Item = &'a str> + Clone {
        self.parts.into_iter().flat_map(|part| {
            part.split(|letter: char| !letter.is_alphanumeric())
                .filter(|word| !word.is_empty())
        })
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| out.write_str(part))
    }
}

/// A number, exact as long as it is whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Whole(i64),
    Double(f64),
}

impl Number {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Ok(number) = text.parse() {
            return Some(Self::Whole(number));
        }
        let number: f64 = text.parse().ok()?;
        number.is_finite().then_some(Self::Double(number))
    }

    pub(crate) fn as_double(self) -> f64 {
        match self {
            // Whole numbers of records have at most 18 digits; what is lost beyond 2^53 only rounds a sum.
            #[expect(
                clippy::cast_precision_loss,
                reason = "a sum in floating point is what is asked for"
            )]
            Self::Whole(number) => number as f64,
            Self::Double(number) => number,
        }
    }

    pub(crate) fn order(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(left), Self::Whole(right)) => left.cmp(&right),
            // `0.0 == -0.0` here, which `total_cmp` alone would deny.
            (left, right) => (left.as_double() + 0.0).total_cmp(&(right.as_double() + 0.0)),
        }
    }
}

/// The value of a field.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Nothing,
    Text(Text<'a>),
    /// `yyyy-MM-dd`, which sorts as it reads.
    Date(&'a str),
    Number(Number),
    /// Seconds since 1970.
    Moment(i64),
    /// A record, a user, a layout.
    Id(u64),
    Flag(bool),
    List(&'a [Box<str>]),
}

impl Value<'_> {
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }

    /// Place in an order; nothing comes before everything.
    pub(crate) fn order(&self, other: &Value<'_>) -> Ordering {
        match (self, other) {
            (Self::Text(left), Value::Text(right)) => fold::compare(*left, *right),
            (Self::Date(left), Value::Date(right)) => left.cmp(right),
            (Self::Number(left), Value::Number(right)) => left.order(*right),
            (Self::Moment(left), Value::Moment(right)) => left.cmp(right),
            (Self::Id(left), Value::Id(right)) => left.cmp(right),
            (Self::Flag(left), Value::Flag(right)) => left.cmp(right),
            (Self::List(left), Value::List(right)) => {
                let texts = |list: &[Box<str>], at: usize| {
                    list.get(at).map_or(String::new(), |text| text.to_string())
                };
                (0..left.len().max(right.len()))
                    .map(|at| texts(left, at).cmp(&texts(right, at)))
                    .find(|order| order.is_ne())
                    .unwrap_or(Ordering::Equal)
            }
            (left, right) => right.is_nothing().cmp(&left.is_nothing()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_stay_exact_and_compare_with_fractions() {
        let number = |text| Number::parse(text).unwrap();
        assert_eq!(
            number("999999999999999999").order(number("999999999999999998")),
            Ordering::Greater
        );
        assert_eq!(number("5").order(number("5.0")), Ordering::Equal);
        assert_eq!(number("-0.0").order(number("0.0")), Ordering::Equal);
        assert_eq!(Number::parse("inf"), None);
        assert_eq!(Number::parse("5 "), None);
    }

    #[test]
    fn nothing_comes_first() {
        let text = Value::Text(Text::of("a"));
        assert_eq!(Value::Nothing.order(&text), Ordering::Less);
        assert_eq!(text.order(&Value::Nothing), Ordering::Greater);
        assert_eq!(
            Value::Nothing.order(&Value::Text(Text::of(""))),
            Ordering::Equal
        );
    }

    #[test]
    fn words_of_a_name_come_from_both_parts() {
        let words: Vec<&str> = Text::name("Ada-Lu", "Ray").words().collect();
        assert_eq!(words, ["Ada", "Lu", "Ray"]);
    }
}
