//! Finds out whether a try whose answer was lost had got through, for records that no key finds again.
//!
//! A search would be simpler, but Zoho's search index lags behind the records for seconds to a minute
//! (`crm/developer/docs/api/v8/search-records.html`); the list sorted by creation does not.

use std::collections::HashSet;

use futures_util::StreamExt as _;
use serde_json::{Map, Value};
use zoho::crm::{Crm, Record, SortOrder};

use crate::clock::from_micros;
use crate::connection::Connection;
use crate::store::Store;
use crate::store::lease::LeasedRow;

use super::lane::Lane;
use super::likeness::{Likeness, fields_to_read, likeness};

/// Pages that are read back at most: Zoho shows 100,000 records of a list.
const PAGES_MAX: usize = 500;
const PAGE_RECORDS: u32 = 200;
/// By how much Zoho's clock may be behind ours.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);
/// What Zoho's times leave out (they are whole seconds), and what well-kept clocks differ by.
const ROUNDING: jiff::SignedDuration = jiff::SignedDuration::from_secs(2);

/// What is known of an earlier try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sought {
    /// It had got through: this is the record's id.
    Found(String),
    /// It had not: everything since then was looked at.
    Absent,
    /// More records were made since then than Zoho lists, or one is there that may be it.
    Unclear,
}

/// A record whose call was not answered.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub values: Map<String, Value>,
    /// When the call began.
    pub since: jiff::Timestamp,
}

/// Which of Zoho's times tells that a call has left something.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trace {
    /// It made a record.
    Created,
    /// It made a record, or changed one.
    Modified,
}

impl Trace {
    fn field(self) -> &'static str {
        match self {
            Self::Created => "Created_Time",
            Self::Modified => "Modified_Time",
        }
    }
}

/// For each row, what an earlier try of it has left in Zoho.
///
/// # Errors
/// When Zoho cannot be asked; then nothing is known and nothing may be sent.
pub(crate) async fn find(
    store: &Store,
    lane: &Lane,
    connection: &Connection,
    rows: &[&LeasedRow],
) -> Result<Vec<Sought>, zoho::Error> {
    let Some(first) = rows.iter().filter_map(|row| row.uncertain_since).min() else {
        return Ok(vec![Sought::Absent; rows.len()]);
    };
    let wanted: Vec<Wanted> = rows
        .iter()
        .map(|row| Wanted {
            values: serde_json::from_str(&row.record).unwrap_or_default(),
            since: from_micros(row.uncertain_since.unwrap_or(first)),
        })
        .collect();
    let oldest = rows.iter().map(|row| row.seq).min();
    let known = spoken_for(store, &lane.connection, &lane.module, oldest).await;
    let crm = connection.client.crm();
    newest_like(&crm, &lane.module, &wanted, Trace::Created, &known).await
}

/// For each of the wanted records, one that was written since its call began and holds what it holds; `known` ones are
/// somebody else's.
///
/// # Errors
/// When Zoho cannot be asked.
pub(crate) async fn newest_like(
    crm: &Crm,
    module: &str,
    wanted: &[Wanted],
    trace: Trace,
    known: &HashSet<String>,
) -> Result<Vec<Sought>, zoho::Error> {
    let mut search = Search {
        wanted,
        trace,
        found: vec![Sought::Absent; wanted.len()],
    };
    let Some(since) = wanted.iter().map(|wanted| wanted.since).min() else {
        return Ok(Vec::new());
    };
    let since = since.saturating_sub(SKEW).unwrap_or(jiff::Timestamp::MIN);
    let values: Vec<&Map<String, Value>> = wanted.iter().map(|wanted| &wanted.values).collect();
    let fields = fields_to_read(&[Trace::Created.field(), Trace::Modified.field()], &values);
    let read: HashSet<&str> = fields.iter().copied().collect();
    let list = crm
        .list(module)
        .fields(fields)
        .sort_by(trace.field())
        .sort_order(SortOrder::Descending)
        .per_page(PAGE_RECORDS);
    let mut pages = std::pin::pin!(list.stream_pages());
    let mut pages_read = 0;
    while let Some(page) = pages.next().await {
        for record in page?.records {
            let written = time_of(&record, trace);
            if written.is_some_and(|written| written < since) {
                return Ok(search.found);
            }
            if !is_known(&record, known) {
                search.take(&record, &read, since);
            }
        }
        pages_read += 1;
        if search.is_over() {
            break;
        }
        if pages_read == PAGES_MAX {
            search.give_up();
            break;
        }
    }
    Ok(search.found)
}

/// The ids of records that other deliveries planned about the same time, and other keyed requests, stand for.
pub(crate) async fn spoken_for(
    store: &Store,
    connection: &str,
    module: &str,
    delivery: Option<i64>,
) -> HashSet<String> {
    match store.known_record_ids(connection, module, delivery).await {
        Ok(known) => known,
        // At worst an equal record of somebody else is taken for this one.
        Err(error) => {
            tracing::warn!(%error, "deliveries could not be asked for the records they stand for");
            HashSet::new()
        }
    }
}

struct Search<'a> {
    wanted: &'a [Wanted],
    trace: Trace,
    found: Vec<Sought>,
}

impl Search<'_> {
    /// Gives a record to the first of the wanted that is the same and has none yet, so that two equal ones don't share it.
    fn take(&mut self, record: &Record, read: &HashSet<&str>, earliest: jiff::Timestamp) {
        let Some(id) = record.id() else { return };
        let written = time_of(record, self.trace);
        let is_new = time_of(record, Trace::Created).is_none_or(|created| created >= earliest);
        let mut alike = Vec::new();
        for (at, wanted) in self.wanted.iter().enumerate() {
            if matches!(self.found[at], Sought::Found(_)) {
                continue;
            }
            let since = wanted
                .since
                .saturating_sub(ROUNDING)
                .unwrap_or(wanted.since);
            let is_since = written.is_none_or(|written| written >= since);
            match likeness(record, &wanted.values, read) {
                Likeness::Same if is_since => {
                    self.found[at] = Sought::Found(id.as_str().to_owned());
                    return;
                }
                // Somebody else's, or Zoho's clock is behind; or an automation changed what was made. What an upsert
                // left unchanged may be sent again.
                Likeness::Same | Likeness::Partly if is_new => alike.push(at),
                _ => {}
            }
        }
        for at in alike {
            self.found[at] = Sought::Unclear;
        }
    }

    fn is_over(&self) -> bool {
        self.found
            .iter()
            .all(|found| matches!(found, Sought::Found(_)))
    }

    fn give_up(&mut self) {
        for found in &mut self.found {
            if *found == Sought::Absent {
                *found = Sought::Unclear;
            }
        }
    }
}

fn is_known(record: &Record, known: &HashSet<String>) -> bool {
    record.id().is_none_or(|id| known.contains(id.as_str()))
}

fn time_of(record: &Record, trace: Trace) -> Option<jiff::Timestamp> {
    record.text(trace.field())?.parse().ok()
}
