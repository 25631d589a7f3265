//! `/settings/territories/{id}/users`: the users who belong to a territory.
//!
//! unknown: the texts of success.

use axum::http::StatusCode;
use serde_json::Value;

use super::page;
use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Outcome, done};
use crate::crm::settings::permit;
use crate::crm::{Context, users};
use crate::http::Answer;
use crate::world::{User, World, parse_id};

const ROOT: &str = "users";
const PERMISSION: &str = "Crm_Implied_Manage_Territories";
/// Users of one call. unknown: Zoho's number.
const CALL_MAX: usize = 50;

pub(super) fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let ids = &world.settings.territories[territory(&world, context)?].users;
    let found = ids.iter().filter_map(|id| world.user(*id));
    let found: Vec<&User> = found.filter(|user| !user.is_deleted).collect();
    page(context, ROOT, &found, |user| users::describe(&world, user))
}

pub(super) fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let ids = &world.settings.territories[territory(&world, context)?].users;
    let id = context.id("user", 4)?;
    let found = world
        .user(id)
        .filter(|user| ids.contains(&id) && !user.is_deleted);
    let found: Vec<&User> = found.into_iter().collect();
    page(context, ROOT, &found, |user| users::describe(&world, user))
}

/// Place of the territory that the path names.
fn territory(world: &World, context: &Context<'_>) -> Result<usize, Refusal> {
    let id = context.id("id", 2)?;
    let mut territories = world.settings.territories.iter();
    let place = territories.position(|territory| territory.id == id);
    place.ok_or_else(|| catalog::invalid_path_id(2))
}

pub(super) fn add(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let place = territory(&world, context)?;
    items::each(&context.call.body, ROOT, CALL_MAX, StatusCode::OK, |item| {
        let id = item.required_id("id")?;
        join(&mut world, place, id).ok_or_else(|| refusals::invalid(&item.key("id")))
    })
}

pub(super) fn add_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let place = territory(&world, context)?;
    let id = context.id("user", 4)?;
    let added = join(&mut world, place, id).ok_or_else(|| catalog::invalid_path_id(4))?;
    Ok(items::answer(ROOT, StatusCode::OK, &[Ok(added)]))
}

fn join(world: &mut World, place: usize, id: u64) -> Option<Value> {
    world.user(id).filter(|user| !user.is_deleted)?;
    let users = &mut world.settings.territories[place].users;
    if !users.contains(&id) {
        users.push(id);
    }
    Some(done(id, "user added"))
}

pub(super) fn remove(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let place = territory(&world, context)?;
    let ids = context.call.query.list("ids");
    let ids = ids.ok_or_else(|| catalog::required_param_missing("ids"))?;
    if ids.len() > CALL_MAX {
        return Err(catalog::param_limit_exceeded("ids", CALL_MAX));
    }
    let outcomes: Vec<Outcome> = ids
        .iter()
        .map(|text| {
            let left = parse_id(text).and_then(|id| leave(&mut world, place, id));
            left.ok_or_else(|| catalog::unknown_id(text))
        })
        .collect();
    Ok(items::answer(ROOT, StatusCode::OK, &outcomes))
}

pub(super) fn remove_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let place = territory(&world, context)?;
    let id = context.id("user", 4)?;
    let left = leave(&mut world, place, id).ok_or_else(|| catalog::invalid_path_id(4))?;
    Ok(items::answer(ROOT, StatusCode::OK, &[Ok(left)]))
}

fn leave(world: &mut World, place: usize, id: u64) -> Option<Value> {
    let users = &mut world.settings.territories[place].users;
    let at = users.iter().position(|known| *known == id)?;
    users.remove(at);
    Some(done(id, "user removed"))
}
