//! `PUT` and `DELETE /{module}/{id}/{related_list}[/{related_id}]`: links records and ends links.
//!
//! Only lists of links can be changed like this. unknown: the words in which Zoho refuses lists that follow from a lookup.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::entries;
use super::{list_name, parent};
use crate::actions::Facts;
use crate::actions::related::Kind;
use crate::catalog::{self, Refusal};
use crate::crm::records::body;
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::rows::id_in;
use crate::world::{World, parse_id};

/// Ids of one call.
const IDS_MAX: usize = 100;

/// Facts that can be said of a link.
const FACTS: [&str; 3] = ["Member_Status", "Contact_Role", "list_price"];

/// Every row names its record.
pub(super) fn many(context: &Context<'_>) -> Result<Answer, Refusal> {
    let body = match body::parse(&context.call.body) {
        Ok(body) => body,
        Err(answer) => return Ok(answer),
    };
    let mut world = context.shared.world();
    let parent = parent(context, &world)?;
    let target = target(context, &world)?;
    let items: Vec<Result<u64, Refusal>> = body
        .rows
        .iter()
        .enumerate()
        .map(|(number, row)| {
            let row = body::object(row, number)?;
            let path = format!("$.data[{number}].id");
            let id = row.get("id").and_then(id_in);
            let id = id.filter(|id| world.tables[target].rows.contains_key(id));
            let details = json!({"api_name": "id", "json_path": path});
            let id = id.ok_or_else(|| catalog::actions::invalid_related(details))?;
            link(&mut world, parent, id, row, number)?;
            Ok(id)
        })
        .collect();
    Ok(outcome(&items, "relation added"))
}

/// The path names the record.
pub(super) fn one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let body = match body::parse(&context.call.body) {
        Ok(body) => body,
        Err(answer) => return Ok(answer),
    };
    let mut world = context.shared.world();
    let parent = parent(context, &world)?;
    let target = target(context, &world)?;
    let id = parse_id(context.param("related_id"))
        .filter(|id| world.tables[target].rows.contains_key(id))
        .ok_or_else(|| catalog::actions::invalid_related_id(3))?;
    let first = body.rows.first().unwrap_or(&Value::Null);
    let item = body::object(first, 0).and_then(|row| link(&mut world, parent, id, row, 0));
    Ok(outcome(&[item.map(|()| id)], "relation added"))
}

pub(super) fn end_many(context: &Context<'_>) -> Result<Answer, Refusal> {
    let ids = param::required_id_texts(&context.call.query, IDS_MAX)?;
    let mut world = context.shared.world();
    let parent = parent(context, &world)?;
    let target = target(context, &world)?;
    let items: Vec<Result<u64, Refusal>> = ids
        .into_iter()
        .map(|text| {
            let id = parse_id(text);
            let ended = id.filter(|id| end(&mut world, target, parent, *id));
            ended.ok_or_else(|| catalog::actions::invalid_related(json!({"id": text})))
        })
        .collect();
    Ok(outcome(&items, "relation removed"))
}

pub(super) fn end_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let parent = parent(context, &world)?;
    let target = target(context, &world)?;
    let id = parse_id(context.param("related_id"));
    let ended = id.filter(|id| end(&mut world, target, parent, *id));
    let id = ended.ok_or_else(|| catalog::actions::invalid_related_id(3))?;
    Ok(outcome(&[Ok(id)], "relation removed"))
}

/// The table of the linked records.
fn target(context: &Context<'_>, world: &World) -> Result<usize, Refusal> {
    match entries::kind(world, context.table, list_name(context))? {
        Kind::Links(target) => Ok(target),
        _ => Err(catalog::actions::invalid_relation_name()),
    }
}

fn link(
    world: &mut World,
    parent: u64,
    id: u64,
    row: &Map<String, Value>,
    number: usize,
) -> Result<(), Refusal> {
    let mut facts = Facts::new();
    for name in FACTS {
        let Some(given) = row.get(name).filter(|given| !given.is_null()) else {
            continue;
        };
        let fact = fact(world, name, given).ok_or_else(|| {
            catalog::actions::invalid_at(name, &format!("$.data[{number}].{name}"))
        })?;
        facts.insert(name.to_owned(), fact);
    }
    world.actions.links.put(parent, id, &facts);
    Ok(())
}

fn fact(world: &World, name: &str, given: &Value) -> Option<Value> {
    match (name, given) {
        ("Contact_Role", Value::Object(role)) => {
            let id = role.get("id").and_then(id_in);
            id.and_then(|id| world.actions.contact_role(id))
        }
        ("Contact_Role", Value::String(name)) => world.actions.contact_role_named(name),
        ("list_price", Value::Number(_)) => Some(given.clone()),
        ("Member_Status", Value::String(_)) => Some(given.clone()),
        _ => None,
    }
}

fn end(world: &mut World, target: usize, parent: u64, id: u64) -> bool {
    world.tables[target].rows.contains_key(&id) && world.actions.links.remove(parent, id)
}

fn outcome(items: &[Result<u64, Refusal>], message: &str) -> Answer {
    let failed = items.iter().filter(|item| item.is_err()).count();
    let status = match failed {
        0 => StatusCode::OK,
        failed if failed == items.len() => StatusCode::BAD_REQUEST,
        _ => StatusCode::MULTI_STATUS,
    };
    let items = items.iter().map(|item| match item {
        Ok(id) => print::success(&json!({"id": id.to_string()}), message),
        Err(refusal) => refusal.to_json(),
    });
    Answer::json(status, &json!({"data": items.collect::<Vec<Value>>()}))
}
