//! Rows of one call: checked against the fields, compared with what exists, written, printed.
//!
//! The CRM endpoints, the control API and the seed all write through [`insert`], [`update`], [`upsert`] and [`remove`], so
//! one set of rules holds for everybody. Each of them handles one row: a batch is a loop, as in Zoho every row stands alone.

mod check;
mod deals;
mod duplicates;
mod print;
mod value;

use serde_json::{Map, Value};

use crate::catalog::{self, Refusal};
use crate::schema::Slot;
pub(crate) use crate::world::{Action, Source};
use crate::world::{Cell, Change, FieldChange, Record, World};
pub(crate) use check::Checked;
pub(crate) use duplicates::Keys;
pub(crate) use print::{Columns, print_record, print_text};
pub(crate) use value::id_in;

/// Who writes, when (seconds since 1970), by which way, and how the call wants its rows handled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Author {
    pub(crate) user: u64,
    pub(crate) now: i64,
    pub(crate) source: Source,
}

impl Author {
    /// A write through the API.
    pub(crate) fn new(user: u64, now: i64) -> Self {
        Self {
            user,
            now,
            source: Source::CrmApi,
        }
    }

    pub(crate) fn by(mut self, source: Source) -> Self {
        self.source = source;
        self
    }
}

/// A written row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    pub(crate) id: u64,
    pub(crate) action: Action,
    /// Position of the field by which an upsert found the record.
    pub(crate) duplicate_field: Option<u16>,
}

/// Adds a record.
pub(crate) fn insert(
    world: &mut World,
    table: usize,
    row: &Map<String, Value>,
    number: usize,
    author: Author,
) -> Result<Written, Refusal> {
    let checked = check::check(world, table, row, number)?;
    insert_checked(world, table, checked, number, author)
}

/// Changes the fields of `row` in the record `id`, which must exist.
pub(crate) fn update(
    world: &mut World,
    table: usize,
    id: u64,
    row: &Map<String, Value>,
    number: usize,
    author: Author,
) -> Result<Written, Refusal> {
    let checked = check::check(world, table, row, number)?;
    update_checked(world, table, id, checked, number, author)
}

/// Updates the record that has the same value in one of the key fields, else adds one. `is_in_time` may refuse the update of
/// the record that was found.
pub(crate) fn upsert(
    world: &mut World,
    table: usize,
    row: &Map<String, Value>,
    number: usize,
    keys: &Keys,
    author: Author,
    is_in_time: impl FnOnce(&World, u64) -> Result<(), Refusal>,
) -> Result<Written, Refusal> {
    let checked = check::check(world, table, row, number)?;
    match keys.matching(&world.tables[table], &checked) {
        None => insert_checked(world, table, checked, number, author),
        Some((id, field)) => {
            is_in_time(world, id)?;
            let written =
                update_checked(world, table, id, checked, number, author).map_err(|refusal| {
                    if refusal.code == "MANDATORY_NOT_FOUND" {
                        return refusal.with_detail("id", Value::String(id.to_string()));
                    }
                    refusal
                })?;
            Ok(Written {
                duplicate_field: Some(field),
                ..written
            })
        }
    }
}

/// Moves a record to the recycle bin; false when there is none of this id.
pub(crate) fn remove(world: &mut World, table: usize, id: u64, author: Author) -> bool {
    let is_removed = world.tables[table].remove(id, author.user, author.now);
    if is_removed {
        note(world, table, id, Action::Delete, author, Vec::new());
    }
    is_removed
}

fn insert_checked(
    world: &mut World,
    table: usize,
    mut checked: Checked,
    number: usize,
    author: Author,
) -> Result<Written, Refusal> {
    check::require_mandatory(world, table, &checked, number)?;
    deals::complete(world, table, None, &mut checked, number)?;
    duplicates::refuse_taken(world, table, None, &checked, number)?;
    let id = world.ids.next();
    let cells = cells_of(world, table, checked);
    let mut record = Record::new(id, author.user, author.now);
    record.source = author.source;
    record.reserve(cells.len());
    for (position, cell) in cells {
        match (world.tables[table].module.field_at(position).slot, cell) {
            (Slot::Owner, Some(Cell::Id(owner))) => record.owner = owner,
            (_, cell) => {
                record.set(position, cell);
            }
        }
    }
    world.enter(id, table);
    world.tables[table].add(record);
    note(world, table, id, Action::Insert, author, Vec::new());
    Ok(Written {
        id,
        action: Action::Insert,
        duplicate_field: None,
    })
}

fn update_checked(
    world: &mut World,
    table: usize,
    id: u64,
    mut checked: Checked,
    number: usize,
    author: Author,
) -> Result<Written, Refusal> {
    check::refuse_emptied(world, table, &checked, number)?;
    let Some(record) = world.tables[table].rows.get(&id) else {
        return Err(catalog::invalid_row_id(number));
    };
    deals::complete(world, table, Some(record), &mut checked, number)?;
    duplicates::refuse_taken(world, table, Some(id), &checked, number)?;
    let cells = cells_of(world, table, checked);
    let changes = world.tables[table].change(id, (author.user, author.now), cells);
    note(world, table, id, Action::Update, author, changes);
    Ok(Written {
        id,
        action: Action::Update,
        duplicate_field: None,
    })
}

/// The checked values with the owner and the tags, which are created when the module has none of the name.
fn cells_of(world: &mut World, table: usize, checked: Checked) -> Vec<(u16, Option<Cell>)> {
    let mut cells = checked.cells;
    let ids = &mut world.ids;
    let table = &mut world.tables[table];
    if let (Some(owner), Some(position)) = (checked.owner, table.module.position("Owner")) {
        cells.push((position, Some(Cell::Id(owner))));
    }
    if let Some((position, names)) = checked.tags {
        let tags: Vec<u64> = names
            .iter()
            .map(|name| table.tag(name, || ids.next()))
            .collect();
        let tags = (!tags.is_empty()).then(|| Cell::Tags(tags.into_boxed_slice()));
        cells.push((position, tags));
    }
    cells
}

/// Every change of a record is told here.
fn note(
    world: &mut World,
    table: usize,
    id: u64,
    action: Action,
    author: Author,
    fields: Vec<FieldChange>,
) {
    world.changes.push(Change {
        sequence: 0,
        table,
        id,
        action,
        user: author.user,
        at: author.now,
        source: author.source,
        fields,
    });
}
