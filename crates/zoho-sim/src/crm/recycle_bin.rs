//! `/settings/recycle_bin`: what was deleted in the last 60 days, to be restored or deleted for good.

mod change;
mod list;

use serde_json::Value;

use super::filters::{Fact, Filter};
use super::route::{Route, Scope};
use super::{Context, print};
use crate::accounts::Operation;
use crate::catalog::{self, Refusal};
use crate::world::{Deleted, RECYCLE_SECONDS, Record, World, parse_id};

const BIN: Scope = Scope::Settings("recycle_bin");
/// Of restoring and emptying (`restore-recycle-bin-records.html`, `empty-recycle-bin.html`).
const CHANGE: Scope = Scope::Check(|scopes, _| {
    scopes.allow("ZohoCRM.settings", Some("recycle_bin"), Operation::Update)
});

pub(super) const ROUTES: &[Route] = &[
    Route::get("settings/recycle_bin", BIN, list::many),
    Route::delete("settings/recycle_bin", BIN, change::erase_many),
    Route::get("settings/recycle_bin/{id}", BIN, list::one),
    Route::delete("settings/recycle_bin/{id}", BIN, change::erase_one),
    Route::post(
        "settings/recycle_bin/actions/restore",
        CHANGE,
        change::restore_many,
    ),
    Route::post(
        "settings/recycle_bin/{id}/actions/restore",
        CHANGE,
        change::restore_one,
    ),
    Route::post("settings/recycle_bin/actions/empty", CHANGE, change::empty),
    Route::get("settings/recycle_bin/actions/count", BIN, list::count),
];

/// Ids of one call.
const IDS_MAX: usize = 100;

/// Fields that a filter may compare.
const FIELDS: [&str; 5] = [
    "display_name",
    "deleted_time",
    "owner",
    "module",
    "deleted_by",
];

/// A record in the bin.
#[derive(Debug, Clone, Copy)]
struct Binned<'w> {
    table: usize,
    id: u64,
    deleted: &'w Deleted,
    record: &'w Record,
}

/// Everything in the bin. Rows of sub-forms go with their record.
fn all(world: &World, now: i64) -> impl Iterator<Item = Binned<'_>> {
    let tables = (0..world.tables.len()).filter(|table| is_shown(world, *table));
    tables.flat_map(move |table| {
        let deleted = world.tables[table].deleted.iter();
        deleted.filter_map(move |(id, deleted)| binned(table, *id, deleted, now))
    })
}

fn is_shown(world: &World, table: usize) -> bool {
    world.tables[table].module.abilities.recycle_bin_on_delete
}

fn binned(table: usize, id: u64, deleted: &Deleted, now: i64) -> Option<Binned<'_>> {
    let record = deleted.record.as_deref()?;
    let is_kept = now - deleted.deleted_at < RECYCLE_SECONDS;
    is_kept.then_some(Binned {
        table,
        id,
        deleted,
        record,
    })
}

fn find(world: &World, id: u64, now: i64) -> Option<Binned<'_>> {
    let table = world.table_of(id).filter(|table| is_shown(world, *table))?;
    binned(table, id, world.tables[table].deleted.get(&id)?, now)
}

/// What `ids` and `filters` choose; `None` when neither is given.
fn chosen(
    context: &Context<'_>,
    world: &World,
) -> Result<Option<Vec<Result<u64, String>>>, Refusal> {
    let query = &context.call.query;
    if query.get("ids").is_some() && query.get("filters").is_some() {
        return Err(catalog::ambiguous_params("ids", "filters"));
    }
    if let Some(ids) = query.list("ids") {
        if ids.len() > IDS_MAX {
            return Err(catalog::param_limit_exceeded("ids", IDS_MAX));
        }
        let ids = ids.into_iter().map(|text| {
            let id = parse_id(text).filter(|id| find(world, *id, context.now()).is_some());
            id.ok_or_else(|| text.to_owned())
        });
        return Ok(Some(ids.collect()));
    }
    let Some(filters) = query.get("filters") else {
        return Ok(None);
    };
    let filter = Filter::read(filters, &FIELDS)?;
    let found = all(world, context.now()).filter(|binned| fits(world, &filter, binned));
    Ok(Some(found.map(|binned| Ok(binned.id)).collect()))
}

fn fits(world: &World, filter: &Filter, binned: &Binned<'_>) -> bool {
    let names = [binned.record.owner, binned.deleted.deleted_by].map(|id| {
        world
            .user(id)
            .map_or(String::new(), crate::world::User::full_name)
    });
    let module = &world.tables[binned.table].module;
    filter.fits(&|field| {
        Some(match field {
            "display_name" => Fact::Text(&binned.deleted.name),
            "deleted_time" => Fact::Time(binned.deleted.deleted_at),
            "owner" => Fact::Reference(binned.record.owner, &names[0]),
            "deleted_by" => Fact::Reference(binned.deleted.deleted_by, &names[1]),
            "module" => Fact::Reference(module.id, &module.api_name),
            _ => return None,
        })
    })
}

fn row(world: &World, binned: &Binned<'_>) -> Value {
    let module = &world.tables[binned.table].module;
    serde_json::json!({
        "display_name": binned.deleted.name,
        "deleted_time": print::time(world, binned.deleted.deleted_at),
        "owner": print::user(world, binned.record.owner),
        "module": {"api_name": module.api_name, "id": module.id.to_string()},
        "deleted_by": print::user(world, binned.deleted.deleted_by),
        "id": binned.id.to_string(),
    })
}
