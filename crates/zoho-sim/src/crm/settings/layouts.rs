//! `GET /settings/layouts?module=` and `GET /settings/layouts/{id}?module=`: the one layout of each module, with what it
//! makes mandatory.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{fields, profile_names};
use crate::catalog::Refusal;
use crate::crm::{Context, param};
use crate::http::Answer;
use crate::schema::{Module, Slot};
use crate::world::World;

pub(crate) fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let table = &world.tables[param::module(&world, context.call)?];
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"layouts": [print(&world, &table.module)]}),
    ))
}

pub(crate) fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let module = &world.tables[param::module(&world, context.call)?].module;
    let id = context.id("id", 2)?;
    if id != module.layout_id() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"layouts": [print(&world, module)]}),
    ))
}

fn print(world: &World, module: &Module) -> Value {
    let profiles: Vec<Value> = profile_names(world)
        .iter()
        .map(|(name, id)| json!({"default": true, "name": name, "id": id.to_string()}))
        .collect();
    json!({
        "has_more_profiles": false,
        "created_time": null,
        "convert_mapping": convert_mapping(world, module),
        "visible": true,
        "created_for": null,
        "profiles": profiles,
        "source": "crm",
        "created_by": null,
        "sections": [section(world, module)],
        "display_label": "Standard",
        "name": "Standard",
        "api_name": "Standard__s",
        "modified_by": null,
        "modified_time": null,
        "id": module.layout_id().to_string(),
        "status": "active",
        "actions_allowed": {"edit": true, "rename": true, "clone": true, "downgrade": false, "delete": false, "deactivate": false, "set_layout_permissions": true},
    })
}

fn section(world: &World, module: &Module) -> Value {
    let shown = (0u16..)
        .zip(&module.fields)
        .filter(|(_, field)| !matches!(field.slot, Slot::Id | Slot::Layout));
    let fields: Vec<Value> = (1u32..)
        .zip(shown)
        .map(|(number, (position, field))| {
            let mut printed = fields::print(world, module, position, field);
            printed["required"] = json!(field.is_layout_mandatory);
            printed["sequence_number"] = json!(number);
            printed
        })
        .collect();
    json!({
        "isSubformSection": false,
        "type": "used",
        "display_label": format!("{} Information", module.singular_label),
        "mode": "both",
        "sequence_number": 1,
        "tab_traversal": 2,
        "api_name": format!("{}_Information", module.singular_label),
        "column_count": 2,
        "name": format!("{} Information", module.singular_label),
        "generated_type": "default",
        "id": module.layouts[0].sections[0].id.to_string(),
        "fields": fields,
        "properties": null,
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
