//! Territories: a second hierarchy beside that of the roles.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Stamp;
use crate::world::World;

/// One territory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Territory {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) manager: Option<u64>,
    pub(crate) reporting_to: Option<u64>,
    pub(crate) permission_type: String,
    /// Rules by key, such as `account_rule_criteria`, as given.
    pub(crate) rules: Map<String, Value>,
    pub(crate) users: Vec<u64>,
    pub(crate) stamp: Stamp,
}

impl World {
    pub(crate) fn territory(&self, id: u64) -> Option<&Territory> {
        let mut territories = self.settings.territories.iter();
        territories.find(|territory| territory.id == id)
    }

    /// Whether `territory` is `top` or stands below it.
    pub(crate) fn is_territory_below(&self, territory: u64, top: u64) -> bool {
        let mut current = Some(territory);
        // No hierarchy is deeper than there are territories.
        for _ in 0..=self.settings.territories.len() {
            match current {
                Some(id) if id == top => return true,
                Some(id) => current = self.territory(id).and_then(|known| known.reporting_to),
                None => return false,
            }
        }
        false
    }
}
