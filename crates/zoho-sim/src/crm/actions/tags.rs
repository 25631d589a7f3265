//! `POST /{module}[/{id}]/actions/add_tags` and `remove_tags`: tags of one record or many.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::input;
use crate::actions::tags;
use crate::catalog::{self, Refusal};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows::id_in;
use crate::world::{TAGS_OF_RECORD_MAX, Table, TagName, TooManyTags, World, parse_id};

/// Records of one call.
const IDS_MAX: usize = 500;

/// A tag as a call names it.
#[derive(Debug)]
enum Named {
    Id(u64),
    Name(TagName),
}

impl Named {
    fn name(&self) -> Option<&TagName> {
        match self {
            Self::Id(_) => None,
            Self::Name(name) => Some(name),
        }
    }
}

pub(super) fn add_to_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    change(context, true, true)
}

pub(super) fn add_to_many(context: &Context<'_>) -> Result<Answer, Refusal> {
    change(context, true, false)
}

pub(super) fn remove_from_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    change(context, false, true)
}

pub(super) fn remove_from_many(context: &Context<'_>) -> Result<Answer, Refusal> {
    change(context, false, false)
}

fn change(context: &Context<'_>, is_added: bool, is_one: bool) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let table = context.table;
    if tags::field(&world.tables[table]).is_none() {
        return Err(catalog::actions::not_supported());
    }
    let body = input::body(context)?;
    let ids = if is_one {
        vec![input::record(context, &world)?]
    } else {
        ids(context, &body)?
    };
    let named = named(context, &body)?;
    let over_write =
        input::flag(&body, "over_write")? || context.call.query.get("over_write") == Some("true");
    let items: Vec<Result<u64, Refusal>> = ids
        .iter()
        .enumerate()
        .map(|(number, id)| {
            if !world.tables[table].rows.contains_key(id) {
                return Err(catalog::actions::invalid_at(
                    "ids",
                    &format!("$.ids[{number}]"),
                ));
            }
            if world.actions.is_locked(*id) {
                let details = json!({"id": id.to_string()});
                return Err(catalog::actions::record_locked(&details));
            }
            if is_added {
                add(&mut world, context, *id, &named, over_write)?;
            } else {
                remove(&mut world, context, *id, &named);
            }
            Ok(*id)
        })
        .collect();
    Ok(answer(
        &world.tables[table],
        &items,
        context.version.is_second(),
    ))
}

fn ids(context: &Context<'_>, body: &Map<String, Value>) -> Result<Vec<u64>, Refusal> {
    if let Some(ids) = input::ids(body, IDS_MAX)? {
        return Ok(ids);
    }
    // Older versions have them in the query string.
    match context.call.query.list("ids") {
        None => Err(catalog::actions::missing_at("ids", "$.ids")),
        Some(ids) if ids.len() > IDS_MAX => Err(catalog::param_limit_exceeded("ids", IDS_MAX)),
        Some(ids) => {
            let ids: Option<Vec<u64>> = ids.into_iter().map(parse_id).collect();
            ids.ok_or_else(catalog::unparsable_param)
        }
    }
}

fn named(context: &Context<'_>, body: &Map<String, Value>) -> Result<Vec<Named>, Refusal> {
    if body.get("tags").is_none_or(Value::is_null)
        && let Some(names) = context.call.query.list("tag_names")
    {
        // unknown: where Zoho says the fault of a name in the query string is; here as in a body.
        let named = names.iter().enumerate().map(|(number, name)| {
            let path = format!("$.tags[{number}].name");
            let name = TagName::new(name);
            name.map_err(|bad| catalog::actions::bad_tag_name(bad, &path))
        });
        return named.map(|name| name.map(Named::Name)).collect();
    }
    let given = input::list(body, "tags", usize::MAX)?;
    let read = |(number, tag): (usize, &Value)| {
        let path = format!("$.tags[{number}].name");
        let id = tag.get("id").filter(|id| !id.is_null());
        match tag.get("name").filter(|name| !name.is_null()) {
            Some(Value::String(name)) => TagName::new(name)
                .map(Named::Name)
                .map_err(|bad| catalog::actions::bad_tag_name(bad, &path)),
            Some(_) => Err(catalog::actions::wrong_type_at("name", &path, "string")),
            None => match id.map(id_in) {
                None => Err(catalog::actions::missing_at("name", &path)),
                Some(Some(id)) => Ok(Named::Id(id)),
                Some(None) => Err(catalog::actions::invalid_at(
                    "id",
                    &format!("$.tags[{number}].id"),
                )),
            },
        }
    };
    given.iter().enumerate().map(read).collect()
}

/// New names become tags of the module.
///
/// unknown: how Zoho says that a record would have too many tags.
fn add(
    world: &mut World,
    context: &Context<'_>,
    id: u64,
    named: &[Named],
    over_write: bool,
) -> Result<(), Refusal> {
    let author = context.author();
    let World { tables, ids, .. } = world;
    let table = &mut tables[context.table];
    let kept = if over_write {
        Vec::new()
    } else {
        tags::of(table, id)
    };
    let names: Vec<TagName> = named.iter().filter_map(Named::name).cloned().collect();
    let known = with_named(table, kept.clone(), named)?;
    if known.len() + table.new_names(&names).len() > TAGS_OF_RECORD_MAX {
        return Err(catalog::actions::limit_at(
            "tags",
            "$.tags",
            TAGS_OF_RECORD_MAX,
        ));
    }
    table
        .tags_of_names(&names, author.user, author.now, || ids.next())
        .map_err(|TooManyTags| catalog::actions::no_room_for_tags())?;
    let carried = with_named(table, kept, named)?;
    tags::set(world, context.table, id, carried, author);
    Ok(())
}

/// These tags and those of the named ones that the module has.
fn with_named(table: &Table, mut tags: Vec<u64>, named: &[Named]) -> Result<Vec<u64>, Refusal> {
    for named in named {
        let tag = match named {
            Named::Id(id) => Some(
                table
                    .tag_of(*id)
                    .ok_or_else(|| catalog::actions::invalid_at("tags", "$.tags"))?,
            ),
            Named::Name(name) => table.tag_named(name.as_str()),
        };
        if let Some(tag) = tag.filter(|tag| !tags.contains(&tag.id)) {
            tags.push(tag.id);
        }
    }
    Ok(tags)
}

fn remove(world: &mut World, context: &Context<'_>, id: u64, named: &[Named]) {
    let table = &world.tables[context.table];
    let is_named = |tag: u64| {
        named.iter().any(|named| match named {
            Named::Id(id) => *id == tag,
            Named::Name(name) => table
                .tag_named(name.as_str())
                .is_some_and(|known| known.id == tag),
        })
    };
    let mut kept = tags::of(table, id);
    kept.retain(|tag| !is_named(*tag));
    tags::set(world, context.table, id, kept, context.author());
}

fn answer(table: &Table, items: &[Result<u64, Refusal>], is_second: bool) -> Answer {
    let succeeded = items.iter().filter(|item| item.is_ok()).count();
    let status = match succeeded {
        0 => StatusCode::BAD_REQUEST,
        count if count == items.len() => StatusCode::OK,
        _ => StatusCode::MULTI_STATUS,
    };
    let is_locked = |item: &&Result<u64, Refusal>| {
        item.as_ref()
            .is_err_and(|refusal| refusal.code == "RECORD_LOCKED")
    };
    let locked = items.iter().filter(is_locked).count();
    let shown = |tag: u64| match table.tag_of(tag) {
        Some(tag) if is_second => json!(tag.name),
        Some(tag) => {
            json!({"name": tag.name, "id": tag.id.to_string(), "color_code": tag.colour})
        }
        None => Value::Null,
    };
    let items = items.iter().map(|item| match item {
        Err(refusal) => refusal.to_json(),
        Ok(id) => {
            let tags: Vec<Value> = tags::of(table, *id).into_iter().map(shown).collect();
            print::success(
                &json!({"id": id.to_string(), "tags": tags}),
                "tags updated successfully",
            )
        }
    });
    let body = json!({
        "data": items.collect::<Vec<Value>>(),
        "success_count": succeeded.to_string(),
        "locked_count": locked.to_string(),
    });
    Answer::json(status, &body)
}
