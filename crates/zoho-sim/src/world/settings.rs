//! What setup holds beside modules, fields and users: profiles, roles and the like.

mod calendar;
mod currency;
mod global_picklist;
mod map_dependency;
mod photo;
mod profile;
mod role;
mod territory;
mod unavailability;
mod user_group;
mod variable;
mod view;

use serde::{Deserialize, Serialize};

pub(crate) use calendar::{Calendar, FiscalYear, Holiday};
pub(crate) use currency::Currency;
pub(crate) use global_picklist::GlobalPicklist;
pub(crate) use map_dependency::MapDependency;
pub(crate) use photo::Photo;
pub(crate) use profile::Profile;
pub(crate) use role::Role;
pub(crate) use territory::Territory;
pub(crate) use unavailability::Unavailability;
pub(crate) use user_group::{GroupSource, UserGroup};
pub(crate) use variable::{Variable, VariableGroup};
pub(crate) use view::{Access, View};

use super::World;

/// Users that an organisation may have, when a seed does not bring more.
const LICENCES: usize = 10;

/// Setup of the organisation.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) profiles: Vec<Profile>,
    pub(crate) roles: Vec<Role>,
    pub(crate) global_picklists: Vec<GlobalPicklist>,
    pub(crate) views: Vec<View>,
    pub(crate) territories: Vec<Territory>,
    pub(crate) map_dependencies: Vec<MapDependency>,
    pub(crate) calendar: Calendar,
    pub(crate) user_groups: Vec<UserGroup>,
    pub(crate) photo: Option<Photo>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) variable_groups: Vec<VariableGroup>,
    /// Empty as long as the organisation has one currency only.
    pub(crate) currencies: Vec<Currency>,
    /// Users that the organisation has paid for.
    pub(crate) licences: usize,
    /// Jobs that moved the records of deleted users; they are done as soon as they are asked for.
    pub(crate) transfers: Vec<u64>,
    /// When users are away.
    #[serde(default)]
    pub(crate) absences: Vec<Unavailability>,
}

/// By whom and when a thing of setup was made and changed; what Zoho brings itself has no author.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    pub(crate) created: Option<(i64, u64)>,
    pub(crate) modified: Option<(i64, u64)>,
}

impl Stamp {
    /// Of a thing that is made now.
    pub(crate) fn new(now: i64, user: u64) -> Self {
        Self {
            created: Some((now, user)),
            modified: Some((now, user)),
        }
    }

    pub(crate) fn touch(&mut self, now: i64, user: u64) {
        self.modified = Some((now, user));
    }
}

impl Settings {
    /// The setup with which an organisation begins.
    pub(crate) fn of(world: &mut World, now: i64) -> Self {
        let profiles = profile::standard(world);
        let roles = role::standard(world, now);
        let general = VariableGroup {
            id: world.ids.next(),
            api_name: "General".to_owned(),
            name: "General".to_owned(),
            description: None,
        };
        Self {
            profiles,
            roles,
            variable_groups: vec![general],
            licences: world.users.len().max(LICENCES),
            ..Self::default()
        }
    }

    pub(crate) fn profile(&self, id: u64) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.id == id)
    }

    pub(crate) fn role(&self, id: u64) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == id)
    }
}

impl World {
    /// Whether the profile of a user has a permission. A user who is not known may do nothing.
    pub(crate) fn may(&self, user: u64, permission: &str) -> bool {
        let profile = self
            .user(user)
            .and_then(|user| self.settings.profile(user.profile));
        profile.is_some_and(|profile| profile.has(permission))
    }
}
