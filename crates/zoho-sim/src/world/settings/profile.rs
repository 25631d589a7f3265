//! Profiles: what users may do.

use serde::{Deserialize, Serialize};

use super::Stamp;
use crate::schema::Module;
use crate::world::{Ids, World};

/// One profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Profile {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) is_custom: bool,
    pub(crate) stamp: Stamp,
    pub(crate) permissions: Vec<Permission>,
}

/// One permission of a profile; those of a module name it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Permission {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) display_label: String,
    pub(crate) module: Option<String>,
    pub(crate) is_enabled: bool,
}

/// Permissions over setup: name and label. The names are those that refusals and samples of profiles show.
const SETUP: [(&str, &str); 10] = [
    ("Crm_Implied_Customize_Zoho_CRM", "Module Customization"),
    ("Crm_Implied_Manage_Users", "Manage Users"),
    ("Crm_Implied_Manage_Profiles", "Manage Profiles"),
    ("Crm_Implied_Manage_Roles", "Manage Roles"),
    ("Crm_Implied_Variables_Access", "Manage Variables"),
    ("Crm_Implied_Manage_Custom_Views", "Manage Custom Views"),
    ("Crm_Implied_Manage_Currencies", "Manage Currencies"),
    ("Crm_Implied_Manage_Territories", "Manage Territories"),
    ("Crm_Implied_Zoho_CRM_API", "Zoho CRM API Access"),
    ("Crm_Implied_Data_Sharing_Rules", "Manage Data Sharing"),
];

/// What the standard profile may do in setup.
const OF_EVERYBODY: [&str; 2] = [
    "Crm_Implied_Manage_Custom_Views",
    "Crm_Implied_Zoho_CRM_API",
];

/// The two profiles of every organisation.
pub(super) fn standard(world: &mut World) -> Vec<Profile> {
    let of = &world.organisation;
    let known = [
        (
            of.administrator_profile_id,
            "Administrator",
            "All permissions.",
        ),
        (
            of.standard_profile_id,
            "Standard",
            "All permissions but those of administration.",
        ),
    ];
    let mut profiles = Vec::with_capacity(known.len());
    for (id, name, description) in known {
        let is_administrator = name == "Administrator";
        let mut permissions = Vec::new();
        for table in &world.tables {
            permissions.extend(of_module(&mut world.ids, &table.module));
        }
        for (name, label) in SETUP {
            permissions.push(Permission {
                id: world.ids.next(),
                name: name.to_owned(),
                display_label: label.to_owned(),
                module: None,
                is_enabled: is_administrator || OF_EVERYBODY.contains(&name),
            });
        }
        profiles.push(Profile {
            id,
            name: name.to_owned(),
            description: description.to_owned(),
            is_custom: false,
            stamp: Stamp::default(),
            permissions,
        });
    }
    profiles
}

/// View, create, edit and delete of a module that people see.
fn of_module(ids: &mut Ids, module: &Module) -> Vec<Permission> {
    if !module.abilities.show_as_tab {
        return Vec::new();
    }
    let name = &module.api_name;
    ["View", "Create", "Edit", "Delete"]
        .map(|verb| Permission {
            id: ids.next(),
            name: format!("Crm_Implied_{verb}_{name}"),
            display_label: verb.to_owned(),
            module: Some(name.clone()),
            is_enabled: true,
        })
        .into()
}

impl Profile {
    pub(crate) fn has(&self, permission: &str) -> bool {
        self.permissions
            .iter()
            .any(|known| known.name == permission && known.is_enabled)
    }

    /// Whether it withholds a right on a module, such as `Create` on `Leads`.
    pub(crate) fn lacks(&self, right: &str, module: &str) -> bool {
        let mut permissions = self.permissions.iter();
        let known = permissions.find(|permission| {
            permission.module.as_deref() == Some(module) && permission.display_label == right
        });
        known.is_some_and(|permission| !permission.is_enabled)
    }

    /// A copy under another name, with permissions of its own.
    pub(crate) fn copy(&self, ids: &mut Ids, name: &str, description: &str, stamp: Stamp) -> Self {
        let mut copy = self.clone();
        copy.id = ids.next();
        name.clone_into(&mut copy.name);
        description.clone_into(&mut copy.description);
        copy.is_custom = true;
        copy.stamp = stamp;
        for permission in &mut copy.permissions {
            permission.id = ids.next();
        }
        copy
    }
}

impl World {
    /// Gives every profile the permissions of a new module.
    pub(crate) fn permit_module(&mut self, table: usize) {
        let module = self.tables[table].module.clone();
        for profile in &mut self.settings.profiles {
            profile
                .permissions
                .extend(of_module(&mut self.ids, &module));
        }
    }
}
