//! `/settings/automation/assignment_rules`: who owns records that come without an owner (the rules come from a seed), and
//! `/settings/emails/actions/from_addresses`.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::module_reference;
use crate::catalog::{self, Refusal};
use crate::crm::route::{Route, Scope};
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::world::{AssignmentRule, World};

const SCOPE: Scope = Scope::Settings("assignment_rules");
// unknown: the scope of this call; no page at hand names one.
const EMAILS: Scope = Scope::Settings("emails");

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/automation/assignment_rules", SCOPE, list),
    Route::get("settings/automation/assignment_rules/{id}", SCOPE, get),
    Route::get(
        "settings/emails/actions/from_addresses",
        EMAILS,
        from_addresses,
    ),
];

fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let module = match context.call.query.get("module") {
        None => None,
        Some(_) => {
            let table = param::module(&world, context.call)?;
            Some(world.tables[table].module.api_name.clone())
        }
    };
    let rules = world.assignment_rules.iter();
    let rules: Vec<Value> = rules
        .filter(|rule| module.as_ref().is_none_or(|module| rule.module == *module))
        .map(|rule| describe(&world, rule))
        .collect();
    Ok(answer(rules))
}

fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 3)?;
    let world = context.shared.world();
    let table = param::module(&world, context.call)?;
    let module = &world.tables[table].module.api_name;
    let rules = world.assignment_rules.iter();
    let found = rules.filter(|rule| rule.id == id && rule.module == *module);
    let found: Vec<Value> = found.map(|rule| describe(&world, rule)).collect();
    Ok(answer(found))
}

fn answer(rules: Vec<Value>) -> Answer {
    if rules.is_empty() {
        return Answer::empty(StatusCode::NO_CONTENT);
    }
    Answer::json(StatusCode::OK, &json!({"assignment_rules": rules}))
}

fn describe(world: &World, rule: &AssignmentRule) -> Value {
    let owner = world.first_user_id();
    let made = print::time(world, world.organisation.created_at);
    let module = world.table_named(&rule.module);
    json!({
        "id": rule.id.to_string(),
        "name": rule.name,
        "api_name": rule.name.replace(' ', "_"),
        "description": null,
        "module": module.map(|table| module_reference(&table.module.api_name, table.module.id)),
        "default_assignee": rule.default_owner.map(|user| print::user(world, user)),
        "created_time": made,
        "modified_time": made,
        "created_by": print::user(world, owner),
        "modified_by": print::user(world, owner),
    })
}

/// The addresses from which a user may send: the user's own.
fn from_addresses(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let id = match context.call.query.get("user_id") {
        None => context.caller.user,
        Some(text) => crate::world::parse_id(text)
            .filter(|id| world.user(*id).is_some())
            .ok_or_else(|| catalog::invalid_param("user_id"))?,
    };
    let addresses: Vec<Value> = world
        .user(id)
        .map(|user| {
            json!({
                "email": user.email,
                "type": "primary",
                "id": user.id.to_string(),
                "user_name": user.full_name(),
                "default": true,
            })
        })
        .into_iter()
        .collect();
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"from_addresses": addresses}),
    ))
}
