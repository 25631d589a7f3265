//! `POST /Events/{id}/actions/cancel`: a meeting does not take place.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::input;
use crate::catalog::{self, Refusal};
use crate::crm::records::body;
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows;
use crate::world::Cell;

/// A meeting that is over or cancelled already is refused. unknown: the reasons that Zoho gives.
pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    const NAME: &str = "send_cancelling_mail";
    const PATH: &str = "$.data[0].send_cancelling_mail";
    let mut world = context.shared.world();
    let table = &world.tables[context.table];
    if table.module.api_name != "Events" {
        return Err(catalog::actions::not_supported());
    }
    let id = input::record(context, &world)?;
    let mail = input::body(context).and_then(|body| match input::only(&body, "data")?.get(NAME) {
        Some(Value::Bool(_)) => Ok(()),
        None | Some(Value::Null) => Err(catalog::actions::missing_at(NAME, PATH)),
        Some(_) => Err(catalog::actions::wrong_type_at(NAME, PATH, "boolean")),
    });
    if let Err(refusal) = mail {
        return Ok(body::whole(&refusal));
    }
    let ends_at = table.module.position("End_DateTime");
    let ends_at = ends_at.and_then(|at| table.rows.get(&id)?.cell(at));
    let is_over = matches!(ends_at, Some(Cell::Time(at)) if *at < context.now());
    let reason = if world.actions.cancelled.contains(&id) {
        Some("meeting is already cancelled")
    } else if is_over {
        Some("meeting is already over")
    } else {
        None
    };
    if let Some(reason) = reason {
        let refusal = catalog::actions::cannot_cancel(id, reason);
        let body = json!({"data": [refusal.to_json()]});
        return Ok(Answer::json(refusal.status, &body));
    }
    world.actions.cancelled.insert(id);
    // unknown: which fields change by it; here the meeting is told as changed, without fields.
    rows::set(&mut world, context.table, id, Vec::new(), context.author());
    let item = print::success(
        &json!({"id": id.to_string()}),
        "Event cancelled successfully",
    );
    Ok(Answer::json(StatusCode::OK, &json!({"data": [item]})))
}
