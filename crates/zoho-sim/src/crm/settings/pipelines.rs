//! `/settings/pipeline?layout_id=`: pipelines of deals and their stages; `transfer` empties one into another and deletes it.

mod transfer;
mod write;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::crm::route::{Route, Scope};
use crate::http::Answer;
use crate::schema::{PickListValue, STAGES};
use crate::world::{Pipeline, World, parse_id};

const SCOPE: Scope = Scope::Settings("pipeline");

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/pipeline", SCOPE, list),
    Route::post("settings/pipeline", SCOPE, write::create),
    Route::put("settings/pipeline", SCOPE, write::update),
    Route::get("settings/pipeline/{id}", SCOPE, get),
    Route::put("settings/pipeline/{id}", SCOPE, write::update_one),
    Route::patch("settings/pipeline/{id}", SCOPE, write::delete),
    Route::post(
        "settings/pipeline/actions/transfer",
        SCOPE,
        transfer::transfer,
    ),
];

fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    if !is_of_deals(&world, context)? {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let pipelines: Vec<Value> = world
        .pipelines
        .iter()
        .enumerate()
        .map(|(number, pipeline)| print(&world, pipeline, number == 0))
        .collect();
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"pipeline": pipelines}),
    ))
}

fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let id = context.id("id", 2)?;
    let place = world
        .pipelines
        .iter()
        .position(|pipeline| pipeline.id == id);
    match place {
        Some(place) if is_of_deals(&world, context)? => {
            let pipeline = print(&world, &world.pipelines[place], place == 0);
            Ok(Answer::json(
                StatusCode::OK,
                &json!({"pipeline": [pipeline]}),
            ))
        }
        _ => Ok(Answer::empty(StatusCode::NO_CONTENT)),
    }
}

/// Whether the mandatory `layout_id` names a layout of deals. All of them have the same pipelines here.
fn is_of_deals(world: &World, context: &Context<'_>) -> Result<bool, Refusal> {
    let layout = context
        .call
        .query
        .get("layout_id")
        .ok_or_else(|| catalog::required_param_missing("layout_id"))?;
    let id = parse_id(layout);
    let deals = world.table_named("Deals");
    Ok(deals.is_some_and(|deals| {
        let mut layouts = deals.module.layouts.iter();
        layouts.any(|layout| Some(layout.id) == id)
    }))
}

/// The same for a call that changes something, which is refused otherwise.
fn require_layout(world: &World, context: &Context<'_>) -> Result<(), Refusal> {
    if is_of_deals(world, context)? {
        return Ok(());
    }
    Err(Refusal {
        message: "Invalid layoutid",
        ..catalog::invalid_param("layout_id")
    })
}

/// The options of the stage field, of which pipelines choose.
fn stages(world: &World) -> &[PickListValue] {
    world
        .table_named("Deals")
        .and_then(|deals| deals.module.field("Stage"))
        .map(|field| field.pick_list.as_slice())
        .unwrap_or_default()
}

fn print(world: &World, pipeline: &Pipeline, is_default: bool) -> Value {
    let known = pipeline.stages.iter().filter_map(|name| {
        let mut values = stages(world).iter();
        values.find(|value| value.reference_value == *name)
    });
    let maps: Vec<Value> = (1u32..)
        .zip(known)
        .map(|(number, value)| {
            let stage = STAGES
                .iter()
                .find(|stage| stage.name == value.reference_value);
            // An own stage is open and in the pipeline as long as nobody says otherwise.
            let (kind, category_name) = stage.map_or(("Open", "Pipeline"), |stage| {
                (stage.forecast_type, stage.forecast_category)
            });
            json!({
                "display_value": value.display_value,
                "sequence_number": number,
                "forecast_category": category(world, category_name),
                "actual_value": value.actual_value,
                "id": value.id.to_string(),
                "forecast_type": kind,
            })
        })
        .collect();
    json!({
        "display_value": pipeline.name,
        "default": is_default,
        "maps": maps,
        "actual_value": pipeline.name,
        "id": pipeline.id.to_string(),
    })
}

/// A forecast category: name and id.
pub(super) fn category(world: &World, name: &str) -> Value {
    let number = match name {
        "Pipeline" => 0,
        "Closed" => 1,
        _ => 2,
    };
    json!({"name": name, "id": world.organisation.forecast_ids[number].to_string()})
}
