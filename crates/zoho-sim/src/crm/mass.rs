//! Jobs of mass actions as calls see them: how they are scheduled, and how far they are.

use axum::http::StatusCode;
use serde_json::json;

use super::Context;
use crate::actions::mass::Mass;
use crate::catalog::{self, Refusal};
use crate::http::Answer;
use crate::world::jobs::{Job, JobState, Pace, Work};
use crate::world::{World, parse_id};

/// Puts a job into the queue and gives its id.
pub(super) fn schedule(world: &mut World, context: &Context<'_>, pace: Pace, mass: Mass) -> u64 {
    let work = Work::Mass(Box::new(mass));
    world.add_job(context.caller.user, context.now(), pace, work)
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
