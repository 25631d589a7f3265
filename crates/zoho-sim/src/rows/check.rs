//! Checks one row against the fields of its module.
//!
//! Only the first error of a row is reported (`records` pages, v8). Unknown and read-only fields are left out without a word.
//!
//! unknown: in which order Zoho looks; here the row's own fields come first, in their order, then the mandatory ones.

use serde_json::{Map, Value};

use super::lines::{self, Lines};
use super::parts::{self, Parts};
use super::{Row, value};
use crate::catalog::{self, Place, Refusal};
use crate::schema::{DataType, Layout, Module, Slot};
use crate::world::{BadTagName, Cell, TAGS_OF_RECORD_MAX, TagName, Text, World, parse_id};

/// A row whose values fit their fields. `None` empties a field.
#[derive(Debug, Clone, Default)]
pub(crate) struct Checked {
    pub(crate) cells: Vec<(u16, Option<Cell>)>,
    pub(crate) owner: Option<u64>,
    pub(crate) tags: Option<(u16, Vec<TagName>)>,
    /// Place of the layout that the row names, which turns the layout's own mandatory fields on.
    pub(crate) layout: Option<u16>,
    /// Rows of sub-forms and multi-select lookups.
    pub(super) lines: Vec<Lines>,
    /// Files and images.
    pub(super) parts: Vec<Parts>,
    /// Multi-select picklists that are added to instead of replaced.
    pub(super) appended: Vec<u16>,
    /// A new comment of a case or solution.
    pub(super) comment: Option<Text>,
    /// Taxes of the record as a whole, `$line_tax`.
    pub(super) taxes: Option<Value>,
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
        match self.cells.iter_mut().find(|(at, _)| *at == position) {
            Some((_, known)) => *known = cell,
            None => self.cells.push((position, cell)),
        }
    }

    /// Whether the row fills the field.
    fn fills(&self, position: u16) -> bool {
        self.given(position).flatten().is_some()
            || self.lines.iter().any(|lines| lines.adds_to(position))
            || self.parts.iter().any(|parts| parts.adds_to(position))
    }

    fn layout<'m>(&self, module: &'m Module) -> Option<&'m Layout> {
        module.layouts.get(usize::from(self.layout?))
    }
}

/// Checks types, lengths, patterns and lookups.
pub(crate) fn check(
    world: &World,
    table: usize,
    row: &Row<'_>,
    number: usize,
) -> Result<Checked, Refusal> {
    let module = &world.tables[table].module;
    let mut checked = Checked {
        cells: Vec::with_capacity(row.len()),
        ..Checked::default()
    };
    if let Some(given) = row.get("Layout").filter(|given| !given.is_null()) {
        let place = Place {
            row: number,
            field: "Layout",
        };
        checked.layout = Some(layout(module, given, place)?);
    }
    let appended = row.get("$append_values").and_then(Value::as_object);
    for (name, given) in row.iter() {
        let Some(position) = module.position(name) else {
            continue;
        };
        let is_outside = |layout: &Layout| !layout.has(position);
        if checked.layout(module).is_some_and(is_outside) {
            continue;
        }
        let field = module.field_at(position);
        let place = Place {
            row: number,
            field: name,
        };
        match field.slot {
            Slot::Owner => checked.owner = owner(world, given, place)?,
            Slot::Stored if field.is_read_only => {}
            Slot::Stored => match field.data_type {
                DataType::Tag => checked.tags = Some((position, tags(given, place)?)),
                DataType::Subform | DataType::MultiSelectLookup | DataType::MultiUserLookup => {
                    let lines = lines::read(world, position, field, given, place)?;
                    checked.lines.extend(lines);
                }
                DataType::FileUpload | DataType::ImageUpload => {
                    checked
                        .parts
                        .push(parts::read(world, position, given, place)?);
                }
                DataType::MultiModuleLookup => {
                    let cell = value::any_record(world, field, row, given, place)?;
                    checked.cells.push((position, cell));
                }
                DataType::TextArea if name == "Add_Comment" => {
                    let cell = value::cell_of(world, field, given, place)?;
                    if let Some(Cell::Text(text)) = cell {
                        checked.comment = Some(text);
                    }
                }
                _ => {
                    let is_appended = |appended: &Map<String, Value>| {
                        appended.get(name) == Some(&Value::Bool(true))
                    };
                    if field.data_type == DataType::MultiSelectPickList
                        && appended.is_some_and(is_appended)
                    {
                        checked.appended.push(position);
                    }
                    let cell = value::cell_of(world, field, given, place)?;
                    checked.cells.push((position, cell));
                }
            },
            _ => {}
        }
    }
    if let Some(given) = row.get("$line_tax") {
        let place = Place {
            row: number,
            field: "$line_tax",
        };
        checked.taxes = super::special::line_tax(given, place)?;
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
    let layout = checked.layout(module);
    let of_layout = layout.map_or(&[][..], |layout| &layout.mandatory);
    let missing = module.mandatory_positions().iter().chain(of_layout);
    // The first one by its place among the fields is told.
    let missing = missing.filter(|position| !checked.fills(**position)).min();
    match missing {
        None => Ok(()),
        Some(position) => Err(catalog::mandatory_not_found(Place {
            row: number,
            field: &module.field_at(*position).api_name,
        })),
    }
}

/// Refuses an update that empties a mandatory field.
pub(crate) fn refuse_emptied(
    world: &World,
    table: usize,
    checked: &Checked,
    number: usize,
) -> Result<(), Refusal> {
    let module = &world.tables[table].module;
    let layout = checked.layout(module);
    for (position, cell) in &checked.cells {
        let field = module.field_at(*position);
        let is_needed =
            field.is_mandatory || layout.is_some_and(|layout| layout.is_mandatory(*position));
        if cell.is_none() && is_needed {
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

/// Place of the layout that is named by id.
fn layout(module: &Module, given: &Value, place: Place<'_>) -> Result<u16, Refusal> {
    let id = match given {
        Value::Object(object) => object.get("id").and_then(value::id_in),
        Value::String(text) => parse_id(text),
        _ => return Err(catalog::wrong_type(place, "jsonobject")),
    };
    (0u16..)
        .zip(&module.layouts)
        .find(|(_, layout)| layout.is_active && Some(layout.id) == id)
        .map(|(number, _)| number)
        .ok_or_else(|| catalog::invalid_value(place))
}

fn tags(given: &Value, place: Place<'_>) -> Result<Vec<TagName>, Refusal> {
    if given.is_null() {
        return Ok(Vec::new());
    }
    let list = given
        .as_array()
        .ok_or_else(|| catalog::wrong_type(place, "jsonarray"))?;
    if list.len() > TAGS_OF_RECORD_MAX {
        return Err(catalog::tag_limit_exceeded(place, TAGS_OF_RECORD_MAX));
    }
    let name = |tag: &Value| {
        let name = tag.get("name").and_then(Value::as_str);
        let name = name.ok_or_else(|| catalog::invalid_value(place))?;
        TagName::new(name).map_err(|bad| match bad {
            BadTagName::TooLong => catalog::too_long(place, TagName::LENGTH_MAX),
            BadTagName::Empty | BadTagName::Character => catalog::invalid_value(place),
        })
    };
    list.iter().map(name).collect()
}
