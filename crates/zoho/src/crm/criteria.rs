//! Search criteria, with every value escaped.

use std::fmt;

use crate::{Error, ErrorKind};

/// Zoho's limit on conditions. Its pages say 10, its error text 15; the larger one is checked here.
const CONDITIONS_MAX: usize = 15;

/// Zoho's limit on the values of `in`.
const VALUES_MAX: usize = 100;

/// Zoho's limit on the text of a criteria parameter.
const CHARS_MAX: usize = 3000;

/// A condition on records, or a combination of conditions (`crm/developer/docs/api/v8/search-records.html`).
///
/// Text comparison is Zoho's: case-insensitive, and `equals` on text also finds values that contain the words.
///
/// ```
/// use zoho::crm::Criteria;
///
/// let criteria = Criteria::equals("Last_Name", "Burns, B (Jr)").and(Criteria::starts_with("Company", "Orch"));
/// assert_eq!(
///     criteria.to_string(),
///     r"((Last_Name:equals:Burns\, B \(Jr\))and(Company:starts_with:Orch))"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criteria {
    text: String,
    conditions: usize,
    fault: Option<String>,
}

impl Criteria {
    /// The field has this value.
    pub fn equals(field: &str, value: impl fmt::Display) -> Criteria {
        Criteria::condition(field, "equals", &[escape(value)])
    }

    /// The field has another value.
    pub fn not_equal(field: &str, value: impl fmt::Display) -> Criteria {
        Criteria::condition(field, "not_equal", &[escape(value)])
    }

    /// The text begins so.
    pub fn starts_with(field: &str, value: impl fmt::Display) -> Criteria {
        Criteria::condition(field, "starts_with", &[escape(value)])
    }

    /// The number, date or instant is above this one.
    pub fn greater_than(field: &str, value: impl fmt::Display) -> Criteria {
        Criteria::condition(field, "greater_than", &[escape(value)])
    }

    /// The number, date or instant is this one or above.
    pub fn greater_equal(field: &str, value: impl fmt::Display) -> Criteria {
        Criteria::condition(field, "greater_equal", &[escape(value)])
    }

    /// The number, date or instant is below this one.
    pub fn less_than(field: &str, value: impl fmt::Display) -> Criteria {
        Criteria::condition(field, "less_than", &[escape(value)])
    }

    /// The number, date or instant is this one or below.
    pub fn less_equal(field: &str, value: impl fmt::Display) -> Criteria {
        Criteria::condition(field, "less_equal", &[escape(value)])
    }

    /// The number, date or instant lies between these two, both included.
    pub fn between(field: &str, low: impl fmt::Display, high: impl fmt::Display) -> Criteria {
        Criteria::condition(field, "between", &[escape(low), escape(high)])
    }

    /// The field has one of these values, at most 100 (Zoho's `in`).
    pub fn any_of(field: &str, values: impl IntoIterator<Item = impl fmt::Display>) -> Criteria {
        let values: Vec<String> = values.into_iter().map(escape).collect();
        let mut criteria = Criteria::condition(field, "in", &values);
        if values.is_empty() || values.len() > VALUES_MAX {
            criteria.fault = Some(format!(
                "{field} is compared with {} values; use 1 to {VALUES_MAX}",
                values.len()
            ));
        }
        criteria
    }

    /// Criteria that are written out already, such as `((Last_Name:equals:Ray)and(Company:starts_with:Or))`. Values in
    /// them must be escaped with `\\` before commas, brackets and backslashes; an unbalanced bracket is refused when they
    /// are used.
    pub fn written(text: impl Into<String>) -> Criteria {
        let text = text.into();
        let (mut depth, mut conditions, mut fault) = (0_i64, 0_usize, None);
        let mut is_escaped = false;
        for letter in text.chars() {
            match letter {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '(' => depth += 1,
                ')' => {
                    depth -= 1;
                    conditions += 1;
                    if depth < 0 {
                        break;
                    }
                }
                _ => {}
            }
        }
        if depth != 0 || !text.trim_start().starts_with('(') {
            let shown: String = text.chars().take(80).collect();
            fault = Some(format!(
                "{shown:?} are no criteria: write (Field:operator:value), each bracket closed, and combine them as ((…)and(…))"
            ));
        }
        // A combination closes one bracket more for each word, so that half of them are conditions.
        Criteria {
            text,
            conditions: conditions.div_ceil(2),
            fault,
        }
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Criteria) -> Criteria {
        self.join("and", other)
    }

    /// At least one holds.
    #[must_use]
    pub fn or(self, other: Criteria) -> Criteria {
        self.join("or", other)
    }

    fn condition(field: &str, operator: &str, values: &[String]) -> Criteria {
        let is_name = !field.is_empty()
            && field
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_.$".contains(c));
        Criteria {
            text: format!("({field}:{operator}:{})", values.join(",")),
            conditions: 1,
            fault: (!is_name).then(|| {
                format!("{field:?} is no field's api_name: use letters, digits and _ only")
            }),
        }
    }

    fn join(self, word: &str, other: Criteria) -> Criteria {
        Criteria {
            text: format!("({}{word}{})", self.text, other.text),
            conditions: self.conditions + other.conditions,
            fault: self.fault.or(other.fault),
        }
    }

    /// The parameter's text, if it is one that Zoho can take.
    pub(super) fn checked(&self, operation: &'static str) -> Result<&str, Error> {
        let fault = match &self.fault {
            Some(fault) => fault.clone(),
            None if self.conditions > CONDITIONS_MAX => {
                format!(
                    "the criteria have {} conditions; Zoho takes at most {CONDITIONS_MAX}",
                    self.conditions
                )
            }
            None if self.text.chars().count() > CHARS_MAX => {
                format!("the criteria have more than {CHARS_MAX} characters; search in parts")
            }
            None => return Ok(&self.text),
        };
        Err(Error::new(ErrorKind::Input, operation, fault))
    }
}

/// The text of the parameter, before it is put into a URL.
impl fmt::Display for Criteria {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn escape(value: impl fmt::Display) -> String {
    let value = value.to_string();
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '(' | ')' | ',' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a value back by the grammar of Zoho's page: a backslash protects the next character, and an unprotected
    /// parenthesis or comma ends the value.
    fn unescape(text: &str) -> (String, &str) {
        let mut value = String::new();
        let mut chars = text.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => value.extend(chars.next().map(|(_, c)| c)),
                '(' | ')' | ',' => return (value, &text[at..]),
                c => value.push(c),
            }
        }
        (value, "")
    }

    proptest! {
        #[test]
        fn a_value_cannot_leave_its_condition(value in any::<String>()) {
            let text = Criteria::equals("Last_Name", &value).to_string();
            let rest = text.strip_prefix("(Last_Name:equals:").unwrap();
            prop_assert_eq!(unescape(rest), (value, ")"));
        }

        #[test]
        fn each_value_of_a_list_is_read_back(values in prop::collection::vec(any::<String>(), 1..5)) {
            let text = Criteria::any_of("City", &values).to_string();
            let mut rest = text.strip_prefix("(City:in:").unwrap();
            for value in values {
                let (read, after) = unescape(rest);
                prop_assert_eq!(read, value);
                rest = &after[1..];
            }
            prop_assert_eq!(rest, "");
        }
    }

    #[test]
    fn what_zoho_would_refuse_is_refused_before_it_is_sent() {
        let many = (1..16).fold(Criteria::equals("A", 0), |all, n| {
            all.or(Criteria::equals("A", n))
        });
        for criteria in [
            Criteria::equals("Last_Name)or(id", "x"),
            Criteria::any_of("City", Vec::<String>::new()),
            Criteria::any_of("City", 0..101),
            Criteria::equals("City", "x".repeat(3000)),
            many,
        ] {
            assert_eq!(
                criteria.checked("search records").unwrap_err().kind(),
                ErrorKind::Input
            );
        }
    }

    #[test]
    fn criteria_that_are_written_out_are_taken_as_they_are_or_refused() {
        for text in [
            "(Last_Name:equals:Ray)",
            r"((Last_Name:equals:a\(b)and(Company:equals:c))",
        ] {
            assert_eq!(Criteria::written(text).checked("x").unwrap(), text);
        }
        for text in [
            "",
            "Last_Name:equals:Ray",
            "(a:equals:b",
            "(a:equals:b))",
            ")(",
            r"(a:equals:b\)",
        ] {
            assert!(Criteria::written(text).checked("x").is_err(), "{text}");
        }
    }

    #[test]
    fn combinations_keep_their_brackets() {
        let dates = Criteria::between(
            "Created_Time",
            "2026-01-01T00:00:00+00:00",
            "2026-01-31T23:59:59+00:00",
        );
        let either = Criteria::equals("City", "Rome").or(dates);
        assert_eq!(
            either
                .and(Criteria::greater_equal("Amount", 12.5))
                .to_string(),
            "(((City:equals:Rome)or(Created_Time:between:2026-01-01T00:00:00+00:00,2026-01-31T23:59:59+00:00))and(Amount:greater_equal:12.5))"
        );
    }
}
