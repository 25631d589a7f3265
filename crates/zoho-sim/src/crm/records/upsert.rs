//! `POST /{module}/upsert`: updates the record that has the same value in a duplicate-check field, else adds one.

use serde_json::json;

use super::{body, outcome};
use crate::catalog::{self, Refusal};
use crate::crm::{Admitted, Version, param};
use crate::http::{Answer, Call};
use crate::rows::{self, Author, Keys};
use crate::state::Shared;

pub(crate) fn answer(shared: &Shared, call: &Call, admitted: &Admitted, table: usize) -> Answer {
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
    let named: Option<Vec<&str>> = body
        .duplicate_check_fields
        .as_ref()
        .map(|names| names.iter().map(String::as_str).collect());
    let keys = match Keys::of(&world.tables[table].module, named.as_deref()) {
        Ok(keys) => keys,
        // unknown: the details with which Zoho refuses a field that is no duplicate-check field.
        Err(_) => {
            return body::whole(&catalog::wrong_key_type(
                "duplicate_check_fields",
                "jsonarray",
            ));
        }
    };
    let outcomes: Vec<_> = body
        .rows
        .iter()
        .enumerate()
        .map(|(number, row)| {
            let row = body::object(row, number)?;
            let is_in_time = |world: &crate::world::World, id| {
                super::update::refuse_late(world, table, id, unmodified_since)
            };
            rows::upsert(&mut world, table, row, number, &keys, author, is_in_time)
                .map_err(|refusal| in_words_of(admitted.version, refusal))
        })
        .collect();
    outcome::answer(&world, table, outcome::Kind::Upsert, &outcomes)
}

/// The second version names only field and id of a duplicate.
pub(super) fn in_words_of(version: Version, mut refusal: Refusal) -> Refusal {
    if version.is_second() && refusal.code == "DUPLICATE_DATA" {
        refusal.details =
            json!({"api_name": refusal.details["api_name"], "id": refusal.details["id"]});
    }
    refusal
}
