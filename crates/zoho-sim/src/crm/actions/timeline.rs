//! `GET /{module}/{id}/__timeline`: what happened to a record, latest first.
//!
//! It is read from the log of changes, which keeps a bounded number of them.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::catalog::{self, Refusal};
use crate::crm::filters::{Fact, Filter};
use crate::crm::records::page_token::{self, PageToken};
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::world::{Action, Cell, Change, FieldChange, Table, User, World};

/// Fields that a filter may compare.
const FIELDS: [&str; 4] = ["audited_time", "source", "action", "done_by"];

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let table = &world.tables[context.table];
    let id = context
        .id("id", 1)
        .map_err(|_| catalog::actions::invalid_related_id(1))?;
    if !table.rows.contains_key(&id) {
        return Err(catalog::actions::invalid_related_id(1));
    }
    let query = &context.call.query;
    if query.get("page_token").is_some() && query.get("per_page").is_some() {
        return Err(catalog::ambiguous_params("per_page", "page_token"));
    }
    let page = param::Page::read(query)?;
    param::word(query, "sort_by", &["audited_time"], "audited_time")?;
    let is_descending = param::word(query, "sort_order", &["asc", "desc"], "desc")? == "desc";
    let filter = query.get("filters");
    let filter = filter.map(|text| Filter::read(text, &FIELDS)).transpose()?;
    let details = query.list("include_inner_details").unwrap_or_default();
    let now = context.now();
    // `per_page` is left out of later calls, so the token carries it instead of the place of a record.
    let fingerprint = fingerprint(context);
    let token = query
        .get("page_token")
        .map(|text| PageToken::read(text, fingerprint, now))
        .transpose()?;
    let page = match &token {
        None => page,
        Some(token) => param::Page {
            number: token.page,
            per_page: usize::try_from(token.after.1)
                .unwrap_or(param::PER_PAGE_MAX)
                .clamp(1, param::PER_PAGE_MAX),
        },
    };

    let mut entries: Vec<&Change> = world
        .changes
        .since(0)
        .filter(|change| change.table == context.table && change.id == id)
        .filter(|change| {
            filter
                .as_ref()
                .is_none_or(|filter| fits(&world, filter, change))
        })
        .collect();
    if is_descending {
        entries.reverse();
    }
    let shown: Vec<Value> = page
        .of(&entries)
        .iter()
        .map(|change| entry(&world, table, change, &details))
        .collect();
    if shown.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let has_more = page.has_more(entries.len());
    let token = |number: usize| {
        let after = (0, u64::try_from(page.per_page).unwrap_or_default());
        PageToken {
            page: number,
            after,
        }
        .print(fingerprint, now)
    };
    let info = json!({
        "per_page": page.per_page,
        "page": page.number,
        "count": shown.len(),
        "more_records": has_more,
        "next_page_token": has_more.then(|| token(page.number + 1)),
        "previous_page_token": (page.number > 1).then(|| token(page.number - 1)),
    });
    let body = json!({"__timeline": shown, "info": info});
    Ok(Answer::json(StatusCode::OK, &body))
}

/// The call without the parameters that only the first page has.
fn fingerprint(context: &Context<'_>) -> u64 {
    let mut call = context.call.clone();
    call.query.0.retain(|(name, _)| name != "per_page");
    page_token::fingerprint(&call, context.caller.user)
}

fn fits(world: &World, filter: &Filter, change: &Change) -> bool {
    let name = world
        .user(change.user)
        .map_or(String::new(), User::full_name);
    filter.fits(&|field| {
        Some(match field {
            "audited_time" => Fact::Time(change.at),
            "source" => Fact::Text(change.source.name()),
            "action" => Fact::Text(word(change.action)),
            "done_by" => Fact::Reference(change.user, &name),
            _ => return None,
        })
    })
}

/// unknown: the words for other actions than an update.
fn word(action: Action) -> &'static str {
    match action {
        Action::Insert => "added",
        Action::Update => "updated",
        Action::Delete => "deleted",
        Action::Restore => "restored",
    }
}

fn entry(world: &World, table: &Table, change: &Change, details: &[&str]) -> Value {
    let name = table
        .rows
        .get(&change.id)
        .map(|record| table.name_of(record));
    let history = change
        .fields
        .iter()
        .map(|field| history(world, table, field, details));
    let history: Vec<Value> = history.collect();
    json!({
        "done_by": print::user(world, change.user),
        "related_record": null,
        "automation_details": null,
        "record": {
            "module": {"api_name": table.module.api_name, "id": table.module.id.to_string()},
            "name": name,
            "id": change.id.to_string(),
        },
        "audited_time": print::time(world, change.at),
        "action": word(change.action),
        "id": world.ids.of_change(change.sequence).to_string(),
        "source": change.source.name(),
        "field_history": if history.is_empty() { Value::Null } else { Value::Array(history) },
    })
}

fn history(world: &World, table: &Table, change: &FieldChange, details: &[&str]) -> Value {
    let field = table.module.field_at(change.position);
    let value =
        |cell: Option<&Cell>| cell.map(|cell| shown(world, table, field.data_type.is_user(), cell));
    let mut entry = Map::new();
    let includes = |name: &str| {
        details
            .iter()
            .any(|detail| *detail == format!("field_history.{name}"))
    };
    if includes("data_type") {
        entry.insert("data_type".to_owned(), json!(field.data_type.name()));
    }
    if includes("enable_colour_code") {
        entry.insert("enable_colour_code".to_owned(), json!(false));
    }
    if includes("field_label") {
        entry.insert("field_label".to_owned(), json!(field.label));
    }
    if includes("pick_list_values") {
        let values = (1u32..).zip(&field.pick_list).map(|(number, value)| {
            json!({
                "display_value": value.display_value,
                "sequence_number": number,
                "colour_code": value.colour_code,
                "actual_value": value.actual_value,
                "id": value.id.to_string(),
                "type": if value.is_used { "used" } else { "unused" },
            })
        });
        entry.insert("pick_list_values".to_owned(), values.collect());
    }
    entry.insert("api_name".to_owned(), json!(field.api_name));
    entry.insert("id".to_owned(), json!(field.id.to_string()));
    let values = json!({"new": value(change.new.as_ref()), "old": value(change.old.as_ref())});
    entry.insert("_value".to_owned(), values);
    Value::Object(entry)
}

/// A value as text, as people see it.
fn shown(world: &World, table: &Table, is_user: bool, cell: &Cell) -> String {
    match cell {
        Cell::Bool(is_set) => is_set.to_string(),
        Cell::Integer(number) => number.to_string(),
        Cell::Double(number) => number.to_string(),
        Cell::Text(text) => text.to_string(),
        Cell::Time(seconds) => print::time(world, *seconds),
        Cell::Id(id) if is_user => world.user(*id).map_or(String::new(), User::full_name),
        Cell::Id(id) => {
            let found = world.find(*id);
            found.map_or(id.to_string(), |(table, record)| {
                world.tables[table].name_of(record)
            })
        }
        Cell::List(values) => values.join(";"),
        Cell::Tags(tags) => {
            let names: Vec<&str> = tags.iter().filter_map(|tag| table.tag_name(*tag)).collect();
            names.join(";")
        }
        Cell::Rows(ids) => ids.len().to_string(),
        Cell::Json(value) => value.to_string(),
    }
}
