//! `PUT /{module}` and `PUT /{module}/{id}`: changes records by id.

use serde_json::{Map, Value, json};

use super::{body, outcome};
use crate::catalog::{self, Place, Refusal};
use crate::crm::{Admitted, org, param};
use crate::http::{Answer, Call};
use crate::rows::{self, Author, Written, id_in};
use crate::state::Shared;
use crate::world::{World, parse_id};

/// Every row names its record.
pub(crate) fn many(shared: &Shared, call: &Call, admitted: &Admitted, table: usize) -> Answer {
    answer(shared, call, admitted, table, |row, number| {
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
pub(crate) fn one(
    shared: &Shared,
    call: &Call,
    admitted: &Admitted,
    table: usize,
    id: &str,
) -> Answer {
    let known = parse_id(id).filter(|id| shared.world().tables[table].rows.contains_key(id));
    match known {
        // unknown: what Zoho answers to a well-formed id of no record here; the other single-path form gives this.
        None => catalog::invalid_path_id(1).into(),
        Some(id) => answer(shared, call, admitted, table, |_, _| Ok(id)),
    }
}

fn answer(
    shared: &Shared,
    call: &Call,
    admitted: &Admitted,
    table: usize,
    id_of: impl Fn(&Map<String, Value>, usize) -> Result<u64, Refusal>,
) -> Answer {
    let unmodified_since = match param::time_header(call, "if-unmodified-since") {
        Ok(time) => time,
        Err(refusal) => return refusal.into(),
    };
    let body = match body::parse(&call.body) {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let mut world = shared.world();
    let author = Author::new(admitted.caller.user, shared.clock.now())
        .in_words_of_older(admitted.version.is_second());
    let author = match body.author(&world, table, author) {
        Ok(author) => author,
        Err(answer) => return answer,
    };
    let outcomes: Vec<_> = body
        .rows
        .iter()
        .enumerate()
        .map(|(number, row)| {
            let row = body::object(row, number)?;
            let id = id_of(row, number)?;
            refuse_late(&world, table, id, unmodified_since)?;
            update(&mut world, table, id, row, number, author)
                .map_err(|refusal| super::upsert::in_words_of(admitted.version, refusal))
        })
        .collect();
    outcome::answer(&world, table, outcome::Kind::Update, &outcomes)
}

fn update(
    world: &mut World,
    table: usize,
    id: u64,
    row: &Map<String, Value>,
    number: usize,
    author: Author,
) -> Result<Written, Refusal> {
    if !world.tables[table].rows.contains_key(&id) {
        return Err(catalog::invalid_row_id(number));
    }
    rows::update(world, table, id, row, number, author)
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
    let person = |id| {
        world.user(id).map_or(
            Value::Null,
            |user| json!({"name": user.full_name(), "id": user.id.to_string()}),
        )
    };
    Err(catalog::already_modified(json!({
        "Modified_Time": org::time(world, record.modified_at),
        "Modified_By": person(record.modified_by),
        "Created_Time": org::time(world, record.created_at),
        "id": record.id.to_string(),
        "Created_By": person(record.created_by),
    })))
}
