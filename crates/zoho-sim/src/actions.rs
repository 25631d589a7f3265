//! What changes records otherwise than row by row: links between records, conversion, merging, mass changes, locks.
//!
//! These functions know no HTTP; the endpoints that call them are in [`crate::crm`]. What they remember beside the records is
//! [`Actions`], one field of the world.

mod blueprint;
mod contact_roles;
pub(crate) mod convert;
pub(crate) mod inventory;
mod links;
mod locks;
pub(crate) mod mass;
pub(crate) mod merge;
pub(crate) mod related;
mod share;
pub(crate) mod tags;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::world::Ids;
pub(crate) use blueprint::{Asked, Blueprint, Transition};
pub(crate) use contact_roles::ContactRole;
pub(crate) use links::Facts;
use links::Links;
pub(crate) use locks::Lock;
pub(crate) use share::Share;

/// What actions remember beside the records.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Actions {
    pub(crate) links: Links,
    pub(crate) contact_roles: Vec<ContactRole>,
    /// By the record that is locked.
    pub(crate) locks: BTreeMap<u64, Lock>,
    /// By the record that is shared.
    pub(crate) shares: BTreeMap<u64, Vec<Share>>,
    pub(crate) blueprints: Vec<Blueprint>,
    /// Meetings that do not take place.
    pub(crate) cancelled: BTreeSet<u64>,
    /// Duplicate-check preferences by module, as they are shown.
    pub(crate) duplicate_checks: BTreeMap<String, Value>,
}

impl Actions {
    /// Of a new organisation.
    pub(crate) fn new(ids: &mut Ids) -> Self {
        Self {
            contact_roles: contact_roles::standard(ids),
            ..Self::default()
        }
    }
}
