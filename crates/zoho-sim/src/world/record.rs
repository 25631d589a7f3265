//! One record: its system columns and its filled cells, kept small.

use serde::{Deserialize, Serialize};

use super::{Source, Text};

/// A stored value. An empty field has no cell at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Cell {
    Bool(bool),
    Integer(i64),
    Double(f64),
    Text(Text),
    /// A record or a user, by id.
    Id(u64),
    /// Seconds since 1970.
    Time(i64),
    /// Values of a multi-select picklist.
    List(Box<[Box<str>]>),
    /// Tags, by id.
    Tags(Box<[u64]>),
    /// Rows of a sub-form or of a linking module, by id, in order.
    Rows(Box<[u64]>),
    /// A value of several parts, as it is printed: reminders, participants, taxes, files.
    Json(Box<serde_json::Value>),
}

impl Cell {
    /// About how many bytes it takes beside its own place.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::List(values) => values.iter().map(|value| value.len()).sum(),
            Self::Tags(ids) | Self::Rows(ids) => ids.len() * size_of::<u64>(),
            Self::Json(value) => json_bytes(value),
            Self::Bool(_) | Self::Integer(_) | Self::Double(_) | Self::Id(_) | Self::Time(_) => 0,
        }
    }
}

fn json_bytes(value: &serde_json::Value) -> usize {
    use serde_json::Value;
    let inner = match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(json_bytes).sum(),
        Value::Object(object) => {
            let each = object.iter();
            each.map(|(name, value)| name.len() + json_bytes(value))
                .sum()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    inner + size_of::<Value>()
}

/// One record. Times are seconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) owner: u64,
    pub(crate) created_by: u64,
    pub(crate) modified_by: u64,
    pub(crate) created_at: i64,
    pub(crate) modified_at: i64,
    /// Place of its layout among the module's.
    pub(crate) layout: u16,
    /// By which way it came.
    pub(crate) source: Source,
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
            layout: 0,
            source: Source::CrmApi,
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

    /// Reads all of it from memory; what comes back means nothing.
    pub(super) fn touch(&self) -> usize {
        let cells = self.cells.iter().map(|(position, cell)| {
            let first = match cell {
                Cell::Text(text) => text.as_bytes().first().copied().unwrap_or(0),
                _ => 0,
            };
            usize::from(*position) + usize::from(first)
        });
        cells.sum()
    }

    /// All filled fields, by position.
    pub(crate) fn cells(&self) -> &[(u16, Cell)] {
        &self.cells
    }

    pub(crate) fn text(&self, position: u16) -> Option<&str> {
        match self.cell(position) {
            Some(Cell::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn number(&self, position: u16) -> Option<f64> {
        match self.cell(position) {
            Some(Cell::Double(number)) => Some(*number),
            _ => None,
        }
    }

    /// Rows of a sub-form or of a multi-select lookup.
    pub(crate) fn rows(&self, position: u16) -> &[u64] {
        match self.cell(position) {
            Some(Cell::Rows(ids)) => ids,
            _ => &[],
        }
    }

    /// Fills a field, or empties it with `None`, and gives back what was there.
    pub(crate) fn set(&mut self, position: u16, cell: Option<Cell>) -> Option<Cell> {
        match (
            self.cells.binary_search_by_key(&position, |(at, _)| *at),
            cell,
        ) {
            (Ok(found), Some(cell)) => Some(std::mem::replace(&mut self.cells[found].1, cell)),
            (Ok(found), None) => Some(self.cells.remove(found).1),
            (Err(place), Some(cell)) => {
                self.cells.insert(place, (position, cell));
                None
            }
            (Err(_), None) => None,
        }
    }

    /// Forgets the value of a field that is no more; the fields behind it have moved up by one place.
    pub(crate) fn forget(&mut self, removed: u16) {
        self.cells.retain(|(position, _)| *position != removed);
        for (position, _) in self.cells.iter_mut().filter(|(at, _)| *at > removed) {
            *position -= 1;
        }
    }

    /// Makes room for as many cells as will be set.
    pub(crate) fn reserve(&mut self, cells: usize) {
        self.cells.reserve_exact(cells);
    }

    /// Gives back memory that growing left over.
    pub(crate) fn shrink(&mut self) {
        self.cells.shrink_to_fit();
    }
}
