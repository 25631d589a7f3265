//! What was changed lately, in order: notifications, the timeline and the live page read it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Cell;

/// Changes that are kept, and bytes of their old and new values; the oldest go first.
const CHANGES_MAX: usize = 20_000;
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Action {
    Insert,
    Update,
    Delete,
    Restore,
}

impl Action {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Restore => "restore",
        }
    }
}

/// By which way a change came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Source {
    #[default]
    CrmApi,
    /// A person in Zoho's own pages.
    CrmUi,
    Bulk,
    MassUpdate,
    Convert,
    Blueprint,
}

impl Source {
    /// The name in a timeline.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CrmApi => "crm_api",
            Self::CrmUi => "crm_ui",
            Self::Bulk => "bulkapi",
            Self::MassUpdate => "mass_update",
            Self::Convert => "convert",
            Self::Blueprint => "blueprint",
        }
    }

    /// The value of `Data_Source` of a record that came this way.
    pub(crate) fn data_source(self) -> &'static str {
        match self {
            Self::CrmUi | Self::MassUpdate | Self::Convert | Self::Blueprint => "Manual",
            Self::CrmApi => "API",
            Self::Bulk => "Bulk Write",
        }
    }
}

/// A field that has another value than before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FieldChange {
    pub(crate) position: u16,
    pub(crate) old: Option<Cell>,
    pub(crate) new: Option<Cell>,
}

/// One change of one record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Change {
    /// Counts up by one.
    pub(crate) sequence: u64,
    pub(crate) table: usize,
    pub(crate) id: u64,
    pub(crate) action: Action,
    pub(crate) user: u64,
    pub(crate) at: i64,
    pub(crate) source: Source,
    /// Of an update, those that really changed; else none.
    pub(crate) fields: Vec<FieldChange>,
}

/// The latest changes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct ChangeLog {
    last: u64,
    log: VecDeque<Change>,
    /// Of the long values in the log.
    #[serde(default)]
    bytes: usize,
}

impl Change {
    fn bytes(&self) -> usize {
        let cells = self
            .fields
            .iter()
            .flat_map(|field| [&field.old, &field.new]);
        cells.flatten().map(Cell::bytes).sum()
    }
}

impl ChangeLog {
    /// Appends a change and numbers it.
    pub(crate) fn push(&mut self, mut change: Change) {
        self.last += 1;
        change.sequence = self.last;
        self.bytes = self.bytes.saturating_add(change.bytes());
        self.log.push_back(change);
        while self.log.len() > CHANGES_MAX || (self.bytes > BYTES_MAX && self.log.len() > 1) {
            let Some(oldest) = self.log.pop_front() else {
                break;
            };
            self.bytes = self.bytes.saturating_sub(oldest.bytes());
        }
    }

    /// Whether long values fill the log before their number does.
    pub(crate) fn is_heavy(&self) -> bool {
        self.bytes > BYTES_MAX / 2
    }

    /// Number of the latest change; 0 before the first.
    pub(crate) fn last_sequence(&self) -> u64 {
        self.last
    }

    /// The kept changes after this number, oldest first.
    pub(crate) fn since(&self, sequence: u64) -> impl DoubleEndedIterator<Item = &Change> {
        let skipped = self
            .log
            .partition_point(|change| change.sequence <= sequence);
        self.log.range(skipped..)
    }

    /// Forgets the changes after this number. Their numbers are not used again.
    pub(super) fn cut(&mut self, sequence: u64) {
        while self
            .log
            .back()
            .is_some_and(|change| change.sequence > sequence)
        {
            self.log.pop_back();
        }
        self.count_bytes();
    }

    /// Forgets a field that is no more; those behind it have moved up by one place.
    pub(super) fn forget_field(&mut self, table: usize, removed: u16) {
        for change in self.log.iter_mut().filter(|change| change.table == table) {
            change.fields.retain(|field| field.position != removed);
            for field in change.fields.iter_mut().filter(|at| at.position > removed) {
                field.position -= 1;
            }
        }
        self.count_bytes();
    }

    /// Forgets the changes of a module that is no more.
    pub(super) fn forget_table(&mut self, table: usize) {
        self.log.retain(|change| change.table != table);
        self.count_bytes();
    }

    fn count_bytes(&mut self) {
        self.bytes = self.log.iter().map(Change::bytes).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(id: u64) -> Change {
        Change {
            sequence: 0,
            table: 0,
            id,
            action: Action::Insert,
            user: 1,
            at: 0,
            source: Source::CrmApi,
            fields: Vec::new(),
        }
    }

    #[test]
    fn the_log_is_bounded_and_read_from_any_number_on() {
        let mut log = ChangeLog::default();
        assert_eq!(log.since(5).count(), 0);
        for id in 1..=20_010 {
            log.push(change(id));
        }
        assert_eq!(log.last_sequence(), 20_010);
        assert_eq!(log.since(0).count(), 20_000);
        let ids: Vec<u64> = log.since(20_008).map(|change| change.id).collect();
        assert_eq!(ids, [20_009, 20_010]);
        assert_eq!(log.since(20_010).count(), 0);
        assert_eq!(log.since(u64::MAX).count(), 0);
    }

    #[test]
    fn long_values_make_room_for_later_ones() {
        let mut log = ChangeLog::default();
        let text = "x".repeat(BYTES_MAX / 4);
        for id in 1..=6 {
            let mut change = change(id);
            change.fields.push(FieldChange {
                position: 0,
                old: None,
                new: Some(Cell::Text(text.as_str().into())),
            });
            log.push(change);
        }
        let ids: Vec<u64> = log.since(0).map(|change| change.id).collect();
        assert_eq!(ids, [3, 4, 5, 6]);
        log.cut(3);
        assert_eq!(log.bytes, BYTES_MAX / 4);
    }
}
