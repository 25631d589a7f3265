//! Takes back what a call wrote.
//!
//! Records, also deleted ones, come back exactly as they were, and their changes are told to nobody. Ids and automatic numbers
//! stay used.

use super::World;

/// How far the changes had come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    sequence: u64,
}

impl World {
    /// Remembers what is changed from now on.
    pub(crate) fn begin_rollback(&mut self) -> Mark {
        self.tables.iter_mut().for_each(super::Table::remember);
        Mark {
            sequence: self.changes.last_sequence(),
        }
    }

    /// Whether what is changed now may be taken back.
    pub(crate) fn may_roll_back(&self) -> bool {
        self.tables.first().is_some_and(super::Table::remembers)
    }

    /// Lets all changes stand.
    pub(crate) fn forgo_rollback(&mut self) {
        self.tables.iter_mut().for_each(super::Table::forget);
    }

    /// Takes all changes since the mark back.
    pub(crate) fn roll_back(&mut self, mark: Mark) {
        self.tables.iter_mut().for_each(super::Table::take_back);
        self.changes.cut(mark.sequence);
    }
}
