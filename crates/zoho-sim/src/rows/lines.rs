//! Rows inside of a row: sub-forms, line items, and the pairs of multi-select lookups.
//!
//! They are records of their own in the sub-form's (or linking) module and name their parent by a lookup; the parent keeps
//! their ids in order. A row with `id` changes or keeps that row, one without is added, `_delete` takes it out, an empty list
//! takes all out, and rows that are not mentioned stay.

use serde_json::{Map, Value};

use super::{Author, Checked, Row, check, inventory, older, value};
use crate::catalog::{self, Place, Refusal};
use crate::schema::Field;
use crate::world::{Cell, Record, World};

/// Rows of one sub-form.
const ROWS_MAX: usize = 100;
/// The same of line items, and of all through bulk writes.
const MANY_ROWS_MAX: usize = 200;

/// What a row says about the rows of one field.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    /// Field of the parent.
    pub(super) position: u16,
    /// Table of the rows, and their lookup to the parent.
    pub(super) table: usize,
    pub(super) parent_at: u16,
    pub(super) steps: Vec<Line>,
    /// The rows that are there before and stay, in order; filled by [`settle`].
    pub(super) kept: Vec<u64>,
}

/// What happens to one row.
#[derive(Debug, Clone)]
pub(super) enum Line {
    Add(Checked),
    Change(u64, Checked),
    Remove(u64),
    RemoveAll,
}

impl Lines {
    /// Whether rows are added to this field of the parent.
    pub(super) fn adds_to(&self, position: u16) -> bool {
        let is_added = |step: &Line| matches!(step, Line::Add(_));
        self.position == position && self.steps.iter().any(is_added)
    }
}

/// Reads the rows of a field. `None` when the module of the rows is not there.
pub(super) fn read(
    world: &World,
    position: u16,
    field: &Field,
    given: &Value,
    place: Place<'_>,
) -> Result<Option<Lines>, Refusal> {
    let Some(table) = field
        .rows_module()
        .and_then(|name| world.table_position(name))
    else {
        return Ok(None);
    };
    let parent_field = field
        .linking
        .as_ref()
        .map_or("Parent_Id", |linking| &linking.own_field);
    let Some(parent_at) = world.tables[table].module.position(parent_field) else {
        return Ok(None);
    };
    let mut steps = Vec::new();
    match given {
        Value::Null => steps.push(Line::RemoveAll),
        Value::Array(rows) if rows.is_empty() => steps.push(Line::RemoveAll),
        Value::Array(rows) => {
            if rows.len() > MANY_ROWS_MAX {
                let rows_max = rows_max(field, false);
                return Err(catalog::rows::too_many_values(place, rows_max));
            }
            for (line, row) in rows.iter().enumerate() {
                let row = row
                    .as_object()
                    .ok_or_else(|| catalog::wrong_type(place, "jsonobject"))?;
                let step = step(world, table, row, place.row)
                    .map_err(|refusal| within(refusal, place, line))?;
                steps.push(step);
            }
        }
        _ => return Err(catalog::wrong_type(place, "jsonarray")),
    }
    Ok(Some(Lines {
        position,
        table,
        parent_at,
        steps,
        kept: Vec::new(),
    }))
}

/// How many rows a field may have.
fn rows_max(field: &Field, is_bulk: bool) -> usize {
    if is_bulk || older::has_line_items(field) {
        MANY_ROWS_MAX
    } else {
        ROWS_MAX
    }
}

fn within(refusal: Refusal, place: Place<'_>, line: usize) -> Refusal {
    catalog::rows::within(refusal, place.row, place.field, line)
}

fn step(
    world: &World,
    table: usize,
    row: &Map<String, Value>,
    number: usize,
) -> Result<Line, Refusal> {
    let id = match row.get("id").filter(|id| !id.is_null()) {
        None => None,
        Some(given) => Some(value::id_in(given).ok_or_else(|| catalog::invalid_row_id(number))?),
    };
    match id {
        Some(id) if row.contains_key("_delete") => Ok(Line::Remove(id)),
        Some(id) => Ok(Line::Change(
            id,
            check::check(world, table, &Row::of(row), number)?,
        )),
        None => {
            let checked = check::check(world, table, &Row::of(row), number)?;
            check::require_mandatory(world, table, &checked, number)?;
            Ok(Line::Add(checked))
        }
    }
}

/// Compares the rows with those that the record has, and computes what follows from them.
pub(super) fn settle(
    world: &World,
    table: usize,
    existing: Option<&Record>,
    checked: &mut Checked,
    number: usize,
    author: Author,
) -> Result<(), Refusal> {
    let module = &world.tables[table].module;
    let mut all = std::mem::take(&mut checked.lines);
    for lines in &mut all {
        let field = module.field_at(lines.position);
        let place = Place {
            row: number,
            field: &field.api_name,
        };
        let mut kept = existing
            .map(|record| record.rows(lines.position).to_vec())
            .unwrap_or_default();
        let mut added = 0;
        for (line, step) in lines.steps.iter_mut().enumerate() {
            match step {
                Line::RemoveAll => kept.clear(),
                Line::Add(row) => {
                    added += 1;
                    inventory::complete_line(world, lines.table, None, row, number)
                        .map_err(|refusal| within(refusal, place, line))?;
                }
                Line::Change(id, row) if kept.contains(id) => {
                    check::refuse_emptied(world, lines.table, row, number)
                        .map_err(|refusal| within(refusal, place, line))?;
                    let existing = world.tables[lines.table].rows.get(id);
                    inventory::complete_line(world, lines.table, existing, row, number)
                        .map_err(|refusal| within(refusal, place, line))?;
                }
                Line::Remove(id) if kept.contains(id) => kept.retain(|kept| kept != id),
                Line::Change(..) | Line::Remove(_) => {
                    return Err(within(catalog::invalid_row_id(number), place, line));
                }
            }
        }
        let rows_max = rows_max(field, author.is_bulk);
        if added > 0 && kept.len() + added > rows_max {
            return Err(catalog::rows::too_many_values(place, rows_max));
        }
        if kept.is_empty() && added == 0 && field.is_mandatory {
            return Err(catalog::mandatory_not_found(place));
        }
        lines.kept = kept;
    }
    checked.lines = all;
    inventory::complete(world, table, existing, checked, number)
}

/// Writes the rows of a record and gives the cells that list them.
pub(super) fn write(
    world: &mut World,
    parent: u64,
    all: Vec<Lines>,
    author: Author,
) -> Vec<(u16, Option<Cell>)> {
    let mut cells = Vec::with_capacity(all.len());
    for lines in all {
        let mut ids = lines.kept;
        let is_removed = lines
            .steps
            .iter()
            .any(|step| matches!(step, Line::Remove(_) | Line::RemoveAll));
        if is_removed {
            remove_others(world, parent, lines.table, lines.parent_at, &ids, author);
        }
        for step in lines.steps {
            match step {
                Line::Add(mut row) => {
                    row.set(lines.parent_at, Some(Cell::Id(parent)));
                    ids.push(super::write_new(world, lines.table, row, author));
                }
                Line::Change(id, row) => super::write_changed(world, lines.table, id, row, author),
                Line::Remove(_) | Line::RemoveAll => {}
            }
        }
        number_rows(world, lines.table, &ids);
        let cell = (!ids.is_empty()).then(|| Cell::Rows(ids.into_boxed_slice()));
        cells.push((lines.position, cell));
    }
    cells
}

/// Takes the rows out that the parent no longer has.
fn remove_others(
    world: &mut World,
    parent: u64,
    table: usize,
    parent_at: u16,
    kept: &[u64],
    author: Author,
) {
    let gone: Vec<u64> = world.tables[table]
        .holders(parent_at, &Cell::Id(parent))
        .iter()
        .copied()
        .filter(|id| !kept.contains(id))
        .collect();
    for id in gone {
        super::take_out(world, table, id, author);
        super::erase(world, table, id, author.now);
    }
}

/// Writes the place of each row in its order.
fn number_rows(world: &mut World, table: usize, ids: &[u64]) {
    let table = &mut world.tables[table];
    let Some(position) = table.module.position("Sequence_Number") else {
        return;
    };
    for (number, id) in (1i64..).zip(ids) {
        table.set_quietly(*id, position, Cell::Integer(number));
    }
}
