//! `GET /{module}/{id}/{related_list}/{related_id}`: one record below a record.

use axum::http::StatusCode;

use super::entries;
use super::{list_name, parent};
use crate::actions::related::{Entry, entries as records};
use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::http::Answer;
use crate::world::{World, parse_id};

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let parent = parent(context, &world)?;
    let entry = related(context, &world, parent)?;
    let names = context.call.query.list("fields");
    let mut out = vec![b'{'];
    entries::print(&mut out, &world, &[entry], names.as_deref(), false);
    out.push(b'}');
    Ok(Answer::json_bytes(StatusCode::OK, out))
}

/// The related record that the path names.
pub(super) fn related<'w>(
    context: &Context<'_>,
    world: &'w World,
    parent: u64,
) -> Result<Entry<'w>, Refusal> {
    let kind = entries::kind(world, context.table, list_name(context))?;
    let id = parse_id(context.param("related_id"));
    let mut found = records(world, kind, parent).into_iter();
    found
        .find(|entry| Some(entry.record.id) == id)
        .ok_or_else(|| catalog::actions::invalid_related_id(3))
}
