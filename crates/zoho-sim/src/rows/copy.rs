//! A record made anew from another one.

use serde_json::{Map, Value};

use super::{Author, Columns, Row, Written, check, insert_checked, print};
use crate::catalog::{self, Refusal};
use crate::schema::{DataType, Field, Module, Slot};
use crate::world::World;

/// Adds a copy of a record, in which the values of `row` stand instead of the record's own. Files, images, read-only fields and
/// `$` keys are not copied, and a meeting neither repeats nor reminds.
pub(crate) fn copy(
    world: &mut World,
    table: usize,
    id: u64,
    row: &Map<String, Value>,
    number: usize,
    author: Author,
) -> Result<Vec<Written>, Refusal> {
    let module = world.tables[table].module.clone();
    if !module.abilities.creatable {
        return Err(catalog::rows::module_not_writable());
    }
    let values = copied_values(world, table, id);
    let mut values = values.ok_or_else(|| catalog::invalid_row_id(number))?;
    let record = world.tables[table].rows.get(&id);
    let layout = record.map_or(0, |record| record.layout);
    values.extend(
        row.iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    let mut checked = check::check(world, table, &Row::of(&values), number)?;
    if checked.layout.is_none() && layout != 0 {
        checked.layout = Some(layout);
    }
    insert_checked(world, table, checked, number, author)
}

/// What a copy of a record takes over from it; `None` when there is no such record.
pub(crate) fn copied_values(world: &World, table: usize, id: u64) -> Option<Map<String, Value>> {
    let table = &world.tables[table];
    let record = table.rows.get(&id)?;
    let mut values = Vec::new();
    let columns = Columns::all().in_full();
    print::print_record(&mut values, world, table, record, &columns);
    let mut values: Map<String, Value> = serde_json::from_slice(&values).unwrap_or_default();
    values.retain(|name, _| is_copied(&table.module, name));
    for (name, value) in &mut values {
        let field = table.module.field(name);
        if let Value::Array(rows) = value
            && field.is_some_and(|field| field.rows_module().is_some())
        {
            for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                row.remove("id");
            }
        }
    }
    Some(values)
}

fn is_copied(module: &Module, name: &str) -> bool {
    if name == "$se_module" {
        return true;
    }
    let is_of_meeting = |field: &Field| {
        module.api_name == "Events"
            && matches!(field.api_name.as_str(), "Recurring_Activity" | "Remind_At")
    };
    module.field(name).is_some_and(|field| {
        matches!(field.slot, Slot::Stored | Slot::Owner)
            && !field.is_read_only
            && !matches!(
                field.data_type,
                DataType::FileUpload | DataType::ImageUpload | DataType::ProfileImage
            )
            && !is_of_meeting(field)
    })
}
