//! `/settings/roles`: the hierarchy of the organisation.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::permit;
use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::route::{Route, Scope};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::world::settings::{Role, Stamp};
use crate::world::{World, parse_id};

const SCOPE: Scope = Scope::Settings("roles");
const PERMISSION: &str = "Crm_Implied_Manage_Roles";

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/roles", SCOPE, list),
    Route::post("settings/roles", SCOPE, create),
    Route::put("settings/roles", SCOPE, update),
    Route::get("settings/roles/{id}", SCOPE, get),
    Route::put("settings/roles/{id}", SCOPE, update_one),
    Route::delete("settings/roles/{id}", SCOPE, delete),
];

/// Roles of one call, and of the organisation. unknown: Zoho's numbers (250 roles in Enterprise by the pages for people).
const CALL_MAX: usize = 10;
const ROLES_MAX: usize = 250;
const NAME_MAX: usize = 200;
const DESCRIPTION_MAX: usize = 250;

#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let roles: Vec<Value> = world
        .settings
        .roles
        .iter()
        .map(|role| describe(&world, role))
        .collect();
    Ok(Answer::json(StatusCode::OK, &json!({"roles": roles})))
}

fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 2)?;
    let world = context.shared.world();
    match world.settings.role(id) {
        None => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        Some(role) => Ok(Answer::json(
            StatusCode::OK,
            &json!({"roles": [describe(&world, role)]}),
        )),
    }
}

fn describe(world: &World, role: &Role) -> Value {
    let above = role.reporting_to.and_then(|id| world.settings.role(id));
    let author = |stamp: Option<(i64, u64)>| stamp.map(|(_, user)| print::user(world, user));
    let time = |stamp: Option<(i64, u64)>| stamp.map(|(at, _)| print::time(world, at));
    json!({
        "display_label": role.name,
        "name": role.name,
        "api_name": role.name.to_lowercase().replace(' ', "_"),
        "description": role.description,
        "id": role.id.to_string(),
        "share_with_peers": role.share_with_peers,
        "admin_user": role.reporting_to.is_none(),
        "forecast_manager": role.forecast_manager.map(|id| print::user(world, id)),
        "reporting_to": above.map(|above| print::reference(&above.name, above.id)),
        "created_by__s": author(role.stamp.created),
        "modified_by__s": author(role.stamp.modified),
        "created_time__s": time(role.stamp.created),
        "modified_time__s": time(role.stamp.modified),
    })
}

fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        "roles",
        CALL_MAX,
        StatusCode::CREATED,
        |item| {
            item.required("name")?;
            item.required("reporting_to")?;
            let given = read(&world, item, None)?;
            if world.settings.roles.len() >= ROLES_MAX {
                return Err(refusals::limit_exceeded(&item.key("name"), ROLES_MAX));
            }
            let id = world.ids.next();
            world.settings.roles.push(Role {
                id,
                name: given.name.unwrap_or_default(),
                description: given.description,
                reporting_to: given.reporting_to,
                forecast_manager: given.forecast_manager,
                share_with_peers: given.share_with_peers.unwrap_or(false),
                stamp: Stamp::new(context.now(), context.caller.user),
            });
            Ok(done(id, "Role added"))
        },
    )
}

/// What is given of a role.
struct Given {
    name: Option<String>,
    description: Option<String>,
    reporting_to: Option<u64>,
    forecast_manager: Option<u64>,
    share_with_peers: Option<bool>,
}

fn read(world: &World, item: &Item<'_>, own: Option<u64>) -> Result<Given, Refusal> {
    let name = match item.has("name") {
        true => Some(item.required_text("name", NAME_MAX)?.to_owned()),
        false => None,
    };
    if let Some(name) = &name {
        let mut others = world.settings.roles.iter();
        if others.any(|role| Some(role.id) != own && role.name.eq_ignore_ascii_case(name)) {
            return Err(refusals::duplicate(&item.key("name")));
        }
    }
    let reporting_to = item.reference("reporting_to")?;
    if let Some(above) = reporting_to {
        let is_circle = own.is_some_and(|own| world.is_role_below(above, own));
        if world.settings.role(above).is_none() || is_circle {
            return Err(refusals::invalid(&item.key("reporting_to")));
        }
    }
    let forecast_manager = item.reference("forecast_manager")?;
    if forecast_manager.is_some_and(|user| world.user(user).is_none()) {
        return Err(refusals::invalid(&item.key("forecast_manager")));
    }
    Ok(Given {
        name,
        description: item
            .text("description", DESCRIPTION_MAX)?
            .map(str::to_owned),
        reporting_to,
        forecast_manager,
        share_with_peers: item.boolean("share_with_peers")?,
    })
}

fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        "roles",
        CALL_MAX,
        StatusCode::OK,
        |item| {
            let id = item.required_id("id")?;
            if world.settings.role(id).is_none() {
                return Err(refusals::invalid(&item.key("id")));
            }
            change(&mut world, id, item, context)
        },
    )
}

fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let id = known(&world, context)?;
    items::each(&context.call.body, "roles", 1, StatusCode::OK, |item| {
        change(&mut world, id, item, context)
    })
}

fn known(world: &World, context: &Context<'_>) -> Result<u64, Refusal> {
    let id = context.id("id", 2)?;
    match world.settings.role(id) {
        Some(_) => Ok(id),
        None => Err(catalog::invalid_path_id(2)),
    }
}

fn change(world: &mut World, id: u64, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    let given = read(world, item, Some(id))?;
    let is_top = world
        .settings
        .role(id)
        .is_some_and(|role| role.reporting_to.is_none());
    if is_top && given.reporting_to.is_some() {
        return Err(refusals::invalid(&item.key("reporting_to")));
    }
    let (now, user) = (context.now(), context.caller.user);
    if let Some(role) = world.settings.roles.iter_mut().find(|role| role.id == id) {
        role.name = given.name.unwrap_or_else(|| role.name.clone());
        if item.has("description") {
            role.description = given.description;
        }
        role.reporting_to = given.reporting_to.or(role.reporting_to);
        if item.has("forecast_manager") {
            role.forecast_manager = given.forecast_manager;
        }
        role.share_with_peers = given.share_with_peers.unwrap_or(role.share_with_peers);
        role.stamp.touch(now, user);
    }
    Ok(done(id, "Role updated"))
}

/// Users and roles below go to the role of `transfer_to_id`.
fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let id = known(&world, context)?;
    let target = context
        .call
        .query
        .get("transfer_to_id")
        .ok_or_else(|| catalog::required_param_missing("transfer_to_id"))?;
    let target = parse_id(target)
        .filter(|target| *target != id && world.settings.role(*target).is_some())
        .filter(|target| !world.is_role_below(*target, id))
        .ok_or_else(|| catalog::invalid_param("transfer_to_id"))?;
    if world
        .settings
        .role(id)
        .is_some_and(|role| role.reporting_to.is_none())
    {
        return Err(catalog::invalid_path_id(2));
    }
    for user in world.users.iter_mut().filter(|user| user.role == id) {
        user.role = target;
    }
    world.settings.roles.retain(|role| role.id != id);
    for role in &mut world.settings.roles {
        if role.reporting_to == Some(id) {
            role.reporting_to = Some(target);
        }
    }
    Ok(items::answer(
        "roles",
        StatusCode::OK,
        &[Ok(done(id, "Role Deleted"))],
    ))
}
