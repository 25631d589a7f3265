//! `POST` and `GET /settings/tags/actions/mass_delete`: a job that deletes tags.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::actions::input;
use crate::actions::mass::{Mass, MassKind};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, mass};
use crate::http::Answer;
use crate::rows::id_in;
use crate::world::jobs::Pace;

const KEY: &str = "mass_delete";
/// Modules, and tags of each. unknown: the documentation names no numbers.
const ITEMS_MAX: usize = 100;

pub(super) fn schedule(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let body = input::body(context)?;
    let mut wanted = Vec::new();
    for (number, one) in input::list(&body, KEY, ITEMS_MAX)?.iter().enumerate() {
        let path = format!("$.{KEY}[{number}]");
        let module = one
            .get("module")
            .and_then(Value::as_object)
            .ok_or_else(|| catalog::actions::missing_at("module", &format!("{path}.module")))?;
        let name = module.get("api_name").and_then(Value::as_str);
        let id = module.get("id").and_then(id_in);
        let mut tables = world.tables.iter();
        let table = tables.position(|table| {
            name == Some(table.module.api_name.as_str()) || id == Some(table.module.id)
        });
        let table = table
            .ok_or_else(|| catalog::actions::invalid_at("module", &format!("{path}.module")))?;
        let tags = one
            .get("tags")
            .and_then(Value::as_array)
            .ok_or_else(|| catalog::actions::missing_at("tags", &format!("{path}.tags")))?;
        if tags.len() > ITEMS_MAX {
            return Err(catalog::actions::limit_at(
                "tags",
                &format!("{path}.tags"),
                ITEMS_MAX,
            ));
        }
        for (place, tag) in tags.iter().enumerate() {
            let path = format!("{path}.tags[{place}].id");
            let id = tag.get("id");
            let id = id.ok_or_else(|| catalog::actions::missing_at("id", &path))?;
            let id = id_in(id).filter(|id| world.tables[table].tag_of(*id).is_some());
            let id = id.ok_or_else(|| catalog::actions::invalid_at("id", &path))?;
            wanted.push((table, id));
        }
    }
    let pace = Pace::of_records(wanted.len());
    let job = Mass::new(MassKind::DeleteTags(wanted));
    let job = mass::schedule(&mut world, context, pace, job)?;
    Ok(mass::scheduled(job, "tags delete scheduled successfully"))
}

pub(super) fn status(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let Some((job, mass)) = mass::of_param(context, &world)?
        .filter(|(_, mass)| matches!(mass.kind, MassKind::DeleteTags(_)))
    else {
        let refusal = catalog::actions::invalid_job(context.call.query.get("job_id"));
        let body = json!({KEY: [refusal.to_json()]});
        return Ok(Answer::json(StatusCode::BAD_REQUEST, &body));
    };
    let item = json!({
        "job_id": job.head.id.to_string(),
        "total_count": mass.tally.total,
        "failed_count": mass.tally.failed,
        "deleted_count": mass.tally.done,
        "status": mass::word(job.state),
    });
    Ok(Answer::json(StatusCode::OK, &json!({KEY: [item]})))
}
