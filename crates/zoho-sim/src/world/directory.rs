//! From an id to the module that has a record of it.

use serde::{Deserialize, Serialize};

/// Two bytes for each id that was ever given: the number of its table plus one, 0 for ids of other things.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Directory {
    tables: Vec<u16>,
}

impl Directory {
    /// Notes that the record with this count (see [`super::Ids::count_of`]) is in a table.
    pub(crate) fn add(&mut self, count: usize, table: usize) {
        if self.tables.len() <= count {
            self.tables.resize(count + 1, 0);
        }
        self.tables[count] = u16::try_from(table + 1).unwrap_or(0);
    }

    pub(crate) fn table_of(&self, count: usize) -> Option<usize> {
        usize::from(*self.tables.get(count)?).checked_sub(1)
    }
}
