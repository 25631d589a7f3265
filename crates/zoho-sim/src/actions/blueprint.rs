//! Blueprints: in which states a record can be, and by which transitions it goes from one to another. A seed brings them.

use serde::{Deserialize, Serialize};

use super::Actions;
use crate::world::{Record, Table};

/// A process over the values of one picklist.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Blueprint {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) module: String,
    pub(crate) field: String,
    pub(crate) transitions: Vec<Transition>,
}

/// A step from one state to another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Transition {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) from: String,
    pub(crate) to: String,
    /// Fields that the step asks for.
    pub(crate) fields: Vec<Asked>,
}

/// A field that a step asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    pub(crate) api_name: String,
    #[serde(default)]
    pub(crate) is_mandatory: bool,
}

impl Blueprint {
    /// The steps from a state.
    pub(crate) fn from<'b>(&'b self, state: &'b str) -> impl Iterator<Item = &'b Transition> {
        let steps = self.transitions.iter();
        steps.filter(move |transition| transition.from == state)
    }
}

impl Actions {
    /// The process in which a record is, with its state.
    pub(crate) fn process_of<'a>(
        &'a self,
        table: &Table,
        record: &'a Record,
    ) -> Option<(&'a Blueprint, &'a str)> {
        let mut processes = self.blueprints.iter();
        processes.find_map(|process| {
            if process.module != table.module.api_name {
                return None;
            }
            let state = record.text(table.module.position(&process.field)?)?;
            let mut steps = process.transitions.iter();
            let is_state = steps.any(|step| step.from == state || step.to == state);
            is_state.then_some((process, state))
        })
    }
}
