//! `POST` and `GET /{module}/actions/mass_change_owner`: gives the records of a custom view to another user, in a job.

use axum::http::StatusCode;
use serde_json::json;

use super::input;
use crate::actions::mass::{Mass, MassKind};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, mass};
use crate::http::Answer;
use crate::world::jobs::Pace;

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let table = context.table;
    let body = input::body(context)?;
    let owner = input::user(&world, &body, "owner")?;
    let owner = owner.ok_or_else(|| catalog::actions::missing_at("owner", "$.owner"))?;
    let ids = mass::view(context, &world, &body)?;
    let ids = ids.ok_or_else(|| catalog::actions::missing_at("cvid", "$.cvid"))?;
    let pace = Pace::of_records(ids.len());
    let job = Mass::new(MassKind::ChangeOwner { table, ids, owner });
    let job = mass::schedule(&mut world, context, pace, job)?;
    let mut answer = mass::scheduled_item(job, "change owner is successfully scheduled");
    answer.status = StatusCode::ACCEPTED;
    Ok(answer)
}

pub(super) fn status(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    // The page gives this one another status than everywhere else.
    let found = mass::of_param(context, &world).map_err(|refusal| Refusal {
        status: StatusCode::NOT_FOUND,
        ..refusal
    })?;
    let is_meant = |mass: &Mass| matches!(mass.kind, MassKind::ChangeOwner { table, .. } if table == context.table);
    let Some((job, mass)) = found.filter(|(_, mass)| is_meant(mass)) else {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    };
    let item = json!({
        "Status": mass::word(job.state),
        "Failed_Count": mass.tally.failed,
        "Not_Updated_Count": mass.tally.left,
        "Updated_Count": mass.tally.done,
        "Total_Count": mass.tally.total,
    });
    Ok(Answer::json(StatusCode::OK, &json!({"data": [item]})))
}
