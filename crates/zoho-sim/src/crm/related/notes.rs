//! `POST /{module}/{id}/Notes`, `PUT` and `DELETE /{module}/{id}/Notes/{note}`: notes of the record that the path names.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::{get, parent};
use crate::catalog::{self, Refusal};
use crate::crm::records::{body, outcome};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows;
use crate::world::World;

pub(super) fn insert(context: &Context<'_>) -> Result<Answer, Refusal> {
    let body = match body::parse(&context.call.body) {
        Ok(body) => body,
        Err(answer) => return Ok(answer),
    };
    let mut world = context.shared.world();
    let parent = parent(context, &world)?;
    let table = notes(&world)?;
    let module = world.tables[context.table].module.api_name.clone();
    let parent = json!({"module": {"api_name": module}, "id": parent.to_string()});
    let author = context.author();
    let add = |(number, row): (usize, &Value)| {
        let mut row: Map<String, Value> = body::object(row, number)?.clone();
        row.insert("Parent_Id".to_owned(), parent.clone());
        rows::insert(&mut world, table, &row, number, author)
    };
    let outcomes: Vec<_> = body.rows.iter().enumerate().map(add).collect();
    Ok(outcome::answer(
        &world,
        table,
        outcome::Kind::Insert,
        &outcomes,
    ))
}

pub(super) fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    let body = match body::parse(&context.call.body) {
        Ok(body) => body,
        Err(answer) => return Ok(answer),
    };
    let mut world = context.shared.world();
    let parent = parent(context, &world)?;
    let note = get::related(context, &world, parent)?.record.id;
    let table = notes(&world)?;
    let first = body.rows.first().unwrap_or(&Value::Null);
    let row = body::object(first, 0);
    let written =
        row.and_then(|row| rows::update(&mut world, table, note, row, 0, context.author()));
    Ok(outcome::answer(
        &world,
        table,
        outcome::Kind::Update,
        &[written],
    ))
}

pub(super) fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let parent = parent(context, &world)?;
    let note = get::related(context, &world, parent)?.record.id;
    let table = notes(&world)?;
    rows::remove(&mut world, table, note, context.author());
    let item = print::success(&json!({"id": note.to_string()}), "record deleted");
    Ok(Answer::json(StatusCode::OK, &json!({"data": [item]})))
}

fn notes(world: &World) -> Result<usize, Refusal> {
    world
        .table_position("Notes")
        .ok_or_else(catalog::invalid_url_pattern)
}
