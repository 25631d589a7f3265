//! One record: its system columns and its filled cells, kept small.

/// A stored value. An empty field has no cell at all.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Bool(bool),
    Integer(i64),
    Double(f64),
    Text(Box<str>),
    /// A record or a user, by id.
    Id(u64),
    /// Seconds since 1970.
    Time(i64),
    /// Values of a multi-select picklist.
    List(Box<[Box<str>]>),
    /// Tags, by id.
    Tags(Box<[u64]>),
}

/// One record. Times are seconds since 1970.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) owner: u64,
    pub(crate) created_by: u64,
    pub(crate) modified_by: u64,
    pub(crate) created_at: i64,
    pub(crate) modified_at: i64,
    /// By field position, ascending.
    cells: Vec<(u16, Cell)>,
}

impl Record {
    pub(crate) fn new(id: u64, user: u64, now: i64) -> Self {
        Self {
            id,
            owner: user,
            created_by: user,
            modified_by: user,
            created_at: now,
            modified_at: now,
            cells: Vec::new(),
        }
    }

    pub(crate) fn cell(&self, position: u16) -> Option<&Cell> {
        let found = self
            .cells
            .binary_search_by_key(&position, |(at, _)| *at)
            .ok()?;
        Some(&self.cells[found].1)
    }

    pub(crate) fn text(&self, position: u16) -> Option<&str> {
        match self.cell(position) {
            Some(Cell::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Fills a field, or empties it with `None`.
    pub(crate) fn set(&mut self, position: u16, cell: Option<Cell>) {
        match (
            self.cells.binary_search_by_key(&position, |(at, _)| *at),
            cell,
        ) {
            (Ok(found), Some(cell)) => self.cells[found].1 = cell,
            (Ok(found), None) => {
                self.cells.remove(found);
            }
            (Err(place), Some(cell)) => self.cells.insert(place, (position, cell)),
            (Err(_), None) => {}
        }
    }

    /// Gives back memory that growing left over.
    pub(crate) fn shrink(&mut self) {
        self.cells.shrink_to_fit();
    }
}
