//! Reads criteria and checks them against the fields.

use serde_json::json;

use super::{Condition, Criteria, Operator};
use crate::catalog::{self, Refusal};
use crate::schema::{DataType, Module, Slot};
use crate::world::{parse_date, parse_id, parse_time};

/// Characters of the whole text.
const LENGTH_MAX: usize = 3_000;
/// Conditions in one text. The page says 10, the error text 15.
const CONDITIONS_MAX: usize = 15;
/// Values of `in`.
const VALUES_MAX: usize = 100;

impl Criteria {
    pub(crate) fn parse(text: &str, module: &Module) -> Result<Self, Refusal> {
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
            module,
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
}

fn malformed() -> Refusal {
    catalog::invalid_query(json!({"param_name": "criteria"}))
}

struct Reader<'a> {
    letters: &'a [char],
    at: usize,
    conditions: usize,
    module: &'a Module,
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
    fn item(&mut self) -> Result<Criteria, Refusal> {
        self.nested(&mut 0)
    }

    /// Groups cannot nest deeper than there can be conditions, so that no text makes this overflow.
    fn nested(&mut self, depth: &mut usize) -> Result<Criteria, Refusal> {
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
            Criteria::One(self.condition()?)
        };
        self.take(')')?;
        *depth -= 1;
        Ok(criteria)
    }

    fn chain(&mut self, first: Criteria) -> Result<Criteria, Refusal> {
        self.chain_nested(first, &mut 0)
    }

    /// `and`/`or` with further items, from left to right; `and` binds as tight as `or`, so brackets decide.
    fn chain_nested(&mut self, first: Criteria, depth: &mut usize) -> Result<Criteria, Refusal> {
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
                Criteria::All(mut parts) if is_and => {
                    parts.push(next);
                    Criteria::All(parts)
                }
                Criteria::Any(mut parts) if !is_and => {
                    parts.push(next);
                    Criteria::Any(parts)
                }
                other if is_and => Criteria::All(vec![other, next]),
                other => Criteria::Any(vec![other, next]),
            };
        }
    }

    fn condition(&mut self) -> Result<Condition, Refusal> {
        self.conditions += 1;
        if self.conditions > CONDITIONS_MAX {
            return Err(catalog::criteria_limit_exceeded());
        }
        let name = self.until_colon()?;
        let operator_name = self.until_colon()?;
        let position = self.module.position(&name);
        let unavailable = || {
            catalog::invalid_query(
                json!({"reason": "the field is not available for search", "api_name": name}),
            )
        };
        let position = position.ok_or_else(unavailable)?;
        let field = self.module.field_at(position);
        if matches!(field.slot, Slot::EmptyList | Slot::Layout) {
            return Err(unavailable());
        }
        let operator =
            Operator::parse(&operator_name).filter(|operator| operator.is_for(field.data_type));
        let operator = operator.ok_or_else(|| {
            let details = json!({"reason": "invalid operator found", "operator": operator_name, "api_name": name});
            catalog::invalid_query(details)
        })?;
        let values = self.values(operator.takes_list())?;
        if operator == Operator::In && values.len() > VALUES_MAX {
            return Err(catalog::too_many_values());
        }
        let is_between = operator == Operator::Between && values.len() != 2;
        if is_between
            || values
                .iter()
                .any(|value| !is_of_type(field.data_type, value))
        {
            let details = json!({"reason": "invalid value found", "api_name": name,
                "expected_data_type": field.data_type.json_type()});
            return Err(catalog::invalid_query(details));
        }
        Ok(Condition {
            position,
            operator,
            values,
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

fn is_of_type(data_type: DataType, value: &str) -> bool {
    match data_type {
        DataType::Integer | DataType::BigInt => value.parse::<i64>().is_ok(),
        DataType::Double | DataType::Currency | DataType::Percent => {
            value.parse::<f64>().is_ok_and(f64::is_finite)
        }
        DataType::Boolean => matches!(value.to_ascii_lowercase().as_str(), "true" | "false"),
        DataType::Date => parse_date(value).is_some(),
        DataType::DateTime => parse_time(value).is_some(),
        DataType::Lookup | DataType::OwnerLookup => parse_id(value).is_some(),
        _ => true,
    }
}
