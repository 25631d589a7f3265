//! `GET /{module}/actions/count`: how many records there are, or fit a search.

use axum::http::StatusCode;
use serde_json::json;

use super::search::Search;
use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::http::Answer;

/// The count is exact at once; Zoho's may lag by minutes.
pub(crate) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let table = &world.tables[context.table];
    let search = Search::read(table, &context.call.query)?;
    if context.call.query.get("cvid").is_some() {
        if search.is_some() {
            return Err(catalog::ambiguous_count("cvid", "criteria"));
        }
        // No custom view exists that could be counted.
        return Err(catalog::invalid_param("cvid"));
    }
    let count = search.map_or(table.rows.len(), |search| search.find(table).len());
    Ok(Answer::json(StatusCode::OK, &json!({"count": count})))
}
