//! Records as answers show them: whole, and as rows of lists.

use std::collections::HashMap;
use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::datum::Datum;
use super::document::Document;
use super::registry::{REGISTRY, RecordType};
use super::rules;
use super::shape;
use super::state::{Organisation, Row};
use super::time;

/// Empty records and rows by record type, with numbers as `0.00`.
static BLANKS: LazyLock<HashMap<&'static str, Blanks>> = LazyLock::new(|| {
    let blanks = REGISTRY.types.iter().map(|kind| {
        let parts = kind.parts.iter();
        let blanks = Blanks {
            record: zeroed(&kind.record),
            row: zeroed(&kind.row),
            parts: parts
                .map(|(name, part)| (name.clone(), zeroed(part)))
                .collect(),
        };
        (kind.name.as_str(), blanks)
    });
    blanks.collect()
});

/// A single record, a row of a list, and the parts of the record's lists.
struct Blanks {
    record: Document,
    row: Document,
    parts: Vec<(String, Document)>,
}

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
    found
        .map(|blanks| blanks.record.clone())
        .unwrap_or_default()
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
    printed.merge(known);
    rules::of(&kind.name).detail(organisation, row, &mut printed);
    let Some(blanks) = BLANKS.get(kind.name.as_str()) else {
        return printed;
    };
    for (name, blank) in &blanks.parts {
        if let Some(Datum::List(parts)) = printed.get_mut(name) {
            for part in parts.iter_mut().filter_map(Datum::as_object_mut) {
                shape::fill(part, blank);
            }
        }
    }
    shape::fill(&mut printed, &blanks.record);
    if let Some(shape) = &kind.record_shape {
        shape::cut(&mut printed, shape, id_member(kind));
    }
    printed
}

/// A row of a list.
pub(super) fn row(organisation: &Organisation, kind: &RecordType, known: &Document) -> Document {
    let blank = BLANKS.get(kind.name.as_str());
    let mut printed = match blank {
        Some(blanks) if !blanks.row.is_empty() => blanks.row.clone(),
        // unknown: rows of lists without a published schema; the whole record stands in.
        _ => {
            let mut printed = known.clone();
            if let Some(shape) = &kind.record_shape {
                shape::cut(&mut printed, shape, id_member(kind));
            }
            return printed;
        }
    };
    if let Some(name) = id_member(kind) {
        let id = known.get(name).cloned().unwrap_or_default();
        printed.set(name, id);
    }
    let names: Vec<String> = printed.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        if let Some(datum) = known.get(&name) {
            if let Some(place) = printed.get_mut(&name) {
                let empty = std::mem::replace(place, datum.clone());
                shape::retype(place, &empty);
            }
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
    if let Some(shape) = &kind.row_shape {
        shape::cut_within(&mut printed, shape);
    }
    printed
}
