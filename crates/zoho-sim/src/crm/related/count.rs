//! `POST /{module}/{id}/actions/get_related_records_count`: how many records several lists have.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::parent;
use crate::actions::related::{entries as records, kind_of};
use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::crm::actions::input;
use crate::http::Answer;
use crate::rows::id_in;

const KEY: &str = "get_related_records_count";
/// Lists of one call.
const LISTS_MAX: usize = 20;

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let parent = parent(context, &world)?;
    let body = input::body(context)?;
    let wanted = input::list(&body, KEY, LISTS_MAX)?;
    let module = &world.tables[context.table].module;
    let mut counts = Vec::with_capacity(wanted.len());
    for (number, one) in wanted.iter().enumerate() {
        let path = format!("$.{KEY}[{number}].related_list");
        let given = one
            .get("related_list")
            .and_then(Value::as_object)
            .ok_or_else(|| catalog::actions::missing_at("related_list", &path))?;
        let name = given.get("api_name").and_then(Value::as_str);
        let id = given.get("id").and_then(id_in);
        let mut lists = module.related_lists.iter();
        let list = lists
            .find(|list| name == Some(list.api_name.as_str()) || id == Some(list.id))
            .ok_or_else(|| catalog::actions::invalid_at("related_list", &path))?;
        let count = records(&world, kind_of(&world, list), parent).len();
        counts.push(json!([{
            "count": count,
            "related_list": {"api_name": list.api_name, "id": list.id.to_string()},
        }]));
    }
    Ok(Answer::json(StatusCode::OK, &json!({KEY: counts})))
}
