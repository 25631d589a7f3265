//! Jobs of mass actions as calls see them: how they are scheduled, and how far they are.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::actions::input;
use super::records::list;
use super::{Context, print};
use crate::actions::mass::{Mass, MassKind};
use crate::catalog::{self, Refusal};
use crate::http::Answer;
use crate::rows::id_in;
use crate::world::jobs::{Job, JobState, Pace, Work};
use crate::world::{Record, World, parse_id};

/// Refuses a second update or deletion of a view of the same module while one waits or runs.
///
/// unknown: whether Zoho counts by module, by user or over the whole organisation.
pub(super) fn refuse_second(
    world: &World,
    table: usize,
    status: StatusCode,
) -> Result<(), Refusal> {
    let is_same = |job: &Job| match &job.work {
        Work::Mass(mass) => matches!(
            mass.kind,
            MassKind::Update { table: of, .. } | MassKind::Delete { table: of, .. } if of == table
        ),
        _ => false,
    };
    if world.jobs.open().any(is_same) {
        return Err(catalog::actions::already_scheduled(status));
    }
    Ok(())
}

/// Puts a job into the queue and gives its id.
pub(super) fn schedule(
    world: &mut World,
    context: &Context<'_>,
    pace: Pace,
    mass: Mass,
) -> Result<u64, Refusal> {
    if world.jobs.is_full() {
        return Err(catalog::too_many_requests());
    }
    let work = Work::Mass(Box::new(mass));
    Ok(world.add_job(context.caller.user, context.now(), pace, work))
}

/// 202, with the id of the job at the top.
pub(super) fn scheduled(job: u64, message: &str) -> Answer {
    let body = json!({
        "code": "SCHEDULED",
        "details": {"job_id": job.to_string()},
        "message": message,
        "status": "success",
    });
    Answer::json(StatusCode::ACCEPTED, &body)
}

/// The job that the parameter `job_id` names; `None` when there is no such job.
pub(super) fn of_param<'w>(
    context: &Context<'_>,
    world: &'w World,
) -> Result<Option<(&'w Job, &'w Mass)>, Refusal> {
    let id = context.call.query.get("job_id");
    let id = id.ok_or_else(|| catalog::required_param_missing("job_id"))?;
    let job = parse_id(id).and_then(|id| world.jobs.get(id));
    Ok(job.and_then(|job| match &job.work {
        Work::Mass(mass) => Some((job, mass.as_ref())),
        _ => None,
    }))
}

/// The state of a job in Zoho's words.
pub(super) fn word(state: JobState) -> &'static str {
    match state {
        JobState::Added => "SCHEDULED",
        JobState::Running => "RUNNING",
        JobState::Completed => "COMPLETED",
        JobState::Failed => "FAILED",
    }
}

/// Records of one call that names them.
const IDS_MAX: usize = 500;
/// Records of a custom view.
const VIEW_MAX: usize = 50_000;

/// Which records a mass action is for.
#[derive(Debug)]
pub(super) enum Selection {
    Ids(Vec<u64>),
    View(Vec<u64>),
}

/// The records that the body names, by `ids` or by `cvid`.
pub(super) fn selection(
    context: &Context<'_>,
    world: &World,
    body: &Map<String, Value>,
) -> Result<Selection, Refusal> {
    let ids = input::ids(body, IDS_MAX)?;
    match (ids, view(context, world, body)?) {
        (Some(_), Some(_)) => Err(catalog::actions::ambiguous_keys("ids", "cvid")),
        (Some(ids), None) => Ok(Selection::Ids(ids)),
        (None, Some(ids)) => Ok(Selection::View(ids)),
        (None, None) => Err(catalog::actions::expected_field_missing(&["ids", "cvid"])),
    }
}

/// The records of the custom view that the body names.
pub(super) fn view(
    context: &Context<'_>,
    world: &World,
    body: &Map<String, Value>,
) -> Result<Option<Vec<u64>>, Refusal> {
    let Some(given) = body.get("cvid").filter(|given| !given.is_null()) else {
        return Ok(None);
    };
    let table = context.table;
    let view = id_in(given).and_then(|id| world.view(id, table, context.caller.user));
    let view = view.ok_or_else(catalog::actions::invalid_view)?;
    let criteria = list::criteria_of(world, context, Some(view));
    let is_shown = |record: &&Record| {
        let criteria = criteria.as_ref();
        criteria.is_none_or(|criteria| criteria.hold(world, record))
    };
    let rows = world.tables[table].rows.values().filter(is_shown);
    let ids: Vec<u64> = rows.map(|record| record.id).take(VIEW_MAX + 1).collect();
    if ids.is_empty() {
        return Err(catalog::actions::no_records_found());
    }
    if ids.len() > VIEW_MAX {
        return Err(catalog::actions::too_many_records(VIEW_MAX));
    }
    Ok(Some(ids))
}

/// The only item of `data`: the id of a job.
pub(super) fn scheduled_item(job: u64, message: &str) -> Answer {
    let item = print::success(&json!({"job_id": job.to_string()}), message);
    Answer::json(StatusCode::OK, &json!({"data": [item]}))
}
