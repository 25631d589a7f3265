//! `/settings/tags`: the tags of a module.

mod delete;
mod mass_delete;
mod merge;
mod write;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::route::{Route, Scope};
use super::{Context, param, print};
use crate::actions::tags;
use crate::catalog::{self, Refusal};
use crate::http::Answer;
use crate::world::{TAGS_OF_MODULE_MAX, Tag, World};

const TAGS: Scope = Scope::Settings("tags");

pub(super) const ROUTES: &[Route] = &[
    Route::get("settings/tags", TAGS, list),
    Route::post("settings/tags", TAGS, write::create),
    Route::put("settings/tags", TAGS, write::update_many),
    Route::put("settings/tags/{id}", TAGS, write::update_one),
    Route::delete("settings/tags/{id}", TAGS, delete::answer),
    Route::post("settings/tags/{id}/actions/merge", TAGS, merge::answer),
    Route::get("settings/tags/{id}/actions/records_count", TAGS, count),
    Route::post(
        "settings/tags/actions/mass_delete",
        TAGS,
        mass_delete::schedule,
    ),
    Route::get(
        "settings/tags/actions/mass_delete",
        TAGS,
        mass_delete::status,
    ),
];

fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let table = param::module(&world, context.call)?;
    let is_mine = context.call.query.get("my_tags") == Some("true");
    let all = world.tables[table].tags();
    let shown = all
        .iter()
        .filter(|tag| !is_mine || tag.created_by == context.caller.user)
        .map(|tag| full(&world, tag));
    let body = json!({
        "tags": shown.collect::<Vec<Value>>(),
        "info": {"count": all.len(), "allowed_count": TAGS_OF_MODULE_MAX},
    });
    Ok(Answer::json(StatusCode::OK, &body))
}

fn full(world: &World, tag: &Tag) -> Value {
    let mut value = facts(world, tag);
    if let Some(value) = value.as_object_mut() {
        value.insert("name".to_owned(), json!(tag.name));
    }
    value
}

/// A tag without its name, as writes answer it.
fn facts(world: &World, tag: &Tag) -> Value {
    json!({
        "created_time": print::time(world, tag.created_at),
        "modified_time": print::time(world, tag.modified_at),
        "modified_by": print::user(world, tag.modified_by),
        "id": tag.id.to_string(),
        "created_by": print::user(world, tag.created_by),
        "color_code": tag.colour,
    })
}

/// `GET /settings/tags/{id}/actions/records_count`.
fn count(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let table = &world.tables[param::module(&world, context.call)?];
    let id = context.id("id", 2)?;
    if table.tag_of(id).is_none() {
        return Err(catalog::invalid_path_id(2));
    }
    let count = tags::count(table, id).to_string();
    Ok(Answer::json(StatusCode::OK, &json!({"count": count})))
}

/// The tag of the path with the table that has it.
fn tag(context: &Context<'_>, world: &World) -> Result<(usize, u64), Refusal> {
    let id = context.id("id", 2)?;
    let table = tags::table_of(world, id).ok_or_else(|| catalog::invalid_path_id(2))?;
    Ok((table, id))
}

/// Items of `tags` and the status that follows from them.
fn outcome(items: Vec<Result<Value, Refusal>>, all_well: StatusCode) -> Answer {
    let failed = items.iter().filter(|item| item.is_err()).count();
    let status = match failed {
        0 => all_well,
        failed if failed == items.len() => StatusCode::BAD_REQUEST,
        _ => StatusCode::MULTI_STATUS,
    };
    let items = items
        .into_iter()
        .map(|item| item.unwrap_or_else(|refusal| refusal.to_json()));
    Answer::json(status, &json!({"tags": items.collect::<Vec<Value>>()}))
}
