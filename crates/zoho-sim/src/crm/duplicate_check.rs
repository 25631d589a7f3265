//! `/settings/duplicate_check_preference`: against what new records of a module are compared.
//!
//! Of two kinds: `mapped_module_records` has values of unique fields compared with those of another module (leads with contacts),
//! which [`crate::rows`] does; `converted_records` has all leads compared, converted ones too. unknown: whether converted leads
//! are passed over without it; here unique values are compared with all leads in any case.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::actions::input;
use super::route::{Route, Scope};
use super::{Context, param};
use crate::catalog::{self, Refusal};
use crate::http::Answer;
use crate::rows::id_in;
use crate::schema::{Field, Module};
use crate::world::World;

const KEY: &str = "duplicate_check_preference";
const TYPES: [&str; 2] = ["converted_records", "mapped_module_records"];
const SCOPE: Scope = Scope::Settings("duplicate_check_preference");

pub(super) const ROUTES: &[Route] = &[
    Route::get("settings/duplicate_check_preference", SCOPE, get),
    Route::post("settings/duplicate_check_preference", SCOPE, write),
    Route::put("settings/duplicate_check_preference", SCOPE, write),
    Route::delete("settings/duplicate_check_preference", SCOPE, delete),
];

fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let table = supported(&world, context)?;
    let module = &world.tables[table].module.api_name;
    Ok(match world.actions.duplicate_checks.get(module) {
        None => Answer::empty(StatusCode::NO_CONTENT),
        Some(preference) => Answer::json(StatusCode::OK, &json!({KEY: preference})),
    })
}

fn write(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let table = supported(&world, context)?;
    let body = input::body(context)?;
    let given = match body.get(KEY) {
        None | Some(Value::Null) => {
            return Err(catalog::actions::missing_at(KEY, &format!("$.{KEY}")));
        }
        Some(Value::Object(given)) => given,
        Some(_) => return Err(catalog::wrong_key_type(KEY, "jsonobject")),
    };
    let preference = match read(&world, table, given) {
        Ok(preference) => preference,
        Err(refusal) => {
            let body = json!({KEY: refusal.to_json()});
            return Ok(Answer::json(StatusCode::BAD_REQUEST, &body));
        }
    };
    let module = world.tables[table].module.api_name.clone();
    world.actions.duplicate_checks.insert(module, preference);
    Ok(done("duplicate check preference updated successfully"))
}

fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let table = supported(&world, context)?;
    let module = world.tables[table].module.api_name.clone();
    world.actions.duplicate_checks.remove(&module);
    Ok(done("duplicate check preference deleted successfully"))
}

/// The module of the call, which has to be the one that has such a preference.
fn supported(world: &World, context: &Context<'_>) -> Result<usize, Refusal> {
    let table = param::module(world, context.call)?;
    if world.tables[table].module.api_name == "Leads" {
        return Ok(table);
    }
    // unknown: the details.
    Err(catalog::settings::other(
        "NOT_SUPPORTED",
        "This API does not support the given module",
        json!({"param_name": "module"}),
    ))
}

/// unknown: the texts.
fn done(message: &str) -> Answer {
    let item = json!({"code": "SUCCESS", "details": {}, "message": message, "status": "success"});
    Answer::json(StatusCode::OK, &json!({KEY: item}))
}

fn read(world: &World, table: usize, given: &Map<String, Value>) -> Result<Value, Refusal> {
    let path = format!("$.{KEY}");
    let type_path = format!("{path}.type");
    let kind = match given.get("type") {
        None | Some(Value::Null) => return Err(catalog::actions::missing_at("type", &type_path)),
        Some(Value::String(kind)) if TYPES.contains(&kind.as_str()) => kind,
        Some(Value::String(_)) => {
            let refusal = catalog::actions::invalid_at("type", &type_path);
            return Err(refusal.with_detail("supported_values", json!(TYPES)));
        }
        Some(_) => {
            return Err(catalog::actions::wrong_type_at(
                "type", &type_path, "string",
            ));
        }
    };
    let list_path = format!("{path}.type_configurations");
    let none = Vec::new();
    let list = match given.get("type_configurations") {
        None | Some(Value::Null) => &none,
        Some(Value::Array(list)) => list,
        Some(_) => {
            let name = "type_configurations";
            return Err(catalog::actions::wrong_type_at(
                name,
                &list_path,
                "jsonarray",
            ));
        }
    };
    if kind == "mapped_module_records" && list.is_empty() {
        return Err(catalog::actions::depends_at(
            "type_configurations",
            &list_path,
            "type",
            &type_path,
        ));
    }
    let own = &world.tables[table].module;
    let configurations = list.iter().enumerate().map(|(number, one)| {
        let path = format!("{list_path}[{number}]");
        configuration(world, own, one, &path)
    });
    let configurations = configurations.collect::<Result<Vec<Value>, Refusal>>()?;
    Ok(json!({"type": kind, "type_configurations": configurations}))
}

fn configuration(world: &World, own: &Module, given: &Value, path: &str) -> Result<Value, Refusal> {
    let module_path = format!("{path}.mapped_module");
    let mapped = given
        .get("mapped_module")
        .filter(|module| !module.is_null());
    let mapped =
        mapped.ok_or_else(|| catalog::actions::missing_at("mapped_module", &module_path))?;
    let name = mapped.get("api_name").and_then(Value::as_str);
    let id = mapped.get("id").and_then(id_in);
    let mut tables = world.tables.iter();
    let table = tables
        .find(|table| name == Some(table.module.api_name.as_str()) || id == Some(table.module.id));
    let other = table.ok_or_else(|| catalog::actions::invalid_at("mapped_module", &module_path))?;
    let other = &other.module;
    let none = Vec::new();
    let pairs = given
        .get("field_mappings")
        .and_then(Value::as_array)
        .unwrap_or(&none);
    let pairs = pairs.iter().enumerate().map(|(number, pair)| {
        let path = format!("{path}.field_mappings[{number}]");
        Ok(json!({
            "current_field": field(own, pair, "current_field", &path)?,
            "mapped_field": field(other, pair, "mapped_field", &path)?,
        }))
    });
    let pairs = pairs.collect::<Result<Vec<Value>, Refusal>>()?;
    Ok(json!({
        "field_mappings": pairs,
        "mapped_module": {"id": other.id.to_string(), "api_name": other.api_name, "name": other.plural_label},
    }))
}

fn field(module: &Module, pair: &Value, key: &str, path: &str) -> Result<Value, Refusal> {
    let path = format!("{path}.{key}");
    let given = pair.get(key).filter(|given| !given.is_null());
    let given = given.ok_or_else(|| catalog::actions::missing_at(key, &path))?;
    let name = given.get("api_name").and_then(Value::as_str);
    let id = given.get("id").and_then(id_in);
    let mut fields = module.fields.iter();
    let field = fields.find(|field| name == Some(field.api_name.as_str()) || id == Some(field.id));
    // unknown: how a field is refused that is neither unique nor the module's own duplicate-check field.
    let is_key = |field: &&Field| {
        field.is_unique || module.duplicate_check_field.as_ref() == Some(&field.api_name)
    };
    let field = field.filter(is_key);
    let field = field.ok_or_else(|| catalog::actions::invalid_at(key, &path))?;
    Ok(json!({"id": field.id.to_string(), "api_name": field.api_name, "name": field.label}))
}
