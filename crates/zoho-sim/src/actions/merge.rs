//! Duplicates become one record: the master takes chosen values and everything that names the others, which are deleted.

use serde::{Deserialize, Serialize};

use crate::rows::{self, Author};
use crate::schema::{GeneratedType, Slot};
use crate::world::{Cell, World};

/// What is merged into which record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Merge {
    pub(crate) table: usize,
    pub(crate) master: u64,
    pub(crate) children: Vec<Child>,
    /// Fields whose values the master keeps, as the call names them.
    pub(crate) kept: Vec<String>,
}

/// A record that goes, and the fields that it gives.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Child {
    pub(crate) id: u64,
    pub(crate) fields: Vec<String>,
}

/// Merges one child; false when it or the master is not there any more.
pub(super) fn merge(world: &mut World, merge: &Merge, child: &Child, author: Author) -> bool {
    let Merge { table, master, .. } = *merge;
    let module = world.tables[table].module.clone();
    let rows = &world.tables[table].rows;
    let (Some(record), true) = (rows.get(&child.id), rows.contains_key(&master)) else {
        return false;
    };
    if world.actions.is_locked(master) || world.actions.is_locked(child.id) {
        return false;
    }
    let taken = child.fields.iter().filter_map(|name| {
        let position = module.position(name)?;
        match module.field_at(position).slot {
            Slot::Owner => Some((position, Some(Cell::Id(record.owner)))),
            Slot::Stored => Some((position, record.cell(position).cloned())),
            _ => None,
        }
    });
    let taken: Vec<_> = taken.collect();
    pass_on(world, child.id, master, author);
    world.actions.links.pass_on(child.id, master);
    // The child goes first, so that a unique value is free.
    rows::remove(world, table, child.id, author);
    rows::set(world, table, master, taken, author)
}

/// Every lookup that names one record names the other from now on.
fn pass_on(world: &mut World, from: u64, to: u64, author: Author) {
    for table in 0..world.tables.len() {
        let module = world.tables[table].module.clone();
        let is_of_rows = matches!(
            module.generated_type,
            GeneratedType::Subform | GeneratedType::Linking
        );
        for (position, field) in (0u16..).zip(&module.fields) {
            // Rows of a sub-form go with their record.
            let is_parent = is_of_rows && field.api_name == "Parent_Id";
            if !field.data_type.is_reference() || field.data_type.is_user() || is_parent {
                continue;
            }
            for id in world.tables[table]
                .holders(position, &Cell::Id(from))
                .to_vec()
            {
                rows::set(
                    world,
                    table,
                    id,
                    vec![(position, Some(Cell::Id(to)))],
                    author,
                );
            }
        }
    }
}
