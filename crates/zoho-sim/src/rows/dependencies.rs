//! Which options of a picklist go with which of another, for calls that ask for `global_map_dependency`.
//!
//! unknown: whether Zoho looks at these dependencies in other calls of the API too, and how it refuses; here as a stage is refused
//! that its pipeline does not have.

use serde_json::json;

use super::{Author, Checked};
use crate::catalog::{self, Place, Refusal};
use crate::schema::Module;
use crate::world::{Cell, Record, World};

/// Refuses a value that the value of the field on which it depends does not allow.
pub(super) fn refuse_unmapped(
    world: &World,
    table: usize,
    existing: Option<&Record>,
    checked: &Checked,
    number: usize,
    author: Author,
) -> Result<(), Refusal> {
    if !author.applied.has("global_map_dependency") {
        return Ok(());
    }
    let module = &world.tables[table].module;
    let place = checked.layout.or(existing.map(|record| record.layout));
    let layout = module.layouts.get(usize::from(place.unwrap_or(0)));
    let layout = layout.map(|layout| layout.id);
    let dependencies = world.settings.map_dependencies.iter();
    for dependency in dependencies.filter(|known| Some(known.layout) == layout) {
        let option = |name: &str| option(module, existing, checked, name);
        let (Some(parent), Some(child)) = (option(&dependency.parent), option(&dependency.child))
        else {
            continue;
        };
        let mut maps = dependency.maps.iter();
        let allowed = maps.find(|(known, _)| *known == parent);
        if allowed.is_some_and(|(_, children)| !children.contains(&child)) {
            let field = &dependency.child;
            let place = Place { row: number, field };
            return Err(catalog::rows::option_not_mapped(place)
                .with_detail("mapped_field", json!(dependency.parent)));
        }
    }
    Ok(())
}

/// The id of the option that a picklist will have.
fn option(
    module: &Module,
    existing: Option<&Record>,
    checked: &Checked,
    name: &str,
) -> Option<u64> {
    let position = module.position(name)?;
    let cell = match checked.given(position) {
        Some(given) => given,
        None => existing.and_then(|record| record.cell(position)),
    };
    let Some(Cell::Text(text)) = cell else {
        return None;
    };
    let mut options = module.field_at(position).pick_list.iter();
    let option = options.find(|option| option.reference_value.as_str() == &**text)?;
    Some(option.id)
}
