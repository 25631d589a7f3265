//! Connecting a Zoho account: what is begun, what comes of it, and the end.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An authorization that was begun: where to send the person.
#[derive(Clone, Serialize, Deserialize)]
pub struct Authorization {
    /// Zoho's consent page, with everything that it needs to know.
    pub url: String,
    /// What Zoho's redirect must bring back. It serves once.
    pub state: String,
    /// Where Zoho sends the person back to; it must be registered for the client in Zoho's API console, letter by letter.
    pub redirect_uri: String,
    /// The scopes that are asked for.
    pub scopes: Vec<String>,
    /// Until when the person may come back.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for Authorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authorization")
            .field("redirect_uri", &self.redirect_uri)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A connection that was connected.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Connected {
    /// Its name.
    pub name: String,
    /// Whose it is, if it is a customer's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub owner: Option<String>,
    /// The data center that its person lives in.
    pub data_center: String,
    /// The API host that Zoho named.
    pub api_domain: String,
    /// By which way.
    pub kind: GrantKind,
    /// The scopes that Zoho granted.
    pub scopes: Vec<String>,
}

/// The ways to connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantKind {
    /// Zoho's consent page.
    Consent,
    /// A code that a self client generated in Zoho's API console.
    SelfClient,
    /// A refresh token that was made elsewhere.
    Pasted,
}

impl GrantKind {
    /// Its word in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::SelfClient => "self_client",
            Self::Pasted => "pasted",
        }
    }

    /// For sentences.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Consent => "Zoho's consent page",
            Self::SelfClient => "a self client's code",
            Self::Pasted => "a pasted refresh token",
        }
    }
}

/// A connection that was removed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Removed {
    /// Its name.
    pub name: String,
    /// Whether its refresh token is revoked at Zoho.
    pub is_revoked: bool,
    /// Why not, if that was wanted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revocation_error: Option<String>,
}
