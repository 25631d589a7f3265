//! `GET /settings/layouts?module=` and `GET /settings/layouts/{id}?module=`: the layouts of a module with their sections, and
//! what they make mandatory.

mod write;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{fields, profile_names};
use crate::catalog::Refusal;
use crate::crm::route::{Route, Scope};
use crate::crm::{Context, param, print as common};
use crate::http::Answer;
use crate::schema::{Layout, Module, Section};
use crate::world::World;

const SCOPE: Scope = Scope::Settings("layouts");

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/layouts", SCOPE, list),
    Route::patch("settings/layouts", SCOPE, write::update),
    Route::get("settings/layouts/{id}", SCOPE, get),
    Route::patch("settings/layouts/{id}", SCOPE, write::update_one),
    Route::delete("settings/layouts/{id}", SCOPE, write::delete),
    Route::post(
        "settings/layouts/{id}/actions/activate",
        SCOPE,
        write::activate,
    ),
    Route::delete(
        "settings/layouts/{id}/actions/activate",
        SCOPE,
        write::deactivate,
    ),
];

pub(crate) fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let module = &world.tables[param::module(&world, context.call)?].module;
    let layouts: Vec<Value> = (0..module.layouts.len())
        .map(|place| print(&world, module, place))
        .collect();
    if layouts.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    Ok(Answer::json(StatusCode::OK, &json!({"layouts": layouts})))
}

pub(crate) fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let module = &world.tables[param::module(&world, context.call)?].module;
    let id = context.id("id", 2)?;
    match module.layouts.iter().position(|layout| layout.id == id) {
        None => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        Some(place) => Ok(Answer::json(
            StatusCode::OK,
            &json!({"layouts": [print(&world, module, place)]}),
        )),
    }
}

fn print(world: &World, module: &Module, place: usize) -> Value {
    let layout = &module.layouts[place];
    let is_standard = place == 0;
    let profiles: Vec<Value> = profile_names(world)
        .into_iter()
        .filter(|(_, id)| {
            let chosen = layout.profiles.as_ref();
            chosen.is_none_or(|chosen| chosen.contains(id))
        })
        .map(|(name, id)| json!({"default": is_standard, "name": name, "id": id.to_string()}))
        .collect();
    let sections: Vec<Value> = (1u32..)
        .zip(&layout.sections)
        .map(|(number, part)| section(world, module, layout, number, part))
        .collect();
    let (at, user) = match layout.modified {
        Some((at, user)) => (json!(common::time(world, at)), common::user(world, user)),
        None => (Value::Null, Value::Null),
    };
    json!({
        "has_more_profiles": false,
        "created_time": null,
        "convert_mapping": convert_mapping(world, module),
        "visible": true,
        "created_for": null,
        "profiles": profiles,
        "source": "crm",
        "created_by": null,
        "sections": sections,
        "display_label": layout.name,
        "name": layout.name,
        "api_name": layout.api_name,
        "modified_by": user,
        "modified_time": at,
        "id": layout.id.to_string(),
        "status": if layout.is_active { "active" } else { "inactive" },
        "show_business_card": true,
        "generated_type": if is_standard { "default" } else { "custom" },
        "actions_allowed": {
            "edit": true,
            "rename": true,
            "clone": true,
            "downgrade": false,
            "delete": !is_standard,
            "deactivate": !is_standard && layout.is_active,
            "set_layout_permissions": true,
        },
    })
}

fn section(
    world: &World,
    module: &Module,
    layout: &Layout,
    number: u32,
    section: &Section,
) -> Value {
    let fields: Vec<Value> = (1u32..)
        .zip(&section.fields)
        .map(|(number, position)| {
            let field = module.field_at(*position);
            let mut printed = fields::print(world, module, *position, field);
            printed["required"] = json!(layout.is_mandatory(*position));
            printed["sequence_number"] = json!(number);
            printed
        })
        .collect();
    let properties = section
        .is_subform
        .then(|| json!({"reorder_rows": true, "maximum_rows": 100, "tooltip": null}));
    json!({
        "isSubformSection": section.is_subform,
        "type": "used",
        "display_label": section.name,
        "mode": "both",
        "sequence_number": number,
        "tab_traversal": 2,
        "api_name": section.api_name,
        "column_count": if section.is_subform { 1 } else { 2 },
        "name": section.name,
        "generated_type": if number == 1 || section.is_subform { "default" } else { "custom" },
        "id": section.id.to_string(),
        "fields": fields,
        "properties": properties,
    })
}

/// To which layouts a lead is converted; other modules convert to nothing.
fn convert_mapping(world: &World, module: &Module) -> Value {
    if module.api_name != "Leads" {
        return Value::Null;
    }
    let target = |name: &str| {
        world.table_named(name).map_or(
            Value::Null,
            |table| json!({"name": "Standard", "id": table.module.layout_id().to_string()}),
        )
    };
    let mut deals = target("Deals");
    if let Some(table) = world.table_named("Deals") {
        let required = table
            .module
            .fields
            .iter()
            .filter(|field| field.is_layout_mandatory);
        let fields: Vec<Value> = required
            .map(|field| {
                json!({"api_name": field.api_name, "field_label": field.label, "id": field.id.to_string(), "required": true})
            })
            .collect();
        deals["fields"] = json!(fields);
    }
    json!({"Contacts": target("Contacts"), "Deals": deals, "Accounts": target("Accounts")})
}
