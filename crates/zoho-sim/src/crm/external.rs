//! The header `X-EXTERNAL`: values of a unique field stand where ids do, in the path, in `ids` and in the body.
//!
//! `Contacts.External_ID` is for the records themselves, `Contacts.Account_Name.External_ID` for those that a lookup names.
//! The call is put into ids before its endpoint sees it, so that every endpoint of records takes both. Any unique field can be
//! named, as fields are not marked as external here.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::routes::Found;
use crate::catalog::{self, Refusal};
use crate::http::Call;
use crate::world::{Cell, Table, World};

const HEADER: &str = "x-external";
/// Fields of one call.
const NAMES_MAX: usize = 10;

/// A field that the header names.
#[derive(Debug)]
struct Named<'w> {
    /// Lookup through which it is reached; none for the records themselves.
    lookup: Option<&'w str>,
    field: &'w str,
    table: &'w Table,
    position: u16,
    /// Of another module than that of the path: for related records.
    is_other: bool,
}

/// The call and the parameters of its path with ids, when the header is there.
pub(super) type Translated = (Call, Vec<(&'static str, String)>);

pub(super) fn translated(
    world: &World,
    call: &Call,
    found: &Found,
) -> Result<Option<Translated>, Refusal> {
    let (Some(header), Some(table)) = (call.header(HEADER), found.table) else {
        return Ok(None);
    };
    let names = header.split(',').take(NAMES_MAX).map(str::trim);
    let names = names.filter(|name| !name.is_empty());
    let names = names
        .map(|name| {
            named(world, table, name).ok_or_else(|| catalog::actions::invalid_external(name))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let own = names
        .iter()
        .find(|name| name.lookup.is_none() && !name.is_other);
    let other = names
        .iter()
        .find(|name| name.lookup.is_none() && name.is_other);
    let mut call = call.clone();
    let mut params = found.params.clone();
    for (param, text) in &mut params {
        let by = match *param {
            "id" => own,
            "related_id" => other,
            _ => None,
        };
        if let Some(by) = by {
            *text = id_text(world, by, text);
        }
    }
    let is_below = params.iter().any(|(param, _)| *param == "list");
    let of_rows = if is_below { other } else { own };
    if let Some(by) = of_rows {
        for (name, text) in &mut call.query.0 {
            if name == "ids" {
                let ids = text.split(',').map(|part| id_text(world, by, part.trim()));
                *text = ids.collect::<Vec<String>>().join(",");
            }
        }
    }
    if let Ok(Value::Object(mut body)) = serde_json::from_slice(&call.body) {
        let rows = body.get_mut("data").and_then(Value::as_array_mut);
        for row in rows.into_iter().flatten().filter_map(Value::as_object_mut) {
            translate_row(world, row, of_rows, &names);
        }
        call.body = Bytes::from(Value::Object(body).to_string());
    }
    Ok(Some((call, params)))
}

fn named<'w>(world: &'w World, table: usize, name: &'w str) -> Option<Named<'w>> {
    let own = &world.tables[table];
    let mut parts = name.split('.');
    let module = parts.next()?;
    let (second, third) = (parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let (table, lookup, field) = match third {
        None => (world.table_named(module)?, None, second),
        Some(field) => {
            let lookup = own.module.field(second)?.lookup.as_ref()?;
            (world.table_named(&lookup.module)?, Some(second), field)
        }
    };
    let position = table.module.position(field)?;
    table.module.field_at(position).is_unique.then_some(Named {
        lookup,
        field,
        table,
        position,
        is_other: lookup.is_none() && !std::ptr::eq(table, own),
    })
}

/// The id of the record that has the value; one that no record has when there is none.
fn id_text(world: &World, by: &Named<'_>, value: &str) -> String {
    let cell = Cell::Text(value.into());
    let holder = by.table.holders(by.position, &cell).first().copied();
    holder.unwrap_or_else(|| world.ids.of_nothing()).to_string()
}

/// A row may say the value as its id, or in the field itself.
fn translate_row(
    world: &World,
    row: &mut Map<String, Value>,
    own: Option<&Named<'_>>,
    names: &[Named<'_>],
) {
    if let Some(by) = own {
        let value = row
            .get("id")
            .or_else(|| row.get(by.field))
            .and_then(text_of);
        // A new record brings its value, and has no id yet.
        let id = value.map(|value| id_text(world, by, &value));
        let is_known = id
            .as_ref()
            .is_some_and(|id| *id != world.ids.of_nothing().to_string());
        if let Some(id) = id.filter(|_| is_known || row.contains_key("id")) {
            row.insert("id".to_owned(), json!(id));
        }
    }
    for by in names {
        let Some(object) = by
            .lookup
            .and_then(|lookup| row.get_mut(lookup))
            .and_then(Value::as_object_mut)
        else {
            continue;
        };
        let value = object
            .get("id")
            .or_else(|| object.get(by.field))
            .and_then(text_of);
        if let Some(value) = value {
            object.insert("id".to_owned(), json!(id_text(world, by, &value)));
        }
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
