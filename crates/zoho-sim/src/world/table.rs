//! The records of one module with their indexes.

mod undo;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::index::ValueIndex;
use super::order::Order;
use super::{Cell, FieldChange, Record, Rows, TAGS_OF_MODULE_MAX, Tag, TagName, TooManyTags};
use undo::Kept;

use crate::schema::{Field, Module, Slot};

/// Place of a record in an order: the sorted value, then the id.
pub(crate) type SortKey = (i64, u64);

/// Seconds for which a deleted record can be restored.
pub(crate) const RECYCLE_SECONDS: i64 = 60 * 24 * 60 * 60;

/// Seconds for which it is still listed afterwards.
pub(crate) const LISTED_SECONDS: i64 = 120 * 24 * 60 * 60;

/// A module and its records.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Saved")]
pub(crate) struct Table {
    pub(crate) module: Arc<Module>,
    /// By id, which is also the order of creation.
    pub(crate) rows: Rows,
    /// Deleted records by id.
    pub(crate) deleted: BTreeMap<u64, Arc<Deleted>>,
    tags: Vec<Tag>,
    /// The next number of each field that counts up.
    counters: BTreeMap<u16, u64>,
    #[serde(skip_serializing)]
    by_modified: Order,
    #[serde(skip_serializing)]
    indexes: Vec<(u16, ValueIndex)>,
    /// Deleted records that can be restored, by time.
    #[serde(skip_serializing)]
    in_bin: BTreeSet<SortKey>,
    /// Those deleted for good, by time.
    #[serde(skip_serializing)]
    gone: BTreeSet<SortKey>,
    #[serde(skip_serializing)]
    name_positions: Vec<u16>,
    #[serde(skip_serializing)]
    kept: Option<Kept>,
}

/// A record in the recycle bin or deleted for good.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Deleted {
    pub(crate) name: String,
    pub(crate) created_by: u64,
    pub(crate) deleted_by: u64,
    pub(crate) deleted_at: i64,
    /// When it was deleted for good, if before its time in the recycle bin was over.
    #[serde(default)]
    pub(crate) purged_at: Option<i64>,
    /// The record as it was, as long as it can be restored.
    pub(crate) record: Option<Box<Record>>,
}

impl Deleted {
    /// From when on it cannot be restored.
    pub(crate) fn gone_since(&self) -> i64 {
        let in_time = self.deleted_at.saturating_add(RECYCLE_SECONDS);
        self.purged_at.unwrap_or(in_time)
    }
}

/// A table as it is saved: without what follows from its records.
#[derive(Deserialize)]
struct Saved {
    module: Arc<Module>,
    rows: Rows,
    deleted: BTreeMap<u64, Arc<Deleted>>,
    tags: Vec<Tag>,
    counters: BTreeMap<u16, u64>,
}

impl From<Saved> for Table {
    fn from(saved: Saved) -> Self {
        let mut table = Self {
            deleted: saved.deleted,
            tags: saved.tags,
            counters: saved.counters,
            rows: saved.rows,
            ..Self::of(saved.module)
        };
        table.reindex();
        table
    }
}

impl Table {
    pub(crate) fn new(mut module: Module) -> Self {
        module.fields.refresh();
        Self::of(Arc::new(module))
    }

    fn of(module: Arc<Module>) -> Self {
        let mut table = Self {
            module,
            rows: Rows::default(),
            deleted: BTreeMap::new(),
            tags: Vec::new(),
            counters: BTreeMap::new(),
            by_modified: Order::default(),
            indexes: Vec::new(),
            in_bin: BTreeSet::new(),
            gone: BTreeSet::new(),
            name_positions: Vec::new(),
            kept: None,
        };
        table.reindex();
        table
    }

    /// The table as it is now, to be saved: without what follows from its records. Takes little time and memory.
    pub(super) fn image(&self) -> Self {
        Self {
            module: Arc::clone(&self.module),
            rows: self.rows.image(),
            deleted: self.deleted.clone(),
            tags: self.tags.clone(),
            counters: self.counters.clone(),
            by_modified: Order::default(),
            indexes: Vec::new(),
            in_bin: BTreeSet::new(),
            gone: BTreeSet::new(),
            name_positions: Vec::new(),
            kept: None,
        }
    }

    /// Puts a changed module in place: fields may be added at the end, and any of their facts may change.
    pub(crate) fn set_module(&mut self, mut module: Module) {
        module.fields.refresh();
        self.module = Arc::new(module);
        self.name_positions = name_positions(&self.module);
        let positions = self.module.indexed_positions();
        self.indexes
            .retain(|(position, _)| positions.contains(position));
        for position in positions {
            if !self.is_indexed(position) {
                let index = self.index_of(position);
                self.indexes.push((position, index));
            }
        }
    }

    /// Takes a field and its values out; the fields behind it move up by one place.
    pub(crate) fn remove_field(&mut self, position: u16) -> Option<Field> {
        let mut module = (*self.module).clone();
        let field = module.remove_field(position)?;
        for record in self.rows.values_mut() {
            record.forget(position);
        }
        let deleted = self.deleted.values_mut();
        let deleted = deleted.filter_map(|deleted| Arc::make_mut(deleted).record.as_mut());
        for record in deleted {
            record.forget(position);
        }
        let moved = |at: u16| match at.cmp(&position) {
            Ordering::Less => Some(at),
            Ordering::Equal => None,
            Ordering::Greater => Some(at - 1),
        };
        let counters = std::mem::take(&mut self.counters).into_iter();
        self.counters = counters
            .filter_map(|(at, next)| Some((moved(at)?, next)))
            .collect();
        let indexes = std::mem::take(&mut self.indexes).into_iter();
        self.indexes = indexes
            .filter_map(|(at, index)| Some((moved(at)?, index)))
            .collect();
        self.set_module(module);
        Some(field)
    }

    fn index_of(&self, position: u16) -> ValueIndex {
        let mut index = ValueIndex::default();
        for record in self.rows.values() {
            if let Some(cell) = record.cell(position) {
                index.add(cell, record.id);
            }
        }
        index
    }

    /// Builds everything anew that follows from module and records.
    fn reindex(&mut self) {
        self.name_positions = name_positions(&self.module);
        self.by_modified = self
            .rows
            .values()
            .map(|record| (record.modified_at, record.id))
            .collect();
        let (in_bin, gone): (Vec<_>, Vec<_>) = self
            .deleted
            .iter()
            .partition(|(_, deleted)| deleted.record.is_some());
        let in_bin = in_bin.into_iter();
        let gone = gone.into_iter();
        self.in_bin = in_bin
            .map(|(id, deleted)| (deleted.deleted_at, *id))
            .collect();
        self.gone = gone
            .map(|(id, deleted)| (deleted.gone_since(), *id))
            .collect();
        self.indexes = self
            .module
            .indexed_positions()
            .into_iter()
            .map(|position| (position, self.index_of(position)))
            .collect();
    }

    /// Records that hold this value in an indexed field, by id ascending.
    pub(crate) fn holders(&self, position: u16, cell: &Cell) -> &[u64] {
        match self.indexes.iter().find(|(at, _)| *at == position) {
            Some((_, index)) => index.holders(cell),
            None => &[],
        }
    }

    /// Whether an index is kept for the field.
    pub(crate) fn is_indexed(&self, position: u16) -> bool {
        self.indexes.iter().any(|(at, _)| *at == position)
    }

    /// Puts a new record in place.
    pub(crate) fn add(&mut self, mut record: Record) {
        self.keep(record.id);
        record.shrink();
        self.by_modified.insert((record.modified_at, record.id));
        for (position, index) in &mut self.indexes {
            if let Some(cell) = record.cell(*position) {
                index.add(cell, record.id);
            }
        }
        self.rows.insert(record.id, record);
    }

    /// Sets cells of a record and says which values are others than before. Nothing happens when there is no such record.
    pub(crate) fn change(
        &mut self,
        id: u64,
        user: u64,
        now: i64,
        layout: Option<u16>,
        cells: Vec<(u16, Option<Cell>)>,
    ) -> Vec<FieldChange> {
        let mut changes = Vec::new();
        self.keep(id);
        let Some(record) = self.rows.get_mut(&id) else {
            return changes;
        };
        record.modified_by = user;
        record.layout = layout.unwrap_or(record.layout);
        if record.modified_at != now {
            self.by_modified.remove((record.modified_at, id));
            record.modified_at = now;
            self.by_modified.insert((now, id));
        }
        for (position, new) in cells {
            if self.module.field_at(position).slot == Slot::Owner {
                if let Some(Cell::Id(owner)) = new
                    && owner != record.owner
                {
                    let old = Some(Cell::Id(record.owner));
                    record.owner = owner;
                    changes.push(FieldChange { position, old, new });
                }
                continue;
            }
            if record.cell(position) == new.as_ref() {
                continue;
            }
            let old = record.set(position, new.clone());
            if let Some((_, index)) = self.indexes.iter_mut().find(|(at, _)| *at == position) {
                if let Some(old) = &old {
                    index.remove(old, id);
                }
                if let Some(new) = &new {
                    index.add(new, id);
                }
            }
            changes.push(FieldChange { position, old, new });
        }
        if changes.iter().any(|change| change.old.is_none()) {
            record.shrink();
        }
        changes
    }

    /// Sets one cell without anybody being told: what the world itself keeps true, such as the order of sub-form rows.
    pub(crate) fn set_quietly(&mut self, id: u64, position: u16, cell: Cell) {
        self.reset_quietly(id, position, Some(cell));
    }

    /// The same, and `None` empties the field.
    pub(crate) fn reset_quietly(&mut self, id: u64, position: u16, cell: Option<Cell>) {
        self.keep(id);
        let Some(record) = self.rows.get_mut(&id) else {
            return;
        };
        let new = cell.clone();
        let old = record.set(position, cell);
        if let Some((_, index)) = self.indexes.iter_mut().find(|(at, _)| *at == position) {
            if let Some(old) = &old {
                index.remove(old, id);
            }
            if let Some(new) = &new {
                index.add(new, id);
            }
        }
    }

    /// Takes a record out into the recycle bin; false when there is none of this id.
    pub(crate) fn remove(&mut self, id: u64, deleted_by: u64, deleted_at: i64) -> bool {
        self.keep(id);
        let Some(record) = self.rows.remove(&id) else {
            return false;
        };
        self.unindex(&record);
        let deleted = Deleted {
            name: self.name_of(&record),
            created_by: record.created_by,
            deleted_by,
            deleted_at,
            purged_at: None,
            record: Some(Box::new(record)),
        };
        self.deleted.insert(id, Arc::new(deleted));
        self.in_bin.insert((deleted_at, id));
        self.expire(deleted_at);
        true
    }

    /// Takes a record out of the recycle bin back into the module; false when it is not there any more.
    pub(crate) fn restore(&mut self, id: u64, now: i64) -> bool {
        self.keep(id);
        self.expire(now);
        let record = match self.deleted.get_mut(&id) {
            Some(deleted) => Arc::make_mut(deleted).record.take(),
            None => None,
        };
        let Some(record) = record else { return false };
        if let Some(deleted) = self.deleted.remove(&id) {
            self.in_bin.remove(&(deleted.deleted_at, id));
        }
        self.add(*record);
        true
    }

    /// Frees a record of the recycle bin; it is still listed as gone for good. False when it is not in the bin.
    pub(crate) fn erase(&mut self, id: u64, now: i64) -> bool {
        self.keep(id);
        let Some(deleted) = self.deleted.get_mut(&id) else {
            return false;
        };
        let deleted = Arc::make_mut(deleted);
        let is_freed = deleted.record.take().is_some();
        if is_freed {
            let is_early = now < deleted.gone_since();
            deleted.purged_at = is_early.then_some(now);
            self.in_bin.remove(&(deleted.deleted_at, id));
            self.gone.insert((deleted.gone_since(), id));
        }
        is_freed
    }

    /// Frees what has been in the recycle bin too long, and forgets what is not even listed any more.
    pub(crate) fn expire(&mut self, now: i64) {
        let kept_since = now.saturating_sub(RECYCLE_SECONDS);
        while let Some((at, id)) = self.in_bin.first().copied()
            && at <= kept_since
        {
            self.erase(id, now);
        }
        let listed_since = now.saturating_sub(LISTED_SECONDS);
        while let Some((at, id)) = self.gone.first().copied()
            && at <= listed_since
        {
            self.gone.remove(&(at, id));
            self.deleted.remove(&id);
        }
    }

    fn unindex(&mut self, record: &Record) {
        self.by_modified.remove((record.modified_at, record.id));
        for (position, index) in &mut self.indexes {
            if let Some(cell) = record.cell(*position) {
                index.remove(cell, record.id);
            }
        }
    }

    /// The next number of a field that counts up.
    pub(crate) fn count_up(&mut self, position: u16, start: u64) -> u64 {
        let next = self.counters.entry(position).or_insert(start);
        let number = *next;
        *next = next.saturating_add(1);
        number
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
        let record = |(time, id): SortKey| {
            let record = self.rows.get(&id)?;
            (record.modified_at == time).then_some(record)
        };
        Box::new(
            self.by_modified
                .walk(is_descending, after)
                .filter_map(record),
        )
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

    /// The tags of these names, each once. Those that the module lacks are created; none of them when there is no room for all.
    pub(crate) fn tags_of_names(
        &mut self,
        names: &[TagName],
        user: u64,
        now: i64,
        mut new_id: impl FnMut() -> u64,
    ) -> Result<Vec<u64>, TooManyTags> {
        self.check_room(names)?;
        let mut ids = Vec::with_capacity(names.len());
        for name in names {
            let id = match self.tag_named(name.as_str()) {
                Some(tag) => tag.id,
                None => {
                    let id = new_id();
                    self.tags.push(Tag::new(id, name, user, now));
                    id
                }
            };
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// Whether the module could have tags of all these names.
    pub(crate) fn check_room(&self, names: &[TagName]) -> Result<(), TooManyTags> {
        match self.new_names(names).len() {
            0 => Ok(()),
            new if self.tags.len() + new <= TAGS_OF_MODULE_MAX => Ok(()),
            _ => Err(TooManyTags),
        }
    }

    /// Those of the names that no tag of the module has, each once.
    pub(crate) fn new_names<'n>(&self, names: &'n [TagName]) -> Vec<&'n TagName> {
        let mut new: Vec<&TagName> = Vec::new();
        for name in names {
            let is_known = self.tag_named(name.as_str()).is_some()
                || new.iter().any(|new| new.is_same(name.as_str()));
            if !is_known {
                new.push(name);
            }
        }
        new
    }

    /// All tags of the module.
    pub(crate) fn tags(&self) -> &[Tag] {
        &self.tags
    }

    pub(crate) fn tags_mut(&mut self) -> &mut Vec<Tag> {
        &mut self.tags
    }

    pub(crate) fn tag_of(&self, id: u64) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.id == id)
    }

    pub(crate) fn tag_name(&self, id: u64) -> Option<&str> {
        self.tag_of(id).map(|tag| tag.name.as_str())
    }

    /// Letters' case does not count.
    pub(crate) fn tag_named(&self, name: &str) -> Option<&Tag> {
        let mut tags = self.tags.iter();
        tags.find(|tag| tag.name.eq_ignore_ascii_case(name))
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
