//! `POST` and `PUT /settings/tags`, `PUT /settings/tags/{id}`: new tags, other names and colours.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::{facts, outcome, tag};
use crate::catalog::{self, Refusal};
use crate::crm::actions::input;
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::rows::id_in;
use crate::world::{TagName, TooManyTags, World};

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
        let wanted = Wanted::read(given, number)?;
        let name = wanted.name.ok_or_else(|| {
            catalog::actions::missing_at("name", &format!("$.tags[{number}].name"))
        })?;
        refuse_taken(&world, table, &name, None)?;
        let World { tables, ids, .. } = &mut *world;
        let table = &mut tables[table];
        let made = table.tags_of_names(&[name], user, now, || ids.next());
        let made = made.map_err(|TooManyTags| catalog::actions::no_room_for_tags())?;
        let mut tags = table.tags_mut().iter_mut();
        let mut facts_of_new = Value::Null;
        if let Some(tag) = tags.find(|tag| made.contains(&tag.id)) {
            tag.colour = wanted.colour.flatten();
            let tag = tag.clone();
            facts_of_new = facts(&world, &tag);
        }
        Ok(print::success(&facts_of_new, "tags created successfully"))
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
    let wanted = Wanted::read(given, number)?;
    if let Some(name) = &wanted.name {
        refuse_taken(world, table, name, Some(id))?;
    }
    let (user, now) = (context.caller.user, context.now());
    let mut tags = world.tables[table].tags_mut().iter_mut();
    if let Some(tag) = tags.find(|tag| tag.id == id) {
        if let Some(name) = wanted.name {
            name.as_str().clone_into(&mut tag.name);
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
    name: &TagName,
    own_id: Option<u64>,
) -> Result<(), Refusal> {
    match world.tables[table].tag_named(name.as_str()) {
        Some(tag) if Some(tag.id) != own_id => Err(catalog::duplicate_data(
            json!({"id": tag.id.to_string(), "api_name": "name"}),
        )),
        _ => Ok(()),
    }
}

/// What a call says of a tag: nothing, or a value; the colour may be taken away.
#[derive(Debug)]
struct Wanted {
    name: Option<TagName>,
    colour: Option<Option<String>>,
}

impl Wanted {
    fn read(given: &Value, number: usize) -> Result<Self, Refusal> {
        let path = format!("$.tags[{number}]");
        let given = given
            .as_object()
            .ok_or_else(|| catalog::actions::wrong_type_at("tags", &path, "jsonobject"))?;
        Ok(Self {
            name: name(given, &format!("{path}.name"))?,
            colour: colour(given, &format!("{path}.color_code"))?,
        })
    }
}

fn name(given: &Map<String, Value>, path: &str) -> Result<Option<TagName>, Refusal> {
    match given.get("name") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => TagName::new(name)
            .map(Some)
            .map_err(|bad| catalog::actions::bad_tag_name(bad, path)),
        Some(_) => Err(catalog::actions::wrong_type_at("name", path, "string")),
    }
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
