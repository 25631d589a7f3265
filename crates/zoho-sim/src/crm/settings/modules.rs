//! `GET /settings/modules` and `GET /settings/modules/{api_name or id}`; both answer a list.

mod write;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{module_reference, profile_names};
use crate::catalog::{self, Refusal};
use crate::crm::route::{Price, Route, Scope};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::schema::{Module, Slot};
use crate::world::World;

const SCOPE: Scope = Scope::Settings("modules");

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/modules", SCOPE, list),
    Route::post("settings/modules", SCOPE, write::create).price(Price::Fixed(500)),
    Route::put("settings/modules", SCOPE, write::update),
    Route::get("settings/modules/{name}", SCOPE, get),
    Route::put("settings/modules/{name}", SCOPE, write::update_one),
];

/// What `status` may name.
const STATUSES: [&str; 4] = [
    "visible",
    "user_hidden",
    "system_hidden",
    "scheduled_for_deletion",
];

pub(crate) fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let statuses = context.call.query.list("status").unwrap_or_default();
    if statuses.iter().any(|status| !STATUSES.contains(status)) {
        return Err(catalog::unsupported_param("status", &STATUSES));
    }
    let world = context.shared.world();
    let mut modules: Vec<&Module> = all(&world)
        .filter(|module| statuses.is_empty() || statuses.contains(&module.status.as_str()))
        .collect();
    if modules.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
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
        .or_else(|| all(&world).find(is_meant))
        .ok_or_else(|| catalog::invalid_module(json!({"resource_path_index": 0})))?;
    let mut described = describe(&world, module);
    if let (Some(described), Value::Object(single)) = (
        described.as_object_mut(),
        single_form(&world, module, context.caller.user),
    ) {
        described.extend(single);
    }
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"modules": [described]}),
    ))
}

fn all(world: &World) -> impl Iterator<Item = &Module> {
    world
        .modules()
        .map(|(_, table)| table.module.as_ref())
        .chain(&world.pages)
}

fn describe(world: &World, module: &Module) -> Value {
    let setup = &module.setup;
    let profiles: Vec<Value> = profile_names(world)
        .into_iter()
        .filter(|(_, id)| {
            let chosen = setup.profiles.as_ref();
            chosen.is_none_or(|chosen| chosen.contains(id))
        })
        .map(|(name, id)| print::reference(name, id))
        .collect();
    let abilities = &module.abilities;
    let parent = module
        .parent_module
        .as_deref()
        .and_then(|name| world.table_named(name));
    let modified = setup.modified;
    json!({
        "has_more_profiles": false,
        "access_type": if setup.is_team_based { "team_based" } else { "org_based" },
        "private_profile": null,
        "deletable": abilities.deletable,
        "description": setup.description,
        "creatable": abilities.creatable,
        "recycle_bin_on_delete": abilities.recycle_bin_on_delete,
        "modified_time": modified.map(|(at, _)| print::time(world, at)),
        "plural_label": module.plural_label,
        "presence_sub_menu": true,
        "actual_plural_label": module.plural_label,
        "id": module.id.to_string(),
        "visibility": module.visibility,
        "convertable": abilities.convertable,
        "sub_menu_available": true,
        "editable": abilities.editable,
        "actual_singular_label": module.singular_label,
        "profile_count": profiles.len(),
        "profiles": profiles,
        "show_as_tab": abilities.show_as_tab,
        "web_link": null,
        "sequence_number": module.sequence_number,
        "singular_label": module.singular_label,
        "viewable": abilities.viewable,
        "api_supported": abilities.api_supported,
        "api_name": module.api_name,
        "quick_create": abilities.quick_create,
        "modified_by": modified.map(|(_, user)| print::user(world, user)),
        "generated_type": module.generated_type.name(),
        "feeds_required": abilities.feeds_required,
        "arguments": [],
        "module_name": module.module_name,
        "business_card_field_limit": 5,
        "parent_module": parent.map_or_else(|| json!({}), |table| module_reference(&table.module.api_name, table.module.id)),
        "status": module.status,
    })
}

/// What the answer for one module tells beyond the list.
fn single_form(world: &World, module: &Module, user: u64) -> Value {
    if !module.abilities.api_supported {
        return json!({});
    }
    let shown = module.shown_fields();
    let lookup_fields: Vec<Value> = (1u32..)
        .zip(&shown)
        .filter_map(|(number, name)| {
            let field = module.field(name)?;
            Some(json!({"sequence_number": number, "api_name": name, "id": field.id.to_string()}))
        })
        .collect();
    let full_name = module
        .fields
        .iter()
        .find(|field| field.slot == Slot::FullName)
        .map(|field| field.api_name.as_str());
    json!({
        "activity_badge": "Enabled",
        "$field_states": [],
        "$properties": crate::rows::system_keys().collect::<Vec<&str>>(),
        "$on_demand_properties": [],
        "per_page": 50,
        "kanban_view": false,
        "kanban_view_supported": true,
        "chart_view": false,
        "chart_view_supported": true,
        "filter_status": true,
        "isBlueprintSupported": module.abilities.creatable,
        "lookupable": module.abilities.creatable,
        "search_layout_fields": shown,
        "lookup_field_properties": {"fields": lookup_fields},
        "related_list_properties": {"sort_by": null, "fields": shown, "sort_order": null},
        "display_field": full_name.or(module.name_field.as_deref()),
        "custom_view": super::custom_views::default_of(world, module, user),
    })
}
