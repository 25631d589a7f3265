//! Rows that are sent in one request.

use std::collections::HashSet;

use super::row::Row;
use crate::remote::RowError;

/// As many as one call to Zoho takes.
const ROWS_MAX: usize = 100;
/// Below the gateway's bound for a request.
const BYTES_MAX: usize = 400 * 1024;

/// Rows that are sent in one request, and what was read along with them.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) rows: Vec<Row>,
    /// Rows that cannot be sent at all.
    pub(super) unreadable: Vec<UnreadableRow>,
    /// Rows without any text.
    pub(super) empty_rows: u64,
    /// How much of the file it covers.
    pub(super) file_bytes: u64,
    event_bytes: usize,
}

/// A row that cannot be sent.
pub(super) struct UnreadableRow {
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
    pub(super) error: RowError,
}

impl Batch {
    /// Whether a row still fits in.
    pub(super) fn has_room_for(&self, row: &Row) -> bool {
        self.rows.is_empty()
            || (self.rows.len() < ROWS_MAX && self.event_bytes + row.event.len() < BYTES_MAX)
    }

    pub(super) fn add(&mut self, row: Row) {
        self.event_bytes += row.event.len();
        self.rows.push(row);
    }

    /// The people that it is about, as far as they can be told apart.
    pub(super) fn keys(&self) -> HashSet<String> {
        self.rows.iter().filter_map(|row| row.key.clone()).collect()
    }

    /// The body of the request. Events are JSON already, so they are only put together.
    pub(super) fn body(&self) -> String {
        let mut body = String::with_capacity(self.event_bytes + self.rows.len() + 16);
        body.push_str("{\"events\":[");
        for (index, row) in self.rows.iter().enumerate() {
            if index > 0 {
                body.push(',');
            }
            body.push_str(&row.event);
        }
        body.push_str("]}");
        body
    }
}
