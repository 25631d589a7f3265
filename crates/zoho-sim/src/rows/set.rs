//! Values that Zoho writes itself: owners that are passed on, lookups that move, the outcome of an action. They are not
//! checked as rows of a call are, but told like every change.

use super::{Action, Author, history, note};
use crate::world::{Cell, World};

/// Sets cells of a record; false when there is none of this id.
pub(crate) fn set(
    world: &mut World,
    table: usize,
    id: u64,
    cells: Vec<(u16, Option<Cell>)>,
    author: Author,
) -> bool {
    if !world.tables[table].rows.contains_key(&id) {
        return false;
    }
    let changes = world.tables[table].change(id, author.user, author.now, None, cells);
    history::follow(world, table, id, Some(&changes), author);
    note(world, table, id, Action::Update, author, changes);
    true
}
