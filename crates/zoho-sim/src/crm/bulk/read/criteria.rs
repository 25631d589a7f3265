//! Criteria of a bulk read: checked, and as the job prints them.

use serde_json::{Value, json};

use crate::catalog::{self, Refusal};
use crate::crm::query::{BadCriteria, Criteria};
use crate::world::World;

/// Groups inside of groups that are looked into; those who check the criteria allow fewer.
const DEPTH_MAX: usize = 20;

/// The criteria of a query. A field is an object with its name; the plain one of version 2 was made such before.
pub(super) fn asked(world: &World, table: usize, given: &Value) -> Result<Value, Refusal> {
    refuse_plain_names(given, 0)?;
    read(world, table, given)
}

fn refuse_plain_names(given: &Value, depth: usize) -> Result<(), Refusal> {
    let field = given.get("field");
    let is_plain = field.is_some_and(Value::is_string) || given.get("api_name").is_some();
    if is_plain || depth >= DEPTH_MAX {
        return Err(invalid());
    }
    let group = given.get("group").and_then(Value::as_array);
    let mut group = group.into_iter().flatten();
    group.try_for_each(|part| refuse_plain_names(part, depth + 1))
}

/// The criteria with the id of each field, when they fit the module.
pub(super) fn read(world: &World, table: usize, given: &Value) -> Result<Value, Refusal> {
    refuse_ambiguous(given, 0)?;
    match Criteria::parse(world, table, given) {
        Ok(_) => Ok(with_ids(world, table, given, 0)),
        Err(bad) => Err(refusal(world, table, bad)),
    }
}

/// A condition is not also a group.
fn refuse_ambiguous(given: &Value, depth: usize) -> Result<(), Refusal> {
    let has = |key: &str| given.get(key).is_some_and(|value| !value.is_null());
    if has("group") && (has("comparator") || has("field") || has("api_name")) {
        return Err(catalog::bulk::criteria(
            "AMBIGUOUS_CRITERIA",
            "Criteria is ambiguous.",
            json!({}),
        ));
    }
    if depth >= DEPTH_MAX {
        return Err(invalid());
    }
    let group = given.get("group").and_then(Value::as_array);
    let mut group = group.into_iter().flatten();
    group.try_for_each(|part| refuse_ambiguous(part, depth + 1))
}

fn invalid() -> Refusal {
    catalog::bulk::criteria("INVALID_CRITERIA", "Criteria is invalid.", json!({}))
}

fn refusal(world: &World, table: usize, bad: BadCriteria) -> Refusal {
    let module = &world.tables[table].module.api_name;
    let (code, message, details) = match bad {
        BadCriteria::Malformed => return invalid(),
        BadCriteria::GroupOperator => (
            "GROUP_OPERATOR_NOT_SUPPORTED",
            "Group operator is not supported.",
            json!({"supported": ["and", "or"]}),
        ),
        BadCriteria::UnknownField(field) => (
            "FIELD_IN_CRITERIA_NOT_AVAILABLE",
            "Field in criteria is not available.",
            json!({"api_name": field, "module": module}),
        ),
        BadCriteria::UnsupportedField(field) => (
            "FIELD_IN_CRITERIA_NOT_SUPPORTED",
            "Field in criteria is not supported.",
            json!({"api_name": field}),
        ),
        BadCriteria::Comparator {
            field,
            comparator,
            supported,
        } => (
            "FIELD_COMPARATOR_IN_CRITERIA_NOT_SUPPORTED",
            "Comparator of the field in criteria is not supported.",
            json!({"api_name": field, "comparator": comparator, "supported": supported}),
        ),
        BadCriteria::Value { field, comparator } => (
            "COMPARATOR_AND_VALUE_IN_CRITERIA_NOT_COMPATIBLE",
            "Comparator and value in criteria are not compatible.",
            json!({"api_name": field, "comparator": comparator}),
        ),
        BadCriteria::TooManyConditions { limit } => (
            "CRITERIA_LIMIT_EXCEEDED",
            "Criteria limit exceeded.",
            json!({"max_limit": limit}),
        ),
        BadCriteria::TooManyValues { limit } => (
            "VALUE_LIMIT_EXCEEDED_IN_CRITERIA",
            "Value limit exceeded in criteria.",
            json!({"max_limit": limit}),
        ),
        // unknown: which code and details Zoho gives to a value that is too long.
        BadCriteria::TooLongValue { field, limit } => (
            "VALUE_IN_CRITERIA_NOT_SUPPORTED",
            "Value in criteria is not supported.",
            json!({"api_name": field, "max_limit": limit}),
        ),
    };
    catalog::bulk::criteria(code, message, details)
}

/// The same tree, with each field as an object of name and id.
fn with_ids(world: &World, table: usize, given: &Value, depth: usize) -> Value {
    let mut given = given.clone();
    if let Some(group) = given.get_mut("group").and_then(Value::as_array_mut) {
        if depth < DEPTH_MAX {
            for part in group {
                *part = with_ids(world, table, part, depth + 1);
            }
        }
        return given;
    }
    let field = given.get("field").or_else(|| given.get("api_name"));
    let name = field.and_then(|field| {
        let name = field.get("api_name").unwrap_or(field);
        name.as_str().map(str::to_owned)
    });
    let (Some(name), Some(condition)) = (name, given.as_object_mut()) else {
        return given;
    };
    let first = name.split('.').next().unwrap_or_default();
    let field = world.tables[table].module.field(first);
    let id = field.map(|field| field.id.to_string());
    condition.remove("api_name");
    condition.insert("field".to_owned(), json!({"api_name": name, "id": id}));
    given
}
