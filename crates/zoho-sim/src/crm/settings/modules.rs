//! `GET /settings/modules` and `GET /settings/modules/{api_name or id}`; both answer a list.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{module_reference, profiles};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::schema::Module;
use crate::world::World;

#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
pub(crate) fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let mut modules: Vec<&Module> = world
        .modules()
        .map(|(_, table)| table.module.as_ref())
        .chain(&world.pages)
        .collect();
    modules.sort_by_key(|module| module.sequence_number);
    let modules: Vec<Value> = modules
        .into_iter()
        .map(|module| describe(&world, module))
        .collect();
    Ok(Answer::json(StatusCode::OK, &json!({"modules": modules})))
}

pub(crate) fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let name = context.param("name");
    let by_name = world.table_named(name).map(|table| table.module.as_ref());
    let is_meant = |module: &&Module| module.api_name == name || module.id.to_string() == name;
    let module = by_name
        .or_else(|| {
            let tables = world.modules().map(|(_, table)| table.module.as_ref());
            tables.chain(&world.pages).find(is_meant)
        })
        .ok_or_else(|| catalog::invalid_module(json!({"resource_path_index": 0})))?;
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"modules": [describe(&world, module)]}),
    ))
}

fn describe(world: &World, module: &Module) -> Value {
    let profiles: Vec<Value> = profiles(world)
        .iter()
        .map(|(name, id)| print::reference(name, *id))
        .collect();
    let abilities = &module.abilities;
    let parent = module
        .parent_module
        .as_deref()
        .and_then(|name| world.table_named(name));
    json!({
        "has_more_profiles": false,
        "access_type": "org_based",
        "private_profile": null,
        "deletable": abilities.deletable,
        "description": null,
        "creatable": abilities.creatable,
        "recycle_bin_on_delete": abilities.recycle_bin_on_delete,
        "modified_time": null,
        "plural_label": module.plural_label,
        "presence_sub_menu": true,
        "actual_plural_label": module.plural_label,
        "id": module.id.to_string(),
        "visibility": module.visibility,
        "convertable": abilities.convertable,
        "sub_menu_available": true,
        "editable": abilities.editable,
        "actual_singular_label": module.singular_label,
        "profiles": profiles,
        "show_as_tab": abilities.show_as_tab,
        "web_link": null,
        "sequence_number": module.sequence_number,
        "singular_label": module.singular_label,
        "viewable": abilities.viewable,
        "api_supported": abilities.api_supported,
        "api_name": module.api_name,
        "quick_create": abilities.quick_create,
        "modified_by": null,
        "generated_type": module.generated_type.name(),
        "feeds_required": abilities.feeds_required,
        "arguments": [],
        "module_name": module.module_name,
        "profile_count": 2,
        "business_card_field_limit": 5,
        "parent_module": parent.map_or_else(|| json!({}), |table| module_reference(&table.module.api_name, table.module.id)),
        "status": module.status,
    })
}
