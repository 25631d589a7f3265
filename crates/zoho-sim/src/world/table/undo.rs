//! Remembers records before they are changed, so that the changes can be taken back exactly.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Deleted, Record, Table};

/// Records as they were before their first change, by id.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept(BTreeMap<u64, Before>);

#[derive(Debug, Clone)]
struct Before {
    record: Option<Record>,
    deleted: Option<Arc<Deleted>>,
}

impl Table {
    /// Begins to remember.
    pub(crate) fn remember(&mut self) {
        self.kept = Some(Kept::default());
    }

    /// Whether its changes may still be taken back.
    pub(crate) fn remembers(&self) -> bool {
        self.kept.is_some()
    }

    /// Leaves all as it is now.
    pub(crate) fn forget(&mut self) {
        self.kept = None;
    }

    /// Called before a record is changed, made or taken out.
    pub(super) fn keep(&mut self, id: u64) {
        let Some(kept) = &mut self.kept else { return };
        kept.0.entry(id).or_insert_with(|| Before {
            record: self.rows.get(&id).cloned(),
            deleted: self.deleted.get(&id).cloned(),
        });
    }

    /// Puts every record back as it was when remembering began.
    pub(crate) fn take_back(&mut self) {
        let Some(kept) = self.kept.take() else { return };
        for (id, before) in kept.0 {
            if let Some(record) = self.rows.remove(&id) {
                self.unindex(&record);
            }
            if let Some(deleted) = self.deleted.remove(&id) {
                self.in_bin.remove(&(deleted.deleted_at, id));
                self.gone.remove(&(deleted.gone_since(), id));
            }
            if let Some(record) = before.record {
                self.add(record);
            }
            if let Some(deleted) = before.deleted {
                if deleted.record.is_some() {
                    self.in_bin.insert((deleted.deleted_at, id));
                } else {
                    self.gone.insert((deleted.gone_since(), id));
                }
                self.deleted.insert(id, deleted);
            }
        }
    }
}
