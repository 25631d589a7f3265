//! `POST /crm/bulk/v8/read`: adds a job.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::{body, callback};
use super::{PAGE_MAX, TOKEN_SECONDS, columns, criteria};
use crate::catalog::{self, Refusal};
use crate::crm::rights::{self, Right};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows::id_in;
use crate::schema::GeneratedType;
use crate::world::World;
use crate::world::bulk::BulkRead;
use crate::world::jobs::{Pace, Work};

/// Modules that cannot be exported.
const UNSUPPORTED: [&str; 6] = [
    "Notes",
    "Attachments",
    "Emails",
    "Actions_Performed",
    "DealHistory",
    "Deal_History",
];

/// Records that a second of simulated time is enough for.
const RECORDS_PER_SECOND: usize = 50_000;

pub(in super::super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let body = body(context)?;
    let callback = callback::read(context, &body)?;
    let is_calendar = match body.get("file_type") {
        None | Some(Value::Null) => false,
        Some(Value::String(kind)) if kind == "csv" => false,
        Some(Value::String(kind)) if kind == "ics" => true,
        Some(_) => return Err(catalog::bulk::wrong_file_type()),
    };
    let query = match body.get("query") {
        Some(Value::Object(query)) => query,
        _ => return Err(catalog::bulk::body_not_supported()),
    };
    let mut guard = context.shared.world();
    let world = &mut *guard;
    let mut job = match query.get("page_token").filter(|token| !token.is_null()) {
        Some(token) => continuation(context, world, token)?,
        None => fresh(context, world, query, is_calendar)?,
    };
    job.callback = callback;
    let records = world
        .table_named(&job.module)
        .map_or(0, |table| table.rows.len());
    let pace = Pace {
        waits: 2,
        runs: u32::try_from(1 + records / RECORDS_PER_SECOND).unwrap_or(u32::MAX),
    };
    let (user, now) = (context.caller.user, context.now());
    if world.jobs.is_full() {
        return Err(catalog::too_many_requests());
    }
    let id = world.add_job(user, now, pace, Work::BulkRead(Box::new(job)));
    let details = json!({
        "id": id.to_string(),
        "operation": "read",
        "state": "ADDED",
        "created_by": print::user(world, user),
        "created_time": print::time(world, now),
    });
    let item = json!({
        "status": "success",
        "code": "ADDED_SUCCESSFULLY",
        "message": "Added successfully.",
        "details": details,
    });
    Ok(Answer::json(
        StatusCode::CREATED,
        &json!({"data": [item], "info": {}}),
    ))
}

/// A job that asks for the first page, or for one by its number.
fn fresh(
    context: &Context<'_>,
    world: &World,
    query: &Map<String, Value>,
    is_calendar: bool,
) -> Result<BulkRead, Refusal> {
    // The plain name of version 2 was made an object before. unknown: what a plain one gets later.
    let module = query
        .get("module")
        .and_then(|module| module.get("api_name"));
    let module = module
        .and_then(Value::as_str)
        .ok_or_else(catalog::bulk::body_not_supported)?;
    let table = world
        .table_position(module)
        .ok_or_else(|| catalog::bulk::module_not_available(module))?;
    let known = &world.tables[table].module;
    let is_export = !matches!(
        known.generated_type,
        GeneratedType::Linking | GeneratedType::FieldTracker
    );
    if !is_export || UNSUPPORTED.contains(&known.api_name.as_str()) {
        return Err(catalog::bulk::module_not_supported(module));
    }
    rights::require(world, context.caller.user, table, &[Right::View])?;
    let fields = fields(world, table, query)?;
    if is_calendar && (known.api_name != "Events" || fields.is_some()) {
        return Err(catalog::bulk::query_not_supported());
    }
    let criteria = match query.get("criteria").filter(|given| !given.is_null()) {
        None => None,
        Some(given) => Some(criteria::asked(world, table, given)?),
    };
    let cvid = query.get("cvid").filter(|given| !given.is_null());
    let (cvid, criteria) = match cvid {
        None => (None, criteria),
        Some(given) => {
            let view = id_in(given).and_then(|id| world.view(id, table, context.caller.user));
            let view = view.ok_or_else(catalog::bulk::cvid_not_supported)?;
            let shown = view.criteria.as_ref();
            let shown = shown
                .map(|shown| world.criteria_for(shown, context.caller.user, context.now()))
                .map(|shown| criteria::read(world, table, &shown))
                .transpose()?;
            (id_in(given), joined(shown, criteria))
        }
    };
    Ok(BulkRead {
        module: known.api_name.clone(),
        fields,
        criteria,
        cvid,
        page: page(query)?,
        after: None,
        is_calendar,
        rows_max: context.shared.limits().bulk_read_rows_max,
        callback: None,
        result: None,
        downloads: Vec::new(),
    })
}

/// Criteria of a view come before those of the query.
fn joined(view: Option<Value>, query: Option<Value>) -> Option<Value> {
    match (view, query) {
        (Some(view), Some(query)) => Some(json!({"group_operator": "and", "group": [view, query]})),
        (view, query) => view.or(query),
    }
}

fn page(query: &Map<String, Value>) -> Result<usize, Refusal> {
    let page = match query.get("page") {
        None | Some(Value::Null) => return Ok(1),
        Some(given) => given.as_u64().and_then(|page| usize::try_from(page).ok()),
    };
    match page {
        None | Some(0) => Err(catalog::bulk::page_not_supported()),
        Some(page) if page > PAGE_MAX => Err(catalog::bulk::page_range_exceeded(PAGE_MAX)),
        Some(page) => Ok(page),
    }
}

fn fields(
    world: &World,
    table: usize,
    query: &Map<String, Value>,
) -> Result<Option<Vec<String>>, Refusal> {
    let given = match query.get("fields") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(given)) if given.is_empty() => return Ok(None),
        Some(Value::Array(given)) => given,
        Some(_) => return Err(catalog::bulk::body_not_supported()),
    };
    let module = &world.tables[table].module.api_name;
    let mut names: Vec<String> = Vec::with_capacity(given.len());
    for name in given {
        let name = name
            .as_str()
            .ok_or_else(catalog::bulk::body_not_supported)?;
        let reach = columns::reach(world, table, name)
            .ok_or_else(|| catalog::bulk::field_not_available(name, module))?;
        let field = reach.field(world);
        if field.is_some_and(|(_, field)| !columns::is_written(field)) {
            return Err(catalog::bulk::field_not_supported(name));
        }
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    Ok(Some(names))
}

/// A job that goes on where another one of the same user has ended.
fn continuation(context: &Context<'_>, world: &World, token: &Value) -> Result<BulkRead, Refusal> {
    let mut own = world
        .jobs
        .iter()
        .filter(|job| job.head.user == context.caller.user);
    let found = own.find_map(|job| {
        let read = job.work.bulk_read()?;
        let result = read.result.as_ref()?;
        (result.next_page_token.as_deref() == token.as_str()).then_some((read, result))
    });
    let (read, result) = found
        .filter(|_| token.is_string())
        .ok_or_else(catalog::bulk::invalid_page_token)?;
    if context.now() >= result.made_at.saturating_add(TOKEN_SECONDS) {
        return Err(catalog::bulk::page_token_expired());
    }
    Ok(BulkRead {
        page: read.page + 1,
        after: result.last,
        result: None,
        downloads: Vec::new(),
        callback: None,
        ..read.clone()
    })
}
