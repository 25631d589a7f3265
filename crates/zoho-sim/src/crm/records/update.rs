//! `PUT /{module}` and `PUT /{module}/{id}`: changes records by id.

use serde_json::json;

use super::{body, outcome};
use crate::catalog::{self, Place, Refusal};
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::rows::{self, Author, Row, Written, id_in};
use crate::world::World;

/// Every row names its record.
pub(crate) fn many(context: &Context<'_>) -> Result<Answer, Refusal> {
    answer(context, |row, number| {
        let given = row.get("id").filter(|id| !id.is_null());
        let given = given.ok_or_else(|| {
            catalog::mandatory_not_found(Place {
                row: number,
                field: "id",
            })
        })?;
        id_in(given).ok_or_else(|| catalog::invalid_row_id(number))
    })
}

/// The path names the record; the body has one row.
pub(crate) fn one(context: &Context<'_>) -> Result<Answer, Refusal> {
    // unknown: what Zoho answers to a well-formed id of no record here; the other single-path form gives this.
    let id = context.id("id", 1)?;
    if !context.shared.world().tables[context.table]
        .rows
        .contains_key(&id)
    {
        return Err(catalog::invalid_path_id(1));
    }
    answer(context, |_, _| Ok(id))
}

fn answer(
    context: &Context<'_>,
    id_of: impl Fn(&Row<'_>, usize) -> Result<u64, Refusal>,
) -> Result<Answer, Refusal> {
    let unmodified_since = param::time_header(context.call, "if-unmodified-since")?;
    let body = match body::parse_rows(&context.call.body) {
        Ok(body) => body,
        Err(answer) => return Ok(answer),
    };
    let table = context.table;
    let mut world = context.shared.world();
    let author = match body.author(&world, table, context.author()) {
        Ok(author) => author,
        Err(answer) => return Ok(answer),
    };
    let outcomes: Vec<_> = body
        .rows
        .into_iter()
        .enumerate()
        .map(|(number, row)| {
            let row = &body::row(row, number)?;
            let id = id_of(row, number)?;
            refuse_late(&world, table, id, unmodified_since)?;
            update(&mut world, table, id, row, number, author)
                .map_err(|refusal| super::upsert::in_words_of(context.version, refusal))
        })
        .collect();
    Ok(outcome::answer(
        &world,
        table,
        outcome::Kind::Update,
        &outcomes,
    ))
}

fn update(
    world: &mut World,
    table: usize,
    id: u64,
    row: &Row<'_>,
    number: usize,
    author: Author,
) -> Result<Written, Refusal> {
    if !world.tables[table].rows.contains_key(&id) {
        return Err(catalog::invalid_row_id(number));
    }
    rows::update_row(world, table, id, row, number, author)
}

/// Refuses the change of a record that was changed after `unmodified_since`.
pub(super) fn refuse_late(
    world: &World,
    table: usize,
    id: u64,
    unmodified_since: Option<i64>,
) -> Result<(), Refusal> {
    let Some(record) = world.tables[table].rows.get(&id) else {
        return Ok(());
    };
    if unmodified_since.is_none_or(|limit| record.modified_at <= limit) {
        return Ok(());
    }
    Err(catalog::already_modified(json!({
        "Modified_Time": print::time(world, record.modified_at),
        "Modified_By": print::user(world, record.modified_by),
        "Created_Time": print::time(world, record.created_at),
        "id": record.id.to_string(),
        "Created_By": print::user(world, record.created_by),
    })))
}
