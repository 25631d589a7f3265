//! Actions on records: one endpoint per file, and what they share.

mod blueprint;
mod cancel;
mod change_owner;
mod clone;
mod conversion_options;
mod convert;
mod convert_inventory;
pub(super) mod input;
mod mass_change_owner;
mod mass_convert;
mod mass_delete;
mod mass_update;
mod merge;
mod share;
mod tags;
mod timeline;

use super::route::{Price, Route, Scope, Weight};
use crate::accounts::{Operation, Scopes};
use crate::http::Call;

pub(super) const ROUTES: &[Route] = &[
    Route::post("{module}/{id}/actions/clone", Scope::Module, clone::answer),
    Route::post(
        "{module}/{id}/actions/convert",
        Scope::Module,
        convert::answer,
    )
    .price(Price::Fixed(5))
    .weight(Weight::Heavy),
    Route::get(
        "{module}/{id}/__conversion_options",
        Scope::Module,
        conversion_options::answer,
    ),
    Route::post(
        "{module}/actions/mass_convert",
        Scope::Check(may_mass_convert),
        mass_convert::schedule,
    ),
    Route::post(
        "{module}/actions/mass_update",
        Scope::Check(may_mass_update),
        mass_update::answer,
    ),
    Route::get(
        "{module}/actions/mass_update",
        Scope::Check(may_see_mass_update),
        mass_update::status,
    ),
    Route::post(
        "{module}/actions/mass_delete",
        Scope::Check(may_mass_delete),
        mass_delete::answer,
    )
    .price(Price::By(mass_delete_price)),
    Route::get(
        "{module}/actions/mass_delete",
        Scope::Check(may_see_mass_delete),
        mass_delete::status,
    ),
    Route::post(
        "{module}/actions/mass_change_owner",
        Scope::Check(may_change_owner),
        mass_change_owner::answer,
    ),
    Route::get(
        "{module}/actions/mass_change_owner",
        Scope::Check(may_see_change_owner),
        mass_change_owner::status,
    ),
    Route::post(
        "{module}/{id}/actions/merge",
        Scope::Check(may_write),
        merge::schedule,
    )
    .price(Price::Fixed(50)),
    Route::get("{module}/{id}/actions/merge", Scope::Module, merge::status),
    Route::get(
        "{module}/{id}/actions/blueprint",
        Scope::Module,
        blueprint::get,
    ),
    Route::put(
        "{module}/{id}/actions/blueprint",
        Scope::Module,
        blueprint::put,
    ),
    Route::get(
        "{module}/{id}/actions/share",
        Scope::Check(may_see_shares),
        share::get,
    ),
    Route::post(
        "{module}/{id}/actions/share",
        Scope::Check(may_share),
        share::post,
    ),
    Route::put(
        "{module}/{id}/actions/share",
        Scope::Check(may_share_otherwise),
        share::put,
    ),
    Route::delete(
        "{module}/{id}/actions/share",
        Scope::Check(may_end_shares),
        share::delete,
    ),
    Route::post(
        "{module}/{id}/actions/cancel",
        Scope::Check(may_write),
        cancel::answer,
    ),
    Route::get("{module}/{id}/__timeline", Scope::Module, timeline::answer),
    Route::get(
        "{module}/actions/mass_convert",
        Scope::Check(may_see_mass_convert),
        mass_convert::status,
    ),
    Route::post(
        "{module}/{id}/actions/add_tags",
        Scope::Check(may_write),
        tags::add_to_one,
    ),
    Route::post(
        "{module}/actions/add_tags",
        Scope::Check(may_write),
        tags::add_to_many,
    )
    .price(Price::By(tags_price)),
    Route::post(
        "{module}/{id}/actions/remove_tags",
        Scope::Check(may_write),
        tags::remove_from_one,
    ),
    Route::post(
        "{module}/actions/remove_tags",
        Scope::Check(may_write),
        tags::remove_from_many,
    )
    .price(Price::By(tags_price)),
    Route::post(
        "{module}/{id}/actions/change_owner",
        Scope::Check(may_change_owner),
        change_owner::of_one,
    ),
    Route::post(
        "{module}/actions/change_owner",
        Scope::Check(may_change_owner),
        change_owner::of_many,
    ),
];

fn may_write(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.modules", module, Operation::Update)
        || scopes.allow("ZohoCRM.modules", module, Operation::Create)
}

// unknown: whether the scope of the action is enough alone; the file and the page name different ones, so either is taken.
fn may_change_owner(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.change_owner", None, Operation::Create) || may_write(scopes, module)
}

fn may_mass_convert(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.mass_convert", module, Operation::Create)
}

fn may_see_mass_convert(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.mass_convert", module, Operation::Read)
}

// unknown: as with owners, either the scope of the mass action or that of the module is taken.
fn may_mass_update(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.mass_update", module, Operation::Update) || may_write(scopes, module)
}

fn may_see_mass_update(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.mass_update", module, Operation::Read) || may_read(scopes, module)
}

fn may_mass_delete(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.mass_delete", module, Operation::Delete)
        || scopes.allow("ZohoCRM.modules", module, Operation::Delete)
}

fn may_see_mass_delete(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.mass_delete", module, Operation::Read) || may_read(scopes, module)
}

fn may_see_change_owner(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.change_owner", None, Operation::Read) || may_read(scopes, module)
}

fn may_see_shares(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.share", module, Operation::Read)
}

fn may_share(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.share", module, Operation::Create)
}

fn may_share_otherwise(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.share", module, Operation::Update)
}

fn may_end_shares(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.share", module, Operation::Delete)
}

fn may_read(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.modules", module, Operation::Read)
}

/// One credit for each started fifty records.
fn tags_price(call: &Call) -> u64 {
    for_each(call, 50)
}

/// One credit for each started hundred records.
fn mass_delete_price(call: &Call) -> u64 {
    for_each(call, 100)
}

/// One for each started `many` of the body's `ids`.
fn for_each(call: &Call, many: usize) -> u64 {
    #[derive(serde::Deserialize)]
    struct Ids {
        ids: Vec<serde::de::IgnoredAny>,
    }
    let count = serde_json::from_slice::<Ids>(&call.body).map_or(1, |body| body.ids.len());
    u64::try_from(count.clamp(1, 500).div_ceil(many)).unwrap_or(1)
}
