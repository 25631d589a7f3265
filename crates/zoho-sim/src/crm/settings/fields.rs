//! `GET /settings/fields?module=` and `GET /settings/fields/{id}?module=`: fields with all their metadata keys.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{module_reference, profiles};
use crate::catalog::{self, Refusal};
use crate::crm::param;
use crate::http::{Answer, Call};
use crate::schema::{DataType, Field, Module, PickListValue, STAGES, Slot};
use crate::state::Shared;
use crate::world::{World, parse_id};

pub(crate) fn list(shared: &Shared, call: &Call) -> Result<Answer, Refusal> {
    let world = shared.world();
    let table = &world.tables[param::module(&world, call)?];
    let wanted = param::word(&call.query, "type", &["used", "unused", "all"], "used")?;
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

pub(crate) fn get(shared: &Shared, call: &Call, id: &str) -> Result<Answer, Refusal> {
    let world = shared.world();
    let module = &world.tables[param::module(&world, call)?].module;
    let id = parse_id(id).ok_or_else(|| catalog::invalid_path_id(2))?;
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
    let is_writable = !field.is_read_only && !matches!(field.slot, Slot::Id);
    let mut printed = json!({
        "associated_module": null,
        "webhook": true,
        "operation_type": {"web_update": is_writable, "api_create": is_writable, "web_create": is_writable, "api_update": is_writable},
        "colour_code_enabled_by_system": false,
        "field_label": field.label,
        "tooltip": null,
        "type": "used",
        "field_read_only": field.is_read_only,
        "customizable_properties": [],
        "display_label": field.label,
        "read_only": field.is_read_only,
        "association_details": null,
        "businesscard_supported": true,
        "multi_module_lookup": {},
        "id": field.id.to_string(),
        "created_time": null,
        "filterable": true,
        "visible": true,
        "profiles": permissions(world, field),
        "view_type": {"view": true, "edit": is_writable, "quick_create": field.is_mandatory, "create": is_writable},
        "separator": false,
        "searchable": true,
        "external": null,
        "api_name": field.api_name,
        "unique": if field.is_unique { json!({"case_sensitive": false}) } else { json!({}) },
        "enable_colour_code": false,
        "pick_list_values": pick_list(world, field),
        "system_mandatory": field.is_mandatory,
        "virtual_field": field.slot == Slot::FullName,
        "json_type": field.data_type.json_type(),
        "crypt": null,
        "created_source": if field.is_custom { "custom" } else { "default" },
        "display_type": -1,
        "ui_type": ui_type(field.data_type),
        "modified_time": null,
        "email_parser": {"fields_update_supported": false, "record_operations_supported": false},
        "currency": {},
        "custom_field": field.is_custom,
        "lookup": {},
        "hipaa_compliance": null,
        "convert_mapping": {},
        "rollup_summary": {},
        "length": field.length,
    });
    if let Some(object) = printed.as_object_mut() {
        let rest = json!({
            "display_field": field.is_mandatory,
            "pick_list_values_sorted_lexically": false,
            "sortable": true,
            "layout_associations": [{"api_name": "Standard__s", "name": "Standard", "id": module.layout_id.to_string()}],
            "global_picklist": null,
            "history_tracking": null,
            "data_type": field.data_type.name(),
            "formula": {},
            "hipaa_compliance_enabled": false,
            "decimal_place": field.decimal_place,
            "mass_update": is_writable,
            "multiselectlookup": {},
            "auto_number": {},
            "private": null,
        });
        object.extend(rest.as_object().cloned().unwrap_or_default());
        if field.data_type == DataType::Currency {
            object.insert(
                "currency".to_owned(),
                json!({"rounding_option": "normal", "precision": 2}),
            );
        }
        if field.data_type == DataType::TextArea {
            object.insert(
                "textarea".to_owned(),
                json!({"type": if field.length > 2_000 { "large" } else { "small" }}),
            );
        }
        if let Some(lookup) = &field.lookup {
            object.insert(
                "lookup".to_owned(),
                json!({
                    "display_label": lookup.module,
                    "revalidate_filter_during_edit": false,
                    "api_name": lookup.related_list,
                    "module": module_reference(&lookup.module, lookup.module_id),
                    "id": field.id.to_string(),
                    "query_details": {},
                }),
            );
        }
    }
    printed
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
                "reference_value": value.display_value,
                "colour_code": null,
                "actual_value": value.actual_value,
                "id": value.id.to_string(),
                "type": "used",
            });
            if field.api_name == "Stage"
                && let Some(stage) = STAGES
                    .iter()
                    .find(|stage| stage.name == value.display_value)
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
