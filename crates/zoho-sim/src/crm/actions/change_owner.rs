//! `POST /{module}[/{id}]/actions/change_owner`: gives records, and what is related to them, to another user.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::input;
use crate::actions::related::{entries, kind_of};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows::{self, Author, id_in};
use crate::world::{Cell, World};

/// Records of one call.
const IDS_MAX: usize = 500;
/// Related modules of one call. unknown: the documentation names no number.
const MODULES_MAX: usize = 50;

pub(super) fn of_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let id = input::record(context, &world)?;
    let body = input::body(context)?;
    change(context, &mut world, &body, &[id])
}

pub(super) fn of_many(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let body = input::body(context)?;
    let ids = input::ids(&body, IDS_MAX)?;
    let ids = ids.ok_or_else(|| catalog::actions::missing_at("ids", "$.ids"))?;
    change(context, &mut world, &body, &ids)
}

fn change(
    context: &Context<'_>,
    world: &mut World,
    body: &Map<String, Value>,
    ids: &[u64],
) -> Result<Answer, Refusal> {
    let owner = input::user(world, body, "owner")?;
    let owner = owner.ok_or_else(|| catalog::actions::missing_at("owner", "$.owner"))?;
    input::flag(body, "notify")?;
    let related = related_tables(world, body)?;
    let table = context.table;
    if world.tables[table].module.position("Owner").is_none() {
        return Err(catalog::actions::not_supported());
    }
    let author = context.author();
    let mut failed = 0;
    let mut items = Vec::with_capacity(ids.len());
    for (number, id) in ids.iter().enumerate() {
        if world.actions.is_locked(*id) {
            failed += 1;
            let details = json!({"id": id.to_string()});
            items.push(catalog::actions::record_locked(&details).to_json());
            continue;
        }
        if !give(world, table, *id, owner, author) {
            failed += 1;
            let path = format!("$.ids[{number}]");
            items.push(catalog::actions::invalid_at("ids", &path).to_json());
            continue;
        }
        for (table, id) in below(world, table, *id, &related) {
            give(world, table, id, owner, author);
        }
        let details = json!({"id": id.to_string()});
        items.push(print::success(&details, "owner is successfully updated"));
    }
    // The file draws mixed outcomes under 202.
    let status = match failed {
        0 => StatusCode::OK,
        failed if failed == ids.len() => StatusCode::BAD_REQUEST,
        _ => StatusCode::ACCEPTED,
    };
    Ok(Answer::json(status, &json!({"data": items})))
}

fn related_tables(world: &World, body: &Map<String, Value>) -> Result<Vec<usize>, Refusal> {
    const KEY: &str = "related_modules";
    if body.get(KEY).is_none_or(Value::is_null) {
        return Ok(Vec::new());
    }
    let given = match body.get(KEY) {
        Some(Value::Array(list)) if list.is_empty() => return Ok(Vec::new()),
        _ => input::list(body, KEY, MODULES_MAX)?,
    };
    let read = |(number, module): (usize, &Value)| {
        let name = module.get("api_name").and_then(Value::as_str);
        let id = module.get("id").and_then(id_in);
        let mut tables = world.tables.iter();
        let found = tables.position(|table| {
            name == Some(table.module.api_name.as_str())
                || (name.is_none() && id == Some(table.module.id))
        });
        found.ok_or_else(|| catalog::actions::invalid_at(KEY, &format!("$.{KEY}[{number}]")))
    };
    given.iter().enumerate().map(read).collect()
}

/// The related records of these modules.
fn below(world: &World, table: usize, id: u64, related: &[usize]) -> Vec<(usize, u64)> {
    let lists = &world.tables[table].module.related_lists;
    let found = lists
        .iter()
        .flat_map(|list| entries(world, kind_of(world, list), id));
    found
        .filter(|entry| related.contains(&entry.table))
        .map(|entry| (entry.table, entry.record.id))
        .collect()
}

fn give(world: &mut World, table: usize, id: u64, owner: u64, author: Author) -> bool {
    let Some(position) = world.tables[table].module.position("Owner") else {
        return false;
    };
    if world.actions.is_locked(id) {
        return false;
    }
    rows::set(
        world,
        table,
        id,
        vec![(position, Some(Cell::Id(owner)))],
        author,
    )
}
