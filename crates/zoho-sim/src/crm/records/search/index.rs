//! What the search knows: the records as they were some seconds ago.
//!
//! unknown: how long Zoho's index is behind, and whether a record that was changed is still found by its former values; it is
//! here. Answers show the record as it is now.

use std::collections::HashMap;

use crate::schema::Slot;
use crate::world::{Action, Cell, FieldChange, Record, World};

/// The records whose index entries differ from what they are.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Former versions; none of records that are not known yet.
    behind: HashMap<u64, Option<Record>>,
}

impl Index {
    /// The index of a table at a time.
    pub(super) fn at(world: &World, table: usize, now: i64) -> Self {
        let delay = i64::from(world.search.delay_seconds);
        let mut index = Self::default();
        if delay == 0 {
            return index;
        }
        let known_until = now.saturating_sub(delay);
        let changes = world.changes.since(0).rev();
        let unknown = changes.take_while(|change| change.at > known_until);
        for change in unknown.filter(|change| change.table == table) {
            let Some(record) = world.tables[table].rows.get(&change.id) else {
                continue;
            };
            let version = index
                .behind
                .entry(change.id)
                .or_insert_with(|| Some(record.clone()));
            match change.action {
                Action::Insert | Action::Restore => *version = None,
                Action::Update => {
                    if let Some(version) = version {
                        undo(world, table, version, &change.fields);
                    }
                }
                Action::Delete => {}
            }
        }
        index
    }

    /// Whether every record is known as it is.
    pub(super) fn is_current(&self) -> bool {
        self.behind.is_empty()
    }

    /// A record as the index knows it; none when it does not know it yet.
    pub(super) fn version<'a>(&'a self, record: &'a Record) -> Option<&'a Record> {
        match self.behind.get(&record.id) {
            None => Some(record),
            Some(version) => version.as_ref(),
        }
    }
}

/// Puts the values before a change back.
fn undo(world: &World, table: usize, record: &mut Record, fields: &[FieldChange]) {
    let module = &world.tables[table].module;
    for change in fields {
        match (module.field_at(change.position).slot, &change.old) {
            (Slot::Owner, Some(Cell::Id(owner))) => {
                record.owner = *owner;
            }
            (Slot::Owner, _) => {}
            (_, old) => {
                record.set(change.position, old.clone());
            }
        }
    }
}
