//! What changes records otherwise than row by row: links between records, conversion, merging, mass changes, locks.
//!
//! These functions know no HTTP; the endpoints that call them are in [`crate::crm`]. What they remember beside the records is
//! [`Actions`], one field of the world.

mod contact_roles;
pub(crate) mod convert;
pub(crate) mod inventory;
mod links;
mod locks;
pub(crate) mod mass;
pub(crate) mod related;
pub(crate) mod tags;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::world::Ids;
pub(crate) use contact_roles::ContactRole;
pub(crate) use links::Facts;
use links::Links;
pub(crate) use locks::Lock;

/// What actions remember beside the records.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Actions {
    pub(crate) links: Links,
    pub(crate) contact_roles: Vec<ContactRole>,
    /// By the record that is locked.
    pub(crate) locks: BTreeMap<u64, Lock>,
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
