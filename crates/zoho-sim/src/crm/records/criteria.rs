//! The criteria language of search: `((Company:equals:Orchard)and(Created_Time:between:...,...))`.
//!
//! ```text
//! criteria := group | cond            cond  := "(" api_name ":" operator ":" value ")"
//! group    := "(" item (("and"|"or") item)+ ")"    item := group | cond
//! ```
//! In values `\(`, `\)`, `\,` and `\\` stand for the signs themselves; lists are separated by commas. The outer parentheses
//! may be left out. Text is compared by words and without regard to case, and `equals` on text also finds longer texts that
//! contain the words, as documented.

mod compare;
mod parse;

use std::fmt::Debug;

use crate::schema::DataType;
use crate::world::{Record, Table};
pub(crate) use compare::words;

/// Criteria that fit the fields of a module.
#[derive(Debug)]
pub(crate) enum Criteria {
    All(Vec<Criteria>),
    Any(Vec<Criteria>),
    One(Condition),
}

/// One comparison.
#[derive(Debug)]
pub(crate) struct Condition {
    position: u16,
    operator: Operator,
    /// As written, escapes resolved; more than one only for lists.
    values: Vec<String>,
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
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

impl Criteria {
    pub(crate) fn matches(&self, table: &Table, record: &Record) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.matches(table, record)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(table, record)),
            Self::One(condition) => compare::holds(table, record, condition),
        }
    }
}
