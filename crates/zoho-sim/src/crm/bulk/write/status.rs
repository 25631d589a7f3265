//! `GET /crm/bulk/v8/write/{id}`: how far a job is. `GET /v8/crm/{organisation}/bulk-write/{id}/{file}` on the content host:
//! what became of each row.

use axum::http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::catalog::{self, Refusal};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::world::World;
use crate::world::bulk::{BulkWrite, Mapping, WriteResource};
use crate::world::jobs::{JobHead, JobState, Work};
use crate::world::parse_id;

pub(in super::super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let id = context.param("id");
    match parse_id(id).and_then(|id| world.jobs.get(id)) {
        Some(job) if let Work::BulkWrite(write) = &job.work => {
            let body = describe(&world, &job.head, job.state, write);
            Ok(Answer::json(StatusCode::OK, &body))
        }
        _ => Err(catalog::bulk::resource_not_found(id)),
    }
}

pub(in super::super) fn download(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let id = context.param("id");
    let missing = || catalog::bulk::resource_not_found(id);
    let is_own = context.param("organisation") == format!("org{}", world.organisation.zgid);
    let is_named = context.param("file") == format!("{id}.zip");
    let job = parse_id(id).and_then(|id| world.jobs.get(id));
    let job = job.filter(|_| is_own && is_named).ok_or_else(missing)?;
    let Work::BulkWrite(write) = &job.work else {
        return Err(missing());
    };
    let file = write.result.clone().ok_or_else(missing)?;
    let answer = Answer::typed(StatusCode::OK, "application/octet-stream", file.0);
    let name = format!("attachment; filename={id}.zip");
    Ok(match HeaderValue::from_str(&name) {
        Ok(name) => answer.with_header(header::CONTENT_DISPOSITION, name),
        Err(_) => answer,
    })
}

/// The job as status and callback show it.
pub(super) fn describe(world: &World, head: &JobHead, state: JobState, write: &BulkWrite) -> Value {
    let resources: Vec<Value> = write
        .resources
        .iter()
        .map(|known| resource(world, state, known))
        .collect();
    let mut job = json!({
        "status": name(state),
        "character_encoding": write.character_encoding,
        "resource": resources,
        "id": head.id.to_string(),
        "created_by": print::user(world, head.user),
        "operation": write.operation.name(),
        "created_time": print::time(world, head.created_at),
    });
    if let Some(callback) = &write.callback {
        job["callback"] = json!({"url": callback.url, "method": "post"});
    }
    if write.result.is_some() {
        let (zgid, id) = (&world.organisation.zgid, head.id);
        let url = format!("/v8/crm/org{zgid}/bulk-write/{id}/{id}.zip");
        job["result"] = json!({"download_url": url});
    }
    job
}

fn name(state: JobState) -> &'static str {
    match state {
        JobState::Added => "ADDED",
        JobState::Running => "INPROGRESS",
        JobState::Completed => "COMPLETED",
        JobState::Failed => "FAILED",
    }
}

fn resource(world: &World, state: JobState, resource: &WriteResource) -> Value {
    let id = world.table_named(&resource.module);
    let id = id.map(|table| table.module.id.to_string());
    let mappings: Vec<Value> = resource.mappings.iter().map(mapping).collect();
    let counts = resource.counts;
    let status = match state {
        // The other files of a job that failed are not touched.
        JobState::Failed if resource.code == "ADDED" => "SKIPPED",
        state => name(state),
    };
    let mut shown = json!({
        "status": status,
        "code": resource.code,
        "type": "data",
        "module": {"api_name": resource.module, "id": id},
        "field_mappings": mappings,
        "file": {
            "status": status,
            "name": resource.file_name,
            "added_count": counts.added,
            "skipped_count": counts.skipped,
            "updated_count": counts.updated,
            "total_count": counts.total,
        },
    });
    if let Some(find_by) = &resource.find_by {
        shown["find_by"] = json!(find_by);
    }
    shown
}

fn mapping(mapping: &Mapping) -> Value {
    let default = mapping.default_value.as_ref();
    json!({
        "api_name": mapping.api_name,
        "index": mapping.index,
        "format": mapping.format,
        "find_by": mapping.find_by,
        "module": mapping.module,
        "parent_column_index": mapping.parent_column_index,
        "default_value": default.map(|value| json!({"value": value})),
    })
}
