//! `DELETE /settings/recycle_bin[/{id}]`, `POST .../actions/restore` and `.../actions/empty`.
//!
//! unknown: the texts of the good outcomes; the documentation shows codes only.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{IDS_MAX, all, chosen, find};
use crate::catalog::{self, Refusal};
use crate::crm::actions::input;
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows::{self, id_in};
use crate::world::World;

pub(super) fn erase_many(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let Some(chosen) = chosen(context, &world)? else {
        return Err(catalog::actions::expected_param_missing(&[
            "ids", "filters",
        ]));
    };
    let items: Vec<_> = chosen
        .into_iter()
        .map(|id| {
            let id = id.map_err(|text| catalog::actions::not_in_bin(&text))?;
            erase(&mut world, id, context.now());
            Ok(id)
        })
        .collect();
    Ok(outcome(items, "record deleted"))
}

pub(super) fn erase_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let id = context.id("id", 2)?;
    if find(&world, id, context.now()).is_none() {
        return Err(catalog::invalid_path_id(2));
    }
    erase(&mut world, id, context.now());
    Ok(outcome(vec![Ok(id)], "record deleted"))
}

fn erase(world: &mut World, id: u64, now: i64) {
    if let Some(table) = world.table_of(id) {
        rows::erase(world, table, id, now);
    }
}

pub(super) fn restore_many(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let body = input::body(context)?;
    let given = input::list(&body, "recycle_bin", IDS_MAX)?;
    let items = given.iter().enumerate().map(|(number, item)| {
        let path = format!("$.recycle_bin[{number}].id");
        let id = item.get("id");
        let id = id.ok_or_else(|| catalog::actions::missing_at("id", &path))?;
        let id = id_in(id).filter(|id| find(&world, *id, context.now()).is_some());
        let id = id.ok_or_else(|| catalog::actions::invalid_at("id", &path))?;
        restore(&mut world, context, id)
    });
    let items = items.collect();
    Ok(outcome(items, "record restored"))
}

pub(super) fn restore_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let id = context.id("id", 2)?;
    if find(&world, id, context.now()).is_none() {
        return Err(catalog::invalid_path_id(2));
    }
    let item = restore(&mut world, context, id);
    Ok(outcome(vec![item], "record restored"))
}

/// A note or attachment is not restored while its parent is in the bin.
fn restore(world: &mut World, context: &Context<'_>, id: u64) -> Result<u64, Refusal> {
    let Some(binned) = find(world, id, context.now()) else {
        return Err(catalog::actions::not_in_bin(&id.to_string()));
    };
    let table = binned.table;
    let parent_at = world.tables[table].module.position("Parent_Id");
    let parent = parent_at.and_then(|at| binned.record.cell(at));
    if let Some(crate::world::Cell::Id(parent)) = parent
        && world.find(*parent).is_none()
    {
        return Err(catalog::actions::no_parent(id));
    }
    if rows::restore(world, table, id, context.author()) {
        Ok(id)
    } else {
        // unknown: how Zoho refuses what would break a unique field.
        Err(catalog::duplicate_data(json!({"id": id.to_string()})))
    }
}

/// Empties the bin at once (`empty-recycle-bin.html`); in Zoho more than 1,000 records take a while.
pub(super) fn empty(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let ids: Vec<u64> = all(&world, context.now()).map(|binned| binned.id).collect();
    for id in ids {
        erase(&mut world, id, context.now());
    }
    let body = json!({
        "code": "SUCCESS",
        "details": {},
        "message": "recyclebin is cleared",
        "status": "success",
    });
    Ok(Answer::json(StatusCode::OK, &body))
}

fn outcome(items: Vec<Result<u64, Refusal>>, message: &str) -> Answer {
    let failed = items.iter().filter(|item| item.is_err()).count();
    let status = match failed {
        0 => StatusCode::OK,
        failed if failed == items.len() => StatusCode::BAD_REQUEST,
        _ => StatusCode::MULTI_STATUS,
    };
    let items = items.into_iter().map(|item| match item {
        Ok(id) => print::success(&json!({"id": id.to_string()}), message),
        Err(refusal) => refusal.to_json(),
    });
    Answer::json(
        status,
        &json!({"recycle_bin": items.collect::<Vec<Value>>()}),
    )
}
