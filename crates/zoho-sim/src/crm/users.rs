//! `GET /users`, `GET /users/{id}`, `GET /users/actions/count`.

mod transfer;
mod write;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::route::{Route, Scope};
use super::{Context, param, print};
use crate::catalog::Refusal;
use crate::http::Answer;
use crate::world::{User, World};

const TYPES: [&str; 10] = [
    "AllUsers",
    "ActiveUsers",
    "DeactiveUsers",
    "ConfirmedUsers",
    "NotConfirmedUsers",
    "DeletedUsers",
    "ActiveConfirmedUsers",
    "AdminUsers",
    "ActiveConfirmedAdmins",
    "CurrentUser",
];

const SCOPE: Scope = Scope::Area("ZohoCRM.users");

pub(super) const ROUTES: &[Route] = &[
    Route::get("users", SCOPE, list),
    Route::post("users", SCOPE, write::create),
    Route::put("users", SCOPE, write::update),
    Route::get("users/{id}", SCOPE, get),
    Route::put("users/{id}", SCOPE, write::update_one),
    Route::delete("users/{id}", SCOPE, write::delete),
    Route::get("users/actions/count", SCOPE, count),
    Route::get("users/actions/transfer_and_delete", SCOPE, transfer::status),
    Route::post("users/actions/transfer_and_delete", SCOPE, transfer::many),
    Route::post(
        "users/{id}/actions/transfer_and_delete",
        SCOPE,
        transfer::one,
    ),
];

/// Ids of one call.
const IDS_MAX: usize = 100;

pub(crate) fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let query = &context.call.query;
    let wanted = param::word(query, "type", &TYPES, "AllUsers")?;
    let page = param::Page::read(query)?;
    let ids = param::id_texts(query, IDS_MAX)?;
    let after = param::time_header(context.call, "if-modified-since")?;
    let users: Vec<&User> = world
        .users
        .iter()
        .filter(|user| is_of_type(&world, user, wanted, context.caller.user))
        .filter(|user| {
            ids.as_ref()
                .is_none_or(|ids| ids.contains(&user.id.to_string().as_str()))
        })
        .filter(|user| after.is_none_or(|after| user.modified_at > after))
        .collect();
    if page.of(&users).is_empty() && after.is_some() {
        return Ok(Answer::empty(StatusCode::NOT_MODIFIED));
    }
    Ok(page.answer("users", &users, |user| describe(&world, user)))
}

pub(crate) fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 1)?;
    let world = context.shared.world();
    match world.user(id) {
        None => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        Some(user) => Ok(Answer::json(
            StatusCode::OK,
            &json!({"users": [describe(&world, user)]}),
        )),
    }
}

pub(crate) fn count(context: &Context<'_>) -> Result<Answer, Refusal> {
    let wanted = param::word(&context.call.query, "type", &TYPES, "AllUsers")?;
    let world = context.shared.world();
    let users = world.users.iter();
    let count = users
        .filter(|user| is_of_type(&world, user, wanted, context.caller.user))
        .count();
    Ok(Answer::json(StatusCode::OK, &json!({"count": count})))
}

fn is_of_type(world: &World, user: &User, wanted: &str, caller: u64) -> bool {
    let is_administrator = user.profile == world.organisation.administrator_profile_id;
    let is_there = !user.is_deleted;
    let is_active = user.is_active && is_there;
    match wanted {
        "ActiveUsers" => is_active,
        "DeactiveUsers" => is_there && !user.is_active,
        "ConfirmedUsers" => is_there && user.is_confirmed,
        "NotConfirmedUsers" => is_there && !user.is_confirmed,
        "DeletedUsers" => user.is_deleted,
        "ActiveConfirmedUsers" => is_active && user.is_confirmed,
        "AdminUsers" => is_there && is_administrator,
        "ActiveConfirmedAdmins" => is_active && user.is_confirmed && is_administrator,
        "CurrentUser" => user.id == caller,
        _ => is_there,
    }
}

/// unknown: what Zoho prints of a user who has not accepted the invitation; here `disabled`.
fn status_of(user: &User) -> &'static str {
    if user.is_deleted {
        "deleted"
    } else if !user.is_active {
        "inactive"
    } else if user.is_confirmed {
        "active"
    } else {
        "disabled"
    }
}

pub(super) fn describe(world: &World, user: &User) -> Value {
    let of = &world.organisation;
    let profile = world.settings.profile(user.profile);
    let role = world.settings.role(user.role);
    let mut described = json!({
        "country": null,
        "name_format__s": "Salutation,First Name,Last Name",
        "language": "en_US",
        "microsoft": false,
        "$shift_effective_from": null,
        "id": user.id.to_string(),
        "state": null,
        "fax": null,
        "country_locale": "en_US",
        "sandboxDeveloper": false,
        "zip": null,
        "decimal_separator": "Period",
        "created_time": print::time(world, user.created_at),
        "time_format": "hh:mm a",
        "offset": i64::from(of.utc_offset_minutes) * 60_000,
        "profile": profile.map(|profile| print::reference(&profile.name, profile.id)),
        "created_by": print::user(world, user.created_by),
        "zuid": user.is_confirmed.then(|| user.zuid.to_string()),
        "full_name": user.full_name(),
        "phone": null,
        "dob": null,
        "sort_order_preference__s": "First Name,Last Name",
        "status": status_of(user),
        "type__s": "Regular User",
        "role": role.map(|role| print::reference(&role.name, role.id)),
        "customize_info": {"notes_desc": null, "show_right_panel": null, "bc_view": null, "show_home": false, "show_detail_view": true, "unpin_recent_item": null},
        "city": null,
        "signature": null,
        "locale": "en_US",
        "personal_account": false,
        "Isonline": false,
        "default_tab_group": "0",
        "Modified_By": print::user(world, user.modified_by),
        "street": null,
        "$current_shift": null,
        "alias": null,
        "theme": {"normal_tab": {"font_color": "#FFFFFF", "background": "#222222"}, "selected_tab": {"font_color": "#FFFFFF", "background": "#222222"}, "new_background": null, "background": "#F3F0EB", "screen": "fixed", "type": "default"},
        "first_name": Some(&user.first_name).filter(|name| !name.is_empty()),
        "email": user.email,
        "status_reason__s": null,
        "website": null,
        "Modified_Time": print::time(world, user.modified_at),
        "$next_shift": null,
        "mobile": null,
        "last_name": user.last_name,
        "time_zone": of.time_zone,
        "number_separator": "Comma",
        "confirm": user.is_confirmed,
        "date_format": "MM/dd/yyyy",
    });
    if let Some(described) = described.as_object_mut() {
        described.extend(user.extra.clone());
    }
    described
}
