//! What a module is made of: its fields with their types, lengths, picklists and rules.
//!
//! [`standard_modules`] builds the modules that every organisation has. The tables stand in one file per module.

mod accounts;
mod contacts;
mod deals;
mod field;
mod leads;
mod module;
mod picklists;
mod system;

pub(crate) use field::{DataType, Field, Lookup, PickListValue, Slot};
pub(crate) use module::{Module, RelatedList};
pub(crate) use picklists::STAGES;

use crate::world::ids::Ids;

/// Modules that lookups of standard modules point to, in the order in which they get their ids. Only those with a table
/// here hold records.
const MODULE_NAMES: [&str; 7] = [
    "Leads",
    "Accounts",
    "Contacts",
    "Deals",
    "Campaigns",
    "Products",
    "Vendors",
];

/// Leads, Accounts, Contacts and Deals, with fresh ids.
pub(crate) fn standard_modules(ids: &mut Ids) -> Vec<Module> {
    let module_ids: Vec<(&str, u64)> = MODULE_NAMES
        .iter()
        .map(|name| (*name, ids.next()))
        .collect();
    let mut modules = vec![
        leads::module(),
        accounts::module(),
        contacts::module(),
        deals::module(),
    ];
    for module in &mut modules {
        module.give_ids(ids, &module_ids);
    }
    modules
}
