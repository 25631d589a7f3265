//! `/{module}/{id}/Locking_Information__s`: locks a record, says who locked it and why, and opens it.
//!
//! Every module with the field `Locked__s` counts as configured for manual locks.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::actions::input;
use super::records::body;
use super::route::{Route, Scope};
use super::{Context, print};
use crate::accounts::{Operation, Scopes};
use crate::actions::Lock;
use crate::catalog::{self, Refusal};
use crate::http::Answer;
use crate::rows;
use crate::world::{Cell, World};

/// Letters of a reason. unknown: the documentation names no number; here that of a single line.
const REASON_MAX: usize = 255;

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        "{module}/{id}/Locking_Information__s",
        Scope::Check(may_read),
        list,
    ),
    Route::post(
        "{module}/{id}/Locking_Information__s",
        Scope::Check(may_write),
        create,
    ),
    Route::get(
        "{module}/{id}/Locking_Information__s/{lock_id}",
        Scope::Check(may_read),
        get,
    ),
    Route::put(
        "{module}/{id}/Locking_Information__s/{lock_id}",
        Scope::Check(may_write),
        update,
    ),
    Route::delete(
        "{module}/{id}/Locking_Information__s/{lock_id}",
        Scope::Check(may_open),
        delete,
    ),
];

// unknown: the file asks for the scope of the configurations, the list of scopes has one of the locks; both are taken.
fn may(scopes: &Scopes, module: Option<&str>, operation: Operation) -> bool {
    let part = Some("record_locking_configurations");
    scopes.allow("ZohoCRM.modules", Some("lockinginformation"), operation)
        || scopes.allow("ZohoCRM.modules", module, operation)
        || scopes.allow("ZohoCRM.settings", part, operation)
}

fn may_read(scopes: &Scopes, module: Option<&str>) -> bool {
    may(scopes, module, Operation::Read)
}

fn may_write(scopes: &Scopes, module: Option<&str>) -> bool {
    may(scopes, module, Operation::Create) || may(scopes, module, Operation::Update)
}

fn may_open(scopes: &Scopes, module: Option<&str>) -> bool {
    may(scopes, module, Operation::Delete)
}

fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let id = input::record(context, &world)?;
    let Some(lock) = world.actions.locks.get(&id) else {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    };
    let info = json!({
        "call": false, "per_page": 200, "next_page_token": null, "count": 1, "sort_by": "id", "page": 1,
        "previous_page_token": null, "page_token_expiry": null, "sort_order": "desc", "email": false, "more_records": false,
    });
    let data = [shown(context, &world, id, lock)];
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"data": data, "info": info}),
    ))
}

fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let (id, lock) = lock(context, &world)?;
    let data = [shown(context, &world, id, lock)];
    Ok(Answer::json(StatusCode::OK, &json!({"data": data})))
}

/// The record and its lock, both named by the path.
fn lock<'w>(context: &Context<'_>, world: &'w World) -> Result<(u64, &'w Lock), Refusal> {
    let id = input::record(context, world)?;
    let lock_id = context.id("lock_id", 3)?;
    let lock = world
        .actions
        .locks
        .get(&id)
        .filter(|lock| lock.id == lock_id);
    let lock = lock.ok_or_else(|| catalog::invalid_path_id(3))?;
    Ok((id, lock))
}

/// A lock with all its fields, or with those that the call names.
fn shown(context: &Context<'_>, world: &World, id: u64, lock: &Lock) -> Value {
    let table = &world.tables[context.table];
    let name = table.rows.get(&id).map(|record| table.name_of(record));
    let mut value = json!({
        "Lock_Source__s": "Manual",
        "Locked_By__s": print::user(world, lock.created_by),
        "Locked_For__s": {
            "module": {"api_name": table.module.api_name, "id": table.module.id.to_string()},
            "name": name,
            "id": id.to_string(),
        },
        "Locked_Reason__s": lock.reason,
        "Locked_Time__s": print::time(world, lock.created_at),
        "Record_Locking_Configuration_Id__s": null,
        "Record_Locking_Rule_Id__s": null,
        "id": lock.id.to_string(),
        "Created_By": print::user(world, lock.created_by),
        "Created_Time": print::time(world, lock.created_at),
        "Modified_By": print::user(world, lock.modified_by),
        "Modified_Time": print::time(world, lock.modified_at),
    });
    if let (Some(names), Some(value)) = (context.call.query.list("fields"), value.as_object_mut()) {
        value.retain(|name, _| name == "id" || names.contains(&name.as_str()));
    }
    value
}

fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let id = input::record(context, &world)?;
    let locked_at = world.tables[context.table].module.position("Locked__s");
    let locked_at = locked_at.ok_or_else(catalog::actions::not_supported)?;
    let reason = match reason(context) {
        Ok(reason) => reason,
        Err(refusal) => return Ok(body::whole(&refusal)),
    };
    if world.actions.is_locked(id) {
        let details = json!({"id": id.to_string()});
        return Ok(body::whole(&catalog::actions::record_locked(&details)));
    }
    let author = context.author();
    let lock = Lock {
        id: world.ids.next(),
        reason,
        created_by: author.user,
        created_at: author.now,
        modified_by: author.user,
        modified_at: author.now,
    };
    let item = print::success(&facts(&world, &lock), "record added");
    world.actions.locks.insert(id, lock);
    rows::set(
        &mut world,
        context.table,
        id,
        vec![(locked_at, Some(Cell::Bool(true)))],
        author,
    );
    Ok(Answer::json(StatusCode::CREATED, &json!({"data": [item]})))
}

fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let (id, _) = lock(context, &world)?;
    let reason = match reason(context) {
        Ok(reason) => reason,
        Err(refusal) => return Ok(body::whole(&refusal)),
    };
    let (user, now) = (context.caller.user, context.now());
    if let Some(lock) = world.actions.locks.get_mut(&id) {
        lock.reason = reason;
        (lock.modified_by, lock.modified_at) = (user, now);
    }
    let (_, lock) = lock(context, &world)?;
    let item = print::success(&facts(&world, lock), "record updated");
    Ok(Answer::json(StatusCode::OK, &json!({"data": [item]})))
}

fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let (id, lock) = lock(context, &world)?;
    let details = json!({"id": lock.id.to_string()});
    world.actions.locks.remove(&id);
    if let Some(locked_at) = world.tables[context.table].module.position("Locked__s") {
        rows::set(
            &mut world,
            context.table,
            id,
            vec![(locked_at, None)],
            context.author(),
        );
    }
    let item = print::success(&details, "record deleted");
    Ok(Answer::json(StatusCode::OK, &json!({"data": [item]})))
}

fn reason(context: &Context<'_>) -> Result<String, Refusal> {
    const NAME: &str = "Locked_Reason__s";
    const PATH: &str = "$.data[0].Locked_Reason__s";
    let body: Map<String, Value> = input::body(context)?;
    match input::only(&body, "data")?.get(NAME) {
        Some(Value::String(reason)) if reason.chars().count() > REASON_MAX => {
            let refusal = catalog::actions::invalid_at(NAME, PATH);
            Err(refusal.with_detail("maximum_length", json!(REASON_MAX)))
        }
        Some(Value::String(reason)) if !reason.trim().is_empty() => Ok(reason.clone()),
        None | Some(Value::Null | Value::String(_)) => {
            Err(catalog::actions::missing_at(NAME, PATH))
        }
        Some(_) => Err(catalog::actions::wrong_type_at(NAME, PATH, "string")),
    }
}

fn facts(world: &World, lock: &Lock) -> Value {
    json!({
        "Modified_Time": print::time(world, lock.modified_at),
        "Modified_By": print::user(world, lock.modified_by),
        "Created_Time": print::time(world, lock.created_at),
        "id": lock.id.to_string(),
        "Created_By": print::user(world, lock.created_by),
    })
}
