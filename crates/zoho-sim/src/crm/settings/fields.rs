//! `GET /settings/fields?module=` and `GET /settings/fields/{id}?module=`: fields with all their metadata keys.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::{module_reference, profiles};
use crate::catalog::Refusal;
use crate::crm::{Context, param};
use crate::http::Answer;
use crate::schema::{DataType, Field, Lookup, Module, PickListValue, STAGES, Slot};
use crate::world::World;

pub(crate) fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let table = &world.tables[param::module(&world, context.call)?];
    let wanted = param::word(
        &context.call.query,
        "type",
        &["used", "unused", "all"],
        "used",
    )?;
    // Every field of every module is in its one layout, so none is unused.
    if wanted == "unused" {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let fields: Vec<Value> = table
        .module
        .fields
        .iter()
        .map(|field| print(&world, &table.module, field))
        .collect();
    Ok(Answer::json(StatusCode::OK, &json!({"fields": fields})))
}

pub(crate) fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let module = &world.tables[param::module(&world, context.call)?].module;
    let id = context.id("id", 2)?;
    match module.fields.iter().find(|field| field.id == id) {
        None => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        Some(field) => Ok(Answer::json(
            StatusCode::OK,
            &json!({"fields": [print(&world, module, field)]}),
        )),
    }
}

/// One field. Keys that nothing simulated fills are empty objects or null, as Zoho prints them.
pub(super) fn print(world: &World, module: &Module, field: &Field) -> Value {
    let mut printed = Map::new();
    for part in [
        identity(module, field),
        abilities(world, field),
        kind(world, field),
        unused(),
    ] {
        if let Value::Object(part) = part {
            printed.extend(part);
        }
    }
    Value::Object(printed)
}

fn identity(module: &Module, field: &Field) -> Value {
    json!({
        "id": field.id.to_string(),
        "api_name": field.api_name,
        "field_label": field.label,
        "display_label": field.label,
        "type": "used",
        "custom_field": field.is_custom,
        "created_source": if field.is_custom { "custom" } else { "default" },
        "layout_associations": [{"api_name": "Standard__s", "name": "Standard", "id": module.layout_id().to_string()}],
        "display_type": -1,
        "ui_type": ui_type(field.data_type),
        "tooltip": null,
        "created_time": null,
        "modified_time": null,
    })
}

fn abilities(world: &World, field: &Field) -> Value {
    let is_writable = !field.is_read_only;
    json!({
        "system_mandatory": field.is_mandatory,
        "display_field": field.is_mandatory,
        "read_only": field.is_read_only,
        "field_read_only": field.is_read_only,
        "virtual_field": field.slot == Slot::FullName,
        "visible": true,
        "filterable": true,
        "searchable": true,
        "sortable": true,
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
        kind["textarea"] = json!({"type": if field.length > 2_000 { "large" } else { "small" }});
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
    let permission = if field.is_read_only {
        "read_only"
    } else {
        "read_write"
    };
    let profile = |(name, id): &(&str, u64)| json!({"permission_type": permission, "name": name, "id": id.to_string()});
    profiles(world).iter().map(profile).collect()
}

fn pick_list(world: &World, field: &Field) -> Vec<Value> {
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
                "type": "used",
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
