//! Roles: who reports to whom.

use serde::{Deserialize, Serialize};

use super::Stamp;
use crate::world::World;

/// One role. The one that reports to nobody is the top of the hierarchy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) reporting_to: Option<u64>,
    /// User whose forecast counts for the role.
    pub(crate) forecast_manager: Option<u64>,
    pub(crate) share_with_peers: bool,
    pub(crate) stamp: Stamp,
}

/// The two roles with which an organisation begins. Users who are no administrators are managers.
pub(super) fn standard(world: &mut World, now: i64) -> Vec<Role> {
    let top = world.organisation.administrator_role_id;
    let administrators = world.organisation.administrator_profile_id;
    let manager = world.ids.next();
    let owner = world.first_user_id();
    for user in world.users.iter_mut().filter(|user| user.role == 0) {
        let is_administrator = user.profile == administrators;
        user.role = if is_administrator { top } else { manager };
    }
    let role = |id, name: &str, reporting_to, share_with_peers| Role {
        id,
        name: name.to_owned(),
        description: None,
        reporting_to,
        forecast_manager: None,
        share_with_peers,
        stamp: Stamp::new(now, owner),
    };
    vec![
        role(top, "CEO", None, true),
        role(manager, "Manager", Some(top), false),
    ]
}

impl World {
    /// Whether `role` is `top` or stands below it.
    pub(crate) fn is_role_below(&self, role: u64, top: u64) -> bool {
        let mut current = Some(role);
        // No hierarchy is deeper than there are roles.
        for _ in 0..=self.settings.roles.len() {
            match current {
                Some(id) if id == top => return true,
                Some(id) => current = self.settings.role(id).and_then(|role| role.reporting_to),
                None => return false,
            }
        }
        false
    }
}
