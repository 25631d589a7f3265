//! Tags of records: put on, taken off, and taken off everywhere.

use crate::rows::{self, Author};
use crate::schema::DataType;
use crate::world::{Cell, Table, World};

/// Position of the field that holds the tags of a module.
pub(crate) fn field(table: &Table) -> Option<u16> {
    table.module.fields_of(DataType::Tag).next()
}

/// The tags of a record, by id.
pub(crate) fn of(table: &Table, id: u64) -> Vec<u64> {
    let record = table.rows.get(&id);
    match record.and_then(|record| record.cell(field(table)?)) {
        Some(Cell::Tags(tags)) => tags.to_vec(),
        _ => Vec::new(),
    }
}

/// Gives a record these tags instead of those that it has.
pub(crate) fn set(world: &mut World, table: usize, id: u64, tags: Vec<u64>, author: Author) {
    let Some(position) = field(&world.tables[table]) else {
        return;
    };
    if of(&world.tables[table], id) == tags {
        return;
    }
    let cell = (!tags.is_empty()).then(|| Cell::Tags(tags.into_boxed_slice()));
    rows::set(world, table, id, vec![(position, cell)], author);
}

/// How many records carry a tag.
pub(crate) fn count(table: &Table, tag: u64) -> usize {
    holders(table, tag).len()
}

fn holders(table: &Table, tag: u64) -> Vec<u64> {
    let Some(position) = field(table) else {
        return Vec::new();
    };
    let has = |cell: Option<&Cell>| matches!(cell, Some(Cell::Tags(tags)) if tags.contains(&tag));
    let rows = table.rows.values();
    rows.filter(|record| has(record.cell(position)))
        .map(|record| record.id)
        .collect()
}

/// Deletes a tag, or puts another one in its place. unknown: whether Zoho tells of it as a change of the records; here it does.
pub(crate) fn replace(world: &mut World, table: usize, tag: u64, by: Option<u64>, author: Author) {
    for id in holders(&world.tables[table], tag) {
        let mut tags = of(&world.tables[table], id);
        let has_other = by.is_some_and(|by| tags.contains(&by));
        match by.filter(|_| !has_other) {
            Some(by) => tags
                .iter_mut()
                .filter(|at| **at == tag)
                .for_each(|at| *at = by),
            None => tags.retain(|at| *at != tag),
        }
        set(world, table, id, tags, author);
    }
    world.tables[table]
        .tags_mut()
        .retain(|known| known.id != tag);
}

/// The table that has this tag.
pub(crate) fn table_of(world: &World, tag: u64) -> Option<usize> {
    let mut tables = world.tables.iter();
    tables.position(|table| table.tag_of(tag).is_some())
}
