//! Prints records as JSON straight into the answer, without building a tree first.

use std::io::Write as _;

use crate::schema::{DataType, Field, Slot};
use crate::world::{Cell, Record, Table, World, write_time};

/// Which fields of a record are printed.
#[derive(Debug, Clone)]
pub(crate) enum Columns {
    /// Every field and the `$` keys, as in the answer for one record and in search.
    All,
    /// Every field without the `$` keys, as the older versions list records.
    Fields,
    /// Exactly these fields, and `id`.
    Some(Vec<u16>),
}

impl Columns {
    /// The columns named in the `fields` parameter; unknown names are ignored.
    pub(crate) fn named(table: &Table, names: &[&str]) -> Self {
        Self::Some(
            names
                .iter()
                .filter_map(|name| table.module.position(name))
                .collect(),
        )
    }
}

/// `$` keys with the value that every record has as long as no approval, lock or blueprint is simulated.
const SYSTEM_KEYS: [(&str, &str); 15] = [
    ("$approval_state", "\"approved\""),
    ("$approved", "true"),
    (
        "$approval",
        "{\"delegate\":false,\"approve\":false,\"reject\":false,\"resubmit\":false}",
    ),
    ("$currency_symbol", "\"$\""),
    ("$editable", "true"),
    ("$field_states", "null"),
    ("$in_merge", "false"),
    ("$locked_for_me", "false"),
    ("$orchestration", "false"),
    ("$pathfinder", "false"),
    ("$process_flow", "false"),
    ("$review", "null"),
    (
        "$review_process",
        "{\"approve\":false,\"reject\":false,\"resubmit\":false}",
    ),
    ("$sharing_permission", "\"full_access\""),
    ("$state", "\"save\""),
];

/// Appends one record as a JSON object.
pub(crate) fn print_record(
    out: &mut Vec<u8>,
    world: &World,
    table: &Table,
    record: &Record,
    columns: &Columns,
) {
    let module = &table.module;
    let mut separator = b'{';
    let mut print = |out: &mut Vec<u8>, position: u16| {
        let field = module.field_at(position);
        out.push(separator);
        separator = b',';
        print_key(out, &field.api_name);
        print_field(out, world, table, record, position, field);
    };
    match columns {
        Columns::All | Columns::Fields => {
            (0u16..)
                .zip(&module.fields)
                .for_each(|(position, _)| print(out, position));
        }
        Columns::Some(positions) => {
            positions.iter().for_each(|position| print(out, *position));
            let id_at = module.position("id");
            if let Some(position) = id_at.filter(|position| !positions.contains(position)) {
                print(out, position);
            }
        }
    }
    if matches!(columns, Columns::All) {
        for (key, value) in SYSTEM_KEYS {
            out.push(b',');
            print_key(out, key);
            out.extend_from_slice(value.as_bytes());
        }
        out.extend_from_slice(b",\"$has_more\":{}");
    }
    out.push(b'}');
}

fn print_field(
    out: &mut Vec<u8>,
    world: &World,
    table: &Table,
    record: &Record,
    position: u16,
    field: &Field,
) {
    match field.slot {
        Slot::Id => print_id(out, record.id),
        Slot::Owner => print_user(out, world, record.owner),
        Slot::CreatedBy => print_user(out, world, record.created_by),
        Slot::ModifiedBy => print_user(out, world, record.modified_by),
        Slot::CreatedTime => print_time(out, world, record.created_at),
        Slot::ModifiedTime => print_time(out, world, record.modified_at),
        Slot::RecordStatus => out.extend_from_slice(b"\"Available\""),
        Slot::DataSource => print_text(out, record.source.data_source()),
        Slot::Layout => {
            out.extend_from_slice(b"{\"name\":\"Standard\",\"id\":");
            print_id(out, table.module.layout_id());
            out.push(b'}');
        }
        Slot::FullName => print_text(out, &table.name_of(record)),
        Slot::ExpectedRevenue => print_expected_revenue(out, table, record),
        Slot::EmptyList => out.extend_from_slice(b"[]"),
        Slot::Stored => print_cell(out, world, table, record.cell(position), field),
    }
}

fn print_cell(out: &mut Vec<u8>, world: &World, table: &Table, cell: Option<&Cell>, field: &Field) {
    match cell {
        None if field.data_type == DataType::Boolean => out.extend_from_slice(b"false"),
        None if field.data_type == DataType::Tag => out.extend_from_slice(b"[]"),
        None => out.extend_from_slice(b"null"),
        Some(Cell::Bool(is_set)) => out.extend_from_slice(if *is_set { b"true" } else { b"false" }),
        Some(Cell::Integer(number)) => append(out, number),
        Some(Cell::Double(number)) => append(out, number),
        Some(Cell::Text(text)) => print_text(out, text),
        Some(Cell::Time(seconds)) => print_time(out, world, *seconds),
        Some(Cell::List(values)) => append(out, values),
        Some(Cell::Rows(ids)) => append(out, ids),
        Some(Cell::Json(value)) => append(out, value.as_ref()),
        Some(Cell::Id(id)) if field.data_type.is_user() => print_user(out, world, *id),
        Some(Cell::Id(id)) => {
            let name = field
                .lookup
                .as_ref()
                .and_then(|lookup| world.record_name(&lookup.module, *id));
            print_reference(out, name.as_deref(), *id);
        }
        Some(Cell::Tags(ids)) => {
            out.push(b'[');
            for (number, id) in ids.iter().enumerate() {
                if number > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(b"{\"name\":");
                print_text(out, table.tag_name(*id).unwrap_or_default());
                out.extend_from_slice(b",\"id\":");
                print_id(out, *id);
                out.extend_from_slice(b",\"color_code\":null}");
            }
            out.push(b']');
        }
    }
}

/// Amount × probability; null while the deal has no amount.
fn print_expected_revenue(out: &mut Vec<u8>, table: &Table, record: &Record) {
    let cell = |name: &str| {
        table
            .module
            .position(name)
            .and_then(|position| record.cell(position))
    };
    match (cell("Amount"), cell("Probability")) {
        (Some(Cell::Double(amount)), Some(Cell::Integer(probability))) => {
            let probability = i32::try_from(*probability).map_or(0.0, f64::from);
            append(out, &((amount * probability).round() / 100.0));
        }
        _ => out.extend_from_slice(b"null"),
    }
}

fn print_key(out: &mut Vec<u8>, key: &str) {
    out.push(b'"');
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b"\":");
}

pub(crate) fn print_id(out: &mut Vec<u8>, id: u64) {
    // Writing into memory does not fail.
    let _ = write!(out, "\"{id}\"");
}

pub(crate) fn print_time(out: &mut Vec<u8>, world: &World, seconds: i64) {
    out.push(b'"');
    write_time(out, seconds, world.organisation.utc_offset_minutes);
    out.push(b'"');
}

pub(crate) fn print_text(out: &mut Vec<u8>, text: &str) {
    append(out, text);
}

fn print_user(out: &mut Vec<u8>, world: &World, id: u64) {
    let user = world.user(id);
    out.extend_from_slice(b"{\"name\":");
    print_text(
        out,
        &user.map(crate::world::User::full_name).unwrap_or_default(),
    );
    out.extend_from_slice(b",\"id\":");
    print_id(out, id);
    out.extend_from_slice(b",\"email\":");
    print_text(out, user.map_or("", |user| &user.email));
    out.push(b'}');
}

fn print_reference(out: &mut Vec<u8>, name: Option<&str>, id: u64) {
    out.extend_from_slice(b"{\"name\":");
    append(out, &name);
    out.extend_from_slice(b",\"id\":");
    print_id(out, id);
    out.push(b'}');
}

fn append<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Plain values always have a JSON form, and writing into memory does not fail.
    let _ = serde_json::to_writer(out, value);
}
