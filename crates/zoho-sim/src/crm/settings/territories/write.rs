//! Territories are made, changed and deleted.
//!
//! unknown: Zoho's words for what went well here, which no sample at hand shows.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::query::Criteria;
use crate::crm::settings::permit;
use crate::crm::{Context, param};
use crate::http::Answer;
use crate::world::settings::{Stamp, Territory};
use crate::world::{World, parse_id};

const ROOT: &str = "territories";
const PERMISSION: &str = "Crm_Implied_Manage_Territories";
const CALL_MAX: usize = 10;
/// Territories of the organisation. unknown: Zoho's number for each edition.
const TERRITORIES_MAX: usize = 500;
const NAME_MAX: usize = 100;
const DESCRIPTION_MAX: usize = 250;

/// Rules, and the module for whose records each is.
const RULES: [(&str, &str); 4] = [
    ("account_rule_criteria", "Accounts"),
    ("deal_rule_criteria", "Deals"),
    ("lead_rule_criteria", "Leads"),
    ("contact_rule_criteria", "Contacts"),
];

pub(super) fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        ROOT,
        CALL_MAX,
        StatusCode::CREATED,
        |item| {
            item.required("name")?;
            let mut territory = Territory {
                id: 0,
                name: String::new(),
                description: None,
                manager: None,
                reporting_to: None,
                permission_type: "read_write_delete".to_owned(),
                rules: Map::new(),
                users: Vec::new(),
                stamp: Stamp::new(context.now(), context.caller.user),
            };
            put(&world, &mut territory, item)?;
            if world.settings.territories.len() >= TERRITORIES_MAX {
                return Err(refusals::limit_exceeded(&item.key("name"), TERRITORIES_MAX));
            }
            territory.id = world.ids.next();
            let id = territory.id;
            world.settings.territories.push(territory);
            Ok(done(id, "Territory added"))
        },
    )
}

/// Puts what is given into a territory; its id is 0 as long as it is new.
fn put(world: &World, territory: &mut Territory, item: &Item<'_>) -> Result<(), Refusal> {
    let own = territory.id;
    if item.has("name") {
        let name = item.required_text("name", NAME_MAX)?;
        let mut others = world.settings.territories.iter();
        if others.any(|known| known.id != own && known.name.eq_ignore_ascii_case(name)) {
            return Err(refusals::duplicate(&item.key("name")));
        }
        name.clone_into(&mut territory.name);
    }
    if item.has("description") {
        let description = item.text("description", DESCRIPTION_MAX)?;
        territory.description = description.map(str::to_owned);
    }
    if item.has("manager") {
        territory.manager = item.reference("manager")?;
        if territory
            .manager
            .is_some_and(|user| world.user(user).is_none())
        {
            return Err(refusals::invalid(&item.key("manager")));
        }
    }
    if item.has("reporting_to") {
        territory.reporting_to = item.reference("reporting_to")?;
        if let Some(above) = territory.reporting_to {
            let is_circle = own != 0 && world.is_territory_below(above, own);
            if world.territory(above).is_none() || is_circle {
                return Err(refusals::invalid(&item.key("reporting_to")));
            }
        }
    }
    if let Some(word) = item.word("permission_type", &["read_write_delete", "read_only"])? {
        word.clone_into(&mut territory.permission_type);
    }
    for (rule, module) in RULES {
        if !item.has(rule) {
            continue;
        }
        let Some(criteria) = item.get(rule) else {
            territory.rules.insert(rule.to_owned(), Value::Null);
            continue;
        };
        let table = world.table_position(module);
        let is_read = table.is_some_and(|table| Criteria::parse(world, table, criteria).is_ok());
        if !is_read {
            return Err(refusals::invalid(&item.key(rule)));
        }
        territory.rules.insert(rule.to_owned(), criteria.clone());
    }
    Ok(())
}

pub(super) fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    items::each(&context.call.body, ROOT, CALL_MAX, StatusCode::OK, |item| {
        let id = item.required_id("id")?;
        let place = place_of(&world, id).ok_or_else(|| refusals::invalid(&item.key("id")))?;
        change(&mut world, place, item, context)
    })
}

pub(super) fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let place = place_of(&world, context.id("id", 2)?);
    let place = place.ok_or_else(|| catalog::invalid_path_id(2))?;
    items::each(&context.call.body, ROOT, 1, StatusCode::OK, |item| {
        change(&mut world, place, item, context)
    })
}

fn place_of(world: &World, id: u64) -> Option<usize> {
    let mut territories = world.settings.territories.iter();
    territories.position(|territory| territory.id == id)
}

fn change(world: &mut World, place: usize, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    let mut territory = world.settings.territories[place].clone();
    put(world, &mut territory, item)?;
    territory.stamp.touch(context.now(), context.caller.user);
    let id = territory.id;
    world.settings.territories[place] = territory;
    Ok(done(id, "Territory updated"))
}

pub(super) fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let ids = param::required_id_texts(&context.call.query, CALL_MAX)?;
    let mut world = context.shared.world();
    let outcomes: Vec<Outcome> = ids
        .iter()
        .map(|text| {
            let place = parse_id(text).and_then(|id| place_of(&world, id));
            remove(&mut world, place.ok_or_else(|| catalog::unknown_id(text))?)
        })
        .collect();
    Ok(items::answer(ROOT, StatusCode::OK, &outcomes))
}

pub(super) fn delete_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let place = place_of(&world, context.id("id", 2)?);
    let outcome = remove(
        &mut world,
        place.ok_or_else(|| catalog::invalid_path_id(2))?,
    );
    Ok(items::answer(ROOT, StatusCode::OK, &[outcome]))
}

/// A territory with others below it stays.
fn remove(world: &mut World, place: usize) -> Outcome {
    let id = world.settings.territories[place].id;
    let mut territories = world.settings.territories.iter();
    if territories.any(|territory| territory.reporting_to == Some(id)) {
        let details = json!({"id": id.to_string()});
        let message = "territory has child territories";
        return Err(refusals::other("NOT_ALLOWED", message, details));
    }
    world.settings.territories.remove(place);
    Ok(done(id, "Territory deleted"))
}
