//! A refresh token and the client that it was granted to.

use std::fmt;

use secrecy::SecretString;

pub(crate) struct RefreshTokenGrant {
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
    pub(crate) refresh_token: SecretString,
}

impl fmt::Debug for RefreshTokenGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshTokenGrant")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}
