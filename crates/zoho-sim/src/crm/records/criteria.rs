//! The criteria language of search: `((Company:equals:Orchard)and(Created_Time:between:...,...))`.
//!
//! ```text
//! criteria := group | cond            cond  := "(" api_name ":" operator ":" value ")"
//! group    := "(" item (("and"|"or") item)+ ")"    item := group | cond
//! ```
//! In values `\(`, `\)`, `\,` and `\\` stand for the signs themselves; lists are separated by commas. The outer parentheses
//! may be left out. Text is compared by words and without regard to case, and `equals` on text also finds longer texts that
//! contain the words, as documented.

use serde_json::json;

use crate::catalog::{self, Refusal};
use crate::crm::query::{Check, Choices, Filter, Folded, Pattern, Reach, Test};
use crate::schema::{DataType, Slot};
use crate::world::World;

/// Characters of the whole text.
const LENGTH_MAX: usize = 3_000;
/// Conditions in one text. The page says 10, the error text 15.
const CONDITIONS_MAX: usize = 15;
/// Values of `in`.
const VALUES_MAX: usize = 100;

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equals,
    NotEqual,
    GreaterEqual,
    GreaterThan,
    LessEqual,
    LessThan,
    StartsWith,
    Between,
    In,
}

impl Operator {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "equals" => Self::Equals,
            "not_equal" => Self::NotEqual,
            "greater_equal" => Self::GreaterEqual,
            "greater_than" => Self::GreaterThan,
            "less_equal" => Self::LessEqual,
            "less_than" => Self::LessThan,
            "starts_with" => Self::StartsWith,
            "between" => Self::Between,
            "in" => Self::In,
            _ => return None,
        })
    }

    /// Whether fields of this type can be compared so.
    fn is_for(self, data_type: DataType) -> bool {
        use DataType as T;
        match data_type {
            T::Date
            | T::DateTime
            | T::Integer
            | T::Currency
            | T::Double
            | T::BigInt
            | T::Percent => self != Self::StartsWith,
            T::Boolean => matches!(self, Self::Equals | Self::NotEqual),
            T::TextArea => matches!(self, Self::Equals | Self::NotEqual | Self::StartsWith),
            T::Lookup | T::OwnerLookup | T::UserLookup | T::MultiModuleLookup | T::PickList => {
                matches!(self, Self::Equals | Self::NotEqual | Self::In)
            }
            T::Text | T::AutoNumber | T::Email | T::Phone | T::Website | T::MultiSelectPickList => {
                matches!(
                    self,
                    Self::Equals | Self::NotEqual | Self::StartsWith | Self::In
                )
            }
            _ => false,
        }
    }

    fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::Between)
    }
}

/// Reads criteria on the records of a table.
pub(crate) fn parse(text: &str, world: &World, table: usize) -> Result<Filter, Refusal> {
    if text.chars().count() > LENGTH_MAX {
        return Err(catalog::invalid_query(
            json!({"reason": "criteria is too long", "param_name": "criteria"}),
        ));
    }
    let text = text.trim();
    let letters: Vec<char> = if text.starts_with('(') {
        text.chars().collect()
    } else {
        std::iter::once('(')
            .chain(text.chars())
            .chain(std::iter::once(')'))
            .collect()
    };
    let mut reader = Reader {
        letters: &letters,
        at: 0,
        conditions: 0,
        world,
        table,
    };
    let criteria = reader.item()?;
    reader.skip_blanks();
    // `(a)and(b)` without the brackets around both is seen in old samples and understood.
    let criteria = if reader.at < letters.len() {
        reader.chain(criteria)?
    } else {
        criteria
    };
    if reader.at < letters.len() {
        return Err(malformed());
    }
    Ok(criteria)
}

fn malformed() -> Refusal {
    catalog::invalid_query(json!({"param_name": "criteria"}))
}

struct Reader<'a> {
    letters: &'a [char],
    at: usize,
    conditions: usize,
    world: &'a World,
    table: usize,
}

impl Reader<'_> {
    fn skip_blanks(&mut self) {
        while self
            .letters
            .get(self.at)
            .is_some_and(|letter| letter.is_whitespace())
        {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: char) -> Result<(), Refusal> {
        self.skip_blanks();
        if self.letters.get(self.at) != Some(&wanted) {
            return Err(malformed());
        }
        self.at += 1;
        Ok(())
    }

    /// A condition or a group; both begin with a parenthesis.
    fn item(&mut self) -> Result<Filter, Refusal> {
        self.nested(&mut 0)
    }

    /// Groups cannot nest deeper than there can be conditions, so that no text makes this overflow.
    fn nested(&mut self, depth: &mut usize) -> Result<Filter, Refusal> {
        *depth += 1;
        if *depth > CONDITIONS_MAX * 2 {
            return Err(malformed());
        }
        self.take('(')?;
        self.skip_blanks();
        let criteria = if self.letters.get(self.at) == Some(&'(') {
            let first = self.nested(depth)?;
            self.chain_nested(first, depth)?
        } else {
            self.condition()?
        };
        self.take(')')?;
        *depth -= 1;
        Ok(criteria)
    }

    fn chain(&mut self, first: Filter) -> Result<Filter, Refusal> {
        self.chain_nested(first, &mut 0)
    }

    /// `and`/`or` with further items, from left to right; `and` binds as tight as `or`, so brackets decide.
    fn chain_nested(&mut self, first: Filter, depth: &mut usize) -> Result<Filter, Refusal> {
        let mut criteria = first;
        loop {
            self.skip_blanks();
            let word: String = self.letters[self.at..]
                .iter()
                .take_while(|letter| letter.is_ascii_alphabetic())
                .collect();
            let is_and = word.eq_ignore_ascii_case("and");
            if !is_and && !word.eq_ignore_ascii_case("or") {
                return Ok(criteria);
            }
            self.at += word.len();
            let next = self.nested(depth)?;
            criteria = match criteria {
                Filter::All(mut parts) if is_and => {
                    parts.push(next);
                    Filter::All(parts)
                }
                Filter::Any(mut parts) if !is_and => {
                    parts.push(next);
                    Filter::Any(parts)
                }
                other if is_and => Filter::All(vec![other, next]),
                other => Filter::Any(vec![other, next]),
            };
        }
    }

    fn condition(&mut self) -> Result<Filter, Refusal> {
        self.conditions += 1;
        if self.conditions > CONDITIONS_MAX {
            return Err(catalog::criteria_limit_exceeded());
        }
        let name = self.until_colon()?;
        let operator_name = self.until_colon()?;
        let unavailable = || {
            catalog::invalid_query(
                json!({"reason": "the field is not available for search", "api_name": name}),
            )
        };
        let reach = Reach::of_field(self.world, self.table, &name).ok_or_else(unavailable)?;
        let field = reach.field(self.world).map(|(_, field)| field);
        let is_list = |slot: Slot| matches!(slot, Slot::EmptyList | Slot::Layout);
        if field.is_none_or(|field| is_list(field.slot)) {
            return Err(unavailable());
        }
        let operator =
            Operator::parse(&operator_name).filter(|operator| operator.is_for(reach.data_type));
        let operator = operator.ok_or_else(|| {
            let details = json!({"reason": "invalid operator found", "operator": operator_name, "api_name": name});
            catalog::invalid_query(details)
        })?;
        let values = self.values(operator.takes_list())?;
        if operator == Operator::In && values.len() > VALUES_MAX {
            return Err(catalog::too_many_values());
        }
        filter(&reach, operator, &values).ok_or_else(|| {
            let expected = field.map(|field| field.data_type.json_type());
            catalog::invalid_query(
                json!({"reason": "invalid value found", "api_name": name, "expected_data_type": expected}),
            )
        })
    }

    fn until_colon(&mut self) -> Result<String, Refusal> {
        let word: String = self.letters[self.at..]
            .iter()
            .take_while(|letter| !"():".contains(**letter))
            .collect();
        self.at += word.chars().count();
        if self.letters.get(self.at) != Some(&':') {
            return Err(malformed());
        }
        self.at += 1;
        Ok(word.trim().to_owned())
    }

    /// The value up to the closing parenthesis, split at commas where the operator takes a list.
    fn values(&mut self, is_list: bool) -> Result<Vec<String>, Refusal> {
        let mut values = vec![String::new()];
        loop {
            let letter = *self.letters.get(self.at).ok_or_else(malformed)?;
            if letter == ')' {
                break;
            }
            self.at += 1;
            let letter = if letter == '\\' {
                let escaped = *self.letters.get(self.at).ok_or_else(malformed)?;
                self.at += 1;
                escaped
            } else if letter == ',' && is_list {
                values.push(String::new());
                continue;
            } else if letter == '(' {
                return Err(malformed());
            } else {
                letter
            };
            if let Some(value) = values.last_mut() {
                value.push(letter);
            }
        }
        let values: Vec<String> = values.iter().map(|value| value.trim().to_owned()).collect();
        if values.iter().any(String::is_empty) {
            Err(malformed())
        } else {
            Ok(values)
        }
    }
}

/// What a field must be; `None` when a value is none of its type.
fn filter(reach: &Reach, operator: Operator, values: &[String]) -> Option<Filter> {
    let test = |check: Check| Test {
        reach: reach.clone(),
        check,
        is_negated: operator == Operator::NotEqual,
    };
    let bound = || reach.read(values.first()?);
    let check = match operator {
        Operator::Equals | Operator::NotEqual | Operator::In => {
            let mut checks = equal_to_any(reach, values)?;
            if checks.len() == 1 {
                return checks.pop().map(|check| Filter::Test(test(check)));
            }
            let tests = checks.into_iter().map(|check| Filter::Test(test(check)));
            return Some(Filter::Any(tests.collect()));
        }
        Operator::GreaterThan => Check::above(bound()?, false),
        Operator::GreaterEqual => Check::above(bound()?, true),
        Operator::LessThan => Check::below(bound()?, false),
        Operator::LessEqual => Check::below(bound()?, true),
        Operator::Between => match values {
            [from, to] => Check::between(reach.read(from)?, reach.read(to)?),
            _ => return None,
        },
        Operator::StartsWith => Check::Like(Pattern::Starts(Folded::of(values.first()?))),
    };
    Some(Filter::Test(test(check)))
}

/// Texts are found by their words, options by the whole, everything else by its value.
fn equal_to_any(reach: &Reach, values: &[String]) -> Option<Vec<Check>> {
    use DataType as T;
    let patterns = |pattern: fn(&str) -> Pattern| {
        let checks = values.iter().map(|value| Check::Like(pattern(value)));
        Some(checks.collect())
    };
    match reach.data_type {
        T::Text | T::TextArea | T::Email | T::Phone | T::Website | T::AutoNumber => {
            patterns(Pattern::words)
        }
        T::MultiSelectPickList => patterns(Pattern::whole),
        _ => {
            let wanted: Option<Vec<_>> = values.iter().map(|value| reach.read(value)).collect();
            Some(vec![Check::OneOf(Choices::new(wanted?))])
        }
    }
}
