//! `POST /{module}/upsert`: updates the record that has the same value in a duplicate-check field, else adds one.

use serde_json::json;

use super::{body, outcome};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, Version, param};
use crate::http::Answer;
use crate::rows::{self, Keys};

pub(crate) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let unmodified_since = param::time_header(context.call, "if-unmodified-since")?;
    let body = match body::parse_rows(&context.call.body) {
        Ok(body) => body,
        Err(answer) => return Ok(answer),
    };
    let table = context.table;
    let mut world = context.shared.world();
    if !world.tables[table].module.abilities.upsertable {
        return Err(catalog::rows::module_not_writable());
    }
    let author = match body.author(&world, table, context.author()) {
        Ok(author) => author,
        Err(answer) => return Ok(answer),
    };
    let named: Option<Vec<&str>> = body
        .duplicate_check_fields
        .as_ref()
        .map(|names| names.iter().map(String::as_str).collect());
    let keys = match Keys::of(&world.tables[table].module, named.as_deref()) {
        Ok(keys) => keys,
        // unknown: the details with which Zoho refuses a field that is no duplicate-check field.
        Err(at) => {
            let possible = Keys::possible(&world.tables[table].module);
            let refusal = catalog::wrong_listed_value("duplicate_check_fields", at, &possible);
            return Ok(body::whole(&refusal));
        }
    };
    let rows = body.rows.iter().filter_map(|element| element.0.as_ref());
    keys.read_ahead(&world.tables[table], rows);
    let outcomes: Vec<_> = body
        .rows
        .into_iter()
        .enumerate()
        .map(|(number, row)| {
            let row = &body::row(row, number)?;
            let is_in_time = |world: &crate::world::World, id| {
                super::update::refuse_late(world, table, id, unmodified_since)
            };
            rows::upsert(&mut world, table, row, number, &keys, author, is_in_time)
                .map_err(|refusal| in_words_of(context.version, refusal))
        })
        .collect();
    Ok(outcome::answer(
        &world,
        table,
        outcome::Kind::Upsert,
        &outcomes,
    ))
}

/// The second version names only field and id of a duplicate.
pub(super) fn in_words_of(version: Version, mut refusal: Refusal) -> Refusal {
    if version.is_second() && refusal.code == "DUPLICATE_DATA" {
        refusal.details =
            json!({"api_name": refusal.details["api_name"], "id": refusal.details["id"]});
    }
    refusal
}
