//! Access tokens over a restart: kept encrypted beside the refresh token, and taken up again while they live.
//!
//! A kept token names the client and the refresh token that it came from by a digest, so that one of an earlier grant is
//! never used.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zoho::oauth::{KeptToken, TokenKeeper};

use crate::clock::Clock;
use crate::config::active::secret_name;
use crate::store::{Store, StoreError};
use crate::vault::Vault;

/// Name of the tally of a connection's calls to the token endpoint.
#[must_use]
pub(crate) fn tally_name(connection: &str) -> String {
    format!("token_calls/{connection}")
}

/// What is kept of an access token. After its end it still tells the granted scopes.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    access_token: String,
    pub(crate) scopes: Vec<String>,
    api_domain: String,
    /// Microseconds since 1970.
    expires_at: i64,
    grant: GrantPrint,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept")
            .field("scopes", &self.scopes)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl Kept {
    pub(crate) fn new(token: &KeptToken, grant: &GrantPrint, now: i64) -> Self {
        let lifetime = i64::try_from(token.expires_in.as_micros()).unwrap_or(0);
        Self {
            access_token: token.access_token.expose_secret().to_owned(),
            scopes: token.scopes.clone(),
            api_domain: token.api_domain.to_string(),
            expires_at: now.saturating_add(lifetime),
            grant: grant.clone(),
        }
    }

    /// The token for a client, while it lives. A clock that was set back must not make it live longer than a day.
    pub(crate) fn alive(&self, now: i64) -> Option<KeptToken> {
        let left = u64::try_from(self.expires_at.saturating_sub(now)).ok()?;
        let expires_in = Duration::from_micros(left).min(Duration::from_secs(24 * 3_600));
        let api_domain = url::Url::parse(&self.api_domain).ok()?;
        (!expires_in.is_zero()).then(|| KeptToken {
            access_token: self.access_token.clone().into(),
            scopes: self.scopes.clone(),
            api_domain,
            expires_in,
        })
    }

    /// Stores it, encrypted.
    pub(crate) async fn store(
        &self,
        connection: &str,
        store: &Store,
        vault: &Vault,
        now: i64,
    ) -> Result<(), StoreError> {
        let name = secret_name(connection, "access_token");
        let text = serde_json::to_string(self)
            .map_err(|error| StoreError::inconsistent(name.clone(), error))?;
        let sealed = vault
            .encrypt(&name, &text)
            .map_err(|error| StoreError::inconsistent(name.clone(), error))?;
        let refresh_token_name = secret_name(connection, "refresh_token");
        store
            .keep_access_token(&name, &refresh_token_name, sealed, now)
            .await
    }

    /// Reads what was kept, if it came from this grant.
    pub(crate) async fn load(
        connection: &str,
        grant: &GrantPrint,
        store: &Store,
        vault: &Vault,
    ) -> Result<Option<Self>, StoreError> {
        let name = secret_name(connection, "access_token");
        let Some(sealed) = store.secret(&name).await? else {
            return Ok(None);
        };
        // A token that cannot be read costs one call to the token endpoint, no more.
        let kept = vault.decrypt(&name, &sealed).ok();
        let kept = kept.and_then(|text| serde_json::from_str::<Self>(text.expose_secret()).ok());
        Ok(kept.filter(|kept| kept.grant == *grant))
    }
}

/// Recognises client and refresh token together, without holding them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct GrantPrint(String);

impl GrantPrint {
    pub(crate) fn of(
        client_id: &str,
        client_secret: &SecretString,
        refresh_token: &SecretString,
    ) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        let parts = [
            client_id,
            client_secret.expose_secret(),
            refresh_token.expose_secret(),
        ];
        for part in parts {
            context.update(part.as_bytes());
            context.update(b"\n");
        }
        let digest = context.finish();
        Self(
            digest.as_ref()[..12]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }
}

/// Keeps the tokens of one connection's client, and counts its calls to the token endpoint.
#[derive(Debug)]
pub(crate) struct Keeper {
    connection: String,
    grant: GrantPrint,
    store: Store,
    vault: Arc<Vault>,
    clock: Clock,
    runtime: tokio::runtime::Handle,
}

impl Keeper {
    pub(crate) fn new(
        connection: &str,
        grant: GrantPrint,
        store: Store,
        vault: Arc<Vault>,
        clock: Clock,
    ) -> Self {
        Self {
            connection: connection.to_owned(),
            grant,
            store,
            vault,
            clock,
            runtime: tokio::runtime::Handle::current(),
        }
    }
}

/// Counts a call to the token endpoint.
pub(crate) async fn count(connection: &str, store: &Store, now: i64) {
    if let Err(error) = store.count_token_call(&tally_name(connection), now).await {
        tracing::warn!(%error, "a call to the token endpoint could not be counted");
    }
}

impl TokenKeeper for Keeper {
    fn asked(&self) {
        let (store, connection) = (self.store.clone(), self.connection.clone());
        let now = self.clock.now_us();
        self.runtime
            .spawn(async move { count(&connection, &store, now).await });
    }

    fn keep(&self, token: &KeptToken) {
        let now = self.clock.now_us();
        let kept = Kept::new(token, &self.grant, now);
        let (connection, store, vault) = (
            self.connection.clone(),
            self.store.clone(),
            self.vault.clone(),
        );
        self.runtime.spawn(async move {
            if let Err(error) = kept.store(&connection, &store, &vault, now).await {
                tracing::warn!(connection, %error, "an access token could not be kept; the next start asks for another");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_token_lives_as_long_as_zoho_said_and_shows_no_text() {
        let print = |secret: &str| GrantPrint::of("1000.A", &secret.into(), &"1000.refresh".into());
        let token = KeptToken {
            access_token: "1000.secret-text".into(),
            scopes: vec!["ZohoCRM.org.READ".to_owned()],
            api_domain: url::Url::parse("https://www.zohoapis.eu").unwrap(),
            expires_in: Duration::from_secs(3_600),
        };
        let kept = Kept::new(&token, &print("secret"), 0);
        assert!(!format!("{kept:?}").contains("secret-text"));
        let left = kept.alive(3_000_000_000).unwrap().expires_in;
        assert_eq!(left, Duration::from_secs(600));
        assert!(kept.alive(3_600_000_000).is_none());
        assert_ne!(kept.grant, print("another secret"));
    }
}
