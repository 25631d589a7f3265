//! Checks one row against the fields of its module.
//!
//! Only the first error of a row is reported (`records` pages, v8). Unknown and read-only fields are left out without a word.
//!
//! unknown: in which order Zoho looks; here the row's own fields come first, in their order, then the mandatory ones.

use serde_json::{Map, Value};

use super::value;
use crate::catalog::{self, Place, Refusal};
use crate::schema::{DataType, Slot};
use crate::world::{Cell, World, parse_id};

/// Tags that one record may carry.
const TAGS_MAX: usize = 10;

/// A row whose values fit their fields. `None` empties a field.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) cells: Vec<(u16, Option<Cell>)>,
    pub(crate) owner: Option<u64>,
    pub(crate) tags: Option<(u16, Vec<String>)>,
    /// The row names its layout, which turns the layout's own mandatory fields on.
    pub(crate) has_layout: bool,
}

impl Checked {
    /// The value given for a field: `None` when the row is silent, `Some(None)` when it empties the field.
    pub(crate) fn given(&self, position: u16) -> Option<Option<&Cell>> {
        self.cells
            .iter()
            .find(|(at, _)| *at == position)
            .map(|(_, cell)| cell.as_ref())
    }

    pub(crate) fn set(&mut self, position: u16, cell: Option<Cell>) {
        self.cells.retain(|(at, _)| *at != position);
        self.cells.push((position, cell));
    }
}

/// Checks types, lengths, patterns and lookups.
pub(crate) fn check(
    world: &World,
    table: usize,
    row: &Map<String, Value>,
    number: usize,
) -> Result<Checked, Refusal> {
    let module = &world.tables[table].module;
    let mut checked = Checked {
        cells: Vec::with_capacity(row.len()),
        ..Checked::default()
    };
    for (name, given) in row {
        let Some(position) = module.position(name) else {
            continue;
        };
        let field = module.field_at(position);
        let place = Place {
            row: number,
            field: name,
        };
        match field.slot {
            Slot::Owner => checked.owner = owner(world, given, place)?,
            Slot::Layout => {
                layout(module.layout_id(), given, place)?;
                checked.has_layout = !given.is_null();
            }
            Slot::Stored if field.is_read_only => {}
            Slot::Stored if field.data_type == DataType::Tag => {
                checked.tags = Some((position, tags(given, place)?))
            }
            Slot::Stored => checked.set(position, value::cell_of(world, field, given, place)?),
            _ => {}
        }
    }
    Ok(checked)
}

/// Refuses a new record that lacks a mandatory field.
pub(crate) fn require_mandatory(
    world: &World,
    table: usize,
    checked: &Checked,
    number: usize,
) -> Result<(), Refusal> {
    let module = &world.tables[table].module;
    for (position, field) in (0u16..).zip(&module.fields) {
        let is_needed = field.is_mandatory || (checked.has_layout && field.is_layout_mandatory);
        if is_needed && checked.given(position).flatten().is_none() {
            return Err(catalog::mandatory_not_found(Place {
                row: number,
                field: &field.api_name,
            }));
        }
    }
    Ok(())
}

/// Refuses an update that empties a mandatory field.
pub(crate) fn refuse_emptied(
    world: &World,
    table: usize,
    checked: &Checked,
    number: usize,
) -> Result<(), Refusal> {
    let module = &world.tables[table].module;
    for (position, cell) in &checked.cells {
        let field = module.field_at(*position);
        if cell.is_none()
            && (field.is_mandatory || (checked.has_layout && field.is_layout_mandatory))
        {
            return Err(catalog::mandatory_not_found(Place {
                row: number,
                field: &field.api_name,
            }));
        }
    }
    Ok(())
}

fn owner(world: &World, given: &Value, place: Place<'_>) -> Result<Option<u64>, Refusal> {
    if given.is_null() {
        return Ok(None);
    }
    value::user_of(world, given, place).map(Some)
}

fn layout(layout_id: u64, given: &Value, place: Place<'_>) -> Result<(), Refusal> {
    match given {
        Value::Null => Ok(()),
        Value::Object(object) => {
            let id = object.get("id").and_then(value::id_in);
            if id == Some(layout_id) {
                Ok(())
            } else {
                Err(catalog::invalid_value(place))
            }
        }
        Value::String(text) if parse_id(text) == Some(layout_id) => Ok(()),
        _ => Err(catalog::wrong_type(place, "jsonobject")),
    }
}

fn tags(given: &Value, place: Place<'_>) -> Result<Vec<String>, Refusal> {
    if given.is_null() {
        return Ok(Vec::new());
    }
    let list = given
        .as_array()
        .ok_or_else(|| catalog::wrong_type(place, "jsonarray"))?;
    if list.len() > TAGS_MAX {
        return Err(catalog::tag_limit_exceeded(place, TAGS_MAX));
    }
    list.iter()
        .map(|tag| match tag.get("name").and_then(Value::as_str) {
            Some(name) if !name.is_empty() && name.chars().count() <= 25 => Ok(name.to_owned()),
            _ => Err(catalog::invalid_value(place)),
        })
        .collect()
}
