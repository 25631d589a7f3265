//! Rows of one call: checked against the fields, compared with what exists, written, printed.
//!
//! The CRM endpoints, the control API and the seed all write through [`insert`], [`update`], [`upsert`], [`remove`],
//! [`restore`], [`erase`] and [`copy()`], so one set of rules holds for everybody, and every change is noted in the world's log. Each of
//! them handles one row: a batch is a loop, as in Zoho every row stands alone.

mod activities;
mod author;
mod check;
mod columns;
mod compute;
mod copy;
mod currency;
mod deals;
mod decimal;
mod dependencies;
mod digits;
mod duplicates;
mod history;
mod inventory;
mod lines;
mod older;
mod parts;
mod print;
mod recurrence;
mod row;
mod set;
mod special;
#[cfg(test)]
mod tests;
mod value;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::catalog::{self, Place, Refusal};
use crate::notify;
use crate::schema::{Module, Slot};
pub(crate) use crate::world::{Action, Source};
use crate::world::{
    Cell, Change, FieldChange, Record, TAGS_OF_MODULE_MAX, TooManyTags, World, write_time,
};
pub(crate) use author::{Author, Features};
pub(crate) use check::Checked;
pub(crate) use columns::Columns;
pub(crate) use compute::{expected_revenue, value as computed};
pub(crate) use copy::{copied_values, copy};
pub(crate) use currency::exchange_rate;
pub(crate) use decimal::Sum as DecimalSum;
pub(crate) use duplicates::Keys;
pub(crate) use print::{Printer, print_id, print_record, print_text, print_time, system_keys};
pub(crate) use row::{Element, Row};
pub(crate) use set::set;
pub(crate) use value::{id_in, is_email};

/// A written row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    pub(crate) id: u64,
    pub(crate) action: Action,
    /// Position of the field by which an upsert found the record.
    pub(crate) duplicate_field: Option<u16>,
}

/// Adds a record. A repeating activity makes several; the first one is told.
pub(crate) fn insert(
    world: &mut World,
    table: usize,
    row: &Map<String, Value>,
    number: usize,
    author: Author,
) -> Result<Written, Refusal> {
    let all = insert_all(world, table, &Row::of(row), number, author)?;
    all.first()
        .copied()
        .ok_or_else(|| catalog::invalid_row_id(number))
}

/// Adds a record, or as many as a repeating activity makes; never none.
pub(crate) fn insert_all(
    world: &mut World,
    table: usize,
    row: &Row<'_>,
    number: usize,
    author: Author,
) -> Result<Vec<Written>, Refusal> {
    if !world.tables[table].module.abilities.creatable {
        return Err(catalog::rows::module_not_writable());
    }
    let row = in_words_of_today(world, table, row, author);
    let checked = check::check(world, table, &row, number)?;
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
    update_row(world, table, id, &Row::of(row), number, author)
}

/// The same with a row that was just read.
pub(crate) fn update_row(
    world: &mut World,
    table: usize,
    id: u64,
    row: &Row<'_>,
    number: usize,
    author: Author,
) -> Result<Written, Refusal> {
    if !world.tables[table].module.abilities.editable {
        return Err(catalog::rows::module_not_writable());
    }
    let row = in_words_of_today(world, table, row, author);
    let checked = check::check(world, table, &row, number)?;
    update_checked(world, table, id, checked, number, author)
}

/// Updates the record that has the same value in one of the key fields, else adds one. `is_in_time` may refuse the update of
/// the record that was found.
pub(crate) fn upsert(
    world: &mut World,
    table: usize,
    row: &Row<'_>,
    number: usize,
    keys: &Keys,
    author: Author,
    is_in_time: impl FnOnce(&World, u64) -> Result<(), Refusal>,
) -> Result<Written, Refusal> {
    if !world.tables[table].module.abilities.upsertable {
        return Err(catalog::rows::module_not_writable());
    }
    let row = in_words_of_today(world, table, row, author);
    let checked = check::check(world, table, &row, number)?;
    match keys.matching(&world.tables[table], &checked) {
        None => {
            let all = insert_checked(world, table, checked, number, author)?;
            all.first()
                .copied()
                .ok_or_else(|| catalog::invalid_row_id(number))
        }
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

/// Moves a record and its sub-form rows to the recycle bin; false when there is none of this id.
pub(crate) fn remove(world: &mut World, table: usize, id: u64, author: Author) -> bool {
    for (lines_table, line) in lines_of(world, table, id) {
        take_out(world, lines_table, line, author);
    }
    take_out(world, table, id, author)
}

/// Takes a record and its sub-form rows out of the recycle bin; false when it is not there any more, or when another record
/// has taken one of its unique values.
pub(crate) fn restore(world: &mut World, table: usize, id: u64, author: Author) -> bool {
    if duplicates::is_taken(&world.tables[table], id) {
        return false;
    }
    if !world.tables[table].restore(id, author.now) {
        return false;
    }
    for (lines_table, line) in lines_of(world, table, id) {
        if world.tables[lines_table].restore(line, author.now) {
            note(
                world,
                lines_table,
                line,
                Action::Restore,
                author,
                Vec::new(),
            );
        }
    }
    note(world, table, id, Action::Restore, author, Vec::new());
    true
}

/// Deletes a record of the recycle bin for good; false when it is not there.
pub(crate) fn erase(world: &mut World, table: usize, id: u64, now: i64) -> bool {
    let deleted = world.tables[table].deleted.get(&id);
    let Some(record) = deleted.and_then(|deleted| deleted.record.as_deref()) else {
        return false;
    };
    for (lines_table, line) in lines_in(world, table, record) {
        world.tables[lines_table].erase(line, now);
    }
    world.tables[table].erase(id, now)
}

fn in_words_of_today<'r>(
    world: &World,
    table: usize,
    row: &'r Row<'r>,
    author: Author,
) -> Cow<'r, Row<'r>> {
    if author.is_older {
        older::modern(&world.tables[table].module, row)
    } else {
        Cow::Borrowed(row)
    }
}

fn insert_checked(
    world: &mut World,
    table: usize,
    mut checked: Checked,
    number: usize,
    author: Author,
) -> Result<Vec<Written>, Refusal> {
    complete_insert(world, table, &mut checked, number, author)?;
    if checked.owner.is_none() {
        checked.owner = author.assigned_owner(world, table, &checked);
    }
    settle_tags(world, table, &mut checked, number, author)?;
    let written = activities::occurrences(world, table, checked)
        .into_iter()
        .map(|checked| Written {
            id: write_new(world, table, checked, author),
            action: Action::Insert,
            duplicate_field: None,
        });
    Ok(written.collect())
}

/// What follows from the values of a new record, and whether it may be written.
fn complete_insert(
    world: &World,
    table: usize,
    checked: &mut Checked,
    number: usize,
    author: Author,
) -> Result<(), Refusal> {
    check::require_mandatory(world, table, checked, number)?;
    parts::refuse_too_many(&world.tables[table].module, None, checked, number)?;
    currency::complete(world, table, None, checked);
    deals::complete(world, table, None, checked, number)?;
    dependencies::refuse_unmapped(world, table, None, checked, number, author)?;
    activities::complete(world, table, None, checked, number, author)?;
    lines::settle(world, table, None, checked, number, author)?;
    duplicates::refuse_taken(world, table, None, checked, number)
}

/// Says why a record could not be added, without adding it.
pub(crate) fn try_insert(
    world: &World,
    table: usize,
    row: &Map<String, Value>,
    number: usize,
    author: Author,
) -> Result<(), Refusal> {
    let mut checked = check::check(world, table, &Row::of(row), number)?;
    complete_insert(world, table, &mut checked, number, author)?;
    refuse_tags(world, table, &checked, number)
}

/// Says why a record could not be changed, without changing it.
pub(crate) fn try_update(
    world: &World,
    table: usize,
    id: u64,
    row: &Map<String, Value>,
    number: usize,
    author: Author,
) -> Result<(), Refusal> {
    let mut checked = check::check(world, table, &Row::of(row), number)?;
    complete_update(world, table, id, &mut checked, number, author)?;
    refuse_tags(world, table, &checked, number)
}

fn update_checked(
    world: &mut World,
    table: usize,
    id: u64,
    mut checked: Checked,
    number: usize,
    author: Author,
) -> Result<Written, Refusal> {
    complete_update(world, table, id, &mut checked, number, author)?;
    settle_tags(world, table, &mut checked, number, author)?;
    write_changed(world, table, id, checked, author);
    Ok(Written {
        id,
        action: Action::Update,
        duplicate_field: None,
    })
}

/// What follows from the new values of a record, and whether they may be written.
fn complete_update(
    world: &World,
    table: usize,
    id: u64,
    checked: &mut Checked,
    number: usize,
    author: Author,
) -> Result<(), Refusal> {
    if world.actions.is_locked(id) {
        let place = Place {
            row: number,
            field: "id",
        };
        return Err(catalog::actions::record_locked(&place.details()));
    }
    check::refuse_emptied(world, table, checked, number)?;
    let Some(record) = world.tables[table].rows.get(&id) else {
        return Err(catalog::invalid_row_id(number));
    };
    append(&world.tables[table].module, record, checked, number)?;
    parts::refuse_too_many(&world.tables[table].module, Some(record), checked, number)?;
    let existing = Some(record);
    currency::complete(world, table, existing, checked);
    deals::complete(world, table, existing, checked, number)?;
    dependencies::refuse_unmapped(world, table, existing, checked, number, author)?;
    activities::complete(world, table, existing, checked, number, author)?;
    lines::settle(world, table, existing, checked, number, author)?;
    duplicates::refuse_taken(world, table, Some(id), checked, number)
}

/// Makes ids of the names of tags; new names become tags of the module. This is the last step that may refuse a row.
fn settle_tags(
    world: &mut World,
    table: usize,
    checked: &mut Checked,
    number: usize,
    author: Author,
) -> Result<(), Refusal> {
    let Some((position, names)) = checked.tags.take() else {
        return Ok(());
    };
    let ids = &mut world.ids;
    let table = &mut world.tables[table];
    let tags = table.tags_of_names(&names, author.user, author.now, || ids.next());
    let tags = tags.map_err(|TooManyTags| no_room_for_tags(&table.module, position, number))?;
    let cell = (!tags.is_empty()).then(|| Cell::Tags(tags.into_boxed_slice()));
    checked.cells.push((position, cell));
    Ok(())
}

/// Refuses a row whose tags the module has no room for, without making any.
fn refuse_tags(
    world: &World,
    table: usize,
    checked: &Checked,
    number: usize,
) -> Result<(), Refusal> {
    let table = &world.tables[table];
    match &checked.tags {
        Some((position, names)) => table
            .check_room(names)
            .map_err(|TooManyTags| no_room_for_tags(&table.module, *position, number)),
        None => Ok(()),
    }
}

/// unknown: how Zoho says that a module would have too many tags.
fn no_room_for_tags(module: &Module, position: u16, number: usize) -> Refusal {
    let place = Place {
        row: number,
        field: &module.field_at(position).api_name,
    };
    catalog::tag_limit_exceeded(place, TAGS_OF_MODULE_MAX)
}

/// Writes a new record with its rows and gives its id.
fn write_new(world: &mut World, table: usize, checked: Checked, author: Author) -> u64 {
    let id = world.ids.next();
    let layout = checked.layout.unwrap_or(0);
    let cells = cells_of(world, table, id, checked, author);
    let mut record = Record::new(id, author.user, author.now);
    record.source = author.source;
    record.layout = layout;
    record.reserve(cells.len());
    let module = &world.tables[table].module;
    for (position, cell) in cells {
        match (module.field_at(position).slot, cell) {
            (Slot::Owner, Some(Cell::Id(owner))) => record.owner = owner,
            (_, cell) => {
                record.set(position, cell);
            }
        }
    }
    complete_new(world, table, &mut record);
    world.enter(id, table);
    world.tables[table].add(record);
    note(world, table, id, Action::Insert, author, Vec::new());
    history::follow(world, table, id, None, author);
    id
}

/// Auto numbers and default values of a new record.
fn complete_new(world: &mut World, table: usize, record: &mut Record) {
    let table = &mut world.tables[table];
    let module = table.module.clone();
    for position in module.completed_positions() {
        let field = module.field_at(*position);
        if record.cell(*position).is_some() {
            continue;
        }
        if let Some(format) = &field.auto_number {
            let number = table.count_up(*position, format.start_number);
            record.set(*position, Some(Cell::Text(format.text(number).into())));
        } else if let Some(default) = &field.default_value {
            record.set(*position, value::default_cell(field, default));
        }
    }
}

/// Writes the changed values of a record.
fn write_changed(world: &mut World, table: usize, id: u64, checked: Checked, author: Author) {
    let layout = checked.layout;
    let cells = cells_of(world, table, id, checked, author);
    let changes = world.tables[table].change(id, author.user, author.now, layout, cells);
    history::follow(world, table, id, Some(&changes), author);
    note(world, table, id, Action::Update, author, changes);
}

/// The values to write: those of the row with owner, rows, files and comments.
fn cells_of(
    world: &mut World,
    table: usize,
    id: u64,
    checked: Checked,
    author: Author,
) -> Vec<(u16, Option<Cell>)> {
    let mut cells = checked.cells;
    let module = world.tables[table].module.clone();
    for (position, cell) in &mut cells {
        if let Some(cell @ Cell::Json(_)) = cell {
            let data_type = module.field_at(*position).data_type;
            special::give_ids(data_type, cell, || world.ids.next());
        }
    }
    if let (Some(owner), Some(position)) = (checked.owner, module.position("Owner")) {
        cells.push((position, Some(Cell::Id(owner))));
    }
    for parts in checked.parts {
        let position = parts.position;
        let existing = existing_cell(world, table, id, position);
        let cell = parts::write(world, existing.as_ref(), parts, author);
        cells.push((position, cell));
    }
    if let Some(comment) = checked.comment {
        cells.extend(commented(world, table, id, &comment, author));
    }
    cells.extend(lines::write(world, id, checked.lines, author));
    cells
}

fn existing_cell(world: &World, table: usize, id: u64, position: u16) -> Option<Cell> {
    let record = world.tables[table].rows.get(&id)?;
    record.cell(position).cloned()
}

/// Puts the values that a multi-select picklist has before those that are appended, as far as it has room.
fn append(
    module: &Module,
    record: &Record,
    checked: &mut Checked,
    number: usize,
) -> Result<(), Refusal> {
    for position in std::mem::take(&mut checked.appended) {
        let Some(Cell::List(known)) = record.cell(position) else {
            continue;
        };
        let mut values = known.to_vec();
        if let Some(Some(Cell::List(added))) = checked.given(position) {
            for value in added {
                if !values.contains(value) {
                    values.push(value.clone());
                }
            }
        }
        let field = module.field_at(position);
        let place = catalog::Place {
            row: number,
            field: &field.api_name,
        };
        value::refuse_longer_list(field, &values, place)?;
        checked.set(position, Some(Cell::List(values.into_boxed_slice())));
    }
    Ok(())
}

/// A new comment of a case or solution, and how many there are.
fn commented(
    world: &mut World,
    table: usize,
    id: u64,
    comment: &str,
    author: Author,
) -> Vec<(u16, Option<Cell>)> {
    let module = &world.tables[table].module;
    let (Some(list_at), Some(count_at)) = (
        module.position("Comments"),
        module.position("No_of_comments"),
    ) else {
        return Vec::new();
    };
    let mut comments = match existing_cell(world, table, id, list_at) {
        Some(Cell::Json(value)) => value.as_array().cloned().unwrap_or_default(),
        _ => Vec::new(),
    };
    let mut time = Vec::with_capacity(25);
    write_time(&mut time, author.now, world.organisation.utc_offset_minutes);
    let person = world.user(author.user);
    comments.push(serde_json::json!({
        "commented_by": person.map(crate::world::User::full_name),
        "commented_time": String::from_utf8_lossy(&time),
        "comment_content": comment,
        "id": world.ids.next().to_string(),
    }));
    let count = i64::try_from(comments.len()).unwrap_or(i64::MAX);
    vec![
        (list_at, Some(Cell::Json(Box::new(Value::Array(comments))))),
        (count_at, Some(Cell::Integer(count))),
    ]
}

/// Tables and ids of the rows that belong to a record.
fn lines_of(world: &World, table: usize, id: u64) -> Vec<(usize, u64)> {
    match world.tables[table].rows.get(&id) {
        None => Vec::new(),
        Some(record) => lines_in(world, table, record),
    }
}

fn lines_in(world: &World, table: usize, record: &Record) -> Vec<(usize, u64)> {
    let module = &world.tables[table].module;
    let mut lines = Vec::new();
    for (position, cell) in record.cells() {
        if let Cell::Rows(ids) = cell
            && let Some(table) = module
                .field_at(*position)
                .rows_module()
                .and_then(|name| world.table_position(name))
        {
            lines.extend(ids.iter().map(|id| (table, *id)));
        }
    }
    lines
}

fn take_out(world: &mut World, table: usize, id: u64, author: Author) -> bool {
    let is_removed = world.tables[table].remove(id, author.user, author.now);
    if is_removed {
        note(world, table, id, Action::Delete, author, Vec::new());
    }
    is_removed
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
    notify::collect_many(world, author.now.saturating_mul(1000));
}
