//! What will go wrong with a route's records before any is sent: the rows of integrators' troubleshooting lists, as
//! diagnoses. Each finding names Zoho's code for it.

use crate::delivery::key::system_field;
use serde_json::Value;

use crate::mapping::{FieldRule, ModuleSchema, fault, may_write, nearest, shorten};
use crate::model::config::{MappingConfig, RouteConfig};
use crate::model::delivery::Operation;
use crate::model::status::{Finding, Level};

/// Holds a route's mapping against the module's fields.
#[must_use]
pub(crate) fn route(
    route: &RouteConfig,
    mapping: &MappingConfig,
    schema: &ModuleSchema,
) -> Vec<Finding> {
    let mut findings = unknown_fields(route, mapping, schema);
    findings.extend(missing_fields(route, mapping, schema));
    findings.extend(faulty_values(route, mapping, schema));
    findings.extend(missing_key(route, mapping));
    findings
}

/// `INVALID_DATA`: a mapped field is none of the module's.
fn unknown_fields(
    route: &RouteConfig,
    mapping: &MappingConfig,
    schema: &ModuleSchema,
) -> Vec<Finding> {
    let names = || {
        let fields = schema.fields().iter();
        fields.map(|field| (field.api_name.as_str(), field.label.as_str()))
    };
    let unknown = mapping
        .fields
        .iter()
        .filter(|mapped| schema.field(&mapped.field).is_none());
    let finding = |mapped: &crate::model::config::FieldMapping| {
        let remedy = match nearest(&mapped.field, names()) {
            Some(near) => format!("Write {near} in mapping {}.", mapping.name),
            None => format!(
                "Take the field's API name from Zoho (Setup, Developer Hub, APIs and SDKs, API names), or leave it out of mapping {}.",
                mapping.name
            ),
        };
        failed(
            format!(
                "route {}: {} has no field {:?}, so Zoho refuses each record (INVALID_DATA)",
                route.name, route.module, mapped.field
            ),
            remedy,
        )
    };
    unknown.map(finding).collect()
}

/// `INVALID_DATA`: a field that nobody may write, or a value or default that does not fit its field. What an event brings
/// is held against the field when it comes.
fn faulty_values(
    route: &RouteConfig,
    mapping: &MappingConfig,
    schema: &ModuleSchema,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for mapped in &mapping.fields {
        let Some(field) = schema.field(&mapped.field) else {
            continue;
        };
        let name = &field.api_name;
        if !may_write(field, route.operation) {
            findings.push(failed(
                format!(
                    "route {}: {} in {} is filled by Zoho itself, so each record is refused (INVALID_DATA)",
                    route.name, name, route.module
                ),
                format!("Take {name} out of mapping {}.", mapping.name),
            ));
            continue;
        }
        let given = [("value", &mapped.value), ("default", &mapped.default)];
        for (what, value) in given {
            let Some(value) = value.as_ref().filter(|value| !is_empty(value)) else {
                continue;
            };
            let shown = shorten(value.clone());
            let remedy = format!("Correct the {what} of {name} in mapping {}", mapping.name);
            if let Some(message) = fault(field, schema, value) {
                findings.push(failed(
                    format!(
                        "route {}: the {what} {shown} does not fit, and such a record is refused (INVALID_DATA): {message}",
                        route.name
                    ),
                    format!("{remedy}."),
                ));
            } else if let Some(text) = unlisted(field, value) {
                findings.push(Finding {
                    check: "mapping".to_owned(),
                    level: Level::Warning,
                    message: format!(
                        "route {}: {text:?} is none of the options of {name}, so that Zoho keeps it as an option that reports and filters do not know",
                        route.name
                    ),
                    remedy: Some(format!("{remedy}, or add the option in Zoho.")),
                });
            }
        }
    }
    findings
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// What a pick list does not offer.
fn unlisted<'a>(field: &FieldRule, value: &'a Value) -> Option<&'a str> {
    let options = &field.pick_list_values;
    let is_listed = |text: &str| {
        let mut options = options.iter();
        options.any(|option| option.display_value == text || option.reference_value == text)
    };
    let texts = match value {
        Value::Array(items) => items.as_slice(),
        value => std::slice::from_ref(value),
    };
    let mut texts = texts.iter().filter_map(Value::as_str);
    texts.find(|text| !options.is_empty() && !is_listed(text))
}

/// `MANDATORY_NOT_FOUND`: the mapping never fills a field that the module demands.
fn missing_fields(
    route: &RouteConfig,
    mapping: &MappingConfig,
    schema: &ModuleSchema,
) -> Vec<Finding> {
    let is_missing = |field: &&FieldRule| {
        field.is_mandatory
            && field.is_writable_on_insert
            && !mapping
                .fields
                .iter()
                .any(|mapped| mapped.field == field.api_name)
    };
    let finding = |field: &FieldRule| {
        failed(
            format!(
                "route {}: {} demands {}, which mapping {} never fills, so new records are refused (MANDATORY_NOT_FOUND)",
                route.name, route.module, field.api_name, mapping.name
            ),
            format!(
                "Add {} to mapping {}, with a default if events may lack it.",
                field.api_name, mapping.name
            ),
        )
    };
    schema
        .fields()
        .iter()
        .filter(is_missing)
        .map(finding)
        .collect()
}

/// `DUPLICATE_DATA` and doubles: an upsert has no value to find the record by.
fn missing_key(route: &RouteConfig, mapping: &MappingConfig) -> Option<Finding> {
    if route.operation != Operation::Upsert {
        return None;
    }
    let keys: Vec<&str> = match route.duplicate_check_fields.as_slice() {
        [] => system_field(&route.module).into_iter().collect(),
        fields => fields.iter().map(String::as_str).collect(),
    };
    let is_filled = |key: &&str| mapping.fields.iter().any(|mapped| mapped.field == **key);
    if keys.iter().any(is_filled) {
        return None;
    }
    let keys = match keys.as_slice() {
        [] => "a duplicate-check field".to_owned(),
        keys => keys.join(" or "),
    };
    Some(Finding {
        check: "mapping".to_owned(),
        level: Level::Warning,
        message: format!(
            "route {}: mapping {} never fills {keys}, so an upsert into {} finds no record and makes another (or DUPLICATE_DATA)",
            route.name, mapping.name, route.module
        ),
        remedy: Some(format!(
            "Fill {keys} in the mapping, or name another unique field in duplicate_check_fields."
        )),
    })
}

fn failed(message: String, remedy: String) -> Finding {
    Finding {
        check: "mapping".to_owned(),
        level: Level::Failed,
        message,
        remedy: Some(remedy),
    }
}
