//! Values that are lists of parts with their own ids: files and images.
//!
//! A part with `id` stays or changes, one without is added, `_delete` takes it out, an empty list takes all out.

use serde_json::{Map, Value, json};

use super::{Author, Checked, value};
use crate::catalog::{self, Place, Refusal};
use crate::schema::Module;
use crate::world::{Cell, Record, World, write_time};

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
/// Characters of what is said of a file. unknown: here those of a single line.
const DESCRIPTION_MAX: usize = 255;
/// The largest place in an order: that of a whole number.
const SEQUENCE_MAX: u64 = 999_999_999;

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
            for (at, part) in parts.iter().enumerate() {
                let part = part
                    .as_object()
                    .ok_or_else(|| catalog::wrong_type(place, "jsonobject"))?;
                let step = step(world, part, place.row);
                steps.push(step.map_err(|refusal| {
                    catalog::rows::within(refusal, place.row, place.field, at)
                })?);
            }
        }
        _ => return Err(catalog::wrong_type(place, "jsonarray")),
    }
    Ok(Parts { position, steps })
}

fn step(world: &World, part: &Map<String, Value>, row: usize) -> Result<Part, Refusal> {
    let place = |field| Place { row, field };
    let mut given = Map::new();
    for key in ["File_Id__s", "Sequence_Number__s", "Description__s"] {
        if let Some(value) = part.get(key) {
            refuse_wrong(world, value, place(key))?;
            given.insert(key.to_owned(), value.clone());
        }
    }
    match part.get("id").and_then(value::id_in) {
        Some(id) if part.contains_key("_delete") => Ok(Part::Remove(id)),
        Some(id) => Ok(Part::Change(id, given)),
        None if given.get("File_Id__s").is_some_and(Value::is_string) => Ok(Part::Add(given)),
        None => Err(catalog::invalid_value(place("File_Id__s"))),
    }
}

/// unknown: the details with which Zoho refuses a part; here they name the part's key, as in rows of sub-forms.
fn refuse_wrong(world: &World, given: &Value, place: Place<'_>) -> Result<(), Refusal> {
    match (place.field, given) {
        (_, Value::Null) => Ok(()),
        ("Sequence_Number__s", given) => match given.as_u64() {
            None => Err(catalog::wrong_type(place, "integer")),
            Some(number) if number > SEQUENCE_MAX => Err(catalog::too_long(place, 9)),
            Some(_) => Ok(()),
        },
        (key, given) => {
            let text = given
                .as_str()
                .ok_or_else(|| catalog::wrong_type(place, "string"))?;
            if key == "Description__s" {
                value::refuse_longer(text, DESCRIPTION_MAX, place)
            } else if world.files.stored(text).is_none() {
                Err(catalog::invalid_value(place))
            } else {
                Ok(())
            }
        }
    }
}

/// Refuses a row after which a field would have too many files.
pub(super) fn refuse_too_many(
    module: &Module,
    existing: Option<&Record>,
    checked: &Checked,
    number: usize,
) -> Result<(), Refusal> {
    for parts in &checked.parts {
        let cell = existing.and_then(|record| record.cell(parts.position));
        let known = match cell {
            Some(Cell::Json(value)) => value.as_array().map_or(&[][..], Vec::as_slice),
            _ => &[],
        };
        let is_kept = |part: &&Value| {
            !parts.steps.iter().any(|step| match step {
                Part::RemoveAll => true,
                Part::Remove(id) => part["id"] == json!(id.to_string()),
                Part::Change(..) | Part::Add(_) => false,
            })
        };
        let kept = known.iter().filter(is_kept).count();
        let is_added = |step: &&Part| matches!(step, Part::Add(_));
        let added = parts.steps.iter().filter(is_added).count();
        if added > 0 && kept + added > PARTS_MAX {
            return Err(catalog::rows::too_many_values(
                Place {
                    row: number,
                    field: &module.field_at(parts.position).api_name,
                },
                PARTS_MAX,
            ));
        }
    }
    Ok(())
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
