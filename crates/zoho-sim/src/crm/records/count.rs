//! `GET /{module}/actions/count`: how many records there are, or fit a search.

use axum::http::StatusCode;
use serde_json::json;

use super::list;
use super::search::{self, Terms};
use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::http::Answer;
use crate::world::Record;

/// Without a search the count is exact at once; Zoho's may lag by minutes.
pub(crate) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let table = &world.tables[context.table];
    let terms = Terms::read(&world, context.table, &context.call.query)?;
    if let Some(view) = list::view(&world, context)? {
        if terms.is_some() {
            return Err(catalog::ambiguous_count("cvid", "criteria"));
        }
        let criteria = list::criteria_of(&world, context, Some(view));
        let is_shown = |record: &&Record| {
            criteria
                .as_ref()
                .is_none_or(|criteria| criteria.hold(&world, record))
        };
        let count = table.rows.values().filter(is_shown).count();
        return Ok(Answer::json(StatusCode::OK, &json!({"count": count})));
    }
    let count = match terms {
        None => table.rows.len(),
        Some(terms) => {
            search::check_module(table)?;
            search::count(&world, context.table, &terms, context.now())
        }
    };
    Ok(Answer::json(StatusCode::OK, &json!({"count": count})))
}
