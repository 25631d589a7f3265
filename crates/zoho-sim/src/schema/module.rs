//! One module: names, fields, the list of related lists.

use std::collections::HashMap;

use super::{DataType, Field, Slot};
use crate::world::ids::Ids;

/// What a module is, without its records.
#[derive(Debug, Clone)]
pub(crate) struct Module {
    pub(crate) id: u64,
    pub(crate) layout_id: u64,
    pub(crate) section_id: u64,
    pub(crate) api_name: String,
    pub(crate) singular_label: String,
    pub(crate) sequence_number: u32,
    /// Field that upsert compares when nothing else is said.
    pub(crate) duplicate_check_field: &'static str,
    pub(crate) fields: Vec<Field>,
    pub(crate) related_lists: Vec<RelatedList>,
    by_name: HashMap<String, u16>,
}

/// One related list of a module.
#[derive(Debug, Clone)]
pub(crate) struct RelatedList {
    pub(crate) id: u64,
    pub(crate) api_name: &'static str,
    pub(crate) label: &'static str,
    /// Module whose records the list shows, when it is one of ours.
    pub(crate) module: Option<&'static str>,
}

impl Module {
    pub(crate) fn new(
        api_name: &str,
        singular_label: &str,
        sequence_number: u32,
        duplicate_check_field: &'static str,
        fields: Vec<Field>,
        related_lists: &[(&'static str, &'static str, Option<&'static str>)],
    ) -> Self {
        let related_lists = related_lists
            .iter()
            .map(|&(api_name, label, module)| RelatedList {
                id: 0,
                api_name,
                label,
                module,
            })
            .collect();
        let mut module = Self {
            id: 0,
            layout_id: 0,
            section_id: 0,
            api_name: api_name.to_owned(),
            singular_label: singular_label.to_owned(),
            sequence_number,
            duplicate_check_field,
            fields: Vec::new(),
            related_lists,
            by_name: HashMap::new(),
        };
        for field in fields {
            module.add_field(field);
        }
        module
    }

    pub(crate) fn add_field(&mut self, field: Field) {
        let position = u16::try_from(self.fields.len()).unwrap_or(u16::MAX);
        self.by_name.insert(field.api_name.clone(), position);
        self.fields.push(field);
    }

    pub(crate) fn give_ids(&mut self, ids: &mut Ids, module_ids: &[(&str, u64)]) {
        self.id = module_ids
            .iter()
            .find(|(name, _)| *name == self.api_name)
            .map_or(0, |(_, id)| *id);
        self.layout_id = ids.next();
        self.section_id = ids.next();
        for field in &mut self.fields {
            field.give_ids(ids, module_ids);
        }
        for list in &mut self.related_lists {
            list.id = ids.next();
        }
    }

    /// Position of a field by its API name, which is case-sensitive.
    pub(crate) fn position(&self, api_name: &str) -> Option<u16> {
        self.by_name.get(api_name).copied()
    }

    pub(crate) fn field(&self, api_name: &str) -> Option<&Field> {
        self.position(api_name)
            .map(|position| &self.fields[usize::from(position)])
    }

    pub(crate) fn field_at(&self, position: u16) -> &Field {
        &self.fields[usize::from(position)]
    }

    /// Positions of the fields that may not hold the same value twice.
    pub(crate) fn unique_positions(&self) -> impl Iterator<Item = u16> {
        (0u16..)
            .zip(&self.fields)
            .filter(|(_, field)| field.is_unique)
            .map(|(position, _)| position)
    }

    /// Positions of the fields that an index is kept for: the duplicate-check field and the unique ones.
    pub(crate) fn indexed_positions(&self) -> Vec<u16> {
        let mut positions: Vec<u16> = self
            .position(self.duplicate_check_field)
            .into_iter()
            .collect();
        positions.extend(
            self.unique_positions()
                .filter(|position| !positions.contains(position))
                .collect::<Vec<_>>(),
        );
        positions
    }

    /// Name of the module by which the record is shown in a lookup.
    pub(crate) fn name_position(&self) -> Option<u16> {
        let by_slot = (0u16..)
            .zip(&self.fields)
            .find(|(_, field)| field.slot == Slot::FullName);
        by_slot
            .map(|(position, _)| position)
            .or_else(|| self.position(self.duplicate_check_field))
    }

    pub(crate) fn fields_of(&self, data_type: DataType) -> impl Iterator<Item = u16> {
        (0u16..)
            .zip(&self.fields)
            .filter(move |(_, field)| field.data_type == data_type)
            .map(|(position, _)| position)
    }
}
