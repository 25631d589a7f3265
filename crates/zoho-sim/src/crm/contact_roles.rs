//! `/Contacts/roles`: the roles that contacts can have in deals.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::actions::input;
use super::route::{Route, Scope};
use super::{Context, print};
use crate::accounts::{Operation, Scopes};
use crate::actions::ContactRole;
use crate::catalog::{self, Refusal};
use crate::http::Answer;
use crate::rows::id_in;
use crate::world::{World, parse_id};

const KEY: &str = "contact_roles";
/// Letters of a name.
const NAME_MAX: usize = 50;
/// Roles of one call.
const ITEMS_MAX: usize = 100;

pub(super) const ROUTES: &[Route] = &[
    Route::get("Contacts/roles", Scope::Check(may_read), list),
    Route::post("Contacts/roles", Scope::Check(may_write), create),
    Route::put("Contacts/roles", Scope::Check(may_write), update_many),
    Route::delete("Contacts/roles", Scope::Check(may_delete), delete_many),
    Route::get("Contacts/roles/{id}", Scope::Check(may_read), get),
    Route::put("Contacts/roles/{id}", Scope::Check(may_write), update_one),
    Route::delete("Contacts/roles/{id}", Scope::Check(may_delete), delete_one),
];

fn may_read(scopes: &Scopes, _: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.modules", Some("contacts"), Operation::Read)
}

fn may_write(scopes: &Scopes, _: Option<&str>) -> bool {
    let may = |operation| scopes.allow("ZohoCRM.modules", Some("contacts"), operation);
    may(Operation::Create) || may(Operation::Update)
}

fn may_delete(scopes: &Scopes, _: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.modules", Some("contacts"), Operation::Delete)
}

#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let roles: Vec<Value> = (1u32..)
        .zip(&world.actions.contact_roles)
        .map(shown)
        .collect();
    if roles.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    Ok(Answer::json(StatusCode::OK, &json!({KEY: roles})))
}

#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let id = parse_id(context.param("id"));
    let mut roles = (1u32..).zip(&world.actions.contact_roles);
    Ok(match roles.find(|(_, role)| Some(role.id) == id) {
        None => Answer::empty(StatusCode::NO_CONTENT),
        Some(role) => Answer::json(StatusCode::OK, &json!({KEY: [shown(role)]})),
    })
}

fn shown((number, role): (u32, &ContactRole)) -> Value {
    json!({"name": role.name, "sequence_number": number, "id": role.id.to_string()})
}

fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let body = input::body(context)?;
    let given = input::list(&body, KEY, ITEMS_MAX)?;
    let items = given.iter().enumerate().map(|(number, given)| {
        let name = name(&world, given, number, None)?;
        let name =
            name.ok_or_else(|| catalog::actions::missing_at("name", &path(number, "name")))?;
        let id = world.ids.next();
        let place = place(given, number)?.unwrap_or(usize::MAX);
        let roles = &mut world.actions.contact_roles;
        roles.insert(place.min(roles.len()), ContactRole { id, name });
        Ok(id)
    });
    let items = items.collect();
    Ok(outcome(items, "contact role added"))
}

fn update_many(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let body = input::body(context)?;
    let given = input::list(&body, KEY, ITEMS_MAX)?;
    let items = given.iter().enumerate().map(|(number, given)| {
        let id = given.get("id").filter(|id| !id.is_null());
        let id = id.ok_or_else(|| catalog::actions::missing_at("id", &path(number, "id")))?;
        let id = id_in(id).filter(|id| is_role(&world, *id));
        let id = id.ok_or_else(|| catalog::actions::invalid_at("id", &path(number, "id")))?;
        change(&mut world, id, given, number)
    });
    let items = items.collect();
    Ok(outcome(items, "contact role updated"))
}

fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let id = context.id("id", 2)?;
    if !is_role(&world, id) {
        return Err(catalog::invalid_path_id(2));
    }
    let body = input::body(context)?;
    let given = input::list(&body, KEY, 1)?;
    let item = change(&mut world, id, &given[0], 0);
    Ok(outcome(vec![item], "contact role updated"))
}

fn change(world: &mut World, id: u64, given: &Value, number: usize) -> Result<u64, Refusal> {
    let name = name(world, given, number, Some(id))?;
    let place = place(given, number)?;
    let roles = &mut world.actions.contact_roles;
    let Some(known) = roles.iter().position(|role| role.id == id) else {
        return Ok(id);
    };
    if let Some(name) = name {
        roles[known].name = name;
    }
    if let Some(place) = place {
        let role = roles.remove(known);
        roles.insert(place.min(roles.len()), role);
    }
    Ok(id)
}

fn delete_many(context: &Context<'_>) -> Result<Answer, Refusal> {
    let ids = context.call.query.list("ids");
    let ids = ids.ok_or_else(|| catalog::required_param_missing("ids"))?;
    if ids.len() > ITEMS_MAX {
        return Err(catalog::param_limit_exceeded("ids", ITEMS_MAX));
    }
    let mut world = context.shared.world();
    let items = ids.into_iter().map(|text| {
        let id = parse_id(text).filter(|id| delete(&mut world, *id));
        id.ok_or_else(|| catalog::actions::invalid_id(text))
    });
    let items = items.collect();
    Ok(outcome(items, "contact role deleted"))
}

fn delete_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let id = context.id("id", 2)?;
    if !delete(&mut world, id) {
        return Err(catalog::invalid_path_id(2));
    }
    Ok(outcome(vec![Ok(id)], "contact role deleted"))
}

fn delete(world: &mut World, id: u64) -> bool {
    let roles = &mut world.actions.contact_roles;
    let before = roles.len();
    roles.retain(|role| role.id != id);
    roles.len() < before
}

fn is_role(world: &World, id: u64) -> bool {
    world.actions.contact_role(id).is_some()
}

fn path(number: usize, key: &str) -> String {
    format!("$.{KEY}[{number}].{key}")
}

fn name(
    world: &World,
    given: &Value,
    number: usize,
    own_id: Option<u64>,
) -> Result<Option<String>, Refusal> {
    let path = path(number, "name");
    let name = match given.get("name") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(name)) if !name.trim().is_empty() => name,
        Some(Value::String(_)) => return Err(catalog::actions::invalid_at("name", &path)),
        Some(_) => return Err(catalog::actions::wrong_type_at("name", &path, "string")),
    };
    if name.chars().count() > NAME_MAX {
        let refusal = catalog::actions::invalid_at("name", &path);
        return Err(refusal.with_detail("maximum_length", json!(NAME_MAX)));
    }
    let mut roles = world.actions.contact_roles.iter();
    let taken = roles.find(|role| role.name.eq_ignore_ascii_case(name) && Some(role.id) != own_id);
    match taken {
        // The file draws the id of the other role in the details.
        Some(role) => Err(catalog::actions::invalid_at("name", &path)
            .with_detail("id", json!(role.id.to_string()))),
        None => Ok(Some(name.clone())),
    }
}

/// The place that `sequence_number` asks for, from 0.
fn place(given: &Value, number: usize) -> Result<Option<usize>, Refusal> {
    const NAME: &str = "sequence_number";
    match given.get(NAME) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let place = value.as_u64().and_then(|place| usize::try_from(place).ok());
            place
                .map(|place| Some(place.saturating_sub(1)))
                .ok_or_else(|| {
                    catalog::actions::wrong_type_at(NAME, &path(number, NAME), "integer")
                })
        }
    }
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
    Answer::json(status, &json!({KEY: items.collect::<Vec<Value>>()}))
}
