//! `GET /settings/fields?module=` and `GET /settings/fields/{id}?module=`: fields with all their metadata keys.

mod create;
mod edit;
pub(super) mod options;
mod pick_list_values;

pub(super) use create::create_one;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::{module_reference, profile_names};
use crate::catalog::Refusal;
use crate::crm::route::{Route, Scope};
use crate::crm::{Context, param, print as common};
use crate::http::Answer;
use crate::schema::{DataType, Field, Lookup, Module, PickListValue, STAGES, Slot};
use crate::world::World;

const SCOPE: Scope = Scope::Settings("fields");

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/fields", SCOPE, list),
    Route::post("settings/fields", SCOPE, create::create),
    Route::patch("settings/fields", SCOPE, edit::update),
    Route::get("settings/fields/{id}", SCOPE, get),
    Route::patch("settings/fields/{id}", SCOPE, edit::update_one),
    Route::delete("settings/fields/{id}", SCOPE, edit::delete),
    Route::get(
        "settings/fields/{id}/pick_list_values",
        SCOPE,
        pick_list_values::list,
    ),
];

/// Fields of one call that creates or changes some.
const FIELDS_MAX: usize = 5;

pub(crate) fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let query = &context.call.query;
    let module = &world.tables[param::module(&world, context.call)?].module;
    let wanted = param::word(query, "type", &["used", "unused", "all"], "used")?;
    param::word(query, "include", &["allowed_permissions_to_update"], "")?;
    let fields: Vec<Value> = (0u16..)
        .zip(&module.fields)
        .filter(|(position, field)| match wanted {
            "all" => true,
            _ => is_used(module, *position, field) == (wanted == "used"),
        })
        .map(|(position, field)| {
            let mut printed = print(&world, module, position, field);
            if query.get("include").is_some() {
                printed["allowed_permissions_to_update"] = allowed_permissions(field);
            }
            printed
        })
        .collect();
    if fields.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    Ok(Answer::json(StatusCode::OK, &json!({"fields": fields})))
}

pub(crate) fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let module = &world.tables[param::module(&world, context.call)?].module;
    let id = context.id("id", 2)?;
    let mut fields = (0u16..).zip(&module.fields);
    match fields.find(|(_, field)| field.id == id) {
        None => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        Some((position, field)) => Ok(Answer::json(
            StatusCode::OK,
            &json!({"fields": [print(&world, module, position, field)]}),
        )),
    }
}

/// Whether any layout shows the field; what no layout can show counts as used.
fn is_used(module: &Module, position: u16, field: &Field) -> bool {
    let mut layouts = module.layouts.iter();
    !crate::schema::Layout::shows(field)
        || module.layouts.is_empty()
        || layouts.any(|layout| layout.has(position))
}

/// Which permissions of profiles can be set for the field.
fn allowed_permissions(field: &Field) -> Value {
    let is_free = !field.is_mandatory;
    json!({"read_write": !field.is_read_only, "read_only": is_free || field.is_read_only, "hidden": is_free})
}

/// One field. Keys that nothing simulated fills are empty objects or null, as Zoho prints them.
pub(in crate::crm) fn print(world: &World, module: &Module, position: u16, field: &Field) -> Value {
    let mut printed = Map::new();
    for part in [
        identity(world, module, position, field),
        abilities(world, module, position, field),
        kind(world, field),
        unused(),
        special(world, field),
    ] {
        if let Value::Object(part) = part {
            printed.extend(part);
        }
    }
    let given = field.extra.iter().filter(|(name, _)| *name != "profiles");
    printed.extend(given.map(|(name, value)| (name.clone(), value.clone())));
    Value::Object(printed)
}

/// The layouts that show a field.
pub(super) fn layout_associations(module: &Module, position: u16) -> Vec<Value> {
    let layouts = module.layouts.iter().filter(|layout| layout.has(position));
    layouts
        .map(|layout| {
            json!({"api_name": layout.api_name, "name": layout.name, "id": layout.id.to_string()})
        })
        .collect()
}

fn identity(world: &World, module: &Module, position: u16, field: &Field) -> Value {
    let time = |at: Option<i64>| at.map(|at| common::time(world, at));
    json!({
        "id": field.id.to_string(),
        "api_name": field.api_name,
        "field_label": field.label,
        "display_label": field.label,
        "type": if is_used(module, position, field) { "used" } else { "unused" },
        "custom_field": field.is_custom,
        "created_source": if field.is_custom { "custom" } else { "default" },
        "layout_associations": layout_associations(module, position),
        "display_type": -1,
        "ui_type": ui_type(field.data_type),
        "tooltip": null,
        "created_time": time(field.created_at),
        "modified_time": time(field.modified_at),
    })
}

fn abilities(world: &World, module: &Module, position: u16, field: &Field) -> Value {
    let is_writable = !field.is_read_only;
    let is_name = module.name_position() == Some(position);
    let is_sortable = field.data_type.is_plain() && field.data_type != DataType::TextArea;
    json!({
        "system_mandatory": field.is_mandatory,
        "display_field": is_name || field.slot == Slot::FullName,
        "read_only": field.is_read_only,
        "field_read_only": field.is_read_only,
        "virtual_field": field.slot == Slot::FullName,
        "visible": true,
        "filterable": true,
        "searchable": true,
        "sortable": is_sortable || field.slot != Slot::Stored,
        "mass_update": is_writable,
        "webhook": true,
        "separator": false,
        "businesscard_supported": true,
        "operation_type": {
            "web_update": is_writable,
            "api_create": is_writable,
            "web_create": is_writable,
            "api_update": is_writable,
        },
        "view_type": {
            "view": true,
            "edit": is_writable,
            "quick_create": field.is_mandatory,
            "create": is_writable,
        },
        "profiles": permissions(world, field),
    })
}

/// What fields of single types have.
fn special(world: &World, field: &Field) -> Value {
    let mut special = Map::new();
    let mut tell = |name: &str, value: Value| special.insert(name.to_owned(), value);
    if let Some(format) = &field.auto_number {
        let number = json!({"prefix": format.prefix, "suffix": format.suffix, "start_number": format.start_number});
        tell("auto_number", number);
    }
    if let Some(formula) = &field.formula {
        let return_type = formula.return_type.name();
        tell(
            "formula",
            json!({"return_type": return_type, "expression": formula.expression}),
        );
        tell("json_type", json!(formula.return_type.json_type()));
    }
    if let Some(rollup) = &field.rollup {
        let parameters: Vec<Value> = rollup
            .field
            .iter()
            .map(|name| json!({"api_name": name}))
            .collect();
        let based_on = world
            .table_named(&rollup.module)
            .map(|table| module_reference(&table.module.api_name, table.module.id));
        let rollup_summary = json!({
            "return_type": rollup.return_type.name(),
            "expression": {"function_parameters": parameters, "criteria": null, "function": rollup.function.to_lowercase()},
            "based_on_module": based_on,
            "related_list": null,
            "rollup_based_on": "related_list",
        });
        tell("rollup_summary", rollup_summary);
        tell("json_type", json!(rollup.return_type.json_type()));
    }
    if let Some(table) = field
        .subform
        .as_deref()
        .and_then(|name| world.table_named(name))
    {
        let module = &table.module;
        tell(
            "subform",
            json!({"module": module.api_name, "id": module.id.to_string()}),
        );
        tell(
            "associated_module",
            module_reference(&module.api_name, module.id),
        );
    }
    if let Some(linking) = &field.linking {
        let reference = |name: &str| {
            let table = world.table_named(name);
            table.map(|table| module_reference(&table.module.api_name, table.module.id))
        };
        let links = json!({
            "display_label": field.label,
            "linking_module": reference(&linking.module),
            "connected_module": reference(&linking.connected_module),
            "lookup_apiname": linking.own_field,
            "api_name": linking.module,
            "connectedfield_apiname": null,
            "connectedlookup_apiname": linking.other_field,
            "id": field.id.to_string(),
            "record_access": false,
        });
        let is_user = field.data_type == DataType::MultiUserLookup;
        tell(
            if is_user {
                "multiuserlookup"
            } else {
                "multiselectlookup"
            },
            links,
        );
    }
    if let Some(default) = &field.default_value {
        tell("default_value", json!(default));
    }
    Value::Object(special)
}

fn kind(world: &World, field: &Field) -> Value {
    let empty = || json!({});
    let is_money = field.data_type == DataType::Currency;
    let mut kind = json!({
        "data_type": field.data_type.name(),
        "json_type": field.data_type.json_type(),
        "length": field.length,
        "decimal_place": field.decimal_place,
        "unique": if field.is_unique { json!({"case_sensitive": false}) } else { empty() },
        "pick_list_values": pick_list(world, field),
        "pick_list_values_sorted_lexically": false,
        "currency": if is_money { json!({"rounding_option": "normal", "precision": 2}) } else { empty() },
        "lookup": field.lookup.as_ref().map_or_else(empty, |lookup| lookup_of(field, lookup)),
    });
    if field.data_type == DataType::TextArea {
        let size = match field.length {
            0..=2_000 => "small",
            2_001..=32_000 => "large",
            _ => "rich_text",
        };
        kind["textarea"] = json!({"type": size});
    }
    kind
}

/// `api_name` is the related list on the other side.
fn lookup_of(field: &Field, lookup: &Lookup) -> Value {
    json!({
        "display_label": lookup.module,
        "revalidate_filter_during_edit": false,
        "api_name": lookup.related_list,
        "module": module_reference(&lookup.module, lookup.module_id),
        "id": field.id.to_string(),
        "query_details": {},
    })
}

/// Keys of features that are not simulated.
fn unused() -> Value {
    json!({
        "associated_module": null,
        "association_details": null,
        "colour_code_enabled_by_system": false,
        "enable_colour_code": false,
        "customizable_properties": [],
        "multi_module_lookup": {},
        "multiselectlookup": {},
        "external": null,
        "crypt": null,
        "private": null,
        "email_parser": {"fields_update_supported": false, "record_operations_supported": false},
        "hipaa_compliance": null,
        "hipaa_compliance_enabled": false,
        "convert_mapping": {},
        "rollup_summary": {},
        "formula": {},
        "auto_number": {},
        "global_picklist": null,
        "history_tracking": null,
    })
}

fn permissions(world: &World, field: &Field) -> Vec<Value> {
    let usual = if field.is_read_only {
        "read_only"
    } else {
        "read_write"
    };
    let chosen = field.extra.get("profiles");
    let profile = |(name, id): (&str, u64)| {
        let chosen = chosen.and_then(|chosen| chosen[&id.to_string()].as_str());
        json!({"permission_type": chosen.unwrap_or(usual), "name": name, "id": id.to_string()})
    };
    profile_names(world).into_iter().map(profile).collect()
}

pub(super) fn pick_list(world: &World, field: &Field) -> Vec<Value> {
    (1..)
        .zip(&field.pick_list)
        .map(|(number, value): (u32, &PickListValue)| {
            let mut printed = json!({
                "display_value": value.display_value,
                "sequence_number": number,
                "reference_value": value.reference_value,
                "colour_code": value.colour_code,
                "actual_value": value.actual_value,
                "id": value.id.to_string(),
                "type": if value.is_used { "used" } else { "unused" },
            });
            if field.api_name == "Stage"
                && let Some(stage) = STAGES
                    .iter()
                    .find(|stage| stage.name == value.reference_value)
            {
                printed["probability"] = json!(stage.probability);
                printed["forecast_category"] =
                    super::pipelines::category(world, stage.forecast_category);
                printed["forecast_type"] = json!(stage.forecast_type);
                printed["expected_data_type"] = json!("integer");
            }
            printed
        })
        .collect()
}

/// Zoho's number of the input element. unknown: the numbers beyond those seen in samples.
fn ui_type(data_type: DataType) -> u32 {
    match data_type {
        DataType::PickList => 2,
        DataType::TextArea => 3,
        DataType::Lookup => 4,
        DataType::OwnerLookup => 8,
        DataType::Website => 21,
        DataType::Date => 24,
        DataType::Email => 25,
        DataType::Integer | DataType::BigInt => 32,
        DataType::Phone => 33,
        DataType::Currency => 36,
        DataType::Double => 38,
        DataType::MultiSelectPickList => 100,
        DataType::DateTime => 200,
        DataType::Boolean => 301,
        _ => 1,
    }
}
