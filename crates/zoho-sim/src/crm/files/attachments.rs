//! `GET /{module}/{id}/Attachments`: the attachments of a record; below it, downloads and deletions.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::{record, sent};
use crate::catalog::{self, Refusal};
use crate::crm::records::page_token::{self, PageToken};
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::rows;
use crate::world::files::Attached;
use crate::world::{Cell, Record, World, parse_id};

/// Fields and ids that one call may name.
const FIELDS_MAX: usize = 50;
const IDS_MAX: usize = 100;
/// Attachments that can be reached by `page` alone.
const PAGED_MAX: usize = 2_000;

/// Attachments of the record, newest first, with the position of their table.
fn all(world: &World, parent: u64) -> (usize, Vec<&Record>) {
    let Some(table) = world.table_position("Attachments") else {
        return (0, Vec::new());
    };
    let known = &world.tables[table];
    let position = known.module.position("Parent_Id").unwrap_or_default();
    let ids = known.holders(position, &Cell::Id(parent)).iter();
    let mut found: Vec<&Record> = ids.filter_map(|id| known.rows.get(id)).collect();
    found.sort_by_key(|record| std::cmp::Reverse(record.id));
    (table, found)
}

pub(super) fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let parent = record(context, &world)?;
    let query = &context.call.query;
    let names = match query.list("fields") {
        Some(names) if names.len() > FIELDS_MAX => {
            return Err(catalog::param_limit_exceeded("fields", FIELDS_MAX));
        }
        Some(names) if !names.is_empty() => Some(names),
        _ if context.version.is_second() => None,
        _ => return Err(catalog::required_param_missing("fields")),
    };
    let ids: Option<Vec<u64>> = param::ids(query, IDS_MAX)?;
    let (_, mut found) = all(&world, parent);
    found.retain(|record| ids.as_ref().is_none_or(|ids| ids.contains(&record.id)));

    if query.get("page").is_some() && query.get("page_token").is_some() {
        return Err(catalog::ambiguous_params("page", "page_token"));
    }
    let page = param::Page::read(query)?;
    let per_page = page.per_page;
    if page.number * per_page > PAGED_MAX && query.get("page_token").is_none() {
        return Err(catalog::discrete_pagination_limit());
    }
    let now = context.now();
    let fingerprint = page_token::fingerprint(context.call, context.caller.user);
    let token = query.get("page_token");
    let token = token
        .map(|text| PageToken::read(text, fingerprint, now))
        .transpose()?;
    let skipped = match &token {
        None => page.skipped(),
        Some(token) => found
            .iter()
            .take_while(|record| record.id >= token.after.1)
            .count(),
    };
    let page = token.map_or(page.number, |token| token.page);
    let has_more = found.len() > skipped.saturating_add(per_page);
    let shown: Vec<&Record> = found.into_iter().skip(skipped).take(per_page).collect();
    let Some(last) = shown.last() else {
        // unknown: one example shows an empty list here; other related lists answer 204.
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    };
    let next = PageToken {
        page: page + 1,
        after: (0, last.id),
    };
    let info = json!({
        "per_page": per_page,
        "next_page_token": has_more.then(|| next.print(fingerprint, now)),
        "count": shown.len(),
        "page": page,
        "previous_page_token": null,
        "page_token_expiry": has_more.then(|| print::time(&world, now + page_token::LIFE_SECONDS)),
        "more_records": has_more,
    });
    let rows: Vec<Value> = shown
        .iter()
        .map(|record| row(&world, record, names.as_deref()))
        .collect();
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"data": rows, "info": info}),
    ))
}

/// One attachment with the named keys and its id.
fn row(world: &World, record: &Record, names: Option<&[&str]>) -> Value {
    let module = world.table_named("Attachments").map(|table| &table.module);
    let cell = |name: &str| record.cell(module?.position(name)?);
    let text = |name: &str| match cell(name) {
        Some(Cell::Text(text)) => json!(&**text),
        _ => Value::Null,
    };
    let person = |id: u64| {
        world.user(id).map_or(
            Value::Null,
            |user| json!({"name": user.full_name(), "id": id.to_string(), "email": user.email}),
        )
    };
    let parent = match cell("Parent_Id") {
        Some(Cell::Id(id)) => world.find(*id),
        _ => None,
    };
    let (module, parent) = match parent {
        None => (Value::Null, Value::Null),
        Some((table, parent)) => {
            let table = &world.tables[table];
            let parent = print::reference(&table.name_of(parent), parent.id);
            (json!(table.module.api_name), parent)
        }
    };
    let (file_id, link, kind) = match world.files.attached(record.id) {
        Some(Attached::Link(url)) => (Value::Null, json!(url), "Link URL"),
        Some(Attached::File { file_id, .. }) => (json!(file_id), Value::Null, "File"),
        None => (Value::Null, Value::Null, "File"),
    };
    let all = [
        ("Owner", person(record.owner)),
        (
            "Modified_Time",
            json!(print::time(world, record.modified_at)),
        ),
        ("File_Name", text("File_Name")),
        ("$field_states", Value::Null),
        ("Created_Time", json!(print::time(world, record.created_at))),
        ("Size", text("Size")),
        ("Parent_Id", parent),
        ("$editable", json!(true)),
        ("$sharing_permission", json!("full_access")),
        ("$file_id", file_id),
        ("$type", json!(kind)),
        ("$se_module", module),
        ("Modified_By", person(record.modified_by)),
        ("$state", json!("save")),
        ("id", json!(record.id.to_string())),
        ("Created_By", person(record.created_by)),
        ("$link_url", link),
    ];
    let is_shown = |name: &str| name == "id" || names.is_none_or(|names| names.contains(&name));
    let shown: Map<String, Value> = all
        .into_iter()
        .filter(|(name, _)| is_shown(name))
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Value::Object(shown)
}

/// The attachment that the path names, of the record that it names.
fn named(context: &Context<'_>, world: &World) -> Result<u64, Refusal> {
    let parent = record(context, world)?;
    let id = parse_id(context.param("attachment"));
    let (_, found) = all(world, parent);
    let found = found.iter().find(|record| Some(record.id) == id);
    found
        .map(|record| record.id)
        .ok_or_else(catalog::files::unknown_attachment)
}

pub(super) fn download(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let id = named(context, &world)?;
    match world.files.attached(id) {
        Some(Attached::File { file, .. }) => Ok(sent(file)),
        Some(Attached::Link(_)) => Err(catalog::files::link_not_downloadable()),
        None => Err(catalog::files::unknown_attachment()),
    }
}

pub(super) fn delete_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let id = named(context, &world)?;
    let item = delete(context, &mut world, id);
    Ok(Answer::json(StatusCode::OK, &json!({"data": [item]})))
}

pub(super) fn delete_many(context: &Context<'_>) -> Result<Answer, Refusal> {
    let wanted: Option<Vec<u64>> = param::ids(&context.call.query, IDS_MAX)?;
    let wanted = wanted.ok_or_else(|| catalog::required_param_missing("ids"))?;
    let mut world = context.shared.world();
    let parent = record(context, &world)?;
    let known: Vec<u64> = all(&world, parent)
        .1
        .iter()
        .map(|record| record.id)
        .collect();
    let mut has_refused = false;
    let items: Vec<Value> = wanted
        .into_iter()
        .map(|id| {
            if known.contains(&id) {
                return delete(context, &mut world, id);
            }
            has_refused = true;
            catalog::record_not_deleted(&id.to_string()).to_json()
        })
        .collect();
    let is_good = items.iter().any(|item| item["code"] == "SUCCESS");
    let status = match (is_good, has_refused) {
        (true, false) => StatusCode::OK,
        (true, true) => StatusCode::MULTI_STATUS,
        _ => StatusCode::BAD_REQUEST,
    };
    Ok(Answer::json(status, &json!({"data": items})))
}

fn delete(context: &Context<'_>, world: &mut World, id: u64) -> Value {
    if let Some(table) = world.table_position("Attachments") {
        rows::remove(world, table, id, context.author());
    }
    print::success(&json!({"id": id.to_string()}), "record deleted")
}
