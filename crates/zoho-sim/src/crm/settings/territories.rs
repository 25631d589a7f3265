//! `/settings/territories`: the territories of the organisation with their users, and `/users/{id}/territories`: those of a user.

mod of_user;
mod users;
mod write;

use serde_json::{Value, json};

use crate::catalog::{self, Refusal};
use crate::crm::route::{Route, Scope};
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::world::World;
use crate::world::parse_id;
use crate::world::settings::Territory;

const SCOPE: Scope = Scope::Settings("territories");
const USERS: Scope = Scope::Area("ZohoCRM.users");

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/territories", SCOPE, list),
    Route::post("settings/territories", SCOPE, write::create),
    Route::put("settings/territories", SCOPE, write::update),
    Route::delete("settings/territories", SCOPE, write::delete),
    Route::get("settings/territories/{id}", SCOPE, get),
    Route::put("settings/territories/{id}", SCOPE, write::update_one),
    Route::delete("settings/territories/{id}", SCOPE, write::delete_one),
    Route::get(
        "settings/territories/{id}/__child_territories",
        SCOPE,
        children,
    ),
    Route::get(
        "settings/territories/actions/associated_users_count",
        SCOPE,
        users_count,
    ),
    Route::get("settings/territories/{id}/users", SCOPE, users::list),
    Route::put("settings/territories/{id}/users", SCOPE, users::add),
    Route::delete("settings/territories/{id}/users", SCOPE, users::remove),
    Route::get("settings/territories/{id}/users/{user}", SCOPE, users::get),
    Route::put(
        "settings/territories/{id}/users/{user}",
        SCOPE,
        users::add_one,
    ),
    Route::delete(
        "settings/territories/{id}/users/{user}",
        SCOPE,
        users::remove_one,
    ),
    Route::get("users/{id}/territories", USERS, of_user::list),
    Route::put("users/{id}/territories", USERS, of_user::add),
    Route::delete("users/{id}/territories", USERS, of_user::remove),
    Route::get("users/{id}/territories/{territory}", USERS, of_user::get),
    Route::delete(
        "users/{id}/territories/{territory}",
        USERS,
        of_user::remove_one,
    ),
];

fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let ids = match context.call.query.list("ids") {
        None => None,
        Some(ids) => {
            let ids: Option<Vec<u64>> = ids.into_iter().map(parse_id).collect();
            Some(ids.ok_or_else(|| catalog::invalid_param("ids"))?)
        }
    };
    let is_meant =
        |territory: &&Territory| ids.as_ref().is_none_or(|ids| ids.contains(&territory.id));
    let territories: Vec<&Territory> = world.settings.territories.iter().filter(is_meant).collect();
    page(context, "territories", &territories, |territory| {
        describe(&world, territory)
    })
}

fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 2)?;
    let world = context.shared.world();
    let found: Vec<&Territory> = world.territory(id).into_iter().collect();
    page(context, "territories", &found, |territory| {
        describe(&world, territory)
    })
}

fn children(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 2)?;
    let world = context.shared.world();
    if world.territory(id).is_none() {
        return Err(catalog::invalid_path_id(2));
    }
    let territories = world.settings.territories.iter();
    let found: Vec<&Territory> = territories
        .filter(|territory| territory.reporting_to == Some(id))
        .collect();
    page(context, "territories", &found, |territory| {
        describe(&world, territory)
    })
}

fn users_count(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let territories: Vec<&Territory> = world.settings.territories.iter().collect();
    page(
        context,
        "associated_users_count",
        &territories,
        |territory| {
            let mut reference = print::reference(&territory.name, territory.id);
            reference["subordinates"] = json!(false);
            json!({"count": territory.users.len().to_string(), "territory": reference})
        },
    )
}

fn describe(world: &World, territory: &Territory) -> Value {
    let author = |stamp: Option<(i64, u64)>| stamp.map(|(_, user)| print::user(world, user));
    let time = |stamp: Option<(i64, u64)>| stamp.map(|(at, _)| print::time(world, at));
    let above = territory.reporting_to.and_then(|id| world.territory(id));
    let mut described = json!({
        "id": territory.id.to_string(),
        "name": territory.name,
        "api_name": territory.name.replace(' ', "_"),
        "description": territory.description,
        "manager": territory.manager.map(|id| print::user(world, id)),
        "reporting_to": above.map(|above| print::reference(&above.name, above.id)),
        "permission_type": territory.permission_type,
        "created_time": time(territory.stamp.created),
        "modified_time": time(territory.stamp.modified),
        "created_by": author(territory.stamp.created),
        "modified_by": author(territory.stamp.modified),
        "account_rule_criteria": null,
        "deal_rule_criteria": null,
        "lead_rule_criteria": null,
    });
    if let Some(described) = described.as_object_mut() {
        described.extend(territory.rules.clone());
    }
    described
}

/// One page of a list with its `info`, or 204.
fn page<T>(
    context: &Context<'_>,
    key: &str,
    all: &[T],
    describe: impl FnMut(&T) -> Value,
) -> Result<Answer, Refusal> {
    let page = param::Page::read(&context.call.query)?;
    Ok(page.answer(key, all, describe))
}
