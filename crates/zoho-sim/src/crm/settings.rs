//! Metadata: modules, fields, layouts, related lists, pipelines.

pub(super) mod fields;
pub(super) mod layouts;
pub(super) mod modules;
pub(super) mod pipelines;
pub(super) mod related_lists;

use serde_json::{Value, json};

use crate::world::World;

/// The two profiles of the organisation, as metadata lists them.
fn profiles(world: &World) -> [(&'static str, u64); 2] {
    [
        ("Administrator", world.organisation.administrator_profile_id),
        ("Standard", world.organisation.standard_profile_id),
    ]
}

fn module_reference(api_name: &str, id: u64) -> Value {
    json!({"api_name": api_name, "id": id.to_string()})
}
