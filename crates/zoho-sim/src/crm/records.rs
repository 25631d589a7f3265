//! Records: one endpoint per file, and what they share.

pub(super) mod body;
pub(super) mod count;
pub(super) mod criteria;
pub(super) mod delete;
pub(super) mod deleted;
pub(super) mod full_data;
pub(super) mod get;
pub(super) mod insert;
pub(super) mod list;
pub(super) mod outcome;
pub(super) mod page_token;
pub(super) mod search;
pub(super) mod update;
pub(super) mod upsert;

use super::route::{Price, Route, Scope, Weight};
use crate::accounts::{Operation, Scopes};
use crate::http::{Call, WrittenRecord};
use crate::rows::{Action, Columns, Printer};
use crate::world::{Record, Table, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("{module}", Scope::Module, list::answer)
        .price(Price::By(list_price))
        .up_to(3)
        .weight(Weight::By(is_heavy_list)),
    Route::post("{module}", Scope::Module, insert::answer)
        .price(Price::Rows)
        .weight(Weight::Rows),
    Route::put("{module}", Scope::Module, update::many)
        .price(Price::Rows)
        .weight(Weight::Rows),
    Route::delete("{module}", Scope::Module, delete::many),
    Route::post("{module}/upsert", Scope::Check(may_upsert), upsert::answer)
        .price(Price::Rows)
        .weight(Weight::Rows),
    Route::get("{module}/deleted", Scope::Module, deleted::answer),
    Route::get("{module}/search", Scope::Check(may_search), search::answer).weight(Weight::Heavy),
    Route::get(
        "{module}/actions/count",
        Scope::Check(may_search),
        count::answer,
    ),
    Route::post(
        "{module}/actions/count",
        Scope::Check(may_search),
        count::answer,
    ),
    Route::get(
        "{module}/actions/fetch_full_data",
        Scope::Module,
        full_data::many,
    ),
    Route::get(
        "{module}/{id}/actions/fetch_full_data",
        Scope::Module,
        full_data::one,
    ),
    Route::get("{module}/{id}", Scope::Module, get::answer),
    Route::put("{module}/{id}", Scope::Module, update::one),
    Route::delete("{module}/{id}", Scope::Module, delete::one),
];

// unknown: whether either of CREATE and UPDATE is enough for an upsert; it is here.
fn may_upsert(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.modules", module, Operation::Create)
        || scopes.allow("ZohoCRM.modules", module, Operation::Update)
}

fn may_search(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.modules", module, Operation::Read)
        && scopes.allow("ZohoSearch.securesearch", None, Operation::Read)
}

/// A custom view makes a listing dearer.
fn list_price(call: &Call) -> u64 {
    if call.query.get("cvid").is_some() {
        3
    } else {
        1
    }
}

fn is_heavy_list(call: &Call) -> bool {
    call.query.get("sort_by").is_some() || call.query.get("cvid").is_some()
}

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
