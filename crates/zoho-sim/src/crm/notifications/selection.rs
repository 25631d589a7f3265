//! `notification_condition`: the fields whose change is told.

use serde_json::{Map, Value, json};

use crate::catalog::Refusal;
use crate::catalog::notifications as refuse;
use crate::rows::id_in;
use crate::schema::Module;
use crate::world::World;
use crate::world::channels::{FieldSelection, Subscription};

/// Fields of one condition.
const FIELDS_MAX: usize = 10;
/// Parts of one group.
const PARTS_MAX: usize = 2;
/// Groups inside of groups. Ten fields in groups of two need no more.
const DEPTH_MAX: usize = 10;
const KINDS: [&str; 1] = ["field_selection"];
const OPERATORS: [&str; 2] = ["or", "and"];

/// The selections of an entry, by module.
pub(super) fn read(
    world: &World,
    entry: &Map<String, Value>,
    path: &str,
) -> Result<Option<Vec<(String, FieldSelection)>>, Refusal> {
    let conditions = match entry.get("notification_condition") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(conditions)) => conditions,
        Some(_) => return Err(refuse::wrong_type(path, "jsonarray")),
    };
    let selections = conditions.iter().enumerate().map(|(number, condition)| {
        let path = format!("{path}[{number}]");
        match condition.as_object() {
            None => Err(refuse::wrong_type(&path, "jsonobject")),
            Some(condition) => of_module(world, condition, &path),
        }
    });
    selections.collect::<Result<Vec<_>, _>>().map(Some)
}

fn of_module(
    world: &World,
    condition: &Map<String, Value>,
    path: &str,
) -> Result<(String, FieldSelection), Refusal> {
    let (kind_at, selection_at) = (format!("{path}.type"), format!("{path}.field_selection"));
    match condition.get("type") {
        None | Some(Value::Null) if condition.contains_key("field_selection") => {
            return Err(refuse::dependent_missing(&kind_at, &selection_at));
        }
        None | Some(Value::Null) => return Err(refuse::missing(&kind_at)),
        Some(Value::String(kind)) if KINDS.contains(&kind.as_str()) => {}
        Some(_) => return Err(refuse::unsupported(&kind_at, &KINDS)),
    }
    let module = module(world, condition.get("module"), &format!("{path}.module"))?;
    let given = condition
        .get("field_selection")
        .filter(|given| !given.is_null())
        .ok_or_else(|| refuse::missing(&selection_at))?;
    let selection = part(module, given, &selection_at, 0)?;
    if selection.fields() > FIELDS_MAX {
        return Err(refuse::too_long(&selection_at, FIELDS_MAX));
    }
    Ok((module.api_name.clone(), selection))
}

/// The module by name, by id, or by both when they mean the same.
fn module<'w>(world: &'w World, given: Option<&Value>, path: &str) -> Result<&'w Module, Refusal> {
    let (name, id) = name_and_id(given, path)?;
    let by_name = name.map(|name| {
        let found = world.table_named(name).map(|table| &*table.module);
        found.ok_or_else(|| refuse::invalid(&format!("{path}.api_name")))
    });
    let by_id = id.map(|id| {
        let found = world.tables.iter().find(|table| table.module.id == id);
        found
            .map(|table| &*table.module)
            .ok_or_else(|| refuse::invalid(&format!("{path}.id")))
    });
    agreed(by_name, by_id, path, |module| module.id)
}

fn part(
    module: &Module,
    given: &Value,
    path: &str,
    depth: usize,
) -> Result<FieldSelection, Refusal> {
    let Some(given) = given.as_object() else {
        return Err(refuse::wrong_type(path, "jsonobject"));
    };
    let group = match given.get("group").filter(|group| !group.is_null()) {
        None => return field(module, given.get("field"), &format!("{path}.field")),
        Some(Value::Array(group)) => group,
        Some(_) => return Err(refuse::wrong_type(&format!("{path}.group"), "jsonarray")),
    };
    if group.is_empty() {
        return Err(refuse::missing(&format!("{path}.group")));
    }
    if group.len() > PARTS_MAX || depth >= DEPTH_MAX {
        return Err(refuse::too_long(&format!("{path}.group"), PARTS_MAX));
    }
    let operator_at = format!("{path}.group_operator");
    let is_and = match given.get("group_operator") {
        None | Some(Value::Null) => return Err(refuse::missing(&operator_at)),
        Some(Value::String(word)) if word.eq_ignore_ascii_case("and") => true,
        Some(Value::String(word)) if word.eq_ignore_ascii_case("or") => false,
        Some(_) => return Err(refuse::unsupported(&operator_at, &OPERATORS)),
    };
    let parts = group
        .iter()
        .enumerate()
        .map(|(number, given)| part(module, given, &format!("{path}.group[{number}]"), depth + 1));
    Ok(FieldSelection::Group {
        is_and,
        parts: parts.collect::<Result<Vec<_>, _>>()?,
    })
}

fn field(module: &Module, given: Option<&Value>, path: &str) -> Result<FieldSelection, Refusal> {
    let (name, id) = name_and_id(given, path)?;
    let by_name = name.map(|name| {
        let found = module.field(name);
        found.ok_or_else(|| refuse::invalid(&format!("{path}.api_name")))
    });
    let by_id = id.map(|id| {
        let found = module.fields.iter().find(|field| field.id == id);
        found.ok_or_else(|| refuse::invalid(&format!("{path}.id")))
    });
    let field = agreed(by_name, by_id, path, |field| field.id)?;
    Ok(FieldSelection::Field(field.api_name.clone()))
}

fn name_and_id<'g>(
    given: Option<&'g Value>,
    path: &str,
) -> Result<(Option<&'g str>, Option<u64>), Refusal> {
    let given = match given {
        None | Some(Value::Null) => return Err(refuse::missing(path)),
        Some(Value::Object(given)) => given,
        Some(_) => return Err(refuse::wrong_type(path, "jsonobject")),
    };
    let name = match given.get("api_name") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name.as_str()),
        Some(_) => return Err(refuse::wrong_type(&format!("{path}.api_name"), "string")),
    };
    let id = match given.get("id").filter(|id| !id.is_null()) {
        None => None,
        Some(id) => Some(id_in(id).ok_or_else(|| refuse::invalid(&format!("{path}.id")))?),
    };
    Ok((name, id))
}

/// What name and id both mean, as far as they are given.
fn agreed<'w, T>(
    by_name: Option<Result<&'w T, Refusal>>,
    by_id: Option<Result<&'w T, Refusal>>,
    path: &str,
    id_of: impl Fn(&T) -> u64,
) -> Result<&'w T, Refusal> {
    match (by_name, by_id) {
        (None, None) => Err(refuse::expected_field_missing(path)),
        (Some(found), None) | (None, Some(found)) => found,
        (Some(by_name), Some(by_id)) => {
            let (by_name, by_id) = (by_name?, by_id?);
            if id_of(by_name) == id_of(by_id) {
                Ok(by_name)
            } else {
                Err(refuse::ambiguous(path))
            }
        }
    }
}

/// The condition of a subscription as answers show it.
pub(super) fn print(world: &World, subscription: &Subscription) -> Value {
    let (Some(selection), Some(table)) = (
        &subscription.selection,
        world.table_named(&subscription.resource),
    ) else {
        return Value::Null;
    };
    let module = &table.module;
    json!([{
        "type": KINDS[0],
        "module": {"api_name": module.api_name, "id": module.id.to_string()},
        "field_selection": print_part(module, selection),
    }])
}

fn print_part(module: &Module, selection: &FieldSelection) -> Value {
    match selection {
        FieldSelection::Field(name) => {
            let id = module.field(name).map(|field| field.id.to_string());
            json!({"field": {"api_name": name, "id": id}, "group_operator": null, "group": null})
        }
        FieldSelection::Group { is_and, parts } => {
            let parts: Vec<Value> = parts.iter().map(|part| print_part(module, part)).collect();
            json!({"group_operator": if *is_and { "and" } else { "or" }, "group": parts})
        }
    }
}
