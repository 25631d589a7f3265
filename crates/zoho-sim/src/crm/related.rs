//! Records below a record: which there are, and the endpoints that list, show, link and unlink them.

mod count;
mod entries;
mod get;
mod link;
mod list;
mod notes;

use super::Context;
use super::route::{Price, Route, Scope};
use crate::accounts::Operation;
use crate::catalog::{self, Refusal};
use crate::world::World;

pub(super) const ROUTES: &[Route] = &[
    Route::get("{module}/{id}/Notes", Scope::Module, list::answer),
    Route::post("{module}/{id}/Notes", Scope::Module, notes::insert).price(Price::Rows),
    Route::get(
        "{module}/{id}/Notes/{related_id}",
        Scope::Module,
        get::answer,
    ),
    Route::put(
        "{module}/{id}/Notes/{related_id}",
        Scope::Module,
        notes::update,
    ),
    Route::delete(
        "{module}/{id}/Notes/{related_id}",
        Scope::Module,
        notes::delete,
    ),
    Route::get("{module}/{id}/{list}", Scope::Module, list::answer),
    Route::put("{module}/{id}/{list}", Scope::Module, link::many).price(Price::Rows),
    Route::delete("{module}/{id}/{list}", Scope::Module, link::end_many),
    Route::get(
        "{module}/{id}/{list}/{related_id}",
        Scope::Module,
        get::answer,
    ),
    Route::put(
        "{module}/{id}/{list}/{related_id}",
        Scope::Module,
        link::one,
    ),
    Route::delete(
        "{module}/{id}/{list}/{related_id}",
        Scope::Module,
        link::end_one,
    ),
    Route::get(
        "{module}/deleted/{id}/{list}",
        Scope::Module,
        list::below_deleted,
    ),
    Route::post(
        "{module}/{id}/actions/get_related_records_count",
        Scope::ModuleFor(Operation::Read),
        count::answer,
    ),
];

/// The record that the path names.
fn parent(context: &Context<'_>, world: &World) -> Result<u64, Refusal> {
    if context.param("id") == "actions" {
        return Err(catalog::invalid_url_pattern());
    }
    let id = context
        .id("id", 1)
        .map_err(|_| catalog::actions::invalid_related_id(1))?;
    if world.tables[context.table].rows.contains_key(&id) {
        Ok(id)
    } else {
        Err(catalog::actions::invalid_related_id(1))
    }
}

/// The name of the related list in the path.
fn list_name<'c>(context: &'c Context<'_>) -> &'c str {
    match context.param("list") {
        "" => "Notes",
        name => name,
    }
}
