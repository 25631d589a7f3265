//! Records as answers show them: whole, and as rows of lists.

use std::collections::HashMap;
use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::datum::Datum;
use super::document::Document;
use super::registry::{REGISTRY, RecordType};
use super::rules;
use super::state::{Organisation, Row};
use super::time;

/// Empty records and rows by record type, with numbers as `0.00`.
static BLANKS: LazyLock<HashMap<&'static str, (Document, Document)>> = LazyLock::new(|| {
    let blanks = REGISTRY.types.iter().map(|kind| {
        let record = zeroed(&kind.record);
        let row = zeroed(&kind.row);
        (kind.name.as_str(), (record, row))
    });
    blanks.collect()
});

/// The registry writes a number of unknown decimals as `0.5`.
fn zeroed(blank: &Document) -> Document {
    let members = blank.iter().map(|(name, datum)| {
        let datum = match datum {
            Datum::Decimal(_) => Datum::Decimal(Decimal::new(0, 2)),
            Datum::Object(inner) => Datum::Object(zeroed(inner)),
            other => other.clone(),
        };
        (name.to_owned(), datum)
    });
    members.collect()
}

/// What an empty record holds.
pub(super) fn blank(kind: &RecordType) -> Document {
    let found = BLANKS.get(kind.name.as_str());
    found.map(|(record, _)| record.clone()).unwrap_or_default()
}

/// What is stored, with id, times and computed members; the ground of records, rows and filters.
pub(super) fn known(organisation: &Organisation, kind: &RecordType, row: &Row) -> Document {
    let mut record = row.document.clone();
    if let Some(name) = id_member(kind) {
        record.set(name, row.id.to_string());
    }
    record.set("created_time", organisation.time(row.created_at));
    record.set("last_modified_time", organisation.time(row.modified_at));
    rules::of(&kind.name).derive(organisation, row, &mut record);
    record
}

/// The member that holds the id; modules of the organisation's own are named instead.
pub(super) fn id_member(kind: &RecordType) -> Option<&str> {
    match kind.name.as_str() {
        "custom_module" => Some("module_id"),
        "transaction_lock" => Some("transaction_lock_id"),
        _ => kind.id_field.as_deref(),
    }
}

/// A single record.
pub(super) fn record(organisation: &Organisation, kind: &RecordType, row: &Row) -> Document {
    let known = known(organisation, kind, row);
    let mut printed = blank(kind);
    let has_times = printed.has("created_time") || printed.is_empty();
    printed.merge(known);
    if !has_times && !kind.record.is_empty() && kind.parent.is_some() {
        printed.remove("created_time");
        printed.remove("last_modified_time");
    }
    rules::of(&kind.name).detail(organisation, row, &mut printed);
    printed
}

/// A row of a list.
pub(super) fn row(organisation: &Organisation, kind: &RecordType, known: &Document) -> Document {
    let blank = BLANKS.get(kind.name.as_str());
    let mut printed = match blank {
        Some((_, row)) if !row.is_empty() => row.clone(),
        // unknown: rows of lists without a published schema; the whole record stands in.
        _ => return known.clone(),
    };
    if let Some(name) = id_member(kind) {
        let id = known.get(name).cloned().unwrap_or_default();
        printed.set(name, id);
    }
    let names: Vec<String> = printed.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        if let Some(datum) = known.get(&name) {
            printed.set(&name, datum.clone());
        } else if let Some(of) = name.strip_suffix("_formatted") {
            let datum = known.get(of).map(Datum::words).unwrap_or_default();
            let words = if of.ends_with("_time") || of == "date" {
                time::in_words(&datum)
            } else {
                datum
            };
            printed.set(&name, words);
        }
    }
    if let Some(Datum::Object(hash)) = known.get("custom_field_hash") {
        for (name, datum) in hash.iter() {
            printed.set(name, datum.clone());
        }
    }
    rules::of(&kind.name).row(organisation, known, &mut printed);
    printed
}
