//! `POST /users/actions/transfer_and_delete` and `/users/{id}/actions/transfer_and_delete`: delete users and hand their records
//! to others; `GET` with `job_id` asks how far it is.

use axum::http::StatusCode;
use serde_json::json;

use super::write::remove;
use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Item, Outcome};
use crate::crm::settings::permit;
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows::{self, Author};
use crate::schema::Slot;
use crate::world::{Cell, World, parse_id};

const ROOT: &str = "transfer_and_delete";
const PERMISSION: &str = "Crm_Implied_Manage_Users";
/// Users of one call. unknown: Zoho's number.
const CALL_MAX: usize = 10;
/// Jobs that can be asked for.
const JOBS_MAX: usize = 1_000;

pub(super) fn many(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    items::each(&context.call.body, ROOT, CALL_MAX, StatusCode::OK, |item| {
        let id = item.required_id("id")?;
        let invalid = || refusals::invalid(&item.key("id"));
        let at = world.users.iter().position(|user| user.id == id);
        transfer(&mut world, at.ok_or_else(invalid)?, item, context)
    })
}

pub(super) fn one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let id = context.id("id", 1)?;
    let mut world = context.shared.world();
    let at = world.users.iter().position(|user| user.id == id);
    let at = at.ok_or_else(|| catalog::invalid_path_id(1))?;
    items::each(&context.call.body, ROOT, 1, StatusCode::OK, |item| {
        transfer(&mut world, at, item, context)
    })
}

/// The records of the user get another owner at once; the job that Zoho makes of it is done when it is asked for.
fn transfer(world: &mut World, at: usize, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    let transfer = item
        .object("transfer")?
        .ok_or_else(|| refusals::missing(&item.key("transfer")))?;
    let target = transfer.required_id("id")?;
    let from = world.users[at].id;
    let is_able = |id: u64| {
        let user = world.user(id);
        id != from && user.is_some_and(|user| user.is_active && !user.is_deleted)
    };
    if !is_able(target) {
        return Err(refusals::invalid(&transfer.key("id")));
    }
    if let Some(subordinates) = item.object("move_subordinate")?
        && !is_able(subordinates.required_id("id")?)
    {
        return Err(refusals::invalid(&subordinates.key("id")));
    }
    let moves_records = transfer.boolean("records")?.unwrap_or(false);
    let moves_rules = transfer.boolean("assignment")?.unwrap_or(false);
    transfer.boolean("criteria")?;
    remove(world, at, context)?;
    if moves_records {
        move_records(world, from, target, context);
    }
    if moves_rules {
        for rule in &mut world.assignment_rules {
            for owner in rule
                .entries
                .iter_mut()
                .map(|entry| &mut entry.owner)
                .chain(&mut rule.default_owner)
            {
                if *owner == from {
                    *owner = target;
                }
            }
        }
    }
    let job = world.ids.next();
    if world.settings.transfers.len() >= JOBS_MAX {
        world.settings.transfers.remove(0);
    }
    world.settings.transfers.push(job);
    let details = json!({"id": from.to_string(), "jobId": job.to_string()});
    Ok(print::success(&details, "User deleted"))
}

fn move_records(world: &mut World, from: u64, target: u64, context: &Context<'_>) {
    let author = Author::new(context.caller.user, context.now());
    for at in 0..world.tables.len() {
        let table = &world.tables[at];
        let owner_at = (0u16..)
            .zip(&table.module.fields)
            .find(|(_, field)| field.slot == Slot::Owner)
            .map(|(position, _)| position);
        let Some(owner_at) = owner_at else { continue };
        let owned: Vec<u64> = table
            .rows
            .values()
            .filter(|record| record.owner == from)
            .map(|record| record.id)
            .collect();
        for id in owned {
            let owner = (owner_at, Some(Cell::Id(target)));
            rows::set(world, at, id, vec![owner], author);
        }
    }
}

pub(super) fn status(context: &Context<'_>) -> Result<Answer, Refusal> {
    let job = context
        .call
        .query
        .get("job_id")
        .ok_or_else(|| catalog::required_param_missing("job_id"))?;
    let world = context.shared.world();
    let is_known = parse_id(job).is_some_and(|job| world.settings.transfers.contains(&job));
    if !is_known {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"transfer_and_delete": [{"status": "completed"}]}),
    ))
}
