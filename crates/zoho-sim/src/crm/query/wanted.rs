//! A value that a condition wants, read from text by the type of the field.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::{Folded, Number, Text, Value};
use crate::schema::DataType;
use crate::world::{parse_date, parse_id, parse_time};

/// A wanted value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wanted {
    Text(Folded),
    /// `yyyy-MM-dd`.
    Date(Box<str>),
    Number(Number),
    Moment(i64),
    Id(u64),
    Flag(bool),
    /// All values of a multi-select picklist.
    List(Vec<Folded>),
}

/// Several wanted values, of which one will do. Many of them, as a sub-query finds, are looked up and not compared one by one.
#[derive(Debug, Clone)]
pub(crate) struct Choices {
    list: Vec<Wanted>,
    ids: HashSet<u64>,
    texts: HashSet<String>,
}

/// Up to this many, comparing each is faster.
const COMPARED_MAX: usize = 16;

impl Choices {
    pub(crate) fn new(list: Vec<Wanted>) -> Self {
        let (mut ids, mut texts) = (HashSet::new(), HashSet::new());
        if list.len() > COMPARED_MAX {
            for wanted in &list {
                match wanted {
                    Wanted::Id(id) => drop(ids.insert(*id)),
                    Wanted::Text(text) => drop(texts.insert(text.as_str().to_owned())),
                    _ => {}
                }
            }
        }
        Self { list, ids, texts }
    }

    pub(crate) fn list(&self) -> &[Wanted] {
        &self.list
    }

    pub(crate) fn have(&self, value: &Value<'_>) -> bool {
        match value {
            Value::Id(id) if !self.ids.is_empty() => self.ids.contains(id),
            Value::Text(text) if !self.texts.is_empty() => {
                self.texts.contains(Folded::of(&text.to_string()).as_str())
            }
            _ => self.list.iter().any(|wanted| wanted.is(value)),
        }
    }
}

impl Wanted {
    /// A value of a record, to be wanted of others; none when it is nothing.
    pub(crate) fn of(value: &Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Nothing => return None,
            Value::Text(text) => Self::Text(Folded::of(&text.to_string())),
            Value::Date(date) => Self::Date((*date).into()),
            Value::Number(number) => Self::Number(*number),
            Value::Moment(seconds) => Self::Moment(*seconds),
            Value::Id(id) => Self::Id(*id),
            Value::Flag(is_set) => Self::Flag(*is_set),
            Value::List(values) => Self::List(values.iter().map(|text| Folded::of(text)).collect()),
        })
    }

    /// Reads a value for fields of this type; `None` when it is none.
    pub(crate) fn read(data_type: DataType, text: &str) -> Option<Self> {
        use DataType as T;
        Some(match data_type {
            T::Date => {
                parse_date(text)?;
                Self::Date(text.into())
            }
            T::DateTime => Self::Moment(parse_time(text)?),
            T::Integer | T::BigInt => match Number::parse(text)? {
                whole @ Number::Whole(_) => Self::Number(whole),
                Number::Double(_) => return None,
            },
            T::Double | T::Currency | T::Percent => Self::Number(Number::parse(text)?),
            T::Boolean => Self::Flag(match text.to_ascii_lowercase().as_str() {
                "true" => true,
                "false" => false,
                _ => return None,
            }),
            T::Lookup | T::OwnerLookup | T::UserLookup | T::MultiModuleLookup | T::Layout => {
                Self::Id(parse_id(text)?)
            }
            T::MultiSelectPickList => Self::List(text.split(';').map(Folded::of).collect()),
            _ => Self::Text(Folded::of(text)),
        })
    }

    /// The name of the type that is expected, as error details say it.
    pub(crate) fn type_name(data_type: DataType) -> &'static str {
        use DataType as T;
        match data_type {
            T::Date => "date",
            T::DateTime => "datetime",
            T::Integer => "integer",
            T::Double | T::Currency | T::Percent => "double",
            T::Boolean => "boolean",
            T::BigInt
            | T::Lookup
            | T::OwnerLookup
            | T::UserLookup
            | T::MultiModuleLookup
            | T::Layout => "bigint",
            _ => "text",
        }
    }

    /// Whether a value is the wanted one; the order of several chosen options does not count.
    pub(crate) fn is(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Text(wanted), Value::Text(text)) => wanted.equals(*text),
            (Self::List(wanted), Value::List(values)) => {
                wanted.len() == values.len()
                    && wanted
                        .iter()
                        .all(|wanted| values.iter().any(|value| wanted.equals(Text::of(value))))
            }
            (Self::Flag(wanted), Value::Flag(is_set)) => wanted == is_set,
            _ => self.order_of(value) == Some(Ordering::Equal),
        }
    }

    /// Order of two wanted values of the same kind.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(left), Self::Text(right)) => left.as_str().cmp(right.as_str()),
            (Self::Date(left), Self::Date(right)) => left.cmp(right),
            (Self::Number(left), Self::Number(right)) => left.order(*right),
            (Self::Moment(left), Self::Moment(right)) => left.cmp(right),
            (Self::Id(left), Self::Id(right)) => left.cmp(right),
            (Self::Flag(left), Self::Flag(right)) => left.cmp(right),
            (Self::List(left), Self::List(right)) => {
                let texts = |list: &[Folded]| -> Vec<String> {
                    list.iter().map(|text| text.as_str().to_owned()).collect()
                };
                texts(left).cmp(&texts(right))
            }
            _ => Ordering::Equal,
        }
    }

    /// Order of a value relative to this one; none between different kinds.
    pub(crate) fn order_of(&self, value: &Value<'_>) -> Option<Ordering> {
        match (self, value) {
            (Self::Text(wanted), Value::Text(text)) => Some(wanted.order_of(*text)),
            (Self::Date(wanted), Value::Date(date)) => Some((*date).cmp(wanted)),
            (Self::Number(wanted), Value::Number(number)) => Some(number.order(*wanted)),
            (Self::Moment(wanted), Value::Moment(moment)) => Some(moment.cmp(wanted)),
            (Self::Id(wanted), Value::Id(id)) => Some(id.cmp(wanted)),
            _ => None,
        }
    }
}
