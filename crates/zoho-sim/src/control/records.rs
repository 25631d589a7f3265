//! `GET|POST records/{module}`, `GET|PUT|DELETE records/{module}/{id}`: records as a person in Zoho's own pages handles them.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Problem, clients};
use crate::rows::{self, Author, Columns};
use crate::state::Shared;
use crate::world::{World, parse_id};

#[derive(Debug, Deserialize)]
pub(super) struct Selection {
    #[serde(default = "many")]
    limit: usize,
}

fn many() -> usize {
    1_000
}

/// The latest records first.
pub(super) async fn list_records(
    State(shared): State<Arc<Shared>>,
    Path(module): Path<String>,
    Query(selection): Query<Selection>,
) -> Result<Json<Value>, Problem> {
    let world = shared.world();
    let table = &world.tables[table_of(&world, &module)?];
    let records: Vec<Value> = table
        .by_id(true, None)
        .take(selection.limit)
        .filter_map(|record| printed(&world, table, record.id))
        .collect();
    Ok(Json(json!({"data": records, "count": table.rows.len()})))
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
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let row: Map<String, Value> = clients::parse(&body)?;
    Ok((StatusCode::CREATED, Json(create(&shared, &module, &row)?)))
}

pub(super) async fn update_record(
    State(shared): State<Arc<Shared>>,
    Path((module, id)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let row: Map<String, Value> = clients::parse(&body)?;
    update(&shared, &module, &id, &row).map(Json)
}

pub(super) async fn delete_record(
    State(shared): State<Arc<Shared>>,
    Path((module, id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    delete(&shared, &module, &id)?;
    Ok(Json(json!({"id": id})))
}

/// Adds a record and gives it back.
pub(crate) fn create(
    shared: &Shared,
    module: &str,
    row: &Map<String, Value>,
) -> Result<Value, Problem> {
    let mut world = shared.world();
    let table = table_of(&world, module)?;
    let author = person(&world, shared);
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
) -> Result<Value, Problem> {
    let mut world = shared.world();
    let table = table_of(&world, module)?;
    let known = parse_id(id).filter(|id| world.tables[table].rows.contains_key(id));
    let known = known.ok_or_else(|| no_record(module, id))?;
    let author = person(&world, shared);
    rows::update(&mut world, table, known, row, 0, author)
        .map_err(|refusal| Problem::of_row(&refusal, row))?;
    Ok(printed(&world, &world.tables[table], known).unwrap_or_default())
}

/// Moves a record to the recycle bin.
pub(crate) fn delete(shared: &Shared, module: &str, id: &str) -> Result<(), Problem> {
    let mut world = shared.world();
    let table = table_of(&world, module)?;
    let author = person(&world, shared);
    let is_removed = parse_id(id).is_some_and(|id| rows::remove(&mut world, table, id, author));
    if is_removed {
        Ok(())
    } else {
        Err(no_record(module, id))
    }
}

fn person(world: &World, shared: &Shared) -> Author {
    Author::new(world.first_user_id(), shared.clock.now()).by(rows::Source::CrmUi)
}

fn table_of(world: &World, module: &str) -> Result<usize, Problem> {
    world
        .table_position(module)
        .ok_or_else(|| Problem::not_found(format!("there is no module `{module}`")))
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
