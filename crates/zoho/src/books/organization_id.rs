//! The id of a Books organisation.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::Error;

/// The id of a Books organisation, a text of 5 to 20 digits; [`Client::books_organizations`] lists yours.
///
/// It is checked before a call is spent, since Zoho answers a garbled one with no more than "Invalid value".
///
/// ```
/// use zoho::books::OrganizationId;
///
/// let id: OrganizationId = "10234695".parse()?;
/// assert_eq!(id.as_str(), "10234695");
/// assert!("org_10234695".parse::<OrganizationId>().is_err());
/// # Ok::<(), zoho::Error>(())
/// ```
///
/// [`Client::books_organizations`]: crate::Client::books_organizations
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct OrganizationId(Box<str>);

impl OrganizationId {
    /// Takes a text of 5 to 20 digits.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for any other text.
    pub fn new(text: impl AsRef<str>) -> Result<OrganizationId, Error> {
        let text = text.as_ref();
        let is_id =
            (5..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_id {
            return Err(Error::input(
                "organization_id",
                text,
                "an organisation's id is a text of 5 to 20 digits, as the list of organisations shows it",
            ));
        }
        Ok(OrganizationId(text.into()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrganizationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for OrganizationId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrganizationId {
    type Err = Error;

    fn from_str(text: &str) -> Result<OrganizationId, Error> {
        OrganizationId::new(text)
    }
}

impl<'de> Deserialize<'de> for OrganizationId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OrganizationId, D::Error> {
        let text = String::deserialize(deserializer)?;
        OrganizationId::new(text).map_err(de::Error::custom)
    }
}
