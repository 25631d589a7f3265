//! Why connecting came to nothing.

use crate::config::apply::ConfigError;
use crate::store::StoreError;
use crate::vault::VaultError;

/// Why a connection could not be connected, changed or removed. Nothing of it has changed then.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// There is none of this name.
    #[error("there is no connection {0:?}")]
    NoSuchConnection(String),
    /// There is one of this name already.
    #[error("there is a connection {0:?} already")]
    Exists(String),
    /// Its settings or secrets do not suffice to begin.
    #[error("{0}")]
    Unusable(String),
    /// The redirect's state is not one that was given out, was used before, is too old or belongs to another browser.
    #[error(
        "this answer of Zoho's belongs to no authorization that was begun here, in this browser, in the last 15 minutes"
    )]
    UnknownState,
    /// The person, or Zoho, said no on the consent page.
    #[error(
        "access was not granted at Zoho ({code}); connection {connection:?} is as it was before"
    )]
    Declined {
        /// The connection that was to be connected.
        connection: String,
        /// Zoho's word for it.
        code: String,
    },
    /// The redirect or the token answer names a server that is none of Zoho's.
    #[error("{0}")]
    ForeignServer(String),
    /// Another kind of organisation was chosen than the connection is for.
    #[error("{is} was chosen at Zoho, but connection {connection:?} is for {wanted}")]
    WrongEnvironment {
        /// The connection.
        connection: String,
        /// What was chosen, in words.
        is: String,
        /// The environment of the connection.
        wanted: &'static str,
    },
    /// Zoho gave no refresh token.
    #[error(
        "Zoho gave an access token, but no refresh token, so the connection would end within an hour"
    )]
    NoRefreshToken,
    /// Its settings were changed while somebody connected it, so that the grant no longer fits them.
    #[error("the {field} of connection {connection:?} was changed while it was being connected")]
    ChangedMeanwhile {
        /// The connection.
        connection: String,
        /// What was changed.
        field: &'static str,
    },
    /// The connection belongs to somebody else than the session's owner.
    #[error("connection {connection:?} belongs to {}", owner.as_deref().map_or("no owner".to_owned(), |owner| format!("the owner {owner:?}")))]
    WrongOwner {
        /// The connection.
        connection: String,
        /// Whose it is.
        owner: Option<String>,
    },
    /// The owner has several connections that could be meant.
    #[error("the owner {owner:?} has several connections: {}", connections.join(", "))]
    Ambiguous {
        /// The owner.
        owner: String,
        /// Their connections.
        connections: Vec<String>,
    },
    /// Something in a request for a session cannot be taken.
    #[error("{message}")]
    WrongSession {
        /// Which of its members.
        field: &'static str,
        /// What stood there.
        value: String,
        /// What is wrong with it.
        message: String,
        /// What to write.
        remedy: &'static str,
    },
    /// There is no session of this token or id.
    #[error("this link to connect is not one that was given out here")]
    NoSuchSession,
    /// Nobody has used it in time.
    #[error("this link to connect has expired")]
    SessionExpired,
    /// It has made its connection.
    #[error("this link to connect was used already, and serves once")]
    SessionUsed,
    /// The product has ended it.
    #[error("this link to connect was ended by who gave it out")]
    SessionEnded,
    /// Too many are open at once.
    #[error("{0} connect sessions are open, and no more can be at once")]
    TooManySessions(i64),
    /// Routes deliver to it.
    #[error("connection {connection:?} is used by {}: {}", if routes.len() == 1 { "a route" } else { "routes" }, routes.join(", "))]
    InUse {
        /// The connection.
        connection: String,
        /// Names of the routes.
        routes: Vec<String>,
    },
    /// Zoho refused the code or token, or could not be reached.
    #[error(transparent)]
    Zoho(#[from] zoho::Error),
    /// The connection's settings cannot work.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A secret could not be read or written.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ConnectError {
    /// Whether something that was given cannot be sent to Zoho, and nothing was.
    #[must_use]
    pub fn is_wrong_input(&self) -> bool {
        matches!(self, Self::Zoho(error) if error.kind() == zoho::ErrorKind::Input)
    }
}
