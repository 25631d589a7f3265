//! Clients as they are registered in the API console (`accounts/protocol/oauth-setup.html`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

/// A registered client.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Client {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) name: String,
    pub(crate) kind: ClientKind,
    /// Empty for a self client, which exchanges codes without a redirect URI, and for devices.
    pub(crate) redirect_uris: Vec<String>,
    /// Name of the data center in which it was registered.
    pub(crate) home: String,
    /// Other data centers for which it is switched on, with its secret there. Without that it exists at home only.
    pub(crate) elsewhere: BTreeMap<String, String>,
}

/// What a client is registered as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClientKind {
    /// Has a secret and a redirect URI: the usual kind.
    #[default]
    ServerBased,
    /// Runs in a browser, has no secret and gets its access token in the redirect.
    ClientBased,
    /// Has a redirect URI of its own scheme and proves itself by PKCE.
    Mobile,
    /// A device with little input: has no redirect URI, and its person types a code elsewhere.
    NonBrowser,
    /// Acts for the person who registered it; codes come from the console.
    SelfClient,
}

impl ClientKind {
    pub(crate) const ALL: [Self; 5] = [
        Self::ServerBased,
        Self::ClientBased,
        Self::Mobile,
        Self::NonBrowser,
        Self::SelfClient,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ServerBased => "server_based",
            Self::ClientBased => "client_based",
            Self::Mobile => "mobile",
            Self::NonBrowser => "non_browser",
            Self::SelfClient => "self_client",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What ids of this kind, and so their tokens, begin with.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::NonBrowser => "1004",
            _ => "1000",
        }
    }
}

/// Schemes that a browser acts on by itself instead of going anywhere.
const SCHEMES_OF_BROWSERS: [&str; 7] = [
    "about",
    "blob",
    "data",
    "file",
    "javascript",
    "vbscript",
    "view-source",
];

impl ClientKind {
    /// Whether a client of this kind may be sent back to the address: by HTTP, and mobile ones by a scheme of their own too.
    ///
    /// unknown: which schemes Zoho refuses for mobile clients.
    pub(crate) fn check_redirect_uri(self, uri: &str) -> Result<(), String> {
        let parsed = Url::parse(uri).map_err(|error| format!("it is no URL ({error})"))?;
        let is_taken = match (parsed.scheme(), self) {
            ("http" | "https", _) => true,
            (scheme, Self::Mobile) => !SCHEMES_OF_BROWSERS.contains(&scheme),
            _ => false,
        };
        if is_taken {
            return Ok(());
        }
        let remedy = match self {
            Self::Mobile => "http, https or a scheme of its own, such as `my.app://back`",
            _ => "http or https; a scheme of its own is for clients of the kind mobile",
        };
        Err(format!("its scheme is `{}`: use {remedy}", parsed.scheme()))
    }
}

impl Client {
    /// What its codes and tokens begin with: the same as its id.
    pub(crate) fn prefix(&self) -> &str {
        prefix_of(&self.client_id)
    }
}

/// What codes and tokens of a client begin with.
pub(crate) fn prefix_of(client_id: &str) -> &str {
    let start = client_id.split('.').next().unwrap_or_default();
    let is_number =
        !start.is_empty() && start.len() <= 8 && start.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && start.len() < client_id.len() {
        start
    } else {
        "1000"
    }
}
