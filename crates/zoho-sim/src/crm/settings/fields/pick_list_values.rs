//! `GET /settings/fields/{id}/pick_list_values?module=`: the options of a picklist with the layouts that show them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{layout_associations, pick_list};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, param};
use crate::http::Answer;

pub(super) fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let module = &world.tables[param::module(&world, context.call)?].module;
    let id = context.id("id", 2)?;
    let fields = (0u16..).zip(&module.fields);
    let mut found = fields.filter(|(_, field)| field.id == id);
    let (position, field) = found.next().ok_or_else(|| catalog::invalid_path_id(2))?;
    let mut values = pick_list(&world, field);
    if values.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let layouts: Vec<Value> = layout_associations(module, position);
    for value in &mut values {
        value["layout_associations"] = json!(layouts);
    }
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"pick_list_values": values}),
    ))
}
