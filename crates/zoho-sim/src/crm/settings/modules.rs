//! `GET /settings/modules` and `GET /settings/modules/{api_name or id}`; both answer a list.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::profiles;
use crate::catalog::{self, Refusal};
use crate::crm::endpoint;
use crate::http::Answer;
use crate::schema::Module;
use crate::state::Shared;
use crate::world::World;

#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
pub(crate) fn list(shared: &Shared) -> Result<Answer, Refusal> {
    let world = shared.world();
    let mut modules: Vec<&Module> = world
        .tables
        .iter()
        .map(|table| table.module.as_ref())
        .collect();
    modules.sort_by_key(|module| module.sequence_number);
    let modules: Vec<Value> = modules
        .into_iter()
        .map(|module| print(&world, module))
        .collect();
    Ok(Answer::json(StatusCode::OK, &json!({"modules": modules})))
}

pub(crate) fn get(shared: &Shared, name: &str) -> Result<Answer, Refusal> {
    let world = shared.world();
    let by_id = world
        .tables
        .iter()
        .position(|table| table.module.id.to_string() == name);
    let position = world.table_position(name).or(by_id);
    let table =
        position.ok_or_else(|| catalog::invalid_module(json!({"resource_path_index": 0})))?;
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"modules": [print(&world, &world.tables[table].module)]}),
    ))
}

fn print(world: &World, module: &Module) -> Value {
    let profiles: Vec<Value> = profiles(world)
        .iter()
        .map(|(name, id)| endpoint::reference(name, *id))
        .collect();
    json!({
        "has_more_profiles": false,
        "access_type": "org_based",
        "private_profile": null,
        "deletable": true,
        "description": null,
        "creatable": true,
        "recycle_bin_on_delete": true,
        "modified_time": null,
        "plural_label": module.api_name,
        "presence_sub_menu": true,
        "actual_plural_label": module.api_name,
        "id": module.id.to_string(),
        "visibility": 1,
        "convertable": module.api_name == "Leads",
        "sub_menu_available": true,
        "editable": true,
        "actual_singular_label": module.singular_label,
        "profiles": profiles,
        "show_as_tab": true,
        "web_link": null,
        "sequence_number": module.sequence_number,
        "singular_label": module.singular_label,
        "viewable": true,
        "api_supported": true,
        "api_name": module.api_name,
        "quick_create": true,
        "modified_by": null,
        "generated_type": "default",
        "feeds_required": false,
        "arguments": [],
        "module_name": module.api_name,
        "profile_count": 2,
        "business_card_field_limit": 5,
        "parent_module": {},
        "status": "visible",
    })
}
