//! Finds out whether a try whose answer was lost had got through, for records that no key finds again.
//!
//! A search would be simpler, but Zoho's search index lags behind the records for seconds to a minute
//! (`crm/developer/docs/api/v8/search-records.html`); the list sorted by creation does not.

use std::collections::HashSet;

use futures_util::StreamExt as _;
use serde_json::{Map, Value};
use zoho::crm::{Crm, List, Record, SortOrder};

use crate::clock::from_micros;
use crate::connection::Connection;
use crate::store::Store;
use crate::store::lease::LeasedRow;

use super::lane::Lane;

/// Pages that are read back at most: Zoho shows 100,000 records of a list.
const PAGES_MAX: usize = 500;
const PAGE_RECORDS: u32 = 200;
/// Fields that one list call may name (`crm/developer/docs/api/v8/get-records.html`).
const FIELDS_MAX: usize = 50;
/// By how much Zoho's clock may be behind ours.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);
/// How far back deliveries are asked whether a record is theirs already.
const NEIGHBOURS: i64 = 100_000;

/// What is known of an earlier try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sought {
    /// It had got through: this is the record's id.
    Found(String),
    /// It had not: everything since then was looked at.
    Absent,
    /// More records were made since then than Zoho lists.
    Unclear,
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
    let Some(since) = rows.iter().filter_map(|row| row.uncertain_since).min() else {
        return Ok(vec![Sought::Absent; rows.len()]);
    };
    let since = from_micros(since);
    let wanted: Vec<Map<String, Value>> = rows
        .iter()
        .map(|row| serde_json::from_str(&row.record).unwrap_or_default())
        .collect();
    let known = known_records(store, lane, rows).await;
    newest_like(
        &connection.client.crm(),
        &lane.module,
        &wanted,
        since,
        &known,
    )
    .await
}

/// For each of the wanted records, one that was made since an instant and holds all that it holds; `known` ones are
/// somebody else's.
///
/// # Errors
/// When Zoho cannot be asked.
pub(crate) async fn newest_like(
    crm: &Crm,
    module: &str,
    wanted: &[Map<String, Value>],
    since: jiff::Timestamp,
    known: &HashSet<String>,
) -> Result<Vec<Sought>, zoho::Error> {
    let since = since.saturating_sub(SKEW).unwrap_or(jiff::Timestamp::MIN);
    let mut found: Vec<Option<String>> = vec![None; wanted.len()];
    let mut is_all_seen = true;
    let mut pages = std::pin::pin!(newest(crm, module, wanted).stream_pages());
    let mut pages_read = 0;
    while let Some(page) = pages.next().await {
        let records = page?.records;
        let read = records.len();
        let recent: Vec<Record> = records
            .into_iter()
            .take_while(|record| is_since(record, since))
            .collect();
        let is_end = recent.len() < read;
        for record in recent.iter().filter(|record| !is_known(record, known)) {
            take(record, wanted, &mut found);
        }
        pages_read += 1;
        if is_end || found.iter().all(Option::is_some) {
            break;
        }
        if pages_read == PAGES_MAX {
            is_all_seen = false;
            break;
        }
    }
    let absent = if is_all_seen {
        Sought::Absent
    } else {
        Sought::Unclear
    };
    Ok(found
        .into_iter()
        .map(|id| id.map_or(absent.clone(), Sought::Found))
        .collect())
}

/// The ids of records that deliveries planned about the same time stand for.
async fn known_records(store: &Store, lane: &Lane, rows: &[&LeasedRow]) -> HashSet<String> {
    let oldest = rows.iter().map(|row| row.seq).min().unwrap_or(0);
    match store
        .known_record_ids(lane.id, oldest.saturating_sub(NEIGHBOURS))
        .await
    {
        Ok(known) => known.into_iter().collect(),
        // At worst an equal record of another delivery is taken for this one's.
        Err(error) => {
            tracing::warn!(%error, "deliveries could not be asked for the records they stand for");
            HashSet::new()
        }
    }
}

/// The module's records, newest first, with the fields that the wanted ones have.
fn newest(crm: &Crm, module: &str, wanted: &[Map<String, Value>]) -> List {
    let mut fields: Vec<&str> = vec!["Created_Time"];
    for field in wanted.iter().flat_map(Map::keys) {
        if !fields.contains(&field.as_str()) && fields.len() < FIELDS_MAX {
            fields.push(field);
        }
    }
    let list = crm.list(module).fields(fields);
    list.sort_by("Created_Time")
        .sort_order(SortOrder::Descending)
        .per_page(PAGE_RECORDS)
}

fn is_known(record: &Record, known: &HashSet<String>) -> bool {
    record.id().is_none_or(|id| known.contains(id.as_str()))
}

/// Gives a record to the first row that sent all it holds and has none yet, so that two equal rows don't share one.
fn take(record: &Record, wanted: &[Map<String, Value>], found: &mut [Option<String>]) {
    let fits = |sent: &Map<String, Value>| {
        let mut sent = sent.iter().take(FIELDS_MAX - 1).peekable();
        sent.peek().is_some() && sent.all(|(field, value)| holds(record.get(field), value))
    };
    let at = (0..wanted.len()).find(|at| found[*at].is_none() && fits(&wanted[*at]));
    if let (Some(at), Some(id)) = (at, record.id()) {
        found[at] = Some(id.as_str().to_owned());
    }
}

fn is_since(record: &Record, since: jiff::Timestamp) -> bool {
    record
        .text("Created_Time")
        .and_then(|text| text.parse::<jiff::Timestamp>().ok())
        .is_none_or(|created| created >= since)
}

/// Whether a field holds what was sent; lookups and owners come back with a name beside their id.
fn holds(stored: Option<&Value>, sent: &Value) -> bool {
    match (stored, sent) {
        (None | Some(Value::Null), Value::Null) => true,
        (Some(Value::String(stored)), Value::String(sent)) => {
            stored.trim() == sent.trim() || same_instant(stored, sent)
        }
        (Some(Value::Number(stored)), Value::Number(sent)) => stored.as_f64() == sent.as_f64(),
        (Some(Value::Object(stored)), Value::Object(sent)) => {
            sent.get("id")
                .is_some_and(|id| stored.get("id") == Some(id))
                || stored == sent
        }
        (Some(stored), sent) => stored == sent,
        (None, _) => false,
    }
}

fn same_instant(one: &str, other: &str) -> bool {
    match (
        one.parse::<jiff::Timestamp>(),
        other.parse::<jiff::Timestamp>(),
    ) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
