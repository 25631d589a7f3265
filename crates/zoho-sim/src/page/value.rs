//! Values of records as people read them.

use std::fmt::Write as _;

use serde_json::Value;

use crate::html::escape;
use crate::rows::{self, Columns};
use crate::schema::{DataType, Field};
use crate::world::{Change, Record, Table, World, write_time};

/// A record as the API prints it.
pub(super) fn printed(world: &World, table: &Table, record: &Record) -> Value {
    let mut out = Vec::new();
    rows::print_record(&mut out, world, table, record, &Columns::fields());
    serde_json::from_slice(&out).unwrap_or_default()
}

/// A value as people read it: a reference by its name, a list by its parts.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(object) => match object.get("name") {
            Some(name) => text_of(name),
            None => value.to_string(),
        },
        Value::Array(values) => values.iter().map(text_of).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// A value with links to the records that it names; what has several parts is shown as JSON.
pub(super) fn html_of(world: &World, field: Option<&Field>, value: &Value) -> String {
    let has_parts = match value {
        Value::Array(values) => values
            .iter()
            .any(|value| value.is_object() && value.get("name").is_none()),
        Value::Object(object) => !object.contains_key("name"),
        _ => false,
    };
    if has_parts {
        let text = serde_json::to_string_pretty(value).unwrap_or_default();
        return format!("<pre>{}</pre>", escape(&text));
    }
    let is_lookup = field.is_some_and(|field| field.data_type == DataType::Lookup);
    let target = value
        .get("id")
        .and_then(Value::as_str)
        .filter(|_| is_lookup);
    match target.and_then(|id| link(world, id, &text_of(value))) {
        Some(link) => link,
        None => escape(&text_of(value)),
    }
}

/// A link to a record, where there is one of this id.
fn link(world: &World, id: &str, text: &str) -> Option<String> {
    let id = crate::world::parse_id(id)?;
    let (table, _) = world.find(id)?;
    Some(format!(
        "<a href=\"/__sim/modules/{}/{id}\">{}</a>",
        escape(&world.tables[table].module.api_name),
        escape(text)
    ))
}

/// A time in the organisation's own zone, without its offset.
pub(super) fn time(world: &World, seconds: i64) -> String {
    let mut out = Vec::new();
    write_time(&mut out, seconds, world.organisation.utc_offset_minutes);
    let text = String::from_utf8_lossy(&out).replace('T', " ");
    text.chars().take(19).collect()
}

/// Rows of a table of changes, latest first, with a link to each record.
pub(super) fn change_rows<'a>(world: &World, changes: impl Iterator<Item = &'a Change>) -> String {
    let mut rows = String::new();
    for change in changes {
        let told = crate::control::changes::to_json(world, change);
        let module = escape(told["module"].as_str().unwrap_or_default());
        let table = world.tables.get(change.table);
        let record = table.and_then(|table| Some((table, table.rows.get(&change.id)?)));
        let name = record.map(|(table, record)| table.name_of(record));
        let name = name.filter(|name| !name.trim().is_empty());
        let name = escape(&name.unwrap_or_else(|| change.id.to_string()));
        let record = match record {
            Some(_) => format!(
                "<a href=\"/__sim/modules/{module}/{}\">{name}</a>",
                change.id
            ),
            None => name,
        };
        // Writing into a text does not fail.
        let _ = write!(
            rows,
            "<tr><td>{}</td><td>{}</td><td>{module}</td><td>{record}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            change.sequence,
            time(world, change.at),
            change.action.name(),
            escape(&text_of(&told["fields"])),
            escape(&format!(
                "{}, {}",
                text_of(&told["user"]),
                change.source.name()
            )),
        );
    }
    rows
}

/// Heads of a table of changes.
pub(super) const CHANGE_HEADS: [&str; 7] =
    ["#", "Time", "Module", "Record", "Change", "Fields", "By"];

/// A body as people read it: JSON with indentation, everything else as it is.
pub(super) fn pretty(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value.is_object() || value.is_array() => {
            serde_json::to_string_pretty(&value).unwrap_or_default()
        }
        _ => text.to_owned(),
    }
}
