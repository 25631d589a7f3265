//! What a module is made of: its fields with their types, lengths, picklists and rules.
//!
//! [`standard_modules`] builds the modules that every organisation has; their tables stand in `modules/`, one file for each.

mod data_type;
mod field;
mod fields;
mod layout;
mod module;
mod modules;
mod own;
mod picklists;
mod shown;
mod system;

pub(crate) use data_type::DataType;
pub(crate) use field::{AutoNumber, Field, Formula, Linking, Lookup, PickListValue, Rollup, Slot};
pub(crate) use fields::Fields;
pub(crate) use layout::{Layout, Section};
pub(crate) use module::{Abilities, GeneratedType, Module, RelatedList};
pub(crate) use picklists::STAGES;

/// The modules that hold records, in the order of their tabs; without ids.
pub(crate) fn standard_modules() -> Vec<Module> {
    let mut modules = modules::with_records();
    for (number, module) in (2u32..).zip(&mut modules) {
        module.sequence_number = number;
    }
    modules
}

/// Modules that hold no records for the API and only stand in the list of modules.
pub(crate) fn pages() -> Vec<Module> {
    let mut pages = modules::pages();
    for (number, page) in (100u32..).zip(&mut pages) {
        page.sequence_number = number;
    }
    pages
}
