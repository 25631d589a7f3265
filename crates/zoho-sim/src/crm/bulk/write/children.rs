//! Rows that belong to the rows of another file: of sub-forms, line items, links of multi-select lookups.

use std::collections::HashMap;

use super::sheet::Sheet;
use crate::world::World;
use crate::world::bulk::WriteResource;

/// The rows of one child file, by the parent's value that joins them.
#[derive(Debug)]
pub(super) struct Children {
    /// Place of the resource in the job.
    pub(super) resource: usize,
    /// Field of the parent module that lists the rows.
    pub(super) field: String,
    parent_column: usize,
    rows: HashMap<String, Vec<usize>>,
}

impl Children {
    pub(super) fn of(
        world: &World,
        parent_module: &str,
        number: usize,
        resource: &WriteResource,
        sheet: &Sheet,
    ) -> Option<Self> {
        let field = field(world, parent_module, &resource.module)?;
        let mut links = resource.mappings.iter();
        let (column, parent_column) =
            links.find_map(|mapping| Some((mapping.index?, mapping.parent_column_index?)))?;
        let mut rows: HashMap<String, Vec<usize>> = HashMap::new();
        for row in 0..sheet.rows.len() {
            let key = sheet.cell(row, column).to_owned();
            rows.entry(key).or_default().push(row);
        }
        Some(Self {
            resource: number,
            field,
            parent_column,
            rows,
        })
    }

    /// The rows that belong to a row of the parent's file. A value that joins nothing is empty.
    pub(super) fn of_row(&self, parent: &Sheet, row: usize) -> &[usize] {
        match parent.cell(row, self.parent_column) {
            "" => &[],
            key => self.rows.get(key).map(Vec::as_slice).unwrap_or_default(),
        }
    }
}

/// The field of a module that lists the rows of another one.
pub(super) fn field(world: &World, parent: &str, rows_module: &str) -> Option<String> {
    let parent = &world.table_named(parent)?.module;
    let mut fields = parent.fields.iter();
    let field = fields.find(|field| field.rows_module() == Some(rows_module));
    field.map(|field| field.api_name.clone())
}
