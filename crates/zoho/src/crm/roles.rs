//! Roles and profiles: whose records users see, and what they may do.

use serde::{Deserialize, Serialize};

use super::{Crm, RecordId, lenient, path};
use crate::Error;
use crate::call::Call;
use crate::policy::price;

/// A role: a place in the organisation's hierarchy. Users see the records of those below them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Role {
    /// Zoho's id of the role.
    pub id: String,
    /// Its name, which never changes.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// What people call it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub display_label: String,
    /// What it is for.
    #[serde(default, deserialize_with = "lenient::text")]
    pub description: Option<String>,
    /// The role above it; `None` at the top.
    #[serde(default)]
    pub reporting_to: Option<RoleAbove>,
    /// True if users of the same role see each other's records.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub share_with_peers: bool,
    /// True if its users administer the organisation.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub admin_user: bool,
}

/// The role that another one reports to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RoleAbove {
    /// Zoho's id of the role.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
}

/// A profile: what its users may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Profile {
    /// Zoho's id of the profile.
    pub id: String,
    /// Its name, which never changes.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// What people call it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub display_label: String,
    /// What it is for.
    #[serde(default, deserialize_with = "lenient::text")]
    pub description: Option<String>,
    /// True if the organisation made it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub custom: bool,
    /// Its permissions; only where one profile is asked for.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub permissions_details: Vec<Permission>,
}

/// Something that a profile allows or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Permission {
    /// Zoho's name, such as `Crm_Implied_View_Leads`.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// What people call it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub display_label: String,
    /// The module that it is about, by `api_name`; `None` if it is about none.
    #[serde(default, deserialize_with = "lenient::text")]
    pub module: Option<String>,
    /// True if it is allowed.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub enabled: bool,
}

impl Crm {
    /// All roles of the organisation (`crm/developer/docs/api/v8/get-roles.html`). Scope: `ZohoCRM.settings.roles.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn roles(&self) -> Result<Vec<Role>, Error> {
        self.listed(&look("list roles", &["roles"])?, "roles").await
    }

    /// One role; `None` if there is none with this id. Scope: `ZohoCRM.settings.roles.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn role(&self, id: &RecordId) -> Result<Option<Role>, Error> {
        let call = look("get role", &["roles", id.as_str()])?;
        self.listed_one(&call, "roles").await
    }

    /// All profiles of the organisation, without their permissions (`crm/developer/docs/api/v8/get-profiles.html`). Scope:
    /// `ZohoCRM.settings.profiles.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn profiles(&self) -> Result<Vec<Profile>, Error> {
        let call = look("list profiles", &["profiles"])?;
        self.listed(&call, "profiles").await
    }

    /// One profile with its permissions; `None` if there is none with this id. Scope: `ZohoCRM.settings.profiles.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn profile(&self, id: &RecordId) -> Result<Option<Profile>, Error> {
        let call = look("get profile", &["profiles", id.as_str()])?;
        self.listed_one(&call, "profiles").await
    }
}

fn look(operation: &'static str, below_settings: &[&str]) -> Result<Call, Error> {
    let parts = [&["settings"], below_settings].concat();
    Ok(Call::read(
        path(operation, &parts)?,
        price::light(operation),
    ))
}
