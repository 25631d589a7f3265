//! Whether one condition holds for a record.

use std::cmp::Ordering;

use super::{Condition, Operator};
use crate::schema::{DataType, Field, Slot};
use crate::world::{Cell, Record, Table, parse_id, parse_time};

/// The value of a field in a form that can be compared.
enum Value {
    Nothing,
    Text(String),
    Number(f64),
    Moment(i64),
    Id(u64),
    Flag(bool),
    List(Vec<String>),
}

pub(super) fn holds(table: &Table, record: &Record, condition: &Condition) -> bool {
    let field = table.module.field_at(condition.position);
    let value = value_of(table, record, condition.position, field);
    let equals_any = || {
        condition
            .values
            .iter()
            .any(|wanted| equals(&value, field.data_type, wanted))
    };
    let order = |wanted: &String| compare(&value, wanted);
    let first = condition.values.first();
    let against_first = |accepted: &[Ordering]| {
        first
            .and_then(order)
            .is_some_and(|order| accepted.contains(&order))
    };
    match condition.operator {
        Operator::Equals | Operator::In => equals_any(),
        Operator::NotEqual => !equals_any(),
        Operator::GreaterThan => against_first(&[Ordering::Greater]),
        Operator::GreaterEqual => against_first(&[Ordering::Greater, Ordering::Equal]),
        Operator::LessThan => against_first(&[Ordering::Less]),
        Operator::LessEqual => against_first(&[Ordering::Less, Ordering::Equal]),
        Operator::Between => {
            against_first(&[Ordering::Greater, Ordering::Equal])
                && condition
                    .values
                    .get(1)
                    .and_then(order)
                    .is_some_and(Ordering::is_le)
        }
        Operator::StartsWith => first.is_some_and(|wanted| starts_with(&value, wanted)),
    }
}

fn value_of(table: &Table, record: &Record, position: u16, field: &Field) -> Value {
    match field.slot {
        Slot::Id => Value::Id(record.id),
        Slot::Owner => Value::Id(record.owner),
        Slot::CreatedBy => Value::Id(record.created_by),
        Slot::ModifiedBy => Value::Id(record.modified_by),
        Slot::CreatedTime => Value::Moment(record.created_at),
        Slot::ModifiedTime => Value::Moment(record.modified_at),
        Slot::RecordStatus => Value::Text("Available".to_owned()),
        Slot::DataSource => Value::Text(record.source.data_source().to_owned()),
        Slot::FullName => Value::Text(table.name_of(record)),
        Slot::ExpectedRevenue => expected_revenue(table, record),
        Slot::Layout | Slot::EmptyList => Value::Nothing,
        Slot::Stored => stored(record.cell(position), field),
    }
}

fn stored(cell: Option<&Cell>, field: &Field) -> Value {
    match cell {
        None if field.data_type == DataType::Boolean => Value::Flag(false),
        None | Some(Cell::Tags(_) | Cell::Rows(_) | Cell::Json(_)) => Value::Nothing,
        Some(Cell::Bool(is_set)) => Value::Flag(*is_set),
        // Numbers of at most 18 digits; the loss beyond 2^53 does not change which record is meant in practice.
        Some(Cell::Integer(number)) => {
            Value::Number(number.to_string().parse().unwrap_or(f64::NAN))
        }
        Some(Cell::Double(number)) => Value::Number(*number),
        Some(Cell::Text(text)) if field.data_type == DataType::BigInt => {
            text.parse().map_or(Value::Nothing, Value::Number)
        }
        Some(Cell::Text(text)) => Value::Text(text.to_string()),
        Some(Cell::Time(seconds)) => Value::Moment(*seconds),
        Some(Cell::Id(id)) => Value::Id(*id),
        Some(Cell::List(values)) => Value::List(values.iter().map(ToString::to_string).collect()),
    }
}

fn expected_revenue(table: &Table, record: &Record) -> Value {
    let cell = |name: &str| {
        table
            .module
            .position(name)
            .and_then(|position| record.cell(position))
    };
    match (cell("Amount"), cell("Probability")) {
        (Some(Cell::Double(amount)), Some(Cell::Integer(probability))) => {
            Value::Number(amount * i32::try_from(*probability).map_or(0.0, f64::from) / 100.0)
        }
        _ => Value::Nothing,
    }
}

fn equals(value: &Value, data_type: DataType, wanted: &str) -> bool {
    match value {
        Value::Text(text) if data_type == DataType::PickList => {
            text.to_lowercase() == wanted.to_lowercase()
        }
        // Texts are compared word by word; a date is one word.
        Value::Text(text) => contains_words(text, wanted),
        Value::List(values) => values
            .iter()
            .any(|value| value.to_lowercase() == wanted.to_lowercase()),
        Value::Flag(is_set) => wanted.eq_ignore_ascii_case(if *is_set { "true" } else { "false" }),
        Value::Id(id) => parse_id(wanted) == Some(*id),
        Value::Nothing => false,
        Value::Number(_) | Value::Moment(_) => compare(value, wanted) == Some(Ordering::Equal),
    }
}

fn compare(value: &Value, wanted: &str) -> Option<Ordering> {
    match value {
        Value::Number(number) => number.partial_cmp(&wanted.parse().ok()?),
        Value::Moment(seconds) => Some(seconds.cmp(&parse_time(wanted)?)),
        Value::Id(id) => Some(id.cmp(&parse_id(wanted)?)),
        // Dates in their form sort as texts.
        Value::Text(text) => Some(text.as_str().cmp(wanted)),
        Value::Nothing | Value::Flag(_) | Value::List(_) => None,
    }
}

fn starts_with(value: &Value, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    match value {
        Value::Text(text) => text.to_lowercase().starts_with(&wanted),
        Value::List(values) => values
            .iter()
            .any(|value| value.to_lowercase().starts_with(&wanted)),
        _ => false,
    }
}

/// Whether all words of `wanted` stand next to each other in `text`.
fn contains_words(text: &str, wanted: &str) -> bool {
    let (known, wanted_words) = (words(text), words(wanted));
    if wanted_words.is_empty() {
        // A value of signs only has no words; then the texts themselves are compared.
        return text.to_lowercase() == wanted.to_lowercase();
    }
    known
        .windows(wanted_words.len())
        .any(|window| window == wanted_words)
}

/// Lower-case words of a text: what stands between signs and blanks.
pub(crate) fn words(text: &str) -> Vec<String> {
    let parts = text
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty());
    parts.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_may_have_more_words() {
        assert!(contains_words("ABC Inc", "abc"));
        assert!(contains_words("ada@example.org", "ADA@example.org"));
        assert!(!contains_words("ABCD Inc", "abc"));
        assert!(!contains_words("Inc of ABC", "abc inc"));
    }
}
