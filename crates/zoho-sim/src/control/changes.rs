//! `GET changes?after=&limit=&module=&source=`: what happened to records, oldest first, by whom and by which way.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::{Asked, Problem};
use crate::state::Shared;
use crate::world::{Change, World, write_time};

/// Changes of one answer, unless another number is asked for.
const CHANGES_SHOWN: usize = 1_000;

pub(super) async fn list_changes(
    State(shared): State<Arc<Shared>>,
    asked: Asked,
) -> Result<Json<Value>, Problem> {
    asked.only(&["after", "limit", "module", "source"])?;
    let after = asked.number("after", 0)?;
    let limit = asked.limit(CHANGES_SHOWN)?;
    let world = shared.world();
    let table = asked
        .text("module")
        .map(|module| super::records::table_of(&world, module))
        .transpose()?;
    let source = asked.text("source");
    let mut changes: Vec<Value> = world
        .changes
        .since(after)
        .rev()
        .filter(|change| table.is_none_or(|table| table == change.table))
        .filter(|change| source.is_none_or(|source| source == change.source.name()))
        .take(limit)
        .map(|change| to_json(&world, change))
        .collect();
    changes.reverse();
    Ok(Json(
        json!({"changes": changes, "last": world.changes.last_sequence()}),
    ))
}

/// A change with the names of its module, fields and user.
pub(crate) fn to_json(world: &World, change: &Change) -> Value {
    let mut time = Vec::new();
    write_time(&mut time, change.at, world.organisation.utc_offset_minutes);
    let module = world.tables.get(change.table).map(|table| &table.module);
    let fields: Vec<&str> = module
        .into_iter()
        .flat_map(|module| {
            let positions = change
                .fields
                .iter()
                .map(|field| usize::from(field.position));
            positions.filter_map(|position| Some(module.fields.get(position)?.api_name.as_str()))
        })
        .collect();
    json!({
        "sequence": change.sequence,
        "time": String::from_utf8_lossy(&time),
        "module": module.map(|module| module.api_name.as_str()),
        "id": change.id.to_string(),
        "action": change.action.name(),
        "source": change.source.name(),
        "user": world.user(change.user).map(crate::world::User::full_name),
        "fields": fields,
    })
}
