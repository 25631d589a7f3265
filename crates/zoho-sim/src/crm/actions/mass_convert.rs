//! `POST` and `GET /{module}/actions/mass_convert`: a job that converts leads, quotes or sales orders.

use axum::http::StatusCode;
use serde_json::json;

use super::input;
use crate::actions::convert::Order;
use crate::actions::inventory;
use crate::actions::mass::{Mass, MassKind};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, mass};
use crate::http::Answer;
use crate::world::jobs::Pace;

/// Leads of one call.
const IDS_MAX: usize = 50;

pub(super) fn schedule(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let table = &world.tables[context.table];
    let module = &table.module.api_name;
    if module != "Leads" && !inventory::is_convertible(module) {
        return Err(catalog::actions::not_supported());
    }
    let body = input::body(context)?;
    let ids = input::ids(&body, IDS_MAX)?;
    let ids = ids.ok_or_else(|| catalog::actions::missing_at("ids", "$.ids"))?;
    let is_known = |id: &u64| table.rows.contains_key(id);
    if let Some(place) = ids.iter().position(|id| !is_known(id)) {
        return Err(catalog::actions::invalid_at(
            "ids",
            &format!("$.ids[{place}]"),
        ));
    }
    let pace = Pace::of_records(ids.len());
    let job = if module == "Leads" {
        let order = Order::read(&world, &body, "$")?;
        Mass::new(MassKind::Convert { ids, order })
    } else {
        let mut order = inventory::Order::read(&world, module, &body, "$")?;
        order.owner = input::user(&world, &body, "assign_to")?;
        Mass::new(MassKind::ConvertInventory {
            table: context.table,
            ids,
            order,
        })
    };
    let job = mass::schedule(&mut world, context, pace, job)?;
    Ok(mass::scheduled(job, "Mass Convert scheduled successfully"))
}

pub(super) fn status(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let found = mass::of_param(context, &world)?;
    let Some((job, mass)) = found else {
        return Err(catalog::invalid_param("job_id"));
    };
    match mass.kind {
        MassKind::Convert { .. } => {}
        // The files show the counts of leads and those of quotes and orders under different names.
        MassKind::ConvertInventory { .. } => {
            let counts = json!({
                "total_count": mass.tally.total,
                "converted_count": mass.tally.done,
                "not_converted_count": mass.tally.left,
                "failed_count": mass.tally.failed,
                "status": mass::word(job.state),
            });
            return Ok(Answer::json(StatusCode::OK, &counts));
        }
        _ => return Err(catalog::invalid_param("job_id")),
    }
    let item = json!({
        "Status": mass::word(job.state),
        "Failed_Count": mass.tally.failed,
        "Not_Converted_Count": mass.tally.left,
        "Total_Count": mass.tally.total,
        "Converted_Count": mass.tally.done,
    });
    Ok(Answer::json(StatusCode::OK, &json!({"data": [item]})))
}
