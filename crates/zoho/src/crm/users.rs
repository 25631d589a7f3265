//! The user who granted the connection.

use serde::{Deserialize, Serialize};

use super::{Crm, lenient, path};
use crate::call::Call;
use crate::policy::price;
use crate::{Error, ErrorKind};

const OPERATION: &str = "get current user";

/// A user of the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// Zoho's id of the user in the CRM.
    pub id: String,
    /// Zoho's id of the user across its products.
    #[serde(default, deserialize_with = "lenient::text")]
    pub zuid: Option<String>,
    /// First and last name.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub full_name: String,
    /// The address that the user signs in with.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub email: String,
    /// `active`, `inactive` or `deleted`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// The user's profile, by name; it decides what the connection may do.
    #[serde(default, deserialize_with = "name_of")]
    pub profile: Option<String>,
    /// The user's role, by name.
    #[serde(default, deserialize_with = "name_of")]
    pub role: Option<String>,
    /// The time zone in which Zoho answers.
    #[serde(default, deserialize_with = "lenient::text")]
    pub time_zone: Option<String>,
    /// The locale, such as `en_US`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub locale: Option<String>,
}

/// Zoho sends `{"name", "id"}`; a stored user holds the name alone.
fn name_of<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Named {
        Name(String),
        Object { name: Option<String> },
    }
    Ok(match Option::<Named>::deserialize(deserializer)? {
        Some(Named::Name(name)) => Some(name),
        Some(Named::Object { name }) => name,
        None => None,
    })
}

impl Crm {
    /// The user who granted the connection (`crm/developer/docs/api/v8/get-users.html`). Scope: `ZohoCRM.users.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn current_user(&self) -> Result<User, Error> {
        #[derive(Deserialize)]
        struct Wire {
            users: Vec<User>,
        }
        let call = Call::read(path(OPERATION, &["users"])?, price::light(OPERATION))
            .query("type", "CurrentUser");
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        let user = wire.and_then(|wire| wire.users.into_iter().next());
        user.ok_or_else(|| Error::new(ErrorKind::Decode, OPERATION, "the answer names no user"))
    }
}
