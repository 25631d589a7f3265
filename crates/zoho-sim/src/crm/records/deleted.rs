//! `GET /{module}/deleted`: what was deleted, latest first. 60 days in the recycle bin, then listed as gone for 120 days.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::catalog::{self, Refusal};
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::world::{Deleted, LISTED_SECONDS, World};

pub(crate) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let now = context.now();
    let query = &context.call.query;
    let wanted = query.get("type").unwrap_or("all");
    if !["all", "recycle", "permanent"].contains(&wanted) {
        return Err(catalog::pattern_not_matched("type"));
    }
    let page = param::Page::read(query)?;
    let after = param::time_header(context.call, "if-modified-since")?;
    let world = context.shared.world();
    let mut rows: Vec<(u64, &Deleted)> = world.tables[context.table]
        .deleted
        .iter()
        .map(|(id, deleted)| (*id, deleted.as_ref()))
        .filter(|(_, deleted)| {
            let is_listed = now - deleted.gone_since() < LISTED_SECONDS;
            let is_wanted = wanted == "all" || (wanted == "permanent") == is_gone(deleted, now);
            is_listed && is_wanted && after.is_none_or(|after| deleted.deleted_at > after)
        })
        .collect();
    rows.sort_by_key(|(id, deleted)| std::cmp::Reverse((deleted.deleted_at, *id)));
    if page.of(&rows).is_empty() && after.is_some() {
        return Ok(Answer::empty(StatusCode::NOT_MODIFIED));
    }
    Ok(page.answer("data", &rows, |(id, deleted)| {
        row(&world, *id, deleted, now)
    }))
}

/// Whether it cannot be restored any more.
fn is_gone(deleted: &Deleted, now: i64) -> bool {
    deleted.record.is_none() || now >= deleted.gone_since()
}

fn row(world: &World, id: u64, deleted: &Deleted, now: i64) -> Value {
    let is_permanent = is_gone(deleted, now);
    let person = |user: u64| match world.user(user) {
        Some(user) if !is_permanent => print::reference(&user.full_name(), user.id),
        _ => Value::Null,
    };
    json!({
        "deleted_by": person(deleted.deleted_by),
        "id": id.to_string(),
        "display_name": if is_permanent { None } else { Some(&deleted.name) },
        "type": if is_permanent { "permanent" } else { "recycle" },
        "created_by": person(deleted.created_by),
        "deleted_time": print::time(world, deleted.deleted_at),
    })
}
