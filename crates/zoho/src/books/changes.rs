//! Polling: what is new and updated since a moment, without missing or repeating a record.
//!
//! Zoho's times have whole seconds, pages shift while records change, and not each list can be filtered by time. Hence:
//!
//! - A poll asks from the last known time *on*, and leaves out what was reported with the same time and content.
//! - A list that fits on a page is read at one moment, so that the next poll goes on from its newest time. A longer one
//!   is not: what changed behind the reader's back is missing, but is not older than the newest time that was known
//!   *before* this poll, and the next poll goes on from there.
//! - Lists without a time filter are read whole. Where rows have no time at all, their content is compared.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::members::Members;
use super::record::{FromRecord, Record};
use super::registry::Listing;
use super::{List, RecordType, Records, SortOrder, Verb};
use crate::{Error, ErrorKind};

const OPERATION: &str = "poll changes";

/// Most rows that one poll reads; see [`Records::changes`].
const ROWS_MAX: usize = 50_000;

/// How far a poll reaches back: Zoho may show a record a moment after the time that it writes into it.
const OVERLAP_SECONDS: i64 = 5;

/// Where polling goes on. Store it (it is small JSON unless the list has no times) and hand it to the next poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeCursor {
    since: Timestamp,
    /// The next poll asks from here on.
    from: Timestamp,
    /// The newest time that was seen.
    newest: Timestamp,
    /// True once a list without times was read, whose first reading only takes stock.
    #[serde(default)]
    has_stock: bool,
    /// What was reported and may show up again.
    #[serde(default)]
    seen: BTreeMap<String, Seen>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    at: Option<Timestamp>,
    print: String,
}

/// What happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// It was made since the moment that the poll starts from.
    New,
    /// It was made earlier, or reported before.
    Updated,
    /// The list does not tell when its records were made.
    NewOrUpdated,
}

/// A record that is new or updated.
#[derive(Clone, Debug, PartialEq)]
pub struct Change<T = Record> {
    /// What happened.
    pub kind: ChangeKind,
    /// The row of the list; `get` loads the whole record.
    pub record: T,
}

/// What a poll found.
#[derive(Clone, Debug, PartialEq)]
pub struct Changes<T = Record> {
    /// The changes, in the list's order.
    pub changes: Vec<Change<T>>,
    /// For the next poll.
    pub cursor: ChangeCursor,
}

impl ChangeCursor {
    /// Starts at this moment, whole seconds; what happened in that second counts.
    #[must_use]
    pub fn since(moment: Timestamp) -> ChangeCursor {
        let moment = Timestamp::from_second(moment.as_second()).unwrap_or(moment);
        ChangeCursor {
            since: moment,
            from: moment,
            newest: moment,
            has_stock: false,
            seen: BTreeMap::new(),
        }
    }
}

impl<T: FromRecord> Records<T> {
    /// Polls: what is new or updated since the cursor, and the cursor for the next poll.
    ///
    /// | The list | How it is polled | Calls |
    /// |---|---|---|
    /// | takes `last_modified_time` (invoices, estimates, orders, bills, credits, contacts, accounts, journals …) | by that filter | one for each 200 changes |
    /// | has rows with `last_modified_time` only (items, expenses, customer payments …) | read whole, rows compared by time | one for each 200 records |
    /// | has rows without it (users, taxes, currencies, bank accounts, projects …) | read whole, rows compared by content; the first poll takes stock and reports nothing | one for each 200 records |
    ///
    /// Deleted records are not seen by polling. A change that shows neither in the row nor in its time is not seen
    /// either: a second change within one second to a member that the row lacks.
    ///
    /// If the caller fails after a poll, repeat it with the old cursor: it reports the same again.
    ///
    /// ```no_run
    /// # async fn f(books: zoho::books::Books, start: jiff::Timestamp) -> Result<(), zoho::Error> {
    /// use zoho::books::ChangeCursor;
    ///
    /// let mut cursor = ChangeCursor::since(start);
    /// loop {
    ///     let polled = books.invoices().changes(&cursor).await?;
    ///     for change in polled.changes {
    ///         println!("{:?} {}", change.kind, change.record.invoice_number);
    ///     }
    ///     cursor = polled.cursor;
    /// #   break;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] if more than 50,000 rows came (start with a later moment, or read the list by
    /// [`List::stream`]); [`ErrorKind::Input`] for a record type without a list; otherwise see [`ErrorKind`].
    pub async fn changes(&self, cursor: &ChangeCursor) -> Result<Changes<T>, Error> {
        let record_type = self.record_type()?;
        record_type.operation(Verb::List)?;
        let listing = record_type.listing.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Input, OPERATION, "the record type has no list")
        })?;
        let mut list = Some(polled(
            Records::<Record>::clone_of(self).list(),
            listing,
            cursor,
        ));
        let mut pass = Pass::new(record_type, listing, cursor);
        let mut found = Vec::new();
        let mut pages = 0;
        let mut rows_read = 0;
        while let Some(page) = list.take() {
            let (rows, context) = page.load().await?;
            pages += 1;
            rows_read += rows.len();
            if rows_read > ROWS_MAX {
                let message = format!(
                    "more than {ROWS_MAX} rows of {} came; start with a later moment",
                    record_type.name()
                );
                return Err(Error::new(ErrorKind::Refused, OPERATION, message));
            }
            let goes_on = context.has_more_page && !rows.is_empty();
            for row in rows {
                if let Some(kind) = pass.judge(&row)? {
                    found.push(Change {
                        kind,
                        record: T::from_record(row)?,
                    });
                }
            }
            list = goes_on.then(|| page.next_page());
        }
        Ok(Changes {
            changes: found,
            cursor: pass.end(pages <= 1),
        })
    }
}

/// The list in an order in which new records do not push others over a page's edge unseen.
fn polled(list: List, listing: &Listing, cursor: &ChangeCursor) -> List {
    let all = listing.filter_by.iter().find(|view| view.ends_with(".All"));
    let list = match all {
        Some(view) => list.filter_by(*view),
        None => list,
    };
    let list = match listing.sort_columns.contains(&"created_time") {
        true => list.sort_by("created_time", SortOrder::Ascending),
        false => list,
    };
    match listing.rows_have_modified_time && listing.params.contains(&"last_modified_time") {
        true => list.modified_since(cursor.from),
        false => list,
    }
}

/// One poll's reading of a list.
struct Pass<'a> {
    record_type: &'a RecordType,
    has_times: bool,
    has_created: bool,
    old: &'a ChangeCursor,
    newest: Timestamp,
    seen: BTreeMap<String, Seen>,
}

impl<'a> Pass<'a> {
    fn new(record_type: &'a RecordType, listing: &Listing, old: &'a ChangeCursor) -> Pass<'a> {
        Pass {
            record_type,
            has_times: listing.rows_have_modified_time,
            has_created: listing.rows_have_created_time,
            old,
            newest: old.newest,
            seen: old.seen.clone(),
        }
    }

    /// What a row means; `None` if it is not new, or was reported.
    fn judge(&mut self, row: &Record) -> Result<Option<ChangeKind>, Error> {
        let at = match self.has_times {
            true => row.time("last_modified_time")?,
            false => None,
        };
        if at.is_some_and(|at| at < self.old.from) {
            return Ok(None);
        }
        let print = fingerprint(row);
        let id = self.record_type.id_field().map(|field| row.text(field));
        let id = id.transpose()?.flatten().unwrap_or_else(|| print.clone());
        if let Some(at) = at {
            self.newest = self.newest.max(at);
        }
        let now = Seen { at, print };
        let before = self.seen.get(&id);
        if before == Some(&now) {
            return Ok(None);
        }
        let created_at = match self.has_created {
            true => row.time("created_time")?,
            false => None,
        };
        let kind = match (before.is_some(), created_at) {
            (true, _) => ChangeKind::Updated,
            (false, Some(created_at)) if created_at >= self.old.from => ChangeKind::New,
            (false, Some(_)) => ChangeKind::Updated,
            // Without times all that was there is in stock.
            (false, None) if at.is_none() && self.old.has_stock => ChangeKind::New,
            (false, None) => ChangeKind::NewOrUpdated,
        };
        self.seen.insert(id, now);
        // The first reading of a list without times can still go by the time of making.
        let is_stock = at.is_none()
            && !self.old.has_stock
            && created_at.is_none_or(|created_at| created_at < self.old.since);
        Ok((!is_stock).then_some(kind))
    }

    fn end(self, was_one_page: bool) -> ChangeCursor {
        // See the head of this file.
        let known = match was_one_page {
            true => self.newest,
            false => self.old.newest,
        };
        let overlap = jiff::SignedDuration::from_secs(OVERLAP_SECONDS);
        let from = known.checked_sub(overlap).unwrap_or(known);
        let from = from.max(self.old.from);
        let mut seen = self.seen;
        seen.retain(|_, seen| seen.at.is_none_or(|at| at >= from));
        ChangeCursor {
            since: self.old.since,
            from,
            newest: self.newest,
            has_stock: true,
            seen,
        }
    }
}

/// A digest of what a row says, without what changes by itself as days go by.
fn fingerprint(row: &Record) -> String {
    let mut parts: Vec<(String, String)> = Vec::new();
    if let Some(members) = Members::of(row.as_json()) {
        let lasting = members
            .iter()
            .filter(|(name, _)| !name.ends_with("_formatted") && *name != "due_days");
        parts.extend(lasting.map(|(name, json)| (name.to_owned(), json.get().to_owned())));
    }
    parts.sort();
    let mut text = String::new();
    for (name, json) in &parts {
        text.push_str(name);
        text.push('\u{0}');
        text.push_str(json);
        text.push('\u{0}');
    }
    let digest = digest(&SHA256, text.as_bytes());
    let start = digest.as_ref().iter().take(12);
    start.map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A list as Zoho keeps it, with the second in which each record changed last.
    #[derive(Clone, Debug, Default)]
    struct World {
        now: i64,
        /// Id, second of making, second of the last change, content.
        rows: Vec<(u32, i64, i64, u32)>,
        contents: u32,
    }

    #[derive(Clone, Debug)]
    enum Step {
        Create,
        Update(usize),
        Tick(i64),
        /// A poll with pages of this size, and a change after each page.
        Poll(usize, Vec<usize>),
    }

    impl World {
        fn create(&mut self) {
            self.contents += 1;
            let id = u32::try_from(self.rows.len()).unwrap();
            self.rows.push((id, self.now, self.now, self.contents));
        }

        fn update(&mut self, at: usize) {
            self.contents += 1;
            let count = self.rows.len();
            if let Some(row) = self.rows.get_mut(at % count.max(1)) {
                (row.2, row.3) = (self.now, self.contents);
            }
        }

        /// A page of the rows modified since, by the time of making.
        fn page(&self, from: i64, page: usize, size: usize) -> (Vec<Record>, bool) {
            let fitting: Vec<_> = self.rows.iter().filter(|row| row.2 >= from).collect();
            let rows = fitting.iter().skip(page * size).take(size).map(|(id, made, changed, content)| {
                let time = |second: &i64| Timestamp::from_second(*second).unwrap().to_string();
                let json = serde_json::json!({
                    "invoice_id": id.to_string(), "created_time": time(made), "last_modified_time": time(changed),
                    "reference_number": content.to_string(), "due_days": self.now.to_string(),
                });
                serde_json::from_value::<Box<serde_json::value::RawValue>>(json)
                    .ok()
                    .and_then(|json| Record::new(&json))
                    .unwrap()
            });
            (rows.collect(), fitting.len() > (page + 1) * size)
        }
    }

    fn poll(
        world: &mut World,
        cursor: &ChangeCursor,
        size: usize,
        meanwhile: &[usize],
    ) -> (Vec<(String, String, ChangeKind)>, ChangeCursor) {
        let record_type = RecordType::find("invoice").unwrap();
        let listing = record_type.listing.as_ref().unwrap();
        let mut pass = Pass::new(record_type, listing, cursor);
        let (mut found, mut pages) = (Vec::new(), 0);
        loop {
            let (rows, goes_on) = world.page(cursor.from.as_second(), pages, size);
            pages += 1;
            for row in rows {
                if let Some(kind) = pass.judge(&row).unwrap() {
                    let text = |name| row.text(name).unwrap().unwrap();
                    found.push((text("invoice_id"), text("reference_number"), kind));
                }
            }
            if !goes_on {
                return (found, pass.end(pages == 1));
            }
            match meanwhile.get(pages - 1) {
                Some(at) if at % 3 == 0 => world.create(),
                Some(at) => world.update(*at),
                None => {}
            }
            if meanwhile.get(pages - 1).is_some_and(|at| at % 2 == 0) {
                world.now += 1;
            }
        }
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => Just(Step::Create),
            4 => (0usize..50).prop_map(Step::Update),
            2 => (0i64..8).prop_map(Step::Tick),
            3 => (1usize..5, proptest::collection::vec(0usize..50, 0..6)).prop_map(|(size, meanwhile)| Step::Poll(size, meanwhile)),
        ]
    }

    proptest! {
        #[test]
        fn no_change_is_missed_and_none_is_repeated(steps in proptest::collection::vec(step(), 1..60)) {
            let mut world = World { now: 1_000_000, ..World::default() };
            let mut cursor = ChangeCursor::since(Timestamp::from_second(world.now).unwrap());
            let mut reported: Vec<(String, String, ChangeKind)> = Vec::new();
            let take = |found: Vec<(String, String, ChangeKind)>, reported: &mut Vec<_>| {
                for change in found {
                    let again = reported.iter().any(|(id, content, _): &(String, String, ChangeKind)| *id == change.0 && *content == change.1);
                    prop_assert!(!again, "{change:?} came twice");
                    let was_known = reported.iter().any(|(id, _, _)| *id == change.0);
                    prop_assert_eq!(change.2 == ChangeKind::New, !was_known, "{:?}", &change);
                    reported.push(change);
                }
                Ok(())
            };
            for step in steps {
                match step {
                    Step::Create => world.create(),
                    Step::Update(at) => world.update(at),
                    Step::Tick(seconds) => world.now += seconds,
                    Step::Poll(size, meanwhile) => {
                        let (found, next) = poll(&mut world, &cursor, size, &meanwhile);
                        // A cursor survives being stored.
                        cursor = serde_json::from_str(&serde_json::to_string(&next).unwrap()).unwrap();
                        take(found, &mut reported)?;
                    }
                }
            }
            for size in [3, 1000] {
                let (found, next) = poll(&mut world, &cursor, size, &[]);
                take(found, &mut reported)?;
                cursor = next;
            }
            for (id, _, _, content) in &world.rows {
                let is_known = reported.iter().any(|known| known.0 == id.to_string() && known.1 == content.to_string());
                prop_assert!(is_known, "the last state of {id} was missed");
            }
        }
    }

    #[test]
    fn a_list_without_times_is_taken_stock_of_first() {
        let record_type = RecordType::find("tax").unwrap();
        let listing = record_type.listing.as_ref().unwrap();
        let row = |id: &str, name: &str| -> Record {
            serde_json::from_str(&format!(r#"{{"tax_id":"{id}","tax_name":"{name}"}}"#)).unwrap()
        };
        let start = ChangeCursor::since(Timestamp::from_second(1_000_000).unwrap());
        let mut stock = Pass::new(record_type, listing, &start);
        assert_eq!(stock.judge(&row("1", "A")).unwrap(), None);
        let cursor = stock.end(true);
        let mut next = Pass::new(record_type, listing, &cursor);
        assert_eq!(next.judge(&row("1", "A")).unwrap(), None);
        assert_eq!(next.judge(&row("2", "B")).unwrap(), Some(ChangeKind::New));
        assert_eq!(
            next.judge(&row("1", "C")).unwrap(),
            Some(ChangeKind::Updated)
        );
    }
}
