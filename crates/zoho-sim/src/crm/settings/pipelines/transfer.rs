//! `POST /settings/pipeline/actions/transfer?layout_id=`: the deals of a pipeline move to another, stage by stage, and the
//! pipeline is deleted.

use std::collections::HashMap;

use axum::http::StatusCode;
use serde_json::json;

use super::{require_layout, stages};
use crate::catalog::Refusal;
use crate::catalog::settings as refusals;
use crate::crm::items::{self, Item, Outcome};
use crate::crm::settings::permit;
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows::Author;
use crate::world::World;

pub(super) fn transfer(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, "Crm_Implied_Customize_Zoho_CRM")?;
    let mut world = context.shared.world();
    require_layout(&world, context)?;
    items::each(
        &context.call.body,
        "transfer_pipeline",
        1,
        StatusCode::OK,
        |item| transfer_one(&mut world, item, context),
    )
}

/// Zoho makes a job of it; here it is done at once.
fn transfer_one(world: &mut World, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    let pipelines = item
        .object("pipeline")?
        .ok_or_else(|| refusals::missing(&item.key("pipeline")))?;
    let place = |world: &World, name: &str| -> Result<usize, Refusal> {
        let id = pipelines.required_id(name)?;
        let place = world.pipelines.iter().position(|known| known.id == id);
        place.ok_or_else(|| invalid(&pipelines, name))
    };
    let (from, to) = (place(world, "from")?, place(world, "to")?);
    if from == to {
        let refusal = refusals::invalid(&pipelines.key("to"));
        let message = "Both from_id and to_id cannot be same ";
        return Err(refusals::with_message(refusal, message));
    }
    let list = item
        .list("stages")?
        .ok_or_else(|| refusals::missing(&item.key("stages")))?;
    let mut ways: HashMap<String, String> = HashMap::new();
    for entry in &list {
        let stage = |name: &str, pipeline: usize| -> Result<String, Refusal> {
            let id = entry.required_id(name)?;
            let stage = stages(world).iter().find(|value| value.id == id);
            let known = &world.pipelines[pipeline].stages;
            stage
                .map(|stage| stage.reference_value.clone())
                .filter(|stage| known.contains(stage))
                .ok_or_else(|| invalid(entry, name))
        };
        let (old, new) = (stage("from", from)?, stage("to", to)?);
        if ways.insert(old, new).is_some() {
            let key = entry.key("from");
            let details = json!({"api_name": key.name, "json_path": key.path});
            let message = "from id is mapped more than once";
            return Err(refusals::other("ALREADY_USED", message, details));
        }
    }
    let names = &world.pipelines[from].stages;
    if names.iter().any(|stage| !ways.contains_key(stage)) {
        // unknown: what Zoho says when a stage of the old pipeline has no way into the new one.
        return Err(refusals::invalid(&item.key("stages")));
    }
    let author = Author::new(context.caller.user, context.now());
    world.move_deals(from, to, &ways, author);
    world.remove_pipeline(from);
    let job = world.ids.next();
    let message = "transfer pipeline scheduled successfully";
    Ok(print::success(&json!({"job_id": job.to_string()}), message))
}

fn invalid(item: &Item<'_>, name: &str) -> Refusal {
    let message = if name == "from" {
        "Invalid from id"
    } else {
        "Invalid to id"
    };
    refusals::with_message(refusals::invalid(&item.key(name)), message)
}
