//! Keeps an access token beyond the life of a client, so that a restart needs no other one.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

/// A live access token with what its answer said of it. Store it encrypted, together with the instant of its end.
#[derive(Clone)]
pub struct KeptToken {
    /// The token's text.
    pub access_token: SecretString,
    /// The granted scopes. Empty where the accounts server does not tell them.
    pub scopes: Vec<String>,
    /// The API server that the token is for.
    pub api_domain: Url,
    /// How long the token lives from now on.
    pub expires_in: Duration,
}

impl fmt::Debug for KeptToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptToken")
            .field("scopes", &self.scopes)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

/// Is told of access tokens and of calls to the token endpoint. Both calls come while callers wait, so return soon.
///
/// Give what was kept back to [`ClientBuilder::kept_token`](crate::ClientBuilder::kept_token).
pub trait TokenKeeper: fmt::Debug + Send + Sync {
    /// The token endpoint is asked now. Zoho makes at most 10 access tokens per refresh token in 10 minutes.
    fn asked(&self);

    /// Another access token is in use from now on.
    fn keep(&self, token: &KeptToken);
}
