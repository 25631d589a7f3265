//! `/settings/global_picklists`: options that the picklists of several modules share.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::fields::options;
use super::{api_name_of, free_api_name, permit};
use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::route::{Route, Scope};
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::rows::Author;
use crate::schema::PickListValue;
use crate::world::settings::{GlobalPicklist, Stamp};
use crate::world::{World, parse_id};

const SCOPE: Scope = Scope::Settings("global_picklist");
const PERMISSION: &str = "Crm_Implied_Customize_Zoho_CRM";

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/global_picklists", SCOPE, list),
    Route::post("settings/global_picklists", SCOPE, create),
    Route::patch("settings/global_picklists", SCOPE, update),
    Route::delete("settings/global_picklists", SCOPE, delete),
    Route::get("settings/global_picklists/{id}", SCOPE, get),
    Route::patch("settings/global_picklists/{id}", SCOPE, update_one),
    Route::delete("settings/global_picklists/{id}", SCOPE, delete_one),
    Route::post(
        "settings/global_picklists/{id}/actions/replace_picklist_values",
        SCOPE,
        replace,
    ),
    Route::get(
        "settings/global_picklists/{id}/actions/replaced_values",
        SCOPE,
        replaced,
    ),
    Route::get(
        "settings/global_picklists/{id}/actions/associations",
        SCOPE,
        associations,
    ),
    Route::get(
        "settings/global_picklists/{id}/actions/pick_list_values_associations",
        SCOPE,
        value_associations,
    ),
];

/// Lists of one call, and of the organisation. unknown: Zoho's numbers for each edition; samples show 10 and 25.
const CALL_MAX: usize = 10;
const LISTS_MAX: usize = 100;
const LABEL_MAX: usize = 50;
const DESCRIPTION_MAX: usize = 1_000;

fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let lists: Vec<Value> = world
        .settings
        .global_picklists
        .iter()
        .map(|list| describe(&world, list, context))
        .collect();
    if lists.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"global_picklists": lists}),
    ))
}

fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 2)?;
    let world = context.shared.world();
    match world.settings.global_picklist(id) {
        None => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        Some(list) => Ok(Answer::json(
            StatusCode::OK,
            &json!({"global_picklists": [describe(&world, list, context)]}),
        )),
    }
}

fn describe(world: &World, list: &GlobalPicklist, context: &Context<'_>) -> Value {
    let author = |stamp: Option<(i64, u64)>| stamp.map(|(_, user)| print::user(world, user));
    let time = |stamp: Option<(i64, u64)>| stamp.map(|(at, _)| print::time(world, at));
    let values: Vec<Value> = (1u32..)
        .zip(&list.values)
        .map(|(number, value)| {
            json!({
                "display_value": value.display_value,
                "sequence_number": number,
                "reference_value": value.reference_value,
                "colour_code": value.colour_code,
                "actual_value": value.actual_value,
                "id": value.id.to_string(),
                "type": if value.is_used { "used" } else { "unused" },
            })
        })
        .collect();
    let mut described = json!({
        "display_label": list.display_label,
        "actual_label": list.display_label,
        "api_name": list.api_name,
        "description": list.description,
        "id": list.id.to_string(),
        "presence": true,
        "source": "crm",
        "customizable": true,
        "pick_list_values_sorted_lexically": list.is_sorted,
        "created_time": time(list.stamp.created),
        "modified_time": time(list.stamp.modified),
        "created_by": author(list.stamp.created),
        "modified_by": author(list.stamp.modified),
        "pick_list_values": values,
    });
    let include = context.call.query.list("include").unwrap_or_default();
    let users = users_of(world, list.id);
    if include.contains(&"used_in_modules") {
        let mut tables: Vec<usize> = users.iter().map(|(table, _)| *table).collect();
        tables.dedup();
        let modules: Vec<Value> = tables
            .iter()
            .map(|table| {
                let module = &world.tables[*table].module;
                json!({"plural_label": module.plural_label, "api_name": module.api_name, "id": module.id.to_string()})
            })
            .collect();
        described["used_in_modules"] = json!(modules);
    }
    if include.contains(&"associated_fields_count") {
        described["associated_fields_count"] = json!(users.len());
    }
    described
}

/// The fields that use a list: position of the table, position of the field.
fn users_of(world: &World, id: u64) -> Vec<(usize, u16)> {
    let id = id.to_string();
    let modules = world.modules();
    let users = modules.flat_map(|(at, table)| {
        let id = id.clone();
        (0u16..)
            .zip(&table.module.fields)
            .filter(move |(_, field)| {
                let list = field.extra.get("global_picklist");
                list.is_some_and(|list| list["id"].as_str() == Some(id.as_str()))
            })
            .map(move |(position, _)| (at, position))
    });
    users.collect()
}

fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        "global_picklists",
        CALL_MAX,
        StatusCode::CREATED,
        |item| create_one(&mut world, item, context),
    )
}

fn create_one(world: &mut World, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    let label = item.required_text("display_label", LABEL_MAX)?;
    require_free_label(world, item, label, None)?;
    item.required("pick_list_values")?;
    let description = item.text("description", DESCRIPTION_MAX)?;
    let changes = options::read_changes(item, &[])?;
    let is_sorted = item.boolean("pick_list_values_sorted_lexically")?;
    let mut values = Vec::new();
    options::apply(&mut values, changes, || world.ids.next());
    check_values(item, &values)?;
    if world.settings.global_picklists.len() >= LISTS_MAX {
        return Err(refusals::limit_exceeded(
            &item.key("display_label"),
            LISTS_MAX,
        ));
    }
    let api_name = match item.text("api_name", LABEL_MAX)? {
        Some(name) => name.to_owned(),
        None => api_name_of(label, "Global_Picklist"),
    };
    let is_free = |name: &str| {
        let mut lists = world.settings.global_picklists.iter();
        !lists.any(|list| list.api_name == name)
    };
    let api_name = free_api_name(&api_name, is_free);
    let id = world.ids.next();
    world.settings.global_picklists.push(GlobalPicklist {
        id,
        api_name,
        display_label: label.to_owned(),
        description: description.map(str::to_owned),
        is_sorted: is_sorted.unwrap_or(false),
        values,
        stamp: Stamp::new(context.now(), context.caller.user),
    });
    Ok(done(id, "global picklist added successfully"))
}

fn require_free_label(
    world: &World,
    item: &Item<'_>,
    label: &str,
    own: Option<u64>,
) -> Result<(), Refusal> {
    let mut lists = world.settings.global_picklists.iter();
    if lists.any(|list| Some(list.id) != own && list.display_label.eq_ignore_ascii_case(label)) {
        let refusal = refusals::duplicate(&item.key("display_label"));
        let message = "Duplicate name found, enter a unique name.";
        return Err(refusals::with_message(refusal, message));
    }
    Ok(())
}

/// At least one option has to be in use, and no two may be alike.
fn check_values(item: &Item<'_>, values: &[PickListValue]) -> Result<(), Refusal> {
    let key = item.key("pick_list_values");
    if !values.iter().any(|value| value.is_used) {
        let message = "Values in the pick list field cannot be empty.";
        return Err(refusals::with_message(refusals::invalid(&key), message));
    }
    let mut texts: Vec<String> = values
        .iter()
        .map(|value| value.display_value.to_lowercase())
        .collect();
    texts.sort_unstable();
    texts.dedup();
    if texts.len() < values.len() {
        let message = "Duplicate option found. Enter a unique option.";
        return Err(refusals::with_message(refusals::duplicate(&key), message));
    }
    Ok(())
}

fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        "global_picklists",
        CALL_MAX,
        StatusCode::OK,
        |item| {
            let id = item.required_id("id")?;
            let at = place_of(&world, id).ok_or_else(|| refusals::invalid(&item.key("id")))?;
            change(&mut world, at, item, context)
        },
    )
}

fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let at = known(&world, context)?;
    items::each(
        &context.call.body,
        "global_picklists",
        1,
        StatusCode::OK,
        |item| change(&mut world, at, item, context),
    )
}

fn place_of(world: &World, id: u64) -> Option<usize> {
    let mut lists = world.settings.global_picklists.iter();
    lists.position(|list| list.id == id)
}

fn known(world: &World, context: &Context<'_>) -> Result<usize, Refusal> {
    let id = context.id("id", 2)?;
    place_of(world, id).ok_or_else(|| catalog::invalid_path_id(2))
}

fn change(world: &mut World, at: usize, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    let list = world.settings.global_picklists[at].clone();
    let label = match item.has("display_label") {
        true => Some(item.required_text("display_label", LABEL_MAX)?),
        false => None,
    };
    if let Some(label) = label {
        require_free_label(world, item, label, Some(list.id))?;
    }
    let description = item.text("description", DESCRIPTION_MAX)?;
    let is_sorted = item.boolean("pick_list_values_sorted_lexically")?;
    let changes = options::read_changes(item, &list.values)?;
    let mut values = list.values.clone();
    options::apply(&mut values, changes, || world.ids.next());
    check_values(item, &values)?;
    let changed = &mut world.settings.global_picklists[at];
    if let Some(label) = label {
        label.clone_into(&mut changed.display_label);
    }
    if item.has("description") {
        changed.description = description.map(str::to_owned);
    }
    changed.is_sorted = is_sorted.unwrap_or(changed.is_sorted);
    changed.values.clone_from(&values);
    changed.stamp.touch(context.now(), context.caller.user);
    carry_over(world, list.id, &values);
    Ok(done(list.id, "global picklist updated successfully"))
}

/// Makes the options of the fields that use the list those of the list; an option that is there keeps its own id.
fn carry_over(world: &mut World, id: u64, values: &[PickListValue]) {
    for (table, position) in users_of(world, id) {
        let old = world.tables[table]
            .module
            .field_at(position)
            .pick_list
            .clone();
        let new: Vec<PickListValue> = values
            .iter()
            .map(|value| {
                let mut known = old.iter();
                let known = known.find(|known| known.reference_value == value.reference_value);
                PickListValue {
                    id: known.map_or_else(|| world.ids.next(), |known| known.id),
                    ..value.clone()
                }
            })
            .collect();
        world.edit_field(table, position, |field| field.pick_list = new);
    }
}

fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let ids = context
        .call
        .query
        .list("ids")
        .ok_or_else(|| catalog::required_param_missing("ids"))?;
    if ids.len() > CALL_MAX {
        return Err(catalog::param_limit_exceeded("ids", CALL_MAX));
    }
    let mut world = context.shared.world();
    let outcomes: Vec<Outcome> = ids
        .iter()
        .map(|text| {
            let at = parse_id(text).and_then(|id| place_of(&world, id));
            remove(&mut world, at.ok_or_else(|| catalog::unknown_id(text))?)
        })
        .collect();
    Ok(items::answer("global_picklists", StatusCode::OK, &outcomes))
}

fn delete_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let at = known(&world, context)?;
    let outcome = remove(&mut world, at);
    Ok(items::answer(
        "global_picklists",
        StatusCode::OK,
        &[outcome],
    ))
}

/// A list that a field uses stays.
fn remove(world: &mut World, at: usize) -> Outcome {
    let id = world.settings.global_picklists[at].id;
    if !users_of(world, id).is_empty() {
        // unknown: the words in which Zoho refuses to delete a list that is in use.
        let details = json!({"id": id.to_string()});
        let message = "global picklist is associated with fields";
        return Err(refusals::other("NOT_ALLOWED", message, details));
    }
    world.settings.global_picklists.remove(at);
    Ok(done(id, "global picklist deleted successfully"))
}

/// Puts another option in the place of one, in all records of all modules that use the list.
fn replace(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let at = known(&world, context)?;
    let author = Author::new(context.caller.user, context.now());
    items::each(
        &context.call.body,
        "replace_picklist_values",
        CALL_MAX,
        StatusCode::OK,
        |item| {
            let list = &world.settings.global_picklists[at];
            let old = option_of(item, list, "old_value")?;
            let new = option_of(item, list, "new_value")?;
            let id = list.id;
            for (table, position) in users_of(&world, id) {
                let new = Some(new.as_str());
                world.replace_pick_list_value(table, position, &old, new, author);
            }
            Ok(print::success(&json!({}), "success"))
        },
    )
}

/// The reference value of the option that a key names by id or by text.
fn option_of(item: &Item<'_>, list: &GlobalPicklist, name: &str) -> Result<String, Refusal> {
    let option = item
        .object(name)?
        .ok_or_else(|| refusals::missing(&item.key(name)))?;
    let id = option.id("id")?;
    let text = option.text("display_value", 120)?;
    let is_meant = |value: &&PickListValue| match id {
        Some(id) => value.id == id,
        None => Some(value.display_value.as_str()) == text,
    };
    let found = list.values.iter().find(is_meant);
    found
        .map(|value| value.reference_value.clone())
        .ok_or_else(|| {
            let refusal = refusals::invalid(&option.key("id"));
            refusals::with_message(refusal, "The given value seems to be invalid")
        })
}

/// Replacements are done at once, so none is ever going on.
fn replaced(context: &Context<'_>) -> Result<Answer, Refusal> {
    known(&context.shared.world(), context)?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

fn associations(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let at = known(&world, context)?;
    let page = param::Page::read(&context.call.query)?;
    let users = users_of(&world, world.settings.global_picklists[at].id);
    let describe = |(table, position): &(usize, u16)| {
        let module = &world.tables[*table].module;
        let field = module.field_at(*position);
        let layouts = module.layouts.iter().filter(|layout| layout.has(*position));
        let layouts: Vec<Value> = layouts
            .map(|layout| {
                let status = if layout.is_active {
                    "active"
                } else {
                    "inactive"
                };
                json!({"name": layout.name, "id": layout.id.to_string(), "status": status})
            })
            .collect();
        json!({
            "field": {"api_name": field.api_name, "id": field.id.to_string()},
            "module": {"plural_label": module.plural_label, "api_name": module.api_name, "id": module.id.to_string()},
            "layouts": layouts,
        })
    };
    Ok(page.answer("associations", &users, describe))
}

/// Automations that name an option; there are none.
fn value_associations(context: &Context<'_>) -> Result<Answer, Refusal> {
    known(&context.shared.world(), context)?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}
