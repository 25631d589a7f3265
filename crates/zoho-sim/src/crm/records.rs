//! Records: one endpoint per file, and what they share.

pub(super) mod body;
pub(super) mod count;
pub(super) mod criteria;
pub(super) mod delete;
pub(super) mod deleted;
pub(super) mod get;
pub(super) mod insert;
pub(super) mod list;
pub(super) mod outcome;
pub(super) mod page_token;
pub(super) mod search;
pub(super) mod update;
pub(super) mod upsert;

use crate::http::WrittenRecord;
use crate::rows::{Action, Columns, Printer};
use crate::world::{Record, Table, World};

/// Fields that one call may name.
const FIELDS_MAX: usize = 50;
/// Records that can be reached by `page` alone.
const PAGED_RECORDS_MAX: usize = 2_000;

/// Appends `"data":[...]` with these records.
pub(crate) fn print_list<'a>(
    out: &mut Vec<u8>,
    world: &World,
    table: &Table,
    records: impl Iterator<Item = &'a Record>,
    columns: &Columns,
) {
    let mut printer = Printer::new(world, table, columns);
    out.extend_from_slice(b"\"data\":[");
    for (number, record) in records.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        printer.print(out, record);
    }
    out.push(b']');
}

/// Whether a lead counts as converted; nothing else can be.
pub(crate) fn is_converted(table: &Table, record: &Record) -> bool {
    let position = table.module.position("Converted__s");
    position.is_some_and(|position| {
        matches!(record.cell(position), Some(crate::world::Cell::Bool(true)))
    })
}

fn written(table: &Table, id: u64, action: Action) -> WrittenRecord {
    WrittenRecord {
        module: table.module.api_name.as_str().into(),
        id,
        action,
    }
}
