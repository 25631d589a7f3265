//! Metadata: modules, fields, layouts, related lists, pipelines.

mod fields;
mod layouts;
mod modules;
mod pipelines;
mod related_lists;

use serde_json::{Value, json};

use super::route::{Route, Scope};
use crate::world::World;

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        "settings/modules",
        Scope::Settings("modules"),
        modules::list,
    ),
    Route::get(
        "settings/modules/{name}",
        Scope::Settings("modules"),
        modules::get,
    ),
    Route::get("settings/fields", Scope::Settings("fields"), fields::list),
    Route::get(
        "settings/fields/{id}",
        Scope::Settings("fields"),
        fields::get,
    ),
    Route::get(
        "settings/layouts",
        Scope::Settings("layouts"),
        layouts::list,
    ),
    Route::get(
        "settings/layouts/{id}",
        Scope::Settings("layouts"),
        layouts::get,
    ),
    Route::get(
        "settings/related_lists",
        Scope::Settings("related_lists"),
        related_lists::list,
    ),
    Route::get(
        "settings/pipeline",
        Scope::Settings("pipeline"),
        pipelines::list,
    ),
];

/// The two profiles of the organisation, as metadata lists them.
fn profiles(world: &World) -> [(&'static str, u64); 2] {
    [
        ("Administrator", world.organisation.administrator_profile_id),
        ("Standard", world.organisation.standard_profile_id),
    ]
}

fn module_reference(api_name: &str, id: u64) -> Value {
    json!({"api_name": api_name, "id": id.to_string()})
}
