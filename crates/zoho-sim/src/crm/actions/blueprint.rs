//! `GET` and `PUT /{module}/{id}/actions/blueprint`: the steps that a record can take, and one of them taken.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::input;
use crate::actions::{Blueprint, Transition};
use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::crm::settings::fields;
use crate::http::Answer;
use crate::rows::{self, Source, id_in};
use crate::world::{Table, World};

pub(super) fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let id = input::record(context, &world)?;
    let table = &world.tables[context.table];
    let record = table.rows.get(&id);
    let process = record.and_then(|record| world.actions.process_of(table, record));
    let (process, state) = process.ok_or_else(catalog::actions::not_in_process)?;
    let transitions = process.from(state);
    let transitions =
        transitions.map(|transition| shown(&world, context.table, process, transition));
    let body = json!({"blueprint": {
        "process_info": process_info(table, process, state),
        "transitions": transitions.collect::<Vec<Value>>(),
    }});
    Ok(Answer::json(StatusCode::OK, &body))
}

fn process_info(table: &Table, process: &Blueprint, state: &str) -> Value {
    let field = table.module.field(&process.field);
    let value = field.and_then(|field| {
        let mut values = field.pick_list.iter();
        values.find(|value| value.reference_value == state)
    });
    let label = field.map(|field| field.label.as_str());
    json!({
        "field_id": field.map(|field| field.id.to_string()),
        "is_continuous": false,
        "api_name": process.field,
        "continuous": false,
        "field_label": label,
        "name": process.name,
        "column_name": process.field.to_ascii_uppercase(),
        "field_value": state,
        "id": process.id.to_string(),
        "field_name": label,
        "escalation": null,
        "current_picklist": {
            "colour_code": value.and_then(|value| value.colour_code.as_deref()),
            "id": value.map(|value| value.id.to_string()),
            "value": state,
        },
    })
}

fn shown(world: &World, table: usize, process: &Blueprint, transition: &Transition) -> Value {
    let module = &world.tables[table].module;
    let next = process.from(&transition.to).map(|next| {
        json!({"id": next.id.to_string(), "name": next.name, "criteria_matched": true, "type": "manual"})
    });
    let asked = (1u32..)
        .zip(&transition.fields)
        .filter_map(|(number, asked)| {
            let position = module.position(&asked.api_name)?;
            let mut field = fields::print(world, module, position, module.field_at(position));
            if let Some(field) = field.as_object_mut() {
                let more = [
                    ("mandatory", json!(asked.is_mandatory)),
                    ("transition_sequence", json!(number)),
                    ("personality_name", Value::Null),
                    ("display_type", json!(-1)),
                    ("content", Value::Null),
                    ("_type", json!("used")),
                    ("column_name", json!(asked.api_name.to_ascii_uppercase())),
                    ("validation_rule", Value::Null),
                    ("layouts", Value::Null),
                ];
                field.extend(more.map(|(name, value)| (name.to_owned(), value)));
            }
            Some(field)
        });
    json!({
        "type": "manual",
        "sequence": 1,
        "next_transitions": next.collect::<Vec<Value>>(),
        "parent_transition": null,
        "percent_partial_save": 0.0,
        "data": {},
        "next_field_value": transition.to,
        "text_color_code": null,
        "name": transition.name,
        "criteria_matched": true,
        "id": transition.id.to_string(),
        "fields": asked.collect::<Vec<Value>>(),
        "color_code": null,
        "criteria_message": null,
    })
}

pub(super) fn put(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let id = input::record(context, &world)?;
    let body = input::body(context)?;
    let given = input::only(&body, "blueprint")?;
    let (field, transition) = wanted(context, &world, id, given)?;
    let none = Map::new();
    let data = given
        .get("data")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    let is_missing = |name: &str| data.get(name).is_none_or(Value::is_null);
    let mut asked = transition.fields.iter();
    if let Some(missing) = asked.find(|asked| asked.is_mandatory && is_missing(&asked.api_name)) {
        return Err(catalog::actions::transition_needs(&missing.api_name));
    }
    let mut row = data.clone();
    row.insert(field, json!(transition.to));
    let note = row
        .remove("Notes")
        .and_then(|note| note.as_str().map(str::to_owned));
    let author = context.author().by(Source::Blueprint);
    rows::update(&mut world, context.table, id, &row, 0, author)?;
    if let (Some(note), Some(notes)) = (note, world.table_position("Notes")) {
        let module = world.tables[context.table].module.api_name.clone();
        let row = json!({
            "Note_Content": note,
            "Parent_Id": {"module": {"api_name": module}, "id": id.to_string()},
        });
        if let Some(row) = row.as_object() {
            rows::insert(&mut world, notes, row, 0, author)?;
        }
    }
    let body = json!({
        "code": "SUCCESS",
        "details": {},
        "message": "transition updated successfully",
        "status": "success",
    });
    Ok(Answer::json(StatusCode::OK, &body))
}

/// The step that the body names, and the field that it changes.
fn wanted(
    context: &Context<'_>,
    world: &World,
    id: u64,
    given: &Map<String, Value>,
) -> Result<(String, Transition), Refusal> {
    let table = &world.tables[context.table];
    let record = table.rows.get(&id);
    let process = record.and_then(|record| world.actions.process_of(table, record));
    let (process, state) = process.ok_or_else(catalog::actions::not_in_process)?;
    let wanted = given.get("transition_id").and_then(id_in);
    let mut transitions = process.from(state);
    let transition = transitions.find(|transition| Some(transition.id) == wanted);
    let transition = transition.ok_or_else(catalog::actions::invalid_transition)?;
    Ok((process.field.clone(), transition.clone()))
}
