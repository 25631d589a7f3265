//! `DELETE /settings/tags/{id}`: a tag goes, also from the records that carry it.

use axum::http::StatusCode;
use serde_json::json;

use super::tag;
use crate::actions::tags;
use crate::catalog::Refusal;
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows::Author;

/// The answer is an object, not a list like those of the other writes.
pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let (table, id) = tag(context, &world)?;
    let author = Author::new(context.caller.user, context.now());
    tags::replace(&mut world, table, id, None, author);
    let item = print::success(&json!({"id": id.to_string()}), "tags deleted successfully");
    Ok(Answer::json(StatusCode::OK, &json!({"tags": item})))
}
