//! Groups of users.

use serde::{Deserialize, Serialize};

use super::Stamp;
use crate::world::World;

/// One group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct UserGroup {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) sources: Vec<GroupSource>,
    pub(crate) stamp: Stamp,
}

/// Whom a group gathers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GroupSource {
    /// `users`, `roles` or `territories`.
    pub(crate) kind: String,
    pub(crate) id: u64,
    /// With everybody below.
    pub(crate) has_subordinates: bool,
}

impl UserGroup {
    /// Whether a user belongs to it: by itself, by its role or by a territory.
    pub(crate) fn names(&self, world: &World, id: u64) -> bool {
        let role = world.user(id).map_or(0, |user| user.role);
        self.sources
            .iter()
            .any(|source| match source.kind.as_str() {
                "users" => source.id == id,
                "roles" => {
                    source.id == role
                        || source.has_subordinates && world.is_role_below(role, source.id)
                }
                _ => world
                    .territory(source.id)
                    .is_some_and(|territory| territory.users.contains(&id)),
            })
    }
}
