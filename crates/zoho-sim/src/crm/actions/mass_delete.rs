//! `POST` and `GET /{module}/actions/mass_delete`: deletes up to 500 records at once, or a custom view in a job.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::input;
use crate::actions::mass::{Mass, MassKind};
use crate::catalog::{self, Refusal};
use crate::crm::records::body;
use crate::crm::{Context, mass, print};
use crate::http::Answer;
use crate::rows;
use crate::world::jobs::{JobState, Pace};

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let table = context.table;
    if !world.tables[table].module.abilities.deletable {
        return Err(catalog::actions::not_supported());
    }
    let given = input::body(context)?;
    let ids = match mass::selection(context, &world, &given)? {
        mass::Selection::Ids(ids) => ids,
        mass::Selection::View(ids) => {
            if let Err(refusal) = mass::refuse_second(&world, table, StatusCode::BAD_REQUEST) {
                return Ok(body::whole(&refusal));
            }
            let pace = Pace::of_records(ids.len());
            let job = Mass::new(MassKind::Delete { table, ids });
            let job = mass::schedule(&mut world, context, pace, job)?;
            return Ok(mass::scheduled_item(
                job,
                "mass delete scheduled successfully",
            ));
        }
    };
    let author = context.author();
    let items: Vec<Result<u64, Refusal>> = ids
        .into_iter()
        .map(|id| {
            let text = id.to_string();
            if world.actions.is_locked(id) {
                return Err(catalog::actions::record_locked(&json!({"id": text})));
            }
            let is_removed = rows::remove(&mut world, table, id, author);
            is_removed
                .then_some(id)
                .ok_or_else(|| catalog::actions::not_in_bin(&text))
        })
        .collect();
    let failed = items.iter().filter(|item| item.is_err()).count();
    let status = match failed {
        0 => StatusCode::OK,
        failed if failed == items.len() => StatusCode::BAD_REQUEST,
        _ => StatusCode::MULTI_STATUS,
    };
    let items = items.into_iter().map(|item| match item {
        Ok(id) => print::success(&json!({"id": id.to_string()}), "record is deleted"),
        Err(refusal) => refusal.to_json(),
    });
    let body = json!({"data": items.collect::<Vec<Value>>()});
    Ok(Answer::json(status, &body))
}

pub(super) fn status(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let found = mass::of_param(context, &world)?;
    let is_meant =
        |mass: &Mass| matches!(mass.kind, MassKind::Delete { table, .. } if table == context.table);
    let Some((job, mass)) = found.filter(|(_, mass)| is_meant(mass)) else {
        return Err(catalog::invalid_param("job_id"));
    };
    // Of this job the file knows no waiting.
    let state = match job.state {
        JobState::Added => JobState::Running,
        state => state,
    };
    let item = json!({
        "Status": mass::word(state),
        "Failed_Count": mass.tally.failed,
        "Deleted_Count": mass.tally.done,
        "Total_Count": mass.tally.total,
    });
    Ok(Answer::json(StatusCode::OK, &json!({"data": [item]})))
}
