//! Pipelines are made, changed and deleted.

use axum::http::StatusCode;

use super::{require_layout, stages};
use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::settings::permit;
use crate::http::Answer;
use crate::rows::Author;
use crate::world::{Pipeline, World};

const ROOT: &str = "pipeline";
const PERMISSION: &str = "Crm_Implied_Customize_Zoho_CRM";
/// Pipelines of one call and of one layout. unknown: Zoho's numbers for each edition.
const PIPELINES_MAX: usize = 20;
const NAME_MAX: usize = 120;
const STAGES_MAX: i64 = 100;

pub(super) fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    require_layout(&world, context)?;
    items::each(
        &context.call.body,
        ROOT,
        PIPELINES_MAX,
        StatusCode::CREATED,
        |item| {
            let name = item.required_text("display_value", NAME_MAX)?;
            require_free_name(&world, item, name, None)?;
            item.required("maps")?;
            let stages = mapped(&world, item, Vec::new())?;
            if stages.is_empty() {
                return Err(refusals::invalid(&item.key("maps")));
            }
            let is_default = item.boolean("default")?.unwrap_or(false);
            if world.pipelines.len() >= PIPELINES_MAX {
                return Err(refusals::limit_exceeded(&item.key(ROOT), PIPELINES_MAX));
            }
            let pipeline = Pipeline {
                id: world.ids.next(),
                name: name.to_owned(),
                stages,
            };
            let id = pipeline.id;
            world.add_pipeline(pipeline, is_default);
            Ok(done(id, "Pipeline created successfully"))
        },
    )
}

fn require_free_name(
    world: &World,
    item: &Item<'_>,
    name: &str,
    own: Option<u64>,
) -> Result<(), Refusal> {
    let mut others = world.pipelines.iter();
    if others.any(|pipeline| Some(pipeline.id) != own && pipeline.name.eq_ignore_ascii_case(name)) {
        let refusal = refusals::duplicate(&item.key("display_value"));
        let message = "Duplicate pipeline label found";
        return Err(refusals::with_message(refusal, message));
    }
    Ok(())
}

/// The stages after `maps`: an entry adds its stage or moves it, one with `_delete` takes it out.
fn mapped(
    world: &World,
    item: &Item<'_>,
    mut current: Vec<String>,
) -> Result<Vec<String>, Refusal> {
    let mut moves: Vec<(usize, String)> = Vec::new();
    for entry in item.list("maps")?.unwrap_or_default() {
        let id = entry.required_id("id")?;
        let stage = stages(world).iter().find(|value| value.id == id);
        let stage = stage.ok_or_else(|| {
            let refusal = refusals::invalid(&entry.key("id"));
            refusals::with_message(refusal, "Invalid child option id")
        })?;
        let name = stage.reference_value.clone();
        let number = entry.number("sequence_number", 1, STAGES_MAX)?;
        let is_removed = entry.has("_delete") && entry.get("_delete") != Some(&false.into());
        if is_removed {
            current.retain(|known| *known != name);
            continue;
        }
        if !current.contains(&name) {
            current.push(name.clone());
        }
        let number = number.and_then(|number| usize::try_from(number).ok());
        moves.extend(number.map(|number| (number, name)));
    }
    moves.sort();
    for (number, name) in moves {
        current.retain(|known| *known != name);
        current.insert((number - 1).min(current.len()), name);
    }
    Ok(current)
}

pub(super) fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    require_layout(&world, context)?;
    items::each(
        &context.call.body,
        ROOT,
        PIPELINES_MAX,
        StatusCode::OK,
        |item| {
            let id = item.required_id("id")?;
            let place = world.pipelines.iter().position(|known| known.id == id);
            let place = place.ok_or_else(|| refusals::invalid(&item.key("id")))?;
            change(&mut world, place, item, context)
        },
    )
}

pub(super) fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    require_layout(&world, context)?;
    let place = known(&world, context)?;
    items::each(&context.call.body, ROOT, 1, StatusCode::OK, |item| {
        change(&mut world, place, item, context)
    })
}

fn known(world: &World, context: &Context<'_>) -> Result<usize, Refusal> {
    let id = context.id("id", 2)?;
    let mut pipelines = world.pipelines.iter();
    pipelines
        .position(|pipeline| pipeline.id == id)
        .ok_or_else(|| catalog::invalid_path_id(2))
}

fn change(world: &mut World, place: usize, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    let pipeline = world.pipelines[place].clone();
    let name = match item.has("display_value") {
        true => Some(item.required_text("display_value", NAME_MAX)?),
        false => None,
    };
    if let Some(name) = name {
        require_free_name(world, item, name, Some(pipeline.id))?;
    }
    let stages = mapped(world, item, pipeline.stages.clone())?;
    if stages.is_empty() {
        return Err(refusals::invalid(&item.key("maps")));
    }
    let is_default = item.boolean("default")?.unwrap_or(false);
    world.pipelines[place].stages = stages;
    if let Some(name) = name {
        let author = Author::new(context.caller.user, context.now());
        world.rename_pipeline(place, name, author);
    }
    if is_default {
        let pipeline = world.pipelines.remove(place);
        world.pipelines.insert(0, pipeline);
    }
    Ok(done(pipeline.id, "Pipeline updated successfully"))
}

/// `PATCH` with `_delete`: takes a pipeline out that no deal is in and that is not the default.
///
/// unknown: the words in which Zoho refuses that.
pub(super) fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    require_layout(&world, context)?;
    let place = known(&world, context)?;
    items::each(&context.call.body, ROOT, 1, StatusCode::OK, |item| {
        let delete = item
            .object("_delete")?
            .ok_or_else(|| refusals::missing(&item.key("_delete")))?;
        if delete.boolean("permanent")? != Some(true) {
            return Err(refusals::invalid(&delete.key("permanent")));
        }
        let pipeline = world.pipelines[place].clone();
        if place == 0 {
            let message = "default pipeline cannot be deleted";
            return Err(refusals::path_not_allowed(2, message));
        }
        if world.has_deals_in(&pipeline.name) {
            let message = "pipeline has records";
            return Err(refusals::path_not_allowed(2, message));
        }
        world.remove_pipeline(place);
        Ok(done(pipeline.id, "Pipeline deleted successfully"))
    })
}
