//! `/settings/variables` and `/settings/variable_groups`: values that templates and functions share.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{api_name_of, free_api_name, is_api_name, permit};
use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::route::{Route, Scope};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::world::settings::{Variable, VariableGroup};
use crate::world::{World, parse_date, parse_id, parse_time};

const SCOPE: Scope = Scope::Settings("variables");
const GROUPS: Scope = Scope::Settings("variable_groups");

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/variables", SCOPE, list),
    Route::post("settings/variables", SCOPE, create),
    Route::put("settings/variables", SCOPE, update),
    Route::delete("settings/variables", SCOPE, delete),
    Route::get("settings/variables/{name}", SCOPE, get),
    Route::put("settings/variables/{name}", SCOPE, update_one),
    Route::delete("settings/variables/{name}", SCOPE, delete_one),
    Route::get("settings/variable_groups", GROUPS, list_groups),
    Route::get("settings/variable_groups/{name}", GROUPS, get_group),
];

/// Variables of one call, and of the organisation. unknown: Zoho's numbers; the published files show lists of 25.
const VARIABLES_MAX: usize = 25;
const ALL_VARIABLES_MAX: usize = 1_000;
const NAME_MAX: usize = 50;
const DESCRIPTION_MAX: usize = 255;

/// Types by the name in answers; `decimal` and `url` are taken as other names of two of them.
const TYPES: [&str; 15] = [
    "integer", "text", "percent", "double", "currency", "date", "datetime", "email", "phone",
    "website", "checkbox", "textarea", "long", "decimal", "url",
];

fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let group = match context.call.query.get("group") {
        None => None,
        Some(text) => Some(group_of(&world, text).ok_or_else(|| catalog::invalid_param("group"))?),
    };
    let variables: Vec<Value> = world
        .settings
        .variables
        .iter()
        .filter(|variable| group.is_none_or(|group| variable.group == group))
        .map(|variable| describe(&world, variable))
        .collect();
    Ok(answer_list("variables", variables))
}

/// A list, or 204 when it is empty.
fn answer_list(root: &str, list: Vec<Value>) -> Answer {
    if list.is_empty() {
        return Answer::empty(StatusCode::NO_CONTENT);
    }
    Answer::json(StatusCode::OK, &json!({root: list}))
}

/// One variable; its group has to be named, as the page says.
fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let group = context
        .call
        .query
        .get("group")
        .ok_or_else(|| catalog::required_param_missing("group"))?;
    let world = context.shared.world();
    let group = group_of(&world, group).ok_or_else(|| catalog::invalid_param("group"))?;
    let variable = find(&world, context.param("name"))
        .map(|at| &world.settings.variables[at])
        .filter(|variable| variable.group == group);
    let variables: Vec<Value> = variable
        .into_iter()
        .map(|variable| describe(&world, variable))
        .collect();
    Ok(answer_list("variables", variables))
}

fn describe(world: &World, variable: &Variable) -> Value {
    let mut groups = world.settings.variable_groups.iter();
    let group = groups.find(|group| group.id == variable.group);
    json!({
        "read_only": false,
        "api_name": variable.api_name,
        "name": variable.name,
        "description": variable.description,
        "id": variable.id.to_string(),
        "source": "crm",
        "type": variable.kind,
        "variable_group": group.map(|group| {
            json!({"api_name": group.api_name, "name": group.name, "id": group.id.to_string()})
        }),
        "value": variable.value,
    })
}

/// Place of a variable by id or API name.
fn find(world: &World, name: &str) -> Option<usize> {
    let id = parse_id(name);
    let is_meant = |variable: &Variable| Some(variable.id) == id || variable.api_name == name;
    world.settings.variables.iter().position(is_meant)
}

/// Id of a group by id or API name.
fn group_of(world: &World, name: &str) -> Option<u64> {
    let id = parse_id(name);
    let mut groups = world.settings.variable_groups.iter();
    groups
        .find(|group| Some(group.id) == id || group.api_name == name || group.name == name)
        .map(|group| group.id)
}

fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, "Crm_Implied_Variables_Access")?;
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        "variables",
        VARIABLES_MAX,
        StatusCode::CREATED,
        |item| create_one(&mut world, item),
    )
}

fn create_one(world: &mut World, item: &Item<'_>) -> Outcome {
    let name = item.required_text("name", NAME_MAX)?.to_owned();
    let api_name = item.required_text("api_name", NAME_MAX)?.to_owned();
    if !is_api_name(&api_name) {
        return Err(refusals::invalid(&item.key("api_name")));
    }
    if find(world, &api_name).is_some() {
        return Err(refusals::duplicate(&item.key("api_name")));
    }
    item.required("type")?;
    let kind = match item.word("type", &TYPES)? {
        Some("decimal") => "double",
        Some("url") => "website",
        Some(kind) => kind,
        None => "text",
    };
    let value = read_value(item, kind)?;
    let description = item
        .text("description", DESCRIPTION_MAX)?
        .map(str::to_owned);
    if world.settings.variables.len() >= ALL_VARIABLES_MAX {
        return Err(refusals::limit_exceeded(
            &item.key("name"),
            ALL_VARIABLES_MAX,
        ));
    }
    let group = read_group(world, item)?;
    let id = world.ids.next();
    world.settings.variables.push(Variable {
        id,
        api_name,
        name,
        description,
        kind: kind.to_owned(),
        group,
        value,
    });
    Ok(done(id, "variable added"))
}

/// The group as named; one that is named by a new name is made.
fn read_group(world: &mut World, item: &Item<'_>) -> Result<u64, Refusal> {
    let group = item
        .object("variable_group")?
        .ok_or_else(|| refusals::missing(&item.key("variable_group")))?;
    if let Some(id) = group.id("id")? {
        return group_of(world, &id.to_string()).ok_or_else(|| refusals::invalid(&group.key("id")));
    }
    if let Some(api_name) = group.text("api_name", NAME_MAX)? {
        return group_of(world, api_name).ok_or_else(|| refusals::invalid(&group.key("api_name")));
    }
    let name = group.required_text("name", NAME_MAX)?;
    if let Some(id) = group_of(world, name) {
        return Ok(id);
    }
    let is_free = |text: &str| group_of(world, text).is_none();
    let api_name = free_api_name(&api_name_of(name, "Group"), is_free);
    let id = world.ids.next();
    world.settings.variable_groups.push(VariableGroup {
        id,
        api_name,
        name: name.to_owned(),
        description: None,
    });
    Ok(id)
}

/// The value as given, when it fits the type.
fn read_value(item: &Item<'_>, kind: &str) -> Result<Value, Refusal> {
    let Some(value) = item.get("value") else {
        return Ok(json!(""));
    };
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return Err(refusals::wrong_type(&item.key("value"), "text")),
    };
    if text.is_empty() {
        return Ok(json!(""));
    }
    let longest = match kind {
        "integer" => 9,
        "long" | "double" | "currency" => 19,
        "percent" => 5,
        "phone" => 30,
        "textarea" => 2_000,
        _ => 255,
    };
    let fits = match kind {
        "integer" | "long" => text.parse::<i64>().is_ok(),
        "double" | "currency" | "percent" => text.parse::<f64>().is_ok_and(f64::is_finite),
        "checkbox" => matches!(text.as_str(), "true" | "false"),
        "date" => parse_date(&text).is_some(),
        "datetime" => parse_time(&text).is_some(),
        "email" => text.contains('@'),
        _ => value.is_string(),
    };
    if !fits {
        let expected = match kind {
            "double" | "currency" | "percent" => "double",
            "checkbox" => "boolean",
            "integer" | "long" | "date" | "datetime" | "email" => kind,
            _ => "text",
        };
        return Err(refusals::wrong_type(&item.key("value"), expected));
    }
    if text.chars().count() > longest {
        return Err(refusals::too_long(&item.key("value"), longest));
    }
    Ok(value.clone())
}

fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, "Crm_Implied_Variables_Access")?;
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        "variables",
        VARIABLES_MAX,
        StatusCode::OK,
        |item| {
            let id = item.required_id("id")?;
            let at = find(&world, &id.to_string());
            let at = at.ok_or_else(|| refusals::invalid(&item.key("id")))?;
            change(&mut world, at, item)
        },
    )
}

fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, "Crm_Implied_Variables_Access")?;
    let mut world = context.shared.world();
    let at = find(&world, context.param("name")).ok_or_else(|| catalog::invalid_path_id(2))?;
    items::each(&context.call.body, "variables", 1, StatusCode::OK, |item| {
        change(&mut world, at, item)
    })
}

/// Type and group of a variable stay what they are.
fn change(world: &mut World, at: usize, item: &Item<'_>) -> Outcome {
    let kind = world.settings.variables[at].kind.clone();
    let name = match item.has("name") {
        true => Some(item.required_text("name", NAME_MAX)?.to_owned()),
        false => None,
    };
    let api_name = match item.has("api_name") {
        true => Some(item.required_text("api_name", NAME_MAX)?.to_owned()),
        false => None,
    };
    if let Some(api_name) = &api_name {
        if !is_api_name(api_name) {
            return Err(refusals::invalid(&item.key("api_name")));
        }
        if find(world, api_name).is_some_and(|other| other != at) {
            return Err(refusals::duplicate(&item.key("api_name")));
        }
    }
    let description = item
        .text("description", DESCRIPTION_MAX)?
        .map(str::to_owned);
    let value = match item.has("value") {
        true => Some(read_value(item, &kind)?),
        false => None,
    };
    let variable = &mut world.settings.variables[at];
    variable.name = name.unwrap_or_else(|| variable.name.clone());
    variable.api_name = api_name.unwrap_or_else(|| variable.api_name.clone());
    if item.has("description") {
        variable.description = description;
    }
    variable.value = value.unwrap_or_else(|| variable.value.clone());
    Ok(done(variable.id, "variable updated"))
}

fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, "Crm_Implied_Variables_Access")?;
    let ids = context
        .call
        .query
        .list("ids")
        .ok_or_else(|| catalog::required_param_missing("ids"))?;
    if ids.len() > VARIABLES_MAX {
        return Err(catalog::param_limit_exceeded("ids", VARIABLES_MAX));
    }
    let mut world = context.shared.world();
    let outcomes: Vec<Outcome> = ids
        .iter()
        .map(|id| {
            let invalid = || catalog::unknown_id(id);
            let id = parse_id(id).ok_or_else(invalid)?;
            remove(&mut world, &id.to_string()).ok_or_else(invalid)
        })
        .collect();
    Ok(items::answer("variables", StatusCode::OK, &outcomes))
}

fn delete_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, "Crm_Implied_Variables_Access")?;
    let mut world = context.shared.world();
    let removed = remove(&mut world, context.param("name"));
    let removed = removed.ok_or_else(|| catalog::invalid_path_id(2))?;
    Ok(items::answer("variables", StatusCode::OK, &[Ok(removed)]))
}

fn remove(world: &mut World, name: &str) -> Option<Value> {
    let at = find(world, name)?;
    let variable = world.settings.variables.remove(at);
    Some(done(variable.id, "variable deleted"))
}

#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
fn list_groups(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let groups = world.settings.variable_groups.iter().map(describe_group);
    Ok(answer_list("variable_groups", groups.collect()))
}

#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
fn get_group(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let id = group_of(&world, context.param("name"));
    let groups = world.settings.variable_groups.iter();
    let found = groups.filter(|group| Some(group.id) == id);
    Ok(answer_list(
        "variable_groups",
        found.map(describe_group).collect(),
    ))
}

fn describe_group(group: &VariableGroup) -> Value {
    let mut described = print::reference(&group.name, group.id);
    described["display_label"] = json!(group.name);
    described["api_name"] = json!(group.api_name);
    described["description"] = json!(group.description);
    described["source"] = json!("crm");
    described
}
