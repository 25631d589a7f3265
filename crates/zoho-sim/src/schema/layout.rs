//! A layout of a module: which fields it shows, in which sections, and which of them it makes mandatory.

use serde::{Deserialize, Serialize};

use super::{Field, Module, Slot};
use crate::world::ids::Ids;

/// One layout.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Layout {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) api_name: String,
    pub(crate) is_active: bool,
    pub(crate) sections: Vec<Section>,
    /// Positions of the fields that the layout makes mandatory.
    pub(crate) mandatory: Vec<u16>,
    /// Profiles that use the layout; none for all of them.
    #[serde(default)]
    pub(crate) profiles: Option<Vec<u64>>,
    /// When and by whom it was changed.
    #[serde(default)]
    pub(crate) modified: Option<(i64, u64)>,
}

/// One section of a layout.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Section {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) api_name: String,
    pub(crate) is_subform: bool,
    /// Field positions, in order.
    pub(crate) fields: Vec<u16>,
}

impl Section {
    /// The section in which a sub-form stands alone.
    pub(crate) fn of_subform(field: &Field) -> Self {
        Self {
            id: 0,
            name: field.label.clone(),
            api_name: field.api_name.clone(),
            is_subform: true,
            fields: Vec::new(),
        }
    }
}

impl Layout {
    /// The layout with which a module comes: all fields in one section, each sub-form in its own.
    pub(crate) fn standard(module: &Module) -> Self {
        let label = &module.singular_label;
        let mut layout = Self {
            id: 0,
            name: "Standard".to_owned(),
            api_name: "Standard__s".to_owned(),
            is_active: true,
            sections: vec![Section {
                id: 0,
                name: format!("{label} Information"),
                api_name: format!("{label}_Information").replace(' ', "_"),
                is_subform: false,
                fields: Vec::new(),
            }],
            mandatory: Vec::new(),
            profiles: None,
            modified: None,
        };
        for (position, field) in (0u16..).zip(&module.fields) {
            if field.is_layout_mandatory {
                layout.mandatory.push(position);
            }
            if field.subform.is_some() {
                let mut section = Section::of_subform(field);
                section.fields.push(position);
                layout.sections.push(section);
            } else if Self::shows(field) {
                layout.add(position);
            }
        }
        layout
    }

    /// Whether layouts show the field at all.
    pub(crate) fn shows(field: &Field) -> bool {
        !matches!(field.slot, Slot::Id | Slot::Layout)
    }

    /// Puts a field at the end of the first section.
    pub(crate) fn add(&mut self, position: u16) {
        if let Some(section) = self.sections.first_mut() {
            section.fields.push(position);
        }
    }

    /// Forgets a field that is no more; those behind it have moved up by one place.
    pub(crate) fn forget(&mut self, position: u16) {
        for section in &mut self.sections {
            moved_up(&mut section.fields, position);
        }
        self.sections
            .retain(|section| !(section.is_subform && section.fields.is_empty()));
        moved_up(&mut self.mandatory, position);
    }

    pub(crate) fn has(&self, position: u16) -> bool {
        self.sections
            .iter()
            .any(|section| section.fields.contains(&position))
    }

    pub(crate) fn is_mandatory(&self, position: u16) -> bool {
        self.mandatory.contains(&position)
    }

    pub(crate) fn give_ids(&mut self, ids: &mut Ids) {
        self.id = ids.next();
        for section in &mut self.sections {
            section.id = ids.next();
        }
    }
}

fn moved_up(positions: &mut Vec<u16>, removed: u16) {
    positions.retain(|position| *position != removed);
    for position in positions.iter_mut().filter(|at| **at > removed) {
        *position -= 1;
    }
}
