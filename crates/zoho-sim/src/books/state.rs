//! What Books holds: organisations with their records, files, mails and use.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use super::custom_fields::CustomField;
use super::document::Document;
use super::index::{By, Index};
use super::ledger::Kept;
use super::time;
use super::undo::Undo;
use crate::world::blob::Blob;

/// Digits after the organisation's prefix in an id.
const COUNTER_DIGITS: u64 = 1_000_000_000_000;
/// Mails that are kept.
const MAILS_MAX: usize = 10_000;

/// All organisations of Books, by id.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Books {
    pub(crate) organisations: BTreeMap<u64, Organisation>,
}

/// One organisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Organisation {
    pub(crate) id: u64,
    /// First digits of the ids of its records.
    pub(crate) prefix: u64,
    counter: u64,
    pub(crate) utc_offset_minutes: i32,
    /// Calls in a day that its plan has.
    pub(crate) calls_per_day: u64,
    /// Members of the organisation itself.
    pub(crate) document: Document,
    pub(crate) is_default: bool,
    tables: Tables,
    /// Nested records by type and by the record to which they belong.
    children: BTreeMap<String, BTreeMap<u64, BTreeSet<u64>>>,
    /// Counters of document numbers, by record type.
    numbers: BTreeMap<String, u64>,
    pub(crate) custom_fields: Vec<CustomField>,
    pub(crate) files: BTreeMap<u64, File>,
    pub(crate) mails: VecDeque<Mail>,
    #[serde(default)]
    pub(crate) usage: Usage,
    /// The time of the latest call: what is overdue when a record is read follows from it.
    #[serde(default)]
    pub(crate) now: i64,
    /// The day up to which recurring documents were made; empty when a profile was written since.
    #[serde(default)]
    pub(crate) recurred_on: String,
    /// How often something was written.
    #[serde(default)]
    pub(crate) revision: u64,
    /// What the records post to accounts, as long as nothing was written since.
    #[serde(skip)]
    pub(crate) ledger: Kept,
    /// What the call at hand changed, so that a refusal leaves nothing of it.
    #[serde(skip)]
    undo: Option<Undo>,
}

/// Records by type and id, with what they are found by.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "BTreeMap<String, BTreeMap<u64, Arc<Row>>>")]
struct Tables {
    rows: BTreeMap<String, BTreeMap<u64, Arc<Row>>>,
    index: Index,
}

/// An image, see [`crate::world::World::image`]: it shares the records, and is walked but not searched.
impl Clone for Tables {
    fn clone(&self) -> Self {
        Self {
            rows: self.rows.clone(),
            index: Index::default(),
        }
    }
}

impl From<BTreeMap<String, BTreeMap<u64, Arc<Row>>>> for Tables {
    fn from(rows: BTreeMap<String, BTreeMap<u64, Arc<Row>>>) -> Self {
        let mut index = Index::default();
        for (kind, table) in &rows {
            for row in table.values() {
                index.add(kind, row.id, &row.document);
            }
        }
        Self { rows, index }
    }
}

impl Serialize for Tables {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl Tables {
    fn put(&mut self, kind: &str, row: Row) {
        if let Some(before) = self.rows.get(kind).and_then(|table| table.get(&row.id)) {
            self.index.take(kind, before.id, &before.document);
        }
        self.index.add(kind, row.id, &row.document);
        let table = self.rows.entry(kind.to_owned()).or_default();
        table.insert(row.id, Arc::new(row));
    }

    fn take(&mut self, kind: &str, id: u64) -> Option<Arc<Row>> {
        let row = self.rows.get_mut(kind)?.remove(&id)?;
        self.index.take(kind, id, &row.document);
        Some(row)
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: u64,
    pub(crate) parent: Option<u64>,
    pub(crate) created_at: i64,
    pub(crate) modified_at: i64,
    pub(crate) document: Document,
}

/// A file that hangs on a record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) id: u64,
    pub(crate) kind: String,
    pub(crate) record: u64,
    /// Whether it is the receipt of an expense.
    pub(crate) is_receipt: bool,
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) at: i64,
    pub(crate) bytes: Blob,
}

/// A mail that was sent from a record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mail {
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) record: u64,
    /// The last words of the path: `email`, `paymentreminder` …
    pub(crate) action: String,
    pub(crate) body: Document,
}

/// Calls of a day and of the last minute.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Usage {
    pub(crate) day: i64,
    pub(crate) calls: u64,
    pub(crate) minute: VecDeque<i64>,
}

impl Books {
    /// Does what is due by now: recurring documents are made.
    pub(crate) fn settle(&mut self, now: i64) {
        for organisation in self.organisations.values_mut() {
            organisation.settle(now);
        }
    }
}

impl Organisation {
    /// The same for one organisation.
    pub(crate) fn settle(&mut self, now: i64) {
        self.now = now;
        super::trade::catch_up(self, now);
    }

    pub(crate) fn new(id: u64, prefix: u64, utc_offset_minutes: i32, calls_per_day: u64) -> Self {
        Self {
            id,
            prefix,
            // Records of users begin about here; what is below is the same in every organisation.
            counter: 100_000,
            utc_offset_minutes,
            calls_per_day,
            document: Document::default(),
            is_default: false,
            tables: Tables::default(),
            children: BTreeMap::new(),
            numbers: BTreeMap::new(),
            custom_fields: Vec::new(),
            files: BTreeMap::new(),
            mails: VecDeque::new(),
            usage: Usage::default(),
            now: 0,
            recurred_on: String::new(),
            revision: 0,
            ledger: Kept::default(),
            undo: None,
        }
    }

    pub(crate) fn next_id(&mut self) -> u64 {
        self.counter += 1;
        self.id_of(self.counter)
    }

    /// The id of a counter.
    pub(crate) fn id_of(&self, counter: u64) -> u64 {
        self.prefix * COUNTER_DIGITS + counter
    }

    /// The next number of a document: 1, 2, 3 …
    pub(crate) fn next_number(&mut self, kind: &str) -> u64 {
        if let Some(undo) = &mut self.undo {
            undo.number(kind, self.numbers.get(kind).copied());
        }
        let number = self.numbers.entry(kind.to_owned()).or_default();
        *number += 1;
        *number
    }

    /// Records of a type by id.
    pub(crate) fn rows(&self, kind: &str) -> impl DoubleEndedIterator<Item = &Row> {
        let table = self.tables.rows.get(kind);
        let rows = table.into_iter().flat_map(BTreeMap::values);
        rows.map(Arc::as_ref)
    }

    /// Records of a type that have a name, number or reference, by id.
    pub(crate) fn keyed<'o>(
        &'o self,
        kind: &str,
        by: By,
        text: &str,
    ) -> impl DoubleEndedIterator<Item = &'o Row> + use<'o> {
        let table = self.tables.rows.get(kind);
        let ids = self.tables.index.find(kind, by, text).into_iter().flatten();
        ids.filter_map(move |id| table?.get(id)).map(Arc::as_ref)
    }

    pub(crate) fn row(&self, kind: &str, id: u64) -> Option<&Row> {
        self.tables.rows.get(kind)?.get(&id).map(Arc::as_ref)
    }

    /// A record, to change what it is not found by; [`put`](Self::put) is for the rest.
    pub(crate) fn row_mut(&mut self, kind: &str, id: u64) -> Option<&mut Row> {
        self.revision += 1;
        let row = self.tables.rows.get_mut(kind)?.get_mut(&id)?;
        if let Some(undo) = &mut self.undo {
            undo.row(kind, id, Some(row));
        }
        Some(Arc::make_mut(row))
    }

    /// The record of an id that is written as text.
    pub(crate) fn row_of_text(&self, kind: &str, id: &str) -> Option<&Row> {
        self.row(kind, crate::world::parse_id(id)?)
    }

    /// Records of a type that belong to a record, by id.
    pub(crate) fn children(&self, kind: &str, parent: u64) -> impl Iterator<Item = &Row> {
        let ids = self.children.get(kind).and_then(|all| all.get(&parent));
        let table = self.tables.rows.get(kind);
        let ids = ids.into_iter().flatten();
        ids.filter_map(move |id| table?.get(id)).map(Arc::as_ref)
    }

    /// Puts a record in its place.
    pub(crate) fn put(&mut self, kind: &str, row: Row) {
        self.note(kind, row.id);
        self.revision += 1;
        if let Some(parent) = row.parent {
            let all = self.children.entry(kind.to_owned()).or_default();
            all.entry(parent).or_default().insert(row.id);
        }
        self.tables.put(kind, row);
    }

    /// Takes a record out, with what hangs on it.
    pub(crate) fn take(&mut self, kind: &str, id: u64) -> Option<Row> {
        self.revision += 1;
        self.note(kind, id);
        let row = self.tables.take(kind, id)?;
        if let Some(siblings) = row
            .parent
            .and_then(|parent| self.children.get_mut(kind)?.get_mut(&parent))
        {
            siblings.remove(&id);
        }
        self.take_files(|file| file.kind == kind && file.record == id);
        let types = super::registry::REGISTRY.types.iter();
        for child in types.filter(|child| child.parent.as_deref() == Some(kind)) {
            let all = self.children.get_mut(&child.name);
            let ids = all.and_then(|all| all.remove(&id)).unwrap_or_default();
            for id in ids {
                self.note(&child.name, id);
                self.tables.take(&child.name, id);
            }
        }
        Some(Arc::unwrap_or_clone(row))
    }

    /// Takes files out and tells how many they were.
    pub(crate) fn take_files(&mut self, is_meant: impl Fn(&File) -> bool) -> usize {
        let meant = self.files.values().filter(|file| is_meant(file));
        let ids: Vec<u64> = meant.map(|file| file.id).collect();
        for id in &ids {
            if let (Some(file), Some(undo)) = (self.files.remove(id), &mut self.undo) {
                undo.files.push(file);
            }
        }
        ids.len()
    }

    pub(crate) fn count(&self, kind: &str) -> usize {
        self.tables.rows.get(kind).map_or(0, BTreeMap::len)
    }

    /// Notes how a record is before it is changed.
    fn note(&mut self, kind: &str, id: u64) {
        if let Some(undo) = &mut self.undo {
            let table = self.tables.rows.get(kind);
            undo.row(kind, id, table.and_then(|table| table.get(&id)));
        }
    }

    /// Acts; of what is refused nothing stays.
    pub(crate) fn whole<T, E>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let counter = self.counter;
        self.undo = Some(Undo::default());
        let done = act(self);
        let undo = self.undo.take().unwrap_or_default();
        if done.is_err() {
            self.counter = counter;
            self.put_back(undo);
        }
        done
    }

    fn put_back(&mut self, undo: Undo) {
        self.revision += 1;
        for ((kind, id), before) in undo.rows {
            match before {
                Some(row) => self.put(&kind, Arc::unwrap_or_clone(row)),
                None => {
                    let row = self.tables.take(&kind, id);
                    let parent = row.and_then(|row| row.parent);
                    let all = self.children.get_mut(&kind);
                    let siblings =
                        parent.and_then(|parent| all.and_then(|all| all.get_mut(&parent)));
                    if let Some(siblings) = siblings {
                        siblings.remove(&id);
                    }
                }
            }
        }
        for (kind, before) in undo.numbers {
            match before {
                Some(number) => self.numbers.insert(kind, number),
                None => self.numbers.remove(&kind),
            };
        }
        let files = undo.files.into_iter().map(|file| (file.id, file));
        self.files.extend(files);
    }

    /// Today's date where the organisation is.
    pub(crate) fn today(&self, now: i64) -> String {
        let mut text = time::written(now, self.utc_offset_minutes);
        text.truncate(10);
        text
    }

    /// A time as the organisation writes it.
    pub(crate) fn time(&self, at: i64) -> String {
        time::written(at, self.utc_offset_minutes)
    }

    pub(crate) fn keep_mail(&mut self, mail: Mail) {
        self.revision += 1;
        self.mails.push_back(mail);
        if self.mails.len() > MAILS_MAX {
            self.mails.pop_front();
        }
    }
}
