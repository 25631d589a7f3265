//! Roles of contacts in deals.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Actions;
use crate::world::Ids;

/// One role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ContactRole {
    pub(crate) id: u64,
    pub(crate) name: String,
}

/// The roles that every organisation begins with.
const NAMES: [&str; 7] = [
    "Decision Maker",
    "Product Management",
    "Purchasing",
    "Executive Sponsor",
    "Engineering Lead",
    "Economic Decision Maker",
    "Developer/Evaluator",
];

/// The roles of a new organisation.
pub(super) fn standard(ids: &mut Ids) -> Vec<ContactRole> {
    let roles = NAMES.iter().map(|name| ContactRole {
        id: ids.next(),
        name: (*name).to_owned(),
    });
    roles.collect()
}

impl Actions {
    /// A role as a link to a contact keeps it.
    pub(crate) fn contact_role(&self, id: u64) -> Option<Value> {
        let role = self.contact_roles.iter().find(|role| role.id == id)?;
        Some(json!({"name": role.name, "id": id.to_string()}))
    }

    /// The same by its name.
    pub(crate) fn contact_role_named(&self, name: &str) -> Option<Value> {
        let role = self.contact_roles.iter().find(|role| role.name == name)?;
        self.contact_role(role.id)
    }
}
