//! `/{module}/{id}/actions/share`: shares a record with users, says with whom it is shared, and ends it.
//!
//! Nothing follows from a share here, as every token sees everything.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::input;
use crate::actions::Share;
use crate::catalog::{self, Refusal};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows::id_in;
use crate::world::World;

/// Users with whom one record can be shared.
const USERS_MAX: usize = 10;

const PERMISSIONS: [&str; 3] = ["full_access", "read_write", "read_only"];

pub(super) fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let id = record(context, &world)?;
    let wanted = context.call.query.get("sharedTo");
    let none = Vec::new();
    let known = world.actions.shares.get(&id).unwrap_or(&none);
    let shares = known
        .iter()
        .filter(|share| wanted.is_none_or(|wanted| wanted == share.user.to_string()))
        .map(|share| shown(&world, context.table, id, share));
    let table = &world.tables[context.table];
    let owner = table.rows.get(&id).map(|record| record.owner);
    let others = world.users.iter().filter(|user| {
        let is_shared = known.iter().any(|share| share.user == user.id);
        user.is_active && Some(user.id) != owner && !is_shared
    });
    let others = others.map(|user| person(&world, user.id));
    let body = json!({
        "share": shares.collect::<Vec<Value>>(),
        "shareable_user": others.collect::<Vec<Value>>(),
    });
    Ok(Answer::json(StatusCode::OK, &body))
}

fn person(world: &World, id: u64) -> Value {
    world.user(id).map_or(Value::Null, |user| {
        json!({
            "id": user.id.to_string(),
            "full_name": user.full_name(),
            "first_name": user.first_name,
            "last_name": user.last_name,
            "email": user.email,
            "zuid": user.zuid.to_string(),
        })
    })
}

fn shown(world: &World, table: usize, id: u64, share: &Share) -> Value {
    let table = &world.tables[table];
    let name = table.rows.get(&id).map(|record| table.name_of(record));
    let module = &table.module;
    json!({
        "share_related_records": share.has_related_records,
        "shared_through": {
            "module": {"name": module.singular_label, "api_name": module.api_name, "id": module.id.to_string()},
            "id": id.to_string(),
            "name": name,
            "entity_name": name,
        },
        "shared_time": print::time(world, share.shared_at),
        "permission": share.permission,
        "shared_by": person(world, share.shared_by),
        "user": person(world, share.user),
    })
}

pub(super) fn post(context: &Context<'_>) -> Result<Answer, Refusal> {
    write(context, true)
}

pub(super) fn put(context: &Context<'_>) -> Result<Answer, Refusal> {
    write(context, false)
}

fn write(context: &Context<'_>, is_new: bool) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let id = record(context, &world)?;
    let body = input::body(context)?;
    let given = input::list(&body, "share", usize::MAX)?;
    if given.len() > USERS_MAX {
        return Err(catalog::actions::share_limit());
    }
    let mut failed = 0;
    let mut items = Vec::with_capacity(given.len());
    for (number, one) in given.iter().enumerate() {
        match put_share(&mut world, context, id, one, number, is_new) {
            Ok(()) => {
                items.push(print::success(
                    &json!({}),
                    "record will be shared successfully",
                ));
            }
            Err(refusal) if refusal.code == "SHARE_LIMIT_EXCEEDED" => return Err(refusal),
            Err(refusal) => {
                failed += 1;
                items.push(refusal.to_json());
            }
        }
    }
    // unknown: the status of mixed outcomes.
    let status = match failed {
        0 => StatusCode::OK,
        failed if failed == given.len() => StatusCode::BAD_REQUEST,
        _ => StatusCode::MULTI_STATUS,
    };
    Ok(Answer::json(status, &json!({"share": items})))
}

fn put_share(
    world: &mut World,
    context: &Context<'_>,
    id: u64,
    given: &Value,
    number: usize,
    is_new: bool,
) -> Result<(), Refusal> {
    let path = |key: &str| format!("$.share[{number}].{key}");
    let user = given.get("user").or_else(|| given.get("shared_with"));
    let user = user.and_then(|user| user.get("id"));
    let user = user.ok_or_else(|| catalog::actions::missing_at("user", &path("user")))?;
    let user = id_in(user)
        .and_then(|id| world.user(id))
        .filter(|user| user.is_active)
        .map(|user| user.id)
        .ok_or_else(|| catalog::actions::cannot_share(&path("user")))?;
    let permission = given.get("permission").and_then(Value::as_str);
    let permission = permission
        .filter(|permission| PERMISSIONS.contains(permission))
        .ok_or_else(|| catalog::actions::invalid_permission(&path("permission")))?;
    let table = &world.tables[context.table];
    let is_owner = table
        .rows
        .get(&id)
        .is_some_and(|record| record.owner == user);
    let known = world.actions.shares.get(&id);
    let is_known = known.is_some_and(|known| known.iter().any(|share| share.user == user));
    if is_owner || (is_new && is_known) {
        return Err(catalog::actions::already_visible(&path("user")));
    }
    let share = Share {
        user,
        permission: permission.to_owned(),
        has_related_records: given.get("share_related_records") == Some(&Value::Bool(true)),
        shared_by: context.caller.user,
        shared_at: context.now(),
    };
    let shares = world.actions.shares.entry(id).or_default();
    shares.retain(|known| known.user != user);
    if shares.len() >= USERS_MAX {
        return Err(catalog::actions::share_limit());
    }
    shares.push(share);
    Ok(())
}

pub(super) fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let id = record(context, &world)?;
    if world.actions.shares.remove(&id).is_none() {
        return Err(catalog::actions::nothing_shared());
    }
    let item = print::success(&json!({}), "Sharing Revoked");
    Ok(Answer::json(StatusCode::OK, &json!({"share": item})))
}

fn record(context: &Context<'_>, world: &World) -> Result<u64, Refusal> {
    input::record(context, world).map_err(|_| catalog::actions::invalid_related_id(1))
}
