//! The CSV file of a bulk read.
//!
//! unknown: how numbers, tags and files are written; numbers are in the shortest form here, tags by name with semicolons as
//! the values of a multi-select are, and files are left out.

use std::fmt::Write as _;

use crate::crm::query::{Number, Reach, Value};
use crate::schema::{DataType, Field};
use crate::world::{Cell, Record, Table, World, write_time};

/// Columns with the way to their values.
#[derive(Debug)]
pub(super) struct Columns {
    columns: Vec<(String, Reach)>,
}

impl Columns {
    /// The named columns, or all that can be written; `None` when one of them is unknown.
    pub(super) fn find(world: &World, table: usize, fields: Option<&[String]>) -> Option<Self> {
        let module = &world.tables.get(table)?.module;
        let mut names: Vec<String> = match fields {
            Some(fields) if !fields.is_empty() => fields.to_vec(),
            _ => {
                let fields = module.fields.iter().filter(|field| is_written(field));
                fields.map(|field| field.api_name.clone()).collect()
            }
        };
        names.retain(|name| name != "id");
        names.insert(0, "id".to_owned());
        let columns = names.into_iter().map(|name| {
            let reach = reach(world, table, &name)?;
            Some((name, reach))
        });
        Some(Self {
            columns: columns.collect::<Option<_>>()?,
        })
    }

    /// The file; `None` never, as writing into memory does not fail.
    pub(super) fn print(
        &self,
        world: &World,
        table: &Table,
        records: &[&Record],
    ) -> Option<Vec<u8>> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        let names = self.columns.iter().map(|(name, _)| name);
        csv.write_record(names).ok()?;
        let mut text = String::new();
        for record in records {
            for (_, reach) in &self.columns {
                text.clear();
                print_value(&mut text, world, table, record, reach);
                csv.write_field(&text).ok()?;
            }
            csv.write_record(None::<&[u8]>).ok()?;
        }
        csv.into_inner().ok()
    }
}

/// The way of a column; dots lead over lookups.
pub(super) fn reach(world: &World, table: usize, name: &str) -> Option<Reach> {
    let names: Vec<(&str, Option<&str>)> = name.split('.').map(|name| (name, None)).collect();
    Reach::find(world, table, &names)
}

/// Whether a field has a column: rows of sub-forms are exported as modules of their own.
pub(super) fn is_written(field: &Field) -> bool {
    !matches!(
        field.data_type,
        DataType::Subform
            | DataType::MultiSelectLookup
            | DataType::MultiUserLookup
            | DataType::FileUpload
            | DataType::ImageUpload
            | DataType::ProfileImage
            | DataType::Territories
            | DataType::Participants
            | DataType::PricingDetails
            | DataType::Comments
            | DataType::LineTax
            | DataType::Tax
    )
}

fn print_value(out: &mut String, world: &World, table: &Table, record: &Record, reach: &Reach) {
    match reach.value(world, table, record) {
        Value::Nothing => print_other(out, world, table, record, reach),
        Value::Text(text) => {
            let _ = write!(out, "{text}");
        }
        Value::Date(date) => out.push_str(date),
        Value::Number(Number::Whole(number)) => {
            let _ = write!(out, "{number}");
        }
        Value::Number(Number::Double(number)) => {
            let _ = write!(out, "{number}");
        }
        Value::Moment(seconds) => {
            let mut time = Vec::with_capacity(25);
            write_time(&mut time, seconds, world.organisation.utc_offset_minutes);
            out.push_str(&String::from_utf8_lossy(&time));
        }
        Value::Id(id) => {
            let _ = write!(out, "{id}");
        }
        Value::Flag(is_set) => out.push_str(if is_set { "true" } else { "false" }),
        Value::List(values) => out.push_str(&values.join(";")),
    }
}

/// What conditions cannot compare, but a file shows.
fn print_other(out: &mut String, world: &World, table: &Table, record: &Record, reach: &Reach) {
    let Some((_, field)) = reach.field(world) else {
        return;
    };
    let Some((table, record)) = reach.record(world, table, record) else {
        return;
    };
    let position = table.module.position(&field.api_name);
    match position.and_then(|position| record.cell(position)) {
        Some(Cell::Tags(ids)) => {
            let names: Vec<&str> = ids.iter().filter_map(|id| table.tag_name(*id)).collect();
            out.push_str(&names.join(";"));
        }
        Some(Cell::Json(value)) => {
            let _ = write!(out, "{value}");
        }
        _ => {}
    }
}
