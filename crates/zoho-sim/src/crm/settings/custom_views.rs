//! `GET /settings/custom_views?module=` and `/settings/custom_views/{id}?module=`: the views of a module.

mod write;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::catalog::Refusal;
use crate::crm::route::{Route, Scope};
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::schema::Module;
use crate::world::World;
use crate::world::settings::{Stamp, View};

const SCOPE: Scope = Scope::Settings("custom_views");

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/custom_views", SCOPE, list),
    Route::post("settings/custom_views", SCOPE, write::create),
    Route::put("settings/custom_views", SCOPE, write::update),
    Route::delete("settings/custom_views", SCOPE, write::delete),
    Route::get("settings/custom_views/{id}", SCOPE, get),
    Route::put("settings/custom_views/{id}", SCOPE, write::update_one),
    Route::delete("settings/custom_views/{id}", SCOPE, write::delete_one),
    Route::put(
        "settings/custom_views/actions/change_sort",
        SCOPE,
        write::sort,
    ),
    Route::put(
        "settings/custom_views/{id}/actions/change_sort",
        SCOPE,
        write::sort_one,
    ),
];

/// Ids of one call.
const IDS_MAX: usize = 100;

fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let query = &context.call.query;
    let table = param::module(&world, context.call)?;
    let user = context.caller.user;
    let page = param::Page::read(query)?;
    let ids: Option<Vec<u64>> = param::ids(query, IDS_MAX)?;
    let views: Vec<(&View, &str)> = of_module(&world, table, user)
        .filter(|(view, _)| ids.as_ref().is_none_or(|ids| ids.contains(&view.id)))
        .collect();
    let shown: Vec<Value> = page
        .of(&views)
        .iter()
        .map(|(view, category)| describe(&world, view, category))
        .collect();
    if shown.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let default = views.iter().find(|(view, _)| view.is_default);
    let info = json!({
        "per_page": page.per_page,
        "default": default.map(|(view, _)| view.id.to_string()),
        "count": shown.len(),
        "translation": translation(),
        "page": page.number,
        "more_records": page.has_more(views.len()),
    });
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"custom_views": shown, "info": info}),
    ))
}

/// The views of a module that a user sees, each with its category.
fn of_module(
    world: &World,
    table: usize,
    user: u64,
) -> impl Iterator<Item = (&View, &'static str)> {
    let views = world.settings.views.iter();
    views
        .filter(move |view| view.table == table)
        .filter_map(move |view| Some((view, view.category(world, user)?)))
}

fn translation() -> Value {
    json!({
        "public_views": "Public Views",
        "other_users_views": "Other User's Views",
        "shared_with_me": "Shared With Me",
        "created_by_me": "Created By Me",
    })
}

fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 2)?;
    let mut world = context.shared.world();
    let table = param::module(&world, context.call)?;
    let now = context.now();
    let mut found = of_module(&world, table, context.caller.user);
    let Some((view, category)) = found.find(|(view, _)| view.id == id) else {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    };
    let described = with_details(&world, view, category);
    drop(found);
    let mut views = world.settings.views.iter_mut();
    if let Some(view) = views.find(|view| view.id == id) {
        view.last_accessed_at = Some(now);
    }
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"custom_views": [described], "info": {"translation": translation()}}),
    ))
}

/// The view with which people begin in a module.
pub(super) fn default_of(world: &World, module: &Module, user: u64) -> Value {
    let table = world.table_position(&module.api_name);
    let mut views = table
        .into_iter()
        .flat_map(|table| of_module(world, table, user));
    let found = views.find(|(view, _)| view.is_default);
    found.map_or(Value::Null, |(view, category)| {
        with_details(world, view, category)
    })
}

fn describe(world: &World, view: &View, category: &str) -> Value {
    let Stamp { created, modified } = view.stamp;
    let author = |stamp: Option<(i64, u64)>| stamp.map(|(_, user)| print::user(world, user));
    let time = |stamp: Option<(i64, u64)>| stamp.map(|(at, _)| print::time(world, at));
    json!({
        "display_value": view.name,
        "created_time": time(created),
        "access_type": view.access_type.name(),
        "system_name": view.system_name,
        "created_by": author(created),
        "default": view.is_default,
        "modified_time": time(modified),
        "name": view.name,
        "system_defined": view.is_system(),
        "modified_by": author(modified),
        "id": view.id.to_string(),
        "category": category,
        "last_accessed_time": view.last_accessed_at.map(|at| print::time(world, at)),
        "locked": view.is_locked,
        "favorite": null,
    })
}

/// What the answer for one view tells beyond the list.
fn with_details(world: &World, view: &View, category: &str) -> Value {
    let module = &world.tables[view.table].module;
    let reference = |name: &str| {
        let field = module.field(name)?;
        Some(json!({"api_name": name, "id": field.id.to_string()}))
    };
    let fields: Vec<Value> = view
        .fields
        .iter()
        .filter_map(|(name, is_pinned)| {
            let mut field = reference(name)?;
            field["_pin"] = json!(is_pinned);
            Some(field)
        })
        .collect();
    let sort_by = view.sort_by.as_deref().and_then(reference);
    let mut described = describe(world, view, category);
    described["criteria"] = view
        .criteria
        .as_ref()
        .map_or(Value::Null, |criteria| with_ids(module, criteria));
    described["fields"] = json!(fields);
    described["sort_order"] = match &sort_by {
        Some(_) if view.is_descending => json!("desc"),
        Some(_) => json!("asc"),
        None => Value::Null,
    };
    described["sort_by"] = json!(sort_by);
    described["shared_to"] = if view.shared_to.is_empty() {
        Value::Null
    } else {
        json!(view.shared_to)
    };
    described
}

/// Criteria with the ids of their fields.
fn with_ids(module: &Module, criteria: &Value) -> Value {
    let mut printed = criteria.clone();
    if let Some(group) = criteria["group"].as_array() {
        printed["group"] = group.iter().map(|part| with_ids(module, part)).collect();
    } else if let Some(field) = criteria["field"]["api_name"]
        .as_str()
        .and_then(|name| module.field(name))
    {
        printed["field"] = json!({"api_name": field.api_name, "id": field.id.to_string()});
    }
    printed
}
