//! `GET /crm/bulk/v8/read/{id}`: how far a job is. `GET /crm/bulk/v8/read/{id}/result`: its file.

use axum::http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use super::per_page;
use crate::catalog::{self, Refusal};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::world::World;
use crate::world::bulk::BulkRead;
use crate::world::jobs::{JobHead, JobState};
use crate::world::parse_id;

pub(in super::super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let id = context.param("id");
    let job = parse_id(id).and_then(|id| world.jobs.get(id));
    let job = job.ok_or_else(|| catalog::bulk::resource_not_found(id))?;
    let read = job.work.bulk_read();
    let read = read.ok_or_else(|| catalog::bulk::resource_not_found(id))?;
    let body = describe(&world, &job.head, job.state, read, context.now());
    Ok(Answer::json(StatusCode::OK, &body))
}

pub(in super::super) fn download(context: &Context<'_>) -> Result<Answer, Refusal> {
    let maximum = context.shared.limits().bulk_downloads_per_minute_max;
    let mut world = context.shared.world();
    let id = context.param("id");
    let missing = || catalog::bulk::resource_not_found(id);
    let job = parse_id(id).and_then(|id| world.jobs.get_mut(id));
    let read = job.and_then(|job| job.work.bulk_read_mut());
    let read = read.ok_or_else(missing)?;
    let file = read.result.as_ref().and_then(|result| result.file.clone());
    let file = file.ok_or_else(missing)?;
    let now = context.now();
    read.downloads.retain(|at| *at > now - 60);
    if let Some(maximum) = maximum.and_then(|maximum| usize::try_from(maximum).ok()) {
        if read.downloads.len() >= maximum {
            return Err(catalog::too_many_requests());
        }
        read.downloads.push(now);
    }
    let name = format!("attachment; filename={id}.zip");
    let answer = Answer::typed(StatusCode::OK, "application/zip", file.0);
    Ok(match HeaderValue::from_str(&name) {
        Ok(name) => answer.with_header(header::CONTENT_DISPOSITION, name),
        Err(_) => answer,
    })
}

/// The job as status and callback show it.
pub(super) fn describe(
    world: &World,
    head: &JobHead,
    state: JobState,
    read: &BulkRead,
    now: i64,
) -> Value {
    let mut job = Map::new();
    job.insert("id".to_owned(), json!(head.id.to_string()));
    job.insert("operation".to_owned(), json!("read"));
    job.insert("state".to_owned(), json!(state_name(head, state, now)));
    if let Some(result) = result(head, state, read) {
        job.insert("result".to_owned(), result);
    }
    job.insert("query".to_owned(), query(world, read));
    job.insert("created_by".to_owned(), print::user(world, head.user));
    job.insert(
        "created_time".to_owned(),
        json!(print::time(world, head.created_at)),
    );
    let kind = if read.is_calendar { "ics" } else { "csv" };
    job.insert("file_type".to_owned(), json!(kind));
    json!({"data": [job]})
}

/// A job is queued for the second half of its waiting.
fn state_name(head: &JobHead, state: JobState, now: i64) -> &'static str {
    let queued_at = head.created_at.midpoint(head.starts_at);
    match state {
        JobState::Added if now >= queued_at && head.starts_at > head.created_at => "QUEUED",
        JobState::Added => "ADDED",
        JobState::Running => "IN PROGRESS",
        JobState::Completed => "COMPLETED",
        JobState::Failed => "FAILURE",
    }
}

fn result(head: &JobHead, state: JobState, read: &BulkRead) -> Option<Value> {
    if state == JobState::Failed {
        return Some(json!({"error_message": {
            "status": "error",
            "code": "INTERNAL_SERVER_ERROR",
            "message": "Internal server error occurred.",
            "details": {},
        }}));
    }
    let result = read.result.as_ref()?;
    let mut shown = json!({
        "page": read.page,
        "per_page": per_page(read),
        "count": result.count,
        "download_url": format!("/crm/bulk/v8/read/{}/result", head.id),
        "more_records": result.has_more,
    });
    if let Some(token) = &result.next_page_token {
        shown["next_page_token"] = json!(token);
    }
    Some(shown)
}

fn query(world: &World, read: &BulkRead) -> Value {
    let id = world.table_named(&read.module);
    let id = id.map(|table| table.module.id.to_string());
    let mut query = json!({"module": {"api_name": read.module, "id": id}, "page": read.page});
    if let Some(fields) = &read.fields {
        query["fields"] = json!(fields);
    }
    if let Some(criteria) = &read.criteria {
        query["criteria"] = criteria.clone();
    }
    if let Some(cvid) = read.cvid {
        query["cvid"] = json!(cvid.to_string());
    }
    query
}
