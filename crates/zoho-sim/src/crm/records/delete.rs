//! `DELETE /{module}?ids=` and `DELETE /{module}/{id}`: moves records to the recycle bin.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::written;
use crate::catalog::{self, Refusal};
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::rows::{self, Action};
use crate::world::parse_id;

/// Ids of one call.
const IDS_MAX: usize = 100;

pub(crate) fn many(context: &Context<'_>) -> Result<Answer, Refusal> {
    let ids = param::required_id_texts(&context.call.query, IDS_MAX)?;
    let ids: Option<Vec<u64>> = ids.into_iter().map(parse_id).collect();
    let ids = ids
        .filter(|ids| !ids.is_empty())
        .ok_or_else(catalog::unparsable_param)?;
    let table = context.table;
    let author = context.author();
    let mut world = context.shared.world();
    let mut items = Vec::with_capacity(ids.len());
    let mut records = Vec::new();
    for id in &ids {
        if world.actions.is_locked(*id) {
            items.push(catalog::actions::record_locked(&json!({"id": id.to_string()})).to_json());
        } else if rows::remove(&mut world, table, *id, author) {
            records.push(written(&world.tables[table], *id, Action::Delete));
            items.push(deleted(*id));
        } else {
            items.push(catalog::record_not_deleted(&id.to_string()).to_json());
        }
    }
    let status = match records.len() {
        0 => StatusCode::BAD_REQUEST,
        count if count == ids.len() => StatusCode::OK,
        _ => StatusCode::MULTI_STATUS,
    };
    let mut answer = Answer::json(status, &json!({"data": items}));
    answer.written = records;
    Ok(answer)
}

pub(crate) fn one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let table = context.table;
    let author = context.author();
    let mut world = context.shared.world();
    let id = parse_id(context.param("id"));
    if let Some(id) = id.filter(|id| world.actions.is_locked(*id)) {
        return Err(catalog::actions::record_locked(
            &json!({"id": id.to_string()}),
        ));
    }
    let id = id.filter(|id| rows::remove(&mut world, table, *id, author));
    let id = id.ok_or_else(|| catalog::invalid_path_id(1))?;
    let mut answer = Answer::json(StatusCode::OK, &json!({"data": [deleted(id)]}));
    answer.written = vec![written(&world.tables[table], id, Action::Delete)];
    Ok(answer)
}

fn deleted(id: u64) -> Value {
    print::success(&json!({"id": id.to_string()}), "record deleted")
}
