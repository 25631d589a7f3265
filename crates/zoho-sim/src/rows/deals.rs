//! What a deal adds to the general rules: the stage belongs to the pipeline, and brings its probability.

use serde_json::json;

use super::Checked;
use crate::catalog::{self, Place, Refusal};
use crate::schema::STAGES;
use crate::world::{Cell, Record, World};

/// Checks stage and pipeline of a deal and completes what follows from them. Other modules pass untouched.
pub(super) fn complete(
    world: &World,
    table: usize,
    existing: Option<&Record>,
    checked: &mut Checked,
    number: usize,
) -> Result<(), Refusal> {
    let module = &world.tables[table].module;
    let (Some(stage_at), Some(pipeline_at)) =
        (module.position("Stage"), module.position("Pipeline"))
    else {
        return Ok(());
    };
    let is_stage_given = checked.given(stage_at).is_some();
    if !is_stage_given && checked.given(pipeline_at).is_none() {
        return Ok(());
    }
    let pipeline = resulting_text(existing, checked, pipeline_at);
    let pipeline = match &pipeline {
        None => world.pipelines.first(),
        Some(name) => world
            .pipelines
            .iter()
            .find(|pipeline| pipeline.name == *name),
    };
    let Some(pipeline) = pipeline else {
        let names: Vec<&str> = world
            .pipelines
            .iter()
            .map(|pipeline| pipeline.name.as_str())
            .collect();
        let place = Place {
            row: number,
            field: "Pipeline",
        };
        return Err(catalog::invalid_value(place).with_detail("supported_values", json!(names)));
    };
    let Some(stage) = resulting_text(existing, checked, stage_at) else {
        return Ok(());
    };
    if !pipeline.stages.contains(&stage) {
        return Err(catalog::stage_not_in_pipeline(Place {
            row: number,
            field: "Stage",
        }));
    }
    checked.set(pipeline_at, Some(Cell::Text(pipeline.name.as_str().into())));
    let probability_at = module.position("Probability");
    if let Some(position) =
        probability_at.filter(|at| is_stage_given && checked.given(*at).is_none())
    {
        let probability = STAGES
            .iter()
            .find(|known| known.name == stage)
            .map(|known| known.probability);
        checked.set(position, probability.map(Cell::Integer));
    }
    Ok(())
}

/// The text of a field as it will be after the write.
fn resulting_text(existing: Option<&Record>, checked: &Checked, position: u16) -> Option<String> {
    match checked.given(position) {
        Some(Some(Cell::Text(text))) => Some(text.to_string()),
        Some(_) => None,
        None => existing
            .and_then(|record| record.text(position))
            .map(str::to_owned),
    }
}
