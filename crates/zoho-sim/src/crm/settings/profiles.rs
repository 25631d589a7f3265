//! `/settings/profiles`: what users may do.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::permit;
use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::route::{Route, Scope};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::world::settings::{Profile, Stamp};
use crate::world::{World, parse_id};

const SCOPE: Scope = Scope::Settings("profiles");
const PERMISSION: &str = "Crm_Implied_Manage_Profiles";

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/profiles", SCOPE, list),
    Route::get("settings/profiles/{id}", SCOPE, get),
    Route::put("settings/profiles/{id}", SCOPE, update),
    Route::delete("settings/profiles/{id}", SCOPE, delete),
    Route::post("settings/profiles/{id}/actions/clone", SCOPE, copy),
];

const NAME_MAX: usize = 50;
const DESCRIPTION_MAX: usize = 250;
/// Profiles of the organisation.
const PROFILES_MAX: usize = 25;
/// Signs that no name may have.
const FORBIDDEN: &str = "#%&()*^";

#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let profiles: Vec<Value> = world
        .settings
        .profiles
        .iter()
        .map(|profile| describe(&world, profile))
        .collect();
    Ok(Answer::json(StatusCode::OK, &json!({"profiles": profiles})))
}

fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 2)?;
    let world = context.shared.world();
    let Some(profile) = world.settings.profile(id) else {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    };
    let mut described = describe(&world, profile);
    let details: Vec<Value> = profile
        .permissions
        .iter()
        .map(|permission| {
            json!({
                "display_label": permission.display_label,
                "module": permission.module,
                "name": permission.name,
                "id": permission.id.to_string(),
                "enabled": permission.is_enabled,
                "customizable": profile.is_custom || permission.module.is_some(),
                "parent_permissions": [],
            })
        })
        .collect();
    described["permissions_details"] = json!(details);
    described["sections"] = sections(&world, profile);
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"profiles": [described]}),
    ))
}

fn describe(world: &World, profile: &Profile) -> Value {
    let author = |stamp: Option<(i64, u64)>| stamp.map(|(_, user)| print::user(world, user));
    let time = |stamp: Option<(i64, u64)>| stamp.map(|(at, _)| print::time(world, at));
    json!({
        "display_label": profile.name,
        "name": profile.name,
        "description": profile.description,
        "id": profile.id.to_string(),
        "custom": profile.is_custom,
        "category": profile.is_custom,
        "type": "normal_profile",
        "created_time": time(profile.stamp.created),
        "modified_time": time(profile.stamp.modified),
        "created_by": author(profile.stamp.created),
        "modified_by": author(profile.stamp.modified),
    })
}

/// The permissions as the page for people groups them: by module, and those of setup.
fn sections(world: &World, profile: &Profile) -> Value {
    let ids_of = |module: Option<&str>| -> Vec<String> {
        let permissions = profile.permissions.iter();
        permissions
            .filter(|permission| permission.module.as_deref() == module)
            .map(|permission| permission.id.to_string())
            .collect()
    };
    let modules: Vec<Value> = world
        .modules()
        .filter_map(|(_, table)| {
            let module = &table.module;
            let ids = ids_of(Some(&module.api_name));
            (!ids.is_empty()).then(|| {
                json!({
                    "display_label": module.plural_label,
                    "permissions_details": ids,
                    "module": module.api_name,
                    "name": module.module_name,
                })
            })
        })
        .collect();
    let setup =
        json!({"display_label": "Setup", "permissions_details": ids_of(None), "name": "Setup"});
    json!([{"name": "module", "categories": modules}, {"name": "setup", "categories": [setup]}])
}

fn copy(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let id = known(&world, context)?;
    items::each(
        &context.call.body,
        "profiles",
        1,
        StatusCode::CREATED,
        |item| {
            let name = read_name(&world, item, None)?;
            let description = item.text("description", DESCRIPTION_MAX)?;
            if world.settings.profiles.len() >= PROFILES_MAX {
                let details = json!({"limit": PROFILES_MAX});
                let message = "Request exceeds your license limit.";
                return Err(refusals::other("LICENSE_LIMIT_EXCEEDED", message, details));
            }
            let stamp = Stamp::new(context.now(), context.caller.user);
            let Some(profile) = world.settings.profile(id).cloned() else {
                return Err(catalog::invalid_path_id(2));
            };
            let copy = profile.copy(&mut world.ids, name, description.unwrap_or_default(), stamp);
            let id = copy.id;
            world.settings.profiles.push(copy);
            Ok(done(id, "profile created successfully"))
        },
    )
}

fn known(world: &World, context: &Context<'_>) -> Result<u64, Refusal> {
    let id = context.id("id", 2)?;
    match world.settings.profile(id) {
        Some(_) => Ok(id),
        None => Err(refusals::with_message(
            catalog::invalid_path_id(2),
            "the id given seems to be invalid or already deleted",
        )),
    }
}

fn read_name<'i>(world: &World, item: &Item<'i>, own: Option<u64>) -> Result<&'i str, Refusal> {
    let name = item.required_text("name", NAME_MAX)?;
    if name.contains(|sign| FORBIDDEN.contains(sign)) {
        let message = "Profile name should not contain the following special character(s) : #, %, &, (, ), *, ^";
        let refusal = refusals::invalid(&item.key("name"));
        return Err(refusals::with_message(refusal, message));
    }
    let mut others = world.settings.profiles.iter();
    if others.any(|profile| Some(profile.id) != own && profile.name.eq_ignore_ascii_case(name)) {
        return Err(refusals::duplicate(&item.key("name")));
    }
    Ok(name)
}

fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let id = known(&world, context)?;
    items::each(&context.call.body, "profiles", 1, StatusCode::OK, |item| {
        change(&mut world, id, item, context)
    })
}

fn change(world: &mut World, id: u64, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    let name = match item.has("name") {
        true => Some(read_name(world, item, Some(id))?.to_owned()),
        false => None,
    };
    let description = item.text("description", DESCRIPTION_MAX)?;
    let mut switched: Vec<(u64, bool)> = Vec::new();
    for permission in item.list("permissions_details")?.unwrap_or_default() {
        let permission_id = permission.required_id("id")?;
        permission.required("enabled")?;
        let is_enabled = permission.boolean("enabled")?.unwrap_or_default();
        let profile = world.settings.profile(id);
        let is_known = profile.is_some_and(|profile| {
            profile
                .permissions
                .iter()
                .any(|known| known.id == permission_id)
        });
        if !is_known {
            return Err(refusals::invalid(&permission.key("id")));
        }
        switched.push((permission_id, is_enabled));
    }
    if id == world.organisation.administrator_profile_id && !(switched.is_empty() && name.is_none())
    {
        // unknown: the words in which Zoho refuses to change the profile of administrators.
        return Err(refusals::path_not_allowed(
            2,
            "the profile cannot be changed",
        ));
    }
    let (now, user) = (context.now(), context.caller.user);
    if let Some(profile) = world
        .settings
        .profiles
        .iter_mut()
        .find(|profile| profile.id == id)
    {
        profile.name = name.unwrap_or_else(|| profile.name.clone());
        if let Some(description) = description {
            description.clone_into(&mut profile.description);
        }
        for permission in &mut profile.permissions {
            let mut switched = switched.iter();
            if let Some((_, is_enabled)) = switched.find(|(id, _)| *id == permission.id) {
                permission.is_enabled = *is_enabled;
            }
        }
        profile.stamp.touch(now, user);
    }
    Ok(done(id, "profile updated successfully"))
}

/// The users of the profile go to that of `transfer_to`.
fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let id = known(&world, context)?;
    if world
        .settings
        .profile(id)
        .is_some_and(|profile| !profile.is_custom)
    {
        return Err(refusals::path_not_allowed(
            2,
            "System profile cannot be deleted",
        ));
    }
    let Some(target) = context.call.query.get("transfer_to") else {
        let message =
            "Users in the profile need to be transferred. transfer_to param is mandatory.";
        return Err(refusals::other(
            "MANDATORY_NOT_FOUND",
            message,
            json!({"param": "transfer_to"}),
        ));
    };
    let target = parse_id(target)
        .filter(|target| *target != id && world.settings.profile(*target).is_some())
        .ok_or_else(|| {
            let message = "the id given seems to be invalid or already deleted";
            refusals::other("INVALID_DATA", message, json!({"id": target}))
        })?;
    for user in world.users.iter_mut().filter(|user| user.profile == id) {
        user.profile = target;
    }
    world.settings.profiles.retain(|profile| profile.id != id);
    Ok(Answer::json(StatusCode::OK, &done(id, "Profile deleted")))
}
