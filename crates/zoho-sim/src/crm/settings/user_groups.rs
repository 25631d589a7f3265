//! `/settings/user_groups`: users, roles and territories gathered under one name.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::permit;
use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::route::{Route, Scope};
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::world::World;
use crate::world::settings::{GroupSource, Stamp, UserGroup};

const SCOPE: Scope = Scope::Settings("user_groups");
const USERS: Scope = Scope::Area("ZohoCRM.users");
const PERMISSION: &str = "Crm_Implied_Manage_Users";
const ROOT: &str = "user_groups";

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/user_groups", SCOPE, list),
    Route::post("settings/user_groups", SCOPE, create),
    Route::put("settings/user_groups", SCOPE, update),
    Route::get("settings/user_groups/{id}", SCOPE, get),
    Route::put("settings/user_groups/{id}", SCOPE, update_one),
    Route::delete("settings/user_groups/{id}", SCOPE, delete),
    Route::get("users/{id}/actions/associated_groups", USERS, of_user),
];

/// Groups of one call and of the organisation, and sources of a group. unknown: Zoho's numbers.
const CALL_MAX: usize = 10;
const GROUPS_MAX: usize = 500;
const SOURCES_MAX: usize = 100;
const NAME_MAX: usize = 50;
const DESCRIPTION_MAX: usize = 250;

fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let name = context.call.query.get("name");
    let groups = world.settings.user_groups.iter();
    let groups: Vec<&UserGroup> = groups
        .filter(|group| name.is_none_or(|name| group.name == name))
        .collect();
    page(context, &world, &groups, false)
}

fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 2)?;
    let world = context.shared.world();
    let groups = world.settings.user_groups.iter();
    let found: Vec<&UserGroup> = groups.filter(|group| group.id == id).collect();
    page(context, &world, &found, true)
}

/// The groups that a user belongs to: by itself, or by its role.
fn of_user(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 1)?;
    let world = context.shared.world();
    world.user(id).ok_or_else(|| catalog::invalid_path_id(1))?;
    let groups = world.settings.user_groups.iter();
    let found: Vec<&UserGroup> = groups.filter(|group| group.names(&world, id)).collect();
    page(context, &world, &found, false)
}

fn page(
    context: &Context<'_>,
    world: &World,
    all: &[&UserGroup],
    is_single: bool,
) -> Result<Answer, Refusal> {
    let page = param::Page::read(&context.call.query)?;
    let describe = |group: &&UserGroup| describe(world, group, is_single);
    if !is_single || all.is_empty() {
        return Ok(page.answer(ROOT, all, describe));
    }
    let shown: Vec<Value> = page.of(all).iter().map(describe).collect();
    Ok(Answer::json(StatusCode::OK, &json!({ROOT: shown})))
}

fn describe(world: &World, group: &UserGroup, is_single: bool) -> Value {
    let author = |stamp: Option<(i64, u64)>| stamp.map(|(_, user)| print::user(world, user));
    let time = |stamp: Option<(i64, u64)>| stamp.map(|(at, _)| print::time(world, at));
    let mut described = json!({
        "id": group.id.to_string(),
        "name": group.name,
        "description": group.description,
        "created_time": time(group.stamp.created),
        "modified_time": time(group.stamp.modified),
        "created_by": author(group.stamp.created),
        "modified_by": author(group.stamp.modified),
    });
    if is_single {
        let sources: Vec<Value> = group
            .sources
            .iter()
            .map(|source| {
                let name = name_of(world, &source.kind, source.id).unwrap_or_default();
                let is_role = source.kind == "roles";
                let is_territory = source.kind == "territories";
                json!({
                    "type": source.kind,
                    "source": print::reference(&name, source.id),
                    "subordinates": is_role.then_some(source.has_subordinates),
                    "sub_territories": is_territory.then_some(source.has_subordinates),
                })
            })
            .collect();
        described["sources"] = json!(sources);
    }
    described
}

fn name_of(world: &World, kind: &str, id: u64) -> Option<String> {
    match kind {
        "users" => world.user(id).map(crate::world::User::full_name),
        "roles" => world.settings.role(id).map(|role| role.name.clone()),
        _ => world.territory(id).map(|territory| territory.name.clone()),
    }
}

fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        ROOT,
        CALL_MAX,
        StatusCode::CREATED,
        |item| {
            item.required("name")?;
            item.required("sources")?;
            let mut group = UserGroup {
                id: 0,
                name: String::new(),
                description: None,
                sources: Vec::new(),
                stamp: Stamp::new(context.now(), context.caller.user),
            };
            put(&world, &mut group, item)?;
            if world.settings.user_groups.len() >= GROUPS_MAX {
                return Err(refusals::limit_exceeded(&item.key("name"), GROUPS_MAX));
            }
            group.id = world.ids.next();
            let id = group.id;
            world.settings.user_groups.push(group);
            Ok(done(id, "group created"))
        },
    )
}

/// Puts what is given into a group; its id is 0 as long as it is new.
fn put(world: &World, group: &mut UserGroup, item: &Item<'_>) -> Result<(), Refusal> {
    if item.has("name") {
        let name = item.required_text("name", NAME_MAX)?;
        let mut others = world.settings.user_groups.iter();
        if others.any(|known| known.id != group.id && known.name.eq_ignore_ascii_case(name)) {
            return Err(refusals::duplicate(&item.key("name")));
        }
        name.clone_into(&mut group.name);
    }
    if item.has("description") {
        let description = item.text("description", DESCRIPTION_MAX)?;
        group.description = description.map(str::to_owned);
    }
    let Some(list) = item.list("sources")? else {
        return Ok(());
    };
    if list.is_empty() || list.len() > SOURCES_MAX {
        return Err(refusals::too_long(&item.key("sources"), SOURCES_MAX));
    }
    let mut sources = Vec::with_capacity(list.len());
    for entry in &list {
        entry.required("type")?;
        let kind = entry.word("type", &["users", "roles", "territories"])?;
        let kind = kind.unwrap_or_default();
        let id = entry
            .reference("source")?
            .ok_or_else(|| refusals::missing(&entry.key("source")))?;
        if name_of(world, kind, id).is_none() {
            return Err(refusals::invalid(&entry.key("source")));
        }
        let below = entry.boolean("subordinates")?;
        let below = below.or(entry.boolean("sub_territories")?);
        sources.push(GroupSource {
            kind: kind.to_owned(),
            id,
            has_subordinates: below.unwrap_or(false),
        });
    }
    group.sources = sources;
    Ok(())
}

fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    items::each(&context.call.body, ROOT, CALL_MAX, StatusCode::OK, |item| {
        let id = item.required_id("id")?;
        let place = place_of(&world, id).ok_or_else(|| refusals::invalid(&item.key("id")))?;
        change(&mut world, place, item, context)
    })
}

fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let place = place_of(&world, context.id("id", 2)?);
    let place = place.ok_or_else(|| catalog::invalid_path_id(2))?;
    items::each(&context.call.body, ROOT, 1, StatusCode::OK, |item| {
        change(&mut world, place, item, context)
    })
}

fn place_of(world: &World, id: u64) -> Option<usize> {
    let mut groups = world.settings.user_groups.iter();
    groups.position(|group| group.id == id)
}

fn change(world: &mut World, place: usize, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    let mut group = world.settings.user_groups[place].clone();
    put(world, &mut group, item)?;
    group.stamp.touch(context.now(), context.caller.user);
    let id = group.id;
    world.settings.user_groups[place] = group;
    Ok(done(id, "group updated"))
}

/// Zoho may make a job of it; here it is done at once.
fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let place = place_of(&world, context.id("id", 2)?);
    let place = place.ok_or_else(|| catalog::invalid_path_id(2))?;
    let group = world.settings.user_groups.remove(place);
    let outcome = Ok(done(group.id, "group deleted"));
    Ok(items::answer(ROOT, StatusCode::OK, &[outcome]))
}
