//! `/users/{id}/territories`: the territories to which a user belongs.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::page;
use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Outcome, done};
use crate::crm::settings::permit;
use crate::crm::{Context, param};
use crate::http::Answer;
use crate::world::settings::Territory;
use crate::world::{World, parse_id};

const ROOT: &str = "territories";
const PERMISSION: &str = "Crm_Implied_Manage_Territories";
const CALL_MAX: usize = 50;

pub(super) fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let user = user(&world, context)?;
    let territories = world.settings.territories.iter();
    let of_user: Vec<&Territory> = territories
        .filter(|territory| territory.users.contains(&user))
        .collect();
    page(context, ROOT, &of_user, |territory| {
        describe(&world, territory)
    })
}

pub(super) fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let user = user(&world, context)?;
    let id = context.id("territory", 3)?;
    let territory = world.territory(id);
    let found: Vec<&Territory> = territory
        .filter(|territory| territory.users.contains(&user))
        .into_iter()
        .collect();
    page(context, ROOT, &found, |territory| {
        describe(&world, territory)
    })
}

fn user(world: &World, context: &Context<'_>) -> Result<u64, Refusal> {
    let id = context.id("id", 1)?;
    match world.user(id).filter(|user| !user.is_deleted) {
        Some(_) => Ok(id),
        None => Err(catalog::invalid_path_id(1)),
    }
}

/// The keys begin with capitals here, other than in the list of all territories.
fn describe(world: &World, territory: &Territory) -> Value {
    let named = |name: &str, id: u64| json!({"Name": name, "id": id.to_string()});
    let manager = territory.manager.and_then(|id| world.user(id));
    let above = territory.reporting_to.and_then(|id| world.territory(id));
    json!({
        "id": territory.id.to_string(),
        "Name": territory.name,
        "Manager": manager.map(|user| named(&user.full_name(), user.id)),
        "Reporting_To": above.map(|above| named(&above.name, above.id)),
    })
}

pub(super) fn add(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let user = user(&world, context)?;
    items::each(&context.call.body, ROOT, CALL_MAX, StatusCode::OK, |item| {
        let id = item.required_id("id")?;
        let mut territories = world.settings.territories.iter_mut();
        let territory = territories.find(|territory| territory.id == id);
        let territory = territory.ok_or_else(|| refusals::invalid(&item.key("id")))?;
        if !territory.users.contains(&user) {
            territory.users.push(user);
        }
        Ok(done(id, "territory added"))
    })
}

pub(super) fn remove(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let user = user(&world, context)?;
    let ids = param::required_id_texts(&context.call.query, CALL_MAX)?;
    let outcomes: Vec<Outcome> = ids
        .iter()
        .map(|text| {
            let invalid = || catalog::unknown_id(text);
            let id = parse_id(text).ok_or_else(invalid)?;
            leave(&mut world, user, id).ok_or_else(invalid)
        })
        .collect();
    Ok(items::answer(ROOT, StatusCode::OK, &outcomes))
}

pub(super) fn remove_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let user = user(&world, context)?;
    let id = context.id("territory", 3)?;
    let left = leave(&mut world, user, id).ok_or_else(|| catalog::invalid_path_id(3))?;
    Ok(items::answer(ROOT, StatusCode::OK, &[Ok(left)]))
}

fn leave(world: &mut World, user: u64, id: u64) -> Option<Value> {
    let mut territories = world.settings.territories.iter_mut();
    let territory = territories.find(|territory| territory.id == id)?;
    let place = territory.users.iter().position(|known| *known == user)?;
    territory.users.remove(place);
    Some(done(id, "territory removed"))
}
