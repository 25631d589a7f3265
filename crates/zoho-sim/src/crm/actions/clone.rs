//! `POST /{module}/{id}/actions/clone`: adds a copy of a record, with other values where the body names some.

use serde_json::{Map, Value};

use super::input;
use crate::catalog::Refusal;
use crate::crm::Context;
use crate::crm::records::{body, outcome};
use crate::http::Answer;
use crate::rows;

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let id = input::record(context, &world)?;
    let row = input::body(context).and_then(|body| {
        if body.get("data").is_none_or(Value::is_null) {
            return Ok(Map::new());
        }
        input::only(&body, "data").cloned()
    });
    let row = match row {
        Ok(row) => row,
        Err(refusal) => return Ok(body::whole(&refusal)),
    };
    let table = context.table;
    let outcomes = match rows::copy(&mut world, table, id, &row, 0, context.author()) {
        Ok(all) => all.into_iter().map(Ok).collect(),
        Err(refusal) => vec![Err(refusal)],
    };
    Ok(outcome::answer(
        &world,
        table,
        outcome::Kind::Insert,
        &outcomes,
    ))
}
