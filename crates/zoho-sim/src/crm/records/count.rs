//! `GET /{module}/actions/count`: how many records there are, or fit a search.

use axum::http::StatusCode;
use serde_json::json;

use super::search::{self, Terms};
use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::http::Answer;

/// Without a search the count is exact at once; Zoho's may lag by minutes.
pub(crate) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let table = &world.tables[context.table];
    let terms = Terms::read(&world, context.table, &context.call.query)?;
    if context.call.query.get("cvid").is_some() {
        if terms.is_some() {
            return Err(catalog::ambiguous_count("cvid", "criteria"));
        }
        // No custom view exists that could be counted.
        return Err(catalog::invalid_param("cvid"));
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
