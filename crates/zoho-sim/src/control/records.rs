//! `GET|POST records/{module}`, `GET|PUT|DELETE records/{module}/{id}`: records as a person in Zoho's own pages handles them.
//!
//! Writes take `?user=` with an id or e-mail address of a user: whose hand it is. Without it, it is the first user's.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Asked, Body, Problem, cut};
use crate::rows::{self, Author, Columns};
use crate::state::Shared;
use crate::world::{World, parse_id};

/// Records of one answer, unless another number is asked for.
const RECORDS_SHOWN: usize = 1_000;

/// The latest records first; `before` continues after the last id of an answer.
pub(super) async fn list_records(
    State(shared): State<Arc<Shared>>,
    Path(module): Path<String>,
    asked: Asked,
) -> Result<Json<Value>, Problem> {
    asked.only(&["limit", "before", "filter"])?;
    let limit = asked.limit(RECORDS_SHOWN)?;
    let before = asked.number("before", u64::MAX)?;
    let wanted = asked.text("filter").unwrap_or_default().to_lowercase();
    let world = shared.world();
    let table = &world.tables[table_of(&world, &module)?];
    let records: Vec<Value> = table
        .by_id(true, Some(before))
        .filter_map(|record| printed(&world, table, record.id))
        .filter(|record| wanted.is_empty() || has_text(record, &wanted))
        .take(limit)
        .collect();
    Ok(Json(json!({"data": records, "count": table.rows.len()})))
}

/// Whether a value of the record holds a text, given in lower case.
pub(crate) fn has_text(record: &Value, wanted: &str) -> bool {
    match record {
        Value::Object(object) => object.values().any(|value| has_text(value, wanted)),
        Value::Array(values) => values.iter().any(|value| has_text(value, wanted)),
        Value::String(text) => text.to_lowercase().contains(wanted),
        Value::Number(number) => number.to_string().contains(wanted),
        Value::Bool(_) | Value::Null => false,
    }
}

pub(super) async fn get_record(
    State(shared): State<Arc<Shared>>,
    Path((module, id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let world = shared.world();
    let table = table_of(&world, &module)?;
    let record = parse_id(&id).and_then(|id| printed(&world, &world.tables[table], id));
    record.map(Json).ok_or_else(|| no_record(&module, &id))
}

pub(super) async fn create_record(
    State(shared): State<Arc<Shared>>,
    Path(module): Path<String>,
    asked: Asked,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let row: Map<String, Value> = body.parse()?;
    let user = user_of(&shared, &asked)?;
    let record = create(&shared, &module, &row, user)?;
    Ok((StatusCode::CREATED, Json(record)))
}

pub(super) async fn update_record(
    State(shared): State<Arc<Shared>>,
    Path((module, id)): Path<(String, String)>,
    asked: Asked,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let row: Map<String, Value> = body.parse()?;
    let user = user_of(&shared, &asked)?;
    update(&shared, &module, &id, &row, user).map(Json)
}

pub(super) async fn delete_record(
    State(shared): State<Arc<Shared>>,
    Path((module, id)): Path<(String, String)>,
    asked: Asked,
) -> Result<Json<Value>, Problem> {
    let user = user_of(&shared, &asked)?;
    delete(&shared, &module, &id, user)?;
    Ok(Json(json!({"id": id})))
}

/// Whose hand it is.
fn user_of(shared: &Shared, asked: &Asked) -> Result<Option<u64>, Problem> {
    asked.only(&["user"])?;
    let Some(wanted) = asked.text("user") else {
        return Ok(None);
    };
    let world = shared.world();
    let known = world
        .users
        .iter()
        .find(|user| parse_id(wanted) == Some(user.id) || user.email.eq_ignore_ascii_case(wanted));
    known.map(|user| Some(user.id)).ok_or_else(|| {
        let emails: Vec<&str> = world.users.iter().map(|user| user.email.as_str()).collect();
        Problem::of_field(
            "user",
            format!(
                "user is `{}`: use an id or one of {}",
                cut(wanted),
                emails.join(", ")
            ),
        )
    })
}

/// Adds a record and gives it back.
pub(crate) fn create(
    shared: &Shared,
    module: &str,
    row: &Map<String, Value>,
    user: Option<u64>,
) -> Result<Value, Problem> {
    let mut world = shared.world();
    let table = table_of(&world, module)?;
    let author = person(&world, shared, user);
    let written = rows::insert(&mut world, table, row, 0, author)
        .map_err(|refusal| Problem::of_row(&refusal, row))?;
    Ok(printed(&world, &world.tables[table], written.id).unwrap_or_default())
}

/// Changes a record and gives it back.
pub(crate) fn update(
    shared: &Shared,
    module: &str,
    id: &str,
    row: &Map<String, Value>,
    user: Option<u64>,
) -> Result<Value, Problem> {
    let mut world = shared.world();
    let table = table_of(&world, module)?;
    let known = parse_id(id).filter(|id| world.tables[table].rows.contains_key(id));
    let known = known.ok_or_else(|| no_record(module, id))?;
    let author = person(&world, shared, user);
    rows::update(&mut world, table, known, row, 0, author)
        .map_err(|refusal| Problem::of_row(&refusal, row))?;
    Ok(printed(&world, &world.tables[table], known).unwrap_or_default())
}

/// Moves a record to the recycle bin.
pub(crate) fn delete(
    shared: &Shared,
    module: &str,
    id: &str,
    user: Option<u64>,
) -> Result<(), Problem> {
    let mut world = shared.world();
    let table = table_of(&world, module)?;
    let author = person(&world, shared, user);
    let is_removed = parse_id(id).is_some_and(|id| rows::remove(&mut world, table, id, author));
    if is_removed {
        Ok(())
    } else {
        Err(no_record(module, id))
    }
}

fn person(world: &World, shared: &Shared, user: Option<u64>) -> Author {
    let user = user.unwrap_or_else(|| world.first_user_id());
    Author::new(user, shared.clock.now()).by(rows::Source::CrmUi)
}

pub(super) fn table_of(world: &World, module: &str) -> Result<usize, Problem> {
    world.table_position(module).ok_or_else(|| {
        Problem::not_found(format!(
            "there is no module `{module}`; GET /crm/v8/settings/modules lists those there are, by their api_name"
        ))
    })
}

fn no_record(module: &str, id: &str) -> Problem {
    Problem::not_found(format!("{module} has no record `{id}`"))
}

fn printed(world: &World, table: &crate::world::Table, id: u64) -> Option<Value> {
    let record = table.rows.get(&id)?;
    let mut out = Vec::new();
    rows::print_record(&mut out, world, table, record, &Columns::fields());
    serde_json::from_slice(&out).ok()
}
