//! How the value of a field is got from a record. The place that knows both the schema's slots and the record's cells.

use super::{Number, Text, Value};
use crate::rows;
use crate::schema::{DataType, Field, Module, Slot};
use crate::world::{Cell, Record, Table, World};

/// Where the value of one field comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Leaf {
    Id,
    Owner,
    CreatedBy,
    ModifiedBy,
    CreatedTime,
    ModifiedTime,
    Constant(&'static str),
    DataSource,
    Layout,
    FullName {
        first: Option<u16>,
        last: Option<u16>,
    },
    ExpectedRevenue,
    /// A formula or a roll-up.
    Computed(u16),
    Cell(u16, DataType),
    Empty,
}

/// The type by which a field compares: that of what it returns where it is computed.
pub(crate) fn compared_type(field: &Field) -> DataType {
    let formula = field.formula.as_ref().map(|formula| formula.return_type);
    let rollup = field.rollup.as_ref().map(|rollup| rollup.return_type);
    formula.or(rollup).unwrap_or(field.data_type)
}

impl Leaf {
    pub(crate) fn of(module: &Module, position: u16) -> Self {
        let field = module.field_at(position);
        match field.slot {
            Slot::Id => Self::Id,
            Slot::Owner => Self::Owner,
            Slot::CreatedBy => Self::CreatedBy,
            Slot::ModifiedBy => Self::ModifiedBy,
            Slot::CreatedTime => Self::CreatedTime,
            Slot::ModifiedTime => Self::ModifiedTime,
            Slot::RecordStatus => Self::Constant("Available"),
            Slot::DataSource => Self::DataSource,
            Slot::Layout => Self::Layout,
            Slot::FullName => Self::FullName {
                first: module.position("First_Name"),
                last: module.position("Last_Name"),
            },
            Slot::ExpectedRevenue => Self::ExpectedRevenue,
            Slot::EmptyList => Self::Empty,
            Slot::Stored if field.formula.is_some() || field.rollup.is_some() => {
                Self::Computed(position)
            }
            Slot::Stored => Self::Cell(position, field.data_type),
        }
    }

    pub(crate) fn value<'a>(
        self,
        world: &'a World,
        table: &'a Table,
        record: &'a Record,
    ) -> Value<'a> {
        match self {
            Self::Id => Value::Id(record.id),
            Self::Owner => Value::Id(record.owner),
            Self::CreatedBy => Value::Id(record.created_by),
            Self::ModifiedBy => Value::Id(record.modified_by),
            Self::CreatedTime => Value::Moment(record.created_at),
            Self::ModifiedTime => Value::Moment(record.modified_at),
            Self::Constant(text) => Value::Text(Text::of(text)),
            Self::DataSource => Value::Text(Text::of(record.source.data_source())),
            Self::Layout => {
                let layouts = &table.module.layouts;
                let layout = layouts
                    .get(usize::from(record.layout))
                    .or_else(|| layouts.first());
                layout.map_or(Value::Nothing, |layout| Value::Id(layout.id))
            }
            Self::FullName { first, last } => {
                let text = |position: Option<u16>| {
                    position
                        .and_then(|position| record.text(position))
                        .unwrap_or_default()
                };
                Value::Text(Text::name(text(first), text(last)))
            }
            Self::ExpectedRevenue => match rows::expected_revenue(table, record) {
                Some(number) => Value::Number(Number::Double(number)),
                None => Value::Nothing,
            },
            Self::Computed(position) => match rows::computed(world, table, record, position) {
                Some(Cell::Integer(number)) => Value::Number(Number::Whole(number)),
                Some(Cell::Double(number)) => Value::Number(Number::Double(number)),
                Some(Cell::Time(seconds)) => Value::Moment(seconds),
                Some(Cell::Bool(is_set)) => Value::Flag(is_set),
                // Formulas give numbers only; see `rows::compute`.
                _ => Value::Nothing,
            },
            Self::Cell(position, data_type) => cell(record.cell(position), data_type),
            Self::Empty => Value::Nothing,
        }
    }
}

fn cell(cell: Option<&Cell>, data_type: DataType) -> Value<'_> {
    match cell {
        // A box that was never ticked is not ticked.
        None if data_type == DataType::Boolean => Value::Flag(false),
        None | Some(Cell::Tags(_) | Cell::Rows(_) | Cell::Json(_)) => Value::Nothing,
        Some(Cell::Bool(is_set)) => Value::Flag(*is_set),
        Some(Cell::Integer(number)) => Value::Number(Number::Whole(*number)),
        Some(Cell::Double(number)) => Value::Number(Number::Double(*number)),
        Some(Cell::Text(text)) => match data_type {
            // Long integers are text in records, so that leading zeros stay; they compare as numbers.
            DataType::BigInt => Number::parse(text).map_or(Value::Nothing, Value::Number),
            DataType::Date => Value::Date(text),
            _ => Value::Text(Text::of(text)),
        },
        Some(Cell::Time(seconds)) => Value::Moment(*seconds),
        Some(Cell::Id(id)) => Value::Id(*id),
        Some(Cell::List(values)) => Value::List(values),
    }
}
