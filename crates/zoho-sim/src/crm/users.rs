//! `GET /users`, `GET /users/{id}`, `GET /users/actions/count`.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::route::{Route, Scope};
use super::{Context, param, print};
use crate::catalog::{self, Refusal};
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

pub(super) const ROUTES: &[Route] = &[
    Route::get("users", Scope::Area("ZohoCRM.users"), list),
    Route::get("users/{id}", Scope::Area("ZohoCRM.users"), get),
    Route::get("users/actions/count", Scope::Area("ZohoCRM.users"), count),
];

/// Ids of one call.
const IDS_MAX: usize = 100;

pub(crate) fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let query = &context.call.query;
    let wanted = param::word(query, "type", &TYPES, "AllUsers")?;
    let per_page = param::number(
        query,
        "per_page",
        param::PER_PAGE_MAX,
        1,
        param::PER_PAGE_MAX,
    )?;
    let page = param::number(query, "page", 1, 1, usize::MAX / param::PER_PAGE_MAX)?;
    let ids = query.list("ids");
    if ids.as_ref().is_some_and(|ids| ids.len() > IDS_MAX) {
        return Err(catalog::param_limit_exceeded("ids", IDS_MAX));
    }
    let after = param::time_header(context.call, "if-modified-since")?;
    let users: Vec<&User> = world
        .users
        .iter()
        .filter(|user| is_of_type(user, wanted, context.caller.user))
        .filter(|user| {
            ids.as_ref()
                .is_none_or(|ids| ids.contains(&user.id.to_string().as_str()))
        })
        .filter(|user| after.is_none_or(|after| user.created_at > after))
        .collect();
    let first = (page - 1).saturating_mul(per_page);
    let shown: Vec<Value> = users
        .iter()
        .skip(first)
        .take(per_page)
        .map(|user| describe(&world, user))
        .collect();
    if shown.is_empty() {
        let status = if after.is_some() {
            StatusCode::NOT_MODIFIED
        } else {
            StatusCode::NO_CONTENT
        };
        return Ok(Answer::empty(status));
    }
    let more_records = first + shown.len() < users.len();
    let info = json!({"per_page": per_page, "count": shown.len(), "page": page, "more_records": more_records});
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"users": shown, "info": info}),
    ))
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

#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
pub(crate) fn count(context: &Context<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"count": context.shared.world().users.len()}),
    ))
}

/// Every user has confirmed the invitation, and none is deleted.
fn is_of_type(user: &User, wanted: &str, caller: u64) -> bool {
    match wanted {
        "ActiveUsers" | "ActiveConfirmedUsers" => user.is_active,
        "DeactiveUsers" => !user.is_active,
        "NotConfirmedUsers" | "DeletedUsers" => false,
        "AdminUsers" => user.is_administrator,
        "ActiveConfirmedAdmins" => user.is_administrator && user.is_active,
        "CurrentUser" => user.id == caller,
        _ => true,
    }
}

fn describe(world: &World, user: &User) -> Value {
    let of = &world.organisation;
    let (profile, profile_id) = if user.is_administrator {
        ("Administrator", of.administrator_profile_id)
    } else {
        ("Standard", of.standard_profile_id)
    };
    let creator = world.users.first().unwrap_or(user);
    let creator = print::reference(&creator.full_name(), creator.id);
    let created_time = print::time(world, user.created_at);
    json!({
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
        "created_time": created_time,
        "time_format": "hh:mm a",
        "offset": i64::from(of.utc_offset_minutes) * 60_000,
        "profile": print::reference(profile, profile_id),
        "created_by": creator.clone(),
        "zuid": user.zuid.to_string(),
        "full_name": user.full_name(),
        "phone": null,
        "dob": null,
        "sort_order_preference__s": "First Name,Last Name",
        "status": if user.is_active { "active" } else { "inactive" },
        "type__s": "Regular User",
        "role": print::reference("CEO", of.administrator_role_id),
        "customize_info": {"notes_desc": null, "show_right_panel": null, "bc_view": null, "show_home": false, "show_detail_view": true, "unpin_recent_item": null},
        "city": null,
        "signature": null,
        "locale": "en_US",
        "personal_account": false,
        "Isonline": false,
        "default_tab_group": "0",
        "Modified_By": creator,
        "street": null,
        "$current_shift": null,
        "alias": null,
        "theme": {"normal_tab": {"font_color": "#FFFFFF", "background": "#222222"}, "selected_tab": {"font_color": "#FFFFFF", "background": "#222222"}, "new_background": null, "background": "#F3F0EB", "screen": "fixed", "type": "default"},
        "first_name": user.first_name,
        "email": user.email,
        "status_reason__s": null,
        "website": null,
        "Modified_Time": created_time,
        "$next_shift": null,
        "mobile": null,
        "last_name": user.last_name,
        "time_zone": of.time_zone,
        "number_separator": "Comma",
        "confirm": true,
        "date_format": "MM/dd/yyyy",
    })
}
