//! Connect sessions: a customer of another product connects one Zoho account, on a page that this gateway hosts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::config::{Environment, Feature, Secret};

/// What a product's backend asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewConnectSession {
    /// The product's own id of its customer; the connection is theirs.
    #[serde(default)]
    pub owner: String,
    /// The connection to make, or to connect again if it is this owner's; absent: the owner's one, or a new one.
    #[serde(default)]
    pub connection: Option<String>,
    /// The product, as the customer knows it.
    #[serde(default)]
    pub product: Option<String>,
    /// What people call the connection.
    #[serde(default)]
    pub nickname: Option<String>,
    /// What it is used for.
    #[serde(default)]
    pub features: Vec<Feature>,
    /// Scopes to ask for; empty: the least that the features need.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Which kind of organisation it must be.
    #[serde(default)]
    pub environment: Option<Environment>,
    /// The data center; absent: the customer chooses, or Zoho tells.
    #[serde(default)]
    pub data_center: Option<String>,
    /// A connection whose client is used for a new one.
    #[serde(default)]
    pub client_of: Option<String>,
    /// Another client for a new one.
    #[serde(default)]
    pub client_id: Option<String>,
    /// That client's secret.
    #[serde(default)]
    pub client_secret: Option<Secret>,
    /// Another accounts server than the data center's.
    #[serde(default)]
    pub accounts_url: Option<String>,
    /// Origins of the pages that may open the connect page and hear of its end.
    #[serde(default)]
    pub allowed_origins: Vec<String>,
    /// Where the connect page leads the customer back to when no page of the product has opened it in a window.
    #[serde(default)]
    pub return_url: Option<String>,
    /// How long the customer may take to begin.
    #[serde(default)]
    pub expires_in_seconds: Option<u32>,
}

/// A session, without its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectSession {
    /// `cns_…`
    pub id: String,
    /// What has become of it.
    pub state: SessionState,
    /// Whose connection it makes.
    pub owner: String,
    /// Its name, once it is made.
    pub connection: String,
    /// Whether the connection is there already and is connected again.
    pub is_reconnect: bool,
    /// The product, as the customer knows it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub product: Option<String>,
    /// What people call the connection.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub nickname: Option<String>,
    /// What it is used for.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub features: Vec<Feature>,
    /// Which kind of organisation it must be.
    pub environment: Environment,
    /// The data center, unless the customer chooses.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub data_center: Option<String>,
    /// Who may open the connect page and hear of its end.
    pub allowed_origins: Vec<String>,
    /// Where a customer is led back to who came by the link.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub return_url: Option<String>,
    /// How the customer's last try stands, before there is a connection.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_try: Option<LastTry>,
    /// Why the customer's last try came to nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failure: Option<String>,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when the customer may begin.
    pub expires_at: Timestamp,
}

/// How a customer's last try stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastTry {
    /// The customer went to Zoho in the last 15 minutes, and has not come back.
    AtZoho,
    /// The customer said no there.
    Declined,
    /// Something went wrong.
    Failed,
}

/// What has become of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// The customer may begin.
    Open,
    /// It has made its connection.
    Connected,
    /// Nobody has used it in time.
    Expired,
    /// The product has ended it.
    Ended,
}

impl SessionState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Connected, Self::Expired, Self::Ended];

    /// Its word in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Connected => "connected",
            Self::Expired => "expired",
            Self::Ended => "ended",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Which sessions to list.
#[derive(Debug, Clone, Default)]
pub struct ConnectSessionQuery {
    /// Only those of this owner.
    pub owner: Option<String>,
    /// Only those of this state.
    pub state: Option<SessionState>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Items of the page, at most [`PAGE_ITEMS_MAX`](super::page::PAGE_ITEMS_MAX).
    pub items_max: usize,
}

/// A session that was just made: the only time that its token is told.
pub struct MadeConnectSession {
    /// For the customer's browser; it opens the connect page and nothing else.
    pub token: String,
    /// Everything else.
    pub session: ConnectSession,
}

impl std::fmt::Debug for MadeConnectSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MadeConnectSession")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// What a customer is asked for on the connect page.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The session.
    pub session: ConnectSession,
    /// What the product wants to do, each with its scopes.
    pub wishes: Vec<Wish>,
    /// Whether there is a data center to choose.
    pub asks_data_center: bool,
}

/// Something that a connection is to do, in words for people who know neither scopes nor APIs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What it is.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// What Zoho calls it.
    pub scopes: Vec<String>,
}
