//! Actions on records: one endpoint per file, and what they share.

mod change_owner;
mod clone;
mod conversion_options;
mod convert;
pub(super) mod input;
mod mass_convert;
mod tags;

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

/// One credit for each started fifty records.
fn tags_price(call: &Call) -> u64 {
    #[derive(serde::Deserialize)]
    struct Ids {
        ids: Vec<serde::de::IgnoredAny>,
    }
    let count = serde_json::from_slice::<Ids>(&call.body).map_or(1, |body| body.ids.len());
    u64::try_from(count.clamp(1, 500).div_ceil(50)).unwrap_or(1)
}
