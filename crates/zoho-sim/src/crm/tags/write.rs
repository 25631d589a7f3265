//! `POST` and `PUT /settings/tags`, `PUT /settings/tags/{id}`: new tags, other names and colours.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::{TAGS_MAX, facts, outcome, tag};
use crate::catalog::{self, Refusal};
use crate::crm::actions::input;
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::rows::id_in;
use crate::world::{Tag, World};

/// Letters of a name.
const NAME_MAX: usize = 25;
/// Tags of one call.
const ITEMS_MAX: usize = 100;

/// The colours that a tag can have.
const COLOURS: [&str; 13] = [
    "#57B1FD", "#879BFC", "#658BA8", "#FD87BD", "#969696", "#F48435", "#1DB9B4", "#E7A826",
    "#63C57E", "#F17574", "#D297EE", "#A8C026", "#B88562",
];

pub(super) fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let table = param::module(&world, context.call)?;
    let body = input::body(context)?;
    let given = input::list(&body, "tags", ITEMS_MAX)?;
    let (user, now) = (context.caller.user, context.now());
    let items = given.iter().enumerate().map(|(number, given)| {
        let wanted = Wanted::read(given, number, true)?;
        let name = wanted.name.unwrap_or_default();
        refuse_taken(&world, table, &name, None)?;
        // unknown: the words of this limit.
        if world.tables[table].tags().len() >= TAGS_MAX {
            return Err(catalog::actions::limit_at("tags", "$.tags", TAGS_MAX));
        }
        let id = world.ids.next();
        let mut tag = Tag::new(id, &name, user, now);
        tag.colour = wanted.colour.flatten();
        let facts = facts(&world, &tag);
        world.tables[table].tags_mut().push(tag);
        Ok(print::success(&facts, "tags created successfully"))
    });
    let items = items.collect();
    Ok(outcome(items, StatusCode::CREATED))
}

pub(super) fn update_many(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let table = param::module(&world, context.call)?;
    let body = input::body(context)?;
    let given = input::list(&body, "tags", ITEMS_MAX)?;
    let items = given.iter().enumerate().map(|(number, given)| {
        let path = format!("$.tags[{number}].id");
        let id = given
            .get("id")
            .filter(|id| !id.is_null())
            .ok_or_else(|| catalog::actions::missing_at("id", &path))?;
        let id = id_in(id).filter(|id| world.tables[table].tag_of(*id).is_some());
        let id = id.ok_or_else(|| catalog::actions::invalid_at("id", &path))?;
        change(&mut world, context, (table, id), given, number)
    });
    let items = items.collect();
    Ok(outcome(items, StatusCode::OK))
}

pub(super) fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    param::module(&world, context.call)?;
    let tag = tag(context, &world)?;
    let body = input::body(context)?;
    let given = input::list(&body, "tags", 1)?;
    let item = change(&mut world, context, tag, &given[0], 0);
    Ok(outcome(vec![item], StatusCode::OK))
}

fn change(
    world: &mut World,
    context: &Context<'_>,
    (table, id): (usize, u64),
    given: &Value,
    number: usize,
) -> Result<Value, Refusal> {
    let wanted = Wanted::read(given, number, false)?;
    if let Some(name) = &wanted.name {
        refuse_taken(world, table, name, Some(id))?;
    }
    let (user, now) = (context.caller.user, context.now());
    let mut tags = world.tables[table].tags_mut().iter_mut();
    if let Some(tag) = tags.find(|tag| tag.id == id) {
        if let Some(name) = wanted.name {
            tag.name = name;
        }
        if let Some(colour) = wanted.colour {
            tag.colour = colour;
        }
        (tag.modified_by, tag.modified_at) = (user, now);
    }
    let facts = world.tables[table]
        .tag_of(id)
        .map_or(Value::Null, |tag| facts(world, tag));
    Ok(print::success(&facts, "tags updated successfully"))
}

fn refuse_taken(
    world: &World,
    table: usize,
    name: &str,
    own_id: Option<u64>,
) -> Result<(), Refusal> {
    match world.tables[table].tag_named(name) {
        Some(tag) if Some(tag.id) != own_id => Err(catalog::duplicate_data(
            json!({"id": tag.id.to_string(), "api_name": "name"}),
        )),
        _ => Ok(()),
    }
}

/// What a call says of a tag: nothing, or a value; the colour may be taken away.
#[derive(Debug)]
struct Wanted {
    name: Option<String>,
    colour: Option<Option<String>>,
}

impl Wanted {
    fn read(given: &Value, number: usize, is_new: bool) -> Result<Self, Refusal> {
        let path = format!("$.tags[{number}]");
        let given = given
            .as_object()
            .ok_or_else(|| catalog::actions::wrong_type_at("tags", &path, "jsonobject"))?;
        Ok(Self {
            name: name(given, &format!("{path}.name"), is_new)?,
            colour: colour(given, &format!("{path}.color_code"))?,
        })
    }
}

fn name(given: &Map<String, Value>, path: &str, is_new: bool) -> Result<Option<String>, Refusal> {
    match given.get("name") {
        None | Some(Value::Null) if !is_new => Ok(None),
        None | Some(Value::Null) => Err(catalog::actions::missing_at("name", path)),
        Some(Value::String(name)) if name.trim().is_empty() => {
            Err(catalog::actions::missing_at("name", path))
        }
        Some(Value::String(name)) if name.chars().count() > NAME_MAX => {
            let refusal = catalog::actions::invalid_at("name", path);
            Err(refusal.with_detail("maximum_length", json!(NAME_MAX)))
        }
        Some(Value::String(name)) if name.contains(['<', '>', ',']) || has_emoji(name) => {
            Err(catalog::actions::invalid_at("name", path))
        }
        Some(Value::String(name)) => Ok(Some(name.clone())),
        Some(_) => Err(catalog::actions::wrong_type_at("name", path, "string")),
    }
}

/// Emoji stand beyond the first plane of Unicode, or among its symbols.
fn has_emoji(text: &str) -> bool {
    let is_emoji = |letter: char| {
        ('\u{1F000}'..='\u{1FAFF}').contains(&letter) || ('\u{2600}'..='\u{27BF}').contains(&letter)
    };
    text.chars().any(is_emoji)
}

fn colour(given: &Map<String, Value>, path: &str) -> Result<Option<Option<String>>, Refusal> {
    match given.get("color_code") {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(Value::String(colour)) if COLOURS.contains(&colour.as_str()) => {
            Ok(Some(Some(colour.clone())))
        }
        Some(Value::String(_)) => {
            let refusal = catalog::actions::invalid_at("color_code", path);
            Err(refusal.with_detail("supported_values", json!(COLOURS)))
        }
        Some(_) => Err(catalog::actions::wrong_type_at(
            "color_code",
            path,
            "string",
        )),
    }
}
