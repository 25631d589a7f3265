//! What actions read from paths and bodies.

use serde_json::{Map, Value, json};

use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::rows::id_in;
use crate::world::World;

/// The body as an object; an absent one is empty.
pub(crate) fn body(context: &Context<'_>) -> Result<Map<String, Value>, Refusal> {
    if context.call.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    serde_json::from_slice(&context.call.body).map_err(|_| catalog::malformed_body())
}

/// The record that the path names; it has to exist.
pub(crate) fn record(context: &Context<'_>, world: &World) -> Result<u64, Refusal> {
    let id = context.id("id", 1)?;
    if world.tables[context.table].rows.contains_key(&id) {
        Ok(id)
    } else {
        Err(catalog::invalid_path_id(1))
    }
}

/// The only object of a list of the body, such as `data`.
pub(crate) fn only<'b>(
    body: &'b Map<String, Value>,
    key: &str,
) -> Result<&'b Map<String, Value>, Refusal> {
    let path = format!("$.{key}");
    match body.get(key) {
        None | Some(Value::Null) => Err(catalog::actions::missing_at(key, &path)),
        Some(Value::Array(list)) => match list.as_slice() {
            [Value::Object(object)] => Ok(object),
            [] => Err(catalog::actions::missing_at(key, &path)),
            [_] => Err(catalog::actions::wrong_type_at(
                key,
                &format!("{path}[0]"),
                "jsonobject",
            )),
            _ => Err(catalog::actions::limit_at(key, &path, 1)),
        },
        Some(_) => Err(catalog::actions::wrong_type_at(key, &path, "jsonarray")),
    }
}

/// Objects of a list of the body, at least one and at most `maximum`.
pub(crate) fn list<'b>(
    body: &'b Map<String, Value>,
    key: &str,
    maximum: usize,
) -> Result<&'b [Value], Refusal> {
    let path = format!("$.{key}");
    match body.get(key) {
        None | Some(Value::Null) => Err(catalog::actions::missing_at(key, &path)),
        Some(Value::Array(list)) if list.is_empty() => {
            Err(catalog::actions::invalid_at(key, &path).with_detail("minimum_length", json!(1)))
        }
        Some(Value::Array(list)) if list.len() > maximum => {
            Err(catalog::actions::limit_at(key, &path, maximum))
        }
        Some(Value::Array(list)) => Ok(list),
        Some(_) => Err(catalog::actions::wrong_type_at(key, &path, "jsonarray")),
    }
}

/// Ids of the body, in `ids`; `None` when there is no such key.
pub(crate) fn ids(body: &Map<String, Value>, maximum: usize) -> Result<Option<Vec<u64>>, Refusal> {
    if body.get("ids").is_none_or(Value::is_null) {
        return Ok(None);
    }
    let given = list(body, "ids", maximum)?;
    let read = |(place, id): (usize, &Value)| {
        id_in(id).ok_or_else(|| {
            catalog::actions::wrong_type_at("ids", &format!("$.ids[{place}]"), "bigint")
        })
    };
    given
        .iter()
        .enumerate()
        .map(read)
        .collect::<Result<_, _>>()
        .map(Some)
}

/// A boolean of the body, false when absent.
pub(crate) fn flag(body: &Map<String, Value>, key: &str) -> Result<bool, Refusal> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(catalog::wrong_key_type(key, "boolean")),
    }
}

/// An active user of the body, as `{"id": "..."}`.
pub(crate) fn user(
    world: &World,
    body: &Map<String, Value>,
    key: &str,
) -> Result<Option<u64>, Refusal> {
    let given = match body.get(key) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(given)) => given,
        Some(_) => return Err(catalog::wrong_key_type(key, "jsonobject")),
    };
    let path = format!("$.{key}.id");
    let id = given
        .get("id")
        .ok_or_else(|| catalog::actions::missing_at("id", &path))?;
    let user = id_in(id)
        .and_then(|id| world.user(id))
        .filter(|user| user.is_active);
    user.map(|user| Some(user.id))
        .ok_or_else(|| catalog::actions::invalid_at("id", &path))
}
