//! Values that are lists of parts with their own ids: files and images.
//!
//! A part with `id` stays or changes, one without is added, `_delete` takes it out, an empty list takes all out.

use serde_json::{Map, Value, json};

use super::{Author, value};
use crate::catalog::{self, Place, Refusal};
use crate::world::{Cell, World, write_time};

/// What a row says about the files of one field.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) position: u16,
    steps: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Add(Map<String, Value>),
    Change(u64, Map<String, Value>),
    Remove(u64),
    RemoveAll,
}

impl Parts {
    pub(super) fn adds_to(&self, position: u16) -> bool {
        let is_added = |step: &Part| matches!(step, Part::Add(_));
        self.position == position && self.steps.iter().any(is_added)
    }
}

/// Files of one field. unknown: the documentation names no number.
const PARTS_MAX: usize = 100;

/// Files are named by the ids that the file store gave them.
pub(super) fn read(
    world: &World,
    position: u16,
    given: &Value,
    place: Place<'_>,
) -> Result<Parts, Refusal> {
    let mut steps = Vec::new();
    match given {
        Value::Null => steps.push(Part::RemoveAll),
        Value::Array(parts) if parts.is_empty() => steps.push(Part::RemoveAll),
        Value::Array(parts) if parts.len() > PARTS_MAX => {
            return Err(catalog::rows::too_many_values(place, PARTS_MAX));
        }
        Value::Array(parts) => {
            for part in parts {
                let part = part
                    .as_object()
                    .ok_or_else(|| catalog::wrong_type(place, "jsonobject"))?;
                steps.push(step(world, part, place)?);
            }
        }
        _ => return Err(catalog::wrong_type(place, "jsonarray")),
    }
    Ok(Parts { position, steps })
}

fn step(world: &World, part: &Map<String, Value>, place: Place<'_>) -> Result<Part, Refusal> {
    let given: Map<String, Value> = ["File_Id__s", "Sequence_Number__s", "Description__s"]
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), part.get(key)?.clone())))
        .collect();
    let named = given.get("File_Id__s").and_then(Value::as_str);
    if named.is_some_and(|id| world.files.stored(id).is_none()) {
        return Err(catalog::invalid_value(place));
    }
    match part.get("id").and_then(value::id_in) {
        Some(id) if part.contains_key("_delete") => Ok(Part::Remove(id)),
        Some(id) => Ok(Part::Change(id, given)),
        None if given.get("File_Id__s").is_some_and(Value::is_string) => Ok(Part::Add(given)),
        None => Err(catalog::invalid_value(place)),
    }
}

/// The cell that results from the parts that were there and what the row says.
pub(super) fn write(
    world: &mut World,
    existing: Option<&Cell>,
    parts: Parts,
    author: Author,
) -> Option<Cell> {
    let mut list = match existing {
        Some(Cell::Json(value)) => value.as_array().cloned().unwrap_or_default(),
        _ => Vec::new(),
    };
    let is_of = |part: &Value, id: u64| part["id"] == json!(id.to_string());
    for step in parts.steps {
        match step {
            Part::RemoveAll => list.clear(),
            Part::Remove(id) => list.retain(|part| !is_of(part, id)),
            Part::Change(id, given) => {
                for part in list.iter_mut().filter(|part| is_of(part, id)) {
                    if let Some(part) = part.as_object_mut() {
                        part.extend(given.clone());
                    }
                }
            }
            Part::Add(given) => {
                let id = world.ids.next();
                let mut time = Vec::with_capacity(25);
                write_time(&mut time, author.now, world.organisation.utc_offset_minutes);
                let person = world.user(author.user);
                let person = person.map_or(
                    Value::Null,
                    |user| json!({"name": user.full_name(), "id": user.id.to_string()}),
                );
                let mut part = Map::new();
                part.insert("id".to_owned(), json!(id.to_string()));
                part.extend(given);
                let file = part.get("File_Id__s").and_then(Value::as_str);
                if let Some(file) = file.and_then(|id| world.files.stored(id)) {
                    let (name, size) = (json!(file.name), json!(file.blob.0.len()));
                    part.insert("File_Name__s".to_owned(), name);
                    part.insert("Size__s".to_owned(), size);
                }
                let time = String::from_utf8_lossy(&time).into_owned();
                part.insert("Created_Time__s".to_owned(), json!(time));
                part.insert("Created_By__s".to_owned(), person.clone());
                part.insert("Owner__s".to_owned(), person);
                list.push(Value::Object(part));
            }
        }
    }
    (!list.is_empty()).then(|| Cell::Json(Box::new(Value::Array(list))))
}
