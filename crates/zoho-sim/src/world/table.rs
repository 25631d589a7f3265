//! The records of one module with their indexes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use super::index::{ValueIndex, index_key};
use super::{Cell, Record};
use crate::schema::{Module, Slot};

/// Place of a record in an order: the sorted value, then the id.
pub(crate) type SortKey = (i64, u64);

/// A module and its records.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) module: Arc<Module>,
    /// By id, which is also the order of creation.
    pub(crate) rows: BTreeMap<u64, Record>,
    /// Deleted records by id.
    pub(crate) deleted: BTreeMap<u64, Deleted>,
    by_modified: BTreeSet<SortKey>,
    indexes: Vec<(u16, ValueIndex)>,
    tags: Vec<(u64, String)>,
    name_positions: Vec<u16>,
}

/// A record in the recycle bin or deleted for good.
#[derive(Debug)]
pub(crate) struct Deleted {
    pub(crate) name: String,
    pub(crate) created_by: u64,
    pub(crate) deleted_by: u64,
    pub(crate) deleted_at: i64,
}

impl Table {
    pub(crate) fn new(module: Module) -> Self {
        let indexes = module
            .indexed_positions()
            .into_iter()
            .map(|position| (position, ValueIndex::default()))
            .collect();
        let name_positions = name_positions(&module);
        Self {
            module: Arc::new(module),
            rows: BTreeMap::new(),
            deleted: BTreeMap::new(),
            by_modified: BTreeSet::new(),
            indexes,
            tags: Vec::new(),
            name_positions,
        }
    }

    /// Records that hold this value in an indexed field.
    pub(crate) fn holders(&self, position: u16, cell: &Cell) -> &[u64] {
        let index = self.indexes.iter().find(|(at, _)| *at == position);
        match (index, index_key(cell)) {
            (Some((_, index)), Some(key)) => index.holders(&key),
            _ => &[],
        }
    }

    /// Puts a new or changed record in place and keeps every index true.
    pub(crate) fn put(&mut self, mut record: Record) {
        if let Some(old) = self.rows.remove(&record.id) {
            self.unindex(&old);
        }
        record.shrink();
        self.by_modified.insert((record.modified_at, record.id));
        for (position, index) in &mut self.indexes {
            if let Some(key) = record.cell(*position).and_then(index_key) {
                index.add(key, record.id);
            }
        }
        self.rows.insert(record.id, record);
    }

    /// Takes a record out into the recycle bin; `None` when there is none of this id.
    pub(crate) fn remove(&mut self, id: u64, deleted_by: u64, deleted_at: i64) -> Option<Record> {
        let record = self.rows.remove(&id)?;
        self.unindex(&record);
        let name = self.name_of(&record);
        self.deleted.insert(
            id,
            Deleted {
                name,
                created_by: record.created_by,
                deleted_by,
                deleted_at,
            },
        );
        Some(record)
    }

    fn unindex(&mut self, record: &Record) {
        self.by_modified.remove(&(record.modified_at, record.id));
        for (position, index) in &mut self.indexes {
            if let Some(key) = record.cell(*position).and_then(index_key) {
                index.remove(&key, record.id);
            }
        }
    }

    /// Walks the records by id, beginning after `after`.
    pub(crate) fn by_id(
        &self,
        is_descending: bool,
        after: Option<u64>,
    ) -> Box<dyn Iterator<Item = &Record> + '_> {
        match (is_descending, after) {
            (false, None) => Box::new(self.rows.values()),
            (false, Some(id)) => Box::new(
                self.rows
                    .range((Bound::Excluded(id), Bound::Unbounded))
                    .map(|(_, record)| record),
            ),
            (true, None) => Box::new(self.rows.values().rev()),
            (true, Some(id)) => Box::new(self.rows.range(..id).rev().map(|(_, record)| record)),
        }
    }

    /// Walks the records by time of change, beginning after `after`.
    pub(crate) fn by_modified(
        &self,
        is_descending: bool,
        after: Option<SortKey>,
    ) -> Box<dyn Iterator<Item = &Record> + '_> {
        let record = |key: &SortKey| self.rows.get(&key.1);
        match (is_descending, after) {
            (false, None) => Box::new(self.by_modified.iter().filter_map(record)),
            (false, Some(key)) => {
                let rest = self
                    .by_modified
                    .range((Bound::Excluded(key), Bound::Unbounded));
                Box::new(rest.filter_map(record))
            }
            (true, None) => Box::new(self.by_modified.iter().rev().filter_map(record)),
            (true, Some(key)) => Box::new(self.by_modified.range(..key).rev().filter_map(record)),
        }
    }

    /// The name by which people see a record: the full name of a person, else the module's naming field.
    pub(crate) fn name_of(&self, record: &Record) -> String {
        let mut name = String::new();
        for text in self
            .name_positions
            .iter()
            .filter_map(|position| record.text(*position))
        {
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(text);
        }
        name
    }

    /// The tag of this name, created when the module has none yet; `new_id` is used only then.
    pub(crate) fn tag(&mut self, name: &str, new_id: impl FnOnce() -> u64) -> u64 {
        if let Some((id, _)) = self
            .tags
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name))
        {
            return *id;
        }
        let id = new_id();
        self.tags.push((id, name.to_owned()));
        id
    }

    pub(crate) fn tag_name(&self, id: u64) -> Option<&str> {
        self.tags
            .iter()
            .find(|(known, _)| *known == id)
            .map(|(_, name)| name.as_str())
    }
}

fn name_positions(module: &Module) -> Vec<u16> {
    if module
        .fields
        .iter()
        .any(|field| field.slot == Slot::FullName)
    {
        return ["First_Name", "Last_Name"]
            .iter()
            .filter_map(|name| module.position(name))
            .collect();
    }
    module.name_position().into_iter().collect()
}
