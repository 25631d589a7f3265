//! `GET /settings/pipeline?layout_id=`: pipelines of deals and their stages.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::http::Answer;
use crate::schema::{Field, STAGES};
use crate::world::{Pipeline, World, parse_id};

pub(crate) fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let layout = context
        .call
        .query
        .get("layout_id")
        .ok_or_else(|| catalog::required_param_missing("layout_id"))?;
    let world = context.shared.world();
    let deals = world
        .table_named("Deals")
        .filter(|deals| parse_id(layout) == Some(deals.module.layout_id()));
    let Some(deals) = deals else {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    };
    let stage_field = deals.module.field("Stage");
    let pipelines: Vec<Value> = world
        .pipelines
        .iter()
        .enumerate()
        .map(|(number, pipeline)| print(&world, pipeline, number == 0, stage_field))
        .collect();
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"pipeline": pipelines}),
    ))
}

fn print(
    world: &World,
    pipeline: &Pipeline,
    is_default: bool,
    stage_field: Option<&Field>,
) -> Value {
    let known = pipeline
        .stages
        .iter()
        .filter_map(|name| STAGES.iter().find(|stage| stage.name == name));
    let maps: Vec<Value> = (1u32..)
        .zip(known)
        .map(|(number, stage)| {
            let values = stage_field
                .map(|field| field.pick_list.as_slice())
                .unwrap_or_default();
            let id = values
                .iter()
                .find(|value| value.reference_value == stage.name)
                .map_or(0, |value| value.id);
            json!({
                "display_value": stage.name,
                "sequence_number": number,
                "forecast_category": category(world, stage.forecast_category),
                "actual_value": stage.actual_value,
                "id": id.to_string(),
                "forecast_type": stage.forecast_type,
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
