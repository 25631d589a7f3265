//! Finds out whether a try whose answer was lost had got through, for records that no key finds again.
//!
//! A search would be simpler, but Zoho's search index lags behind the records for seconds to a minute
//! (`crm/developer/docs/api/v8/search-records.html`); the list sorted by creation does not.

use std::collections::HashSet;

use serde_json::{Map, Value};
use zoho::crm::{Record, SortOrder};

use crate::clock::from_micros;
use crate::connection::Connection;
use crate::store::Store;
use crate::store::lease::LeasedRow;

use super::lane::Lane;

/// Pages that are read back at most: Zoho shows 2,000 records this way.
const PAGES_MAX: u32 = 10;
const PAGE_RECORDS: u32 = 200;
/// Fields that one list call may name (`crm/developer/docs/api/v8/get-records.html`).
const FIELDS_MAX: usize = 50;
/// By how much Zoho's clock may be behind ours.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);
/// How far back deliveries are asked whether a record is theirs already.
const NEIGHBOURS: i64 = 100_000;

/// For each row, the id of the record that an earlier try of it has left in Zoho.
///
/// # Errors
/// When Zoho cannot be asked; then nothing is known and nothing may be sent.
pub(crate) async fn find(
    store: &Store,
    lane: &Lane,
    connection: &Connection,
    rows: &[&LeasedRow],
) -> Result<Vec<Option<String>>, zoho::Error> {
    let wanted: Vec<Map<String, Value>> = rows
        .iter()
        .map(|row| serde_json::from_str(&row.record).unwrap_or_default())
        .collect();
    let Some(since) = rows.iter().filter_map(|row| row.uncertain_since).min() else {
        return Ok(vec![None; rows.len()]);
    };
    let mut candidates = created_since(lane, connection, &wanted, since).await?;
    let since_seq = rows
        .iter()
        .map(|row| row.seq)
        .min()
        .unwrap_or(0)
        .saturating_sub(NEIGHBOURS);
    match store.known_record_ids(lane.id, since_seq).await {
        Ok(known) => {
            let known: HashSet<String> = known.into_iter().collect();
            candidates.retain(|record| record.id().is_some_and(|id| !known.contains(id.as_str())));
        }
        Err(error) => {
            tracing::warn!(%error, "deliveries could not be asked for the records they stand for")
        }
    }
    Ok(wanted
        .iter()
        .map(|record| take_equal(&mut candidates, record))
        .collect())
}

/// Records that were created since `since`, newest first, with the fields that the wanted ones have.
async fn created_since(
    lane: &Lane,
    connection: &Connection,
    wanted: &[Map<String, Value>],
    since: i64,
) -> Result<Vec<Record>, zoho::Error> {
    let mut fields: Vec<&str> = vec!["Created_Time"];
    for field in wanted.iter().flat_map(Map::keys) {
        if !fields.contains(&field.as_str()) && fields.len() < FIELDS_MAX {
            fields.push(field);
        }
    }
    let since = from_micros(since)
        .saturating_sub(SKEW)
        .unwrap_or(jiff::Timestamp::MIN);
    let mut records = Vec::new();
    for page in 1..=PAGES_MAX {
        let list = connection
            .client
            .crm()
            .list(&lane.module)
            .fields(fields.iter().copied())
            .sort_by("Created_Time");
        let answer = list
            .sort_order(SortOrder::Descending)
            .per_page(PAGE_RECORDS)
            .page(page)
            .send()
            .await?;
        let has_more = answer.info.more_records;
        let before = records.len();
        let read = answer.records.len();
        records.extend(
            answer
                .records
                .into_iter()
                .take_while(|record| is_since(record, since)),
        );
        if !has_more || records.len() - before < read {
            break;
        }
    }
    Ok(records)
}

fn is_since(record: &Record, since: jiff::Timestamp) -> bool {
    record
        .text("Created_Time")
        .and_then(|text| text.parse::<jiff::Timestamp>().ok())
        .is_none_or(|created| created >= since)
}

/// Takes the first record that holds all that was sent, so that two equal rows don't find the same one.
fn take_equal(candidates: &mut Vec<Record>, wanted: &Map<String, Value>) -> Option<String> {
    if wanted.is_empty() {
        return None;
    }
    let at = candidates.iter().position(|record| {
        wanted
            .iter()
            .take(FIELDS_MAX - 1)
            .all(|(field, sent)| holds(record.get(field), sent))
    })?;
    candidates.remove(at).id().map(|id| id.as_str().to_owned())
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
