//! Connecting: the consent page and the way back from it, a self client's code, a pasted refresh token, and the end.
//!
//! All three ways end in [`Engine::take_grant`]: the refresh token is in the vault and the connection in force, with its
//! deliveries due at once.

use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded};
use zoho::DataCenter;
use zoho::oauth::{
    AuthorizationAnswer, AuthorizationUrl, CodeExchange, Granted, KeptToken, Pkce, exchange_code,
    revoke,
};

use crate::clock::from_micros;
use crate::config::active::secret_name;
use crate::config::apply::ConfigError;
use crate::connection::pending::{LIFETIME, Pending, digest_of, random_state};
use crate::connection::scopes::to_ask_for;
use crate::connection::tokens::{self, GrantPrint, Kept};
use crate::connection::{Connection, ConnectionError, address, data_center};
use crate::engine::Engine;
use crate::model::config::{ConnectionConfig, Environment, Secret};
use crate::model::connect::{Authorization, Connected, GrantKind, Removed};
use crate::store::StoreError;
use crate::store::connection::NewConnectionEvent;
use crate::vault::VaultError;

use super::connections::routes_of;

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
    /// Zoho gave no refresh token.
    #[error(
        "Zoho gave an access token, but no refresh token, so the connection would end within an hour"
    )]
    NoRefreshToken,
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

/// What somebody has in hand to connect with, besides the consent page.
#[derive(Debug)]
pub enum Grant {
    /// A code that a self client generated in Zoho's API console.
    Code(SecretString),
    /// A refresh token that was made elsewhere.
    RefreshToken(SecretString),
}

/// A grant that Zoho has confirmed.
struct Confirmed {
    kind: GrantKind,
    refresh_token: SecretString,
    token: KeptToken,
    /// The connection's settings, as the grant has made them.
    config: ConnectionConfig,
}

impl Engine {
    /// Adds a connection, with or without a refresh token. It needs consent until it has one.
    ///
    /// # Errors
    /// [`ConnectError::Exists`], or [`ConnectError::Config`] with every problem.
    pub async fn add_connection(&self, connection: ConnectionConfig) -> Result<(), ConnectError> {
        let _one_at_a_time = self.core.config_changes.lock().await;
        let mut config = self.config();
        if config
            .connections
            .iter()
            .any(|known| known.name == connection.name)
        {
            return Err(ConnectError::Exists(connection.name));
        }
        config.connections.push(connection);
        self.apply_alone(config).await?;
        Ok(())
    }

    /// Replaces a connection's settings. Secrets that are left out stay stored.
    ///
    /// # Errors
    /// [`ConnectError::NoSuchConnection`], or [`ConnectError::Config`] with every problem.
    pub async fn change_connection(
        &self,
        connection: ConnectionConfig,
    ) -> Result<(), ConnectError> {
        let _one_at_a_time = self.core.config_changes.lock().await;
        self.put_connection(connection).await
    }

    /// Begins at Zoho's consent page: gives the address to send a person to. `binding` is what their browser must bring
    /// back, so that nobody can be made to finish what another began.
    ///
    /// # Errors
    /// [`ConnectError::NoSuchConnection`], or [`ConnectError::Unusable`] when its settings or client secret are missing.
    pub async fn begin_authorization(
        &self,
        connection: &str,
        redirect_uri: &str,
        binding: Option<&str>,
    ) -> Result<Authorization, ConnectError> {
        let config = self.connection_config(connection)?;
        // Better now than after the person has consented.
        self.client_secret(connection).await?;
        let scopes = to_ask_for(&config, &routes_of(&self.core.active(), connection));
        let pkce = Pkce::generate()?;
        let state = random_state().ok_or(VaultError::Encrypt)?;
        let url = AuthorizationUrl::new(accounts_url(&config)?, &config.client_id, redirect_uri)
            .scopes(&scopes)
            .state(&state)
            .pkce(&pkce)
            .offline()
            .consent()
            .build()?;
        let now = self.core.clock.now_us();
        let lifetime = i64::try_from(LIFETIME.as_micros()).unwrap_or(i64::MAX);
        let expires_at = now.saturating_add(lifetime);
        let pending = Pending {
            connection: connection.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            verifier: pkce.verifier().clone(),
            binding: binding.map(digest_of),
            expires_at,
        };
        self.core.authorizations.put(&state, pending, now);
        Ok(Authorization {
            url: url.to_string(),
            state,
            redirect_uri: redirect_uri.to_owned(),
            scopes,
            expires_at: from_micros(expires_at),
        })
    }

    /// Finishes what [`Engine::begin_authorization`] began, with the query of Zoho's redirect.
    ///
    /// # Errors
    /// [`ConnectError`]; the connection is as it was before.
    pub async fn finish_authorization(
        &self,
        query: &str,
        binding: Option<&str>,
    ) -> Result<Connected, ConnectError> {
        let state = form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "state")
            .map(|(_, state)| state.into_owned())
            .ok_or(ConnectError::UnknownState)?;
        let pending = self
            .core
            .authorizations
            .take(&state, self.core.clock.now_us())
            .filter(|pending| pending.is_bound_to(binding))
            .ok_or(ConnectError::UnknownState)?;
        let config = self.connection_config(&pending.connection)?;
        let own = accounts_url(&config)?;
        let answer = match &config.accounts_url {
            Some(_) => AuthorizationAnswer::from_query_of(&own, query, &state),
            None => AuthorizationAnswer::from_query(query, &state),
        };
        let answer = answer.map_err(|error| match error.code() {
            Some(code) => ConnectError::Declined {
                connection: pending.connection.clone(),
                code: code.to_owned(),
            },
            None => ConnectError::ForeignServer(error.to_string()),
        })?;
        let accounts_url = answer.accounts_url.clone().unwrap_or_else(|| own.clone());
        let config = moved(config, &own, &accounts_url, answer.data_center);
        let granted = exchange_code(CodeExchange {
            accounts_url,
            client_id: config.client_id.clone(),
            client_secret: self.client_secret(&config.name).await?,
            code: answer.code,
            redirect_uri: Some(pending.redirect_uri),
            code_verifier: Some(pending.verifier),
        })
        .await?;
        let confirmed = confirm(granted, GrantKind::Consent, config)?;
        self.take_grant(confirmed).await
    }

    /// Connects with what somebody has in hand. Zoho is asked whether it is good before anything is stored.
    ///
    /// # Errors
    /// [`ConnectError`]; the connection is as it was before.
    pub async fn grant(&self, connection: &str, grant: Grant) -> Result<Connected, ConnectError> {
        let config = self.connection_config(connection)?;
        let client_secret = self.client_secret(connection).await?;
        let confirmed = match grant {
            Grant::Code(code) => {
                let granted = exchange_code(CodeExchange {
                    accounts_url: accounts_url(&config)?,
                    client_id: config.client_id.clone(),
                    client_secret,
                    code,
                    redirect_uri: None,
                    code_verifier: None,
                })
                .await?;
                confirm(granted, GrantKind::SelfClient, config)?
            }
            Grant::RefreshToken(refresh_token) => {
                self.confirm_pasted(config, client_secret, refresh_token)
                    .await?
            }
        };
        self.take_grant(confirmed).await
    }

    /// Removes a connection with its secrets, and revokes its refresh token at Zoho, unless other programs use it too.
    /// When Zoho cannot be reached, it is removed all the same, and the answer says so.
    ///
    /// # Errors
    /// [`ConnectError::InUse`] while routes deliver to it.
    pub async fn remove_connection(
        &self,
        connection: &str,
        revokes: bool,
    ) -> Result<Removed, ConnectError> {
        let _one_at_a_time = self.core.config_changes.lock().await;
        let removed = self.connection_config(connection)?;
        let mut config = self.config();
        let routes = config
            .routes
            .iter()
            .filter(|route| route.connection == connection);
        let routes: Vec<String> = routes.map(|route| route.name.clone()).collect();
        if !routes.is_empty() {
            return Err(ConnectError::InUse {
                connection: connection.to_owned(),
                routes,
            });
        }
        let refresh_token = self.secret(connection, "refresh_token").await?;
        config.connections.retain(|known| known.name != connection);
        self.apply_alone(config).await?;
        let revoked = match refresh_token.filter(|_| revokes) {
            None => None,
            Some(token) => Some(match accounts_url(&removed) {
                Ok(accounts_url) => revoke(&accounts_url, &token)
                    .await
                    .map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            }),
        };
        let outcome = match &revoked {
            None => (
                "removed",
                0,
                "removed; its refresh token was not revoked".to_owned(),
            ),
            Some(Ok(())) => (
                "revoked",
                -1,
                "removed, and its refresh token is revoked at Zoho".to_owned(),
            ),
            Some(Err(error)) => (
                "not_revoked",
                0,
                format!("removed, but Zoho did not revoke its refresh token: {error}"),
            ),
        };
        let (kind, made_token, detail) = outcome;
        self.note(&removed, kind, made_token, &detail).await?;
        Ok(Removed {
            name: connection.to_owned(),
            is_revoked: matches!(revoked, Some(Ok(()))),
            revocation_error: revoked.and_then(Result::err),
        })
    }

    async fn take_grant(&self, confirmed: Confirmed) -> Result<Connected, ConnectError> {
        let _one_at_a_time = self.core.config_changes.lock().await;
        let Confirmed {
            kind,
            refresh_token,
            token,
            mut config,
        } = confirmed;
        let name = config.name.clone();
        // It may have been removed while the person was at Zoho's page.
        self.connection_config(&name)?;
        config.refresh_token = Some(Secret::new(refresh_token.expose_secret()));
        let now = self.core.clock.now_us();
        let client_secret = self.client_secret(&name).await?;
        let grant = GrantPrint::of(&config.client_id, &client_secret, &refresh_token);
        let kept = Kept::new(&token, &grant, now);
        self.put_connection_with(config.clone(), Some(kept)).await?;
        let detail = format!(
            "connected by {}, with the scopes {}",
            kind.in_words(),
            if token.scopes.is_empty() {
                "that Zoho does not name".to_owned()
            } else {
                token.scopes.join(" ")
            }
        );
        let made_token = i64::from(kind != GrantKind::Pasted);
        self.note(&config, "granted", made_token, &detail).await?;
        tracing::info!(
            connection = name,
            kind = kind.as_str(),
            "the connection is connected"
        );
        Ok(Connected {
            name,
            data_center: config.data_center,
            api_domain: token.api_domain.to_string(),
            kind,
            scopes: token.scopes,
        })
    }

    async fn put_connection(&self, connection: ConnectionConfig) -> Result<(), ConnectError> {
        self.put_connection_with(connection, None).await
    }

    /// Replaces a connection in the configuration; who calls holds the lock on it.
    async fn put_connection_with(
        &self,
        connection: ConnectionConfig,
        kept: Option<Kept>,
    ) -> Result<(), ConnectError> {
        let mut config = self.config();
        let name = connection.name.clone();
        let known = config
            .connections
            .iter_mut()
            .find(|known| known.name == name)
            .ok_or_else(|| ConnectError::NoSuchConnection(name.clone()))?;
        *known = connection;
        self.apply_alone_with(config, kept.map(|kept| (name, kept)))
            .await?;
        Ok(())
    }

    /// Asks Zoho for an access token with a pasted refresh token.
    async fn confirm_pasted(
        &self,
        config: ConnectionConfig,
        client_secret: SecretString,
        refresh_token: SecretString,
    ) -> Result<Confirmed, ConnectError> {
        let catcher = std::sync::Arc::new(Catcher::default());
        tokens::count(&config.name, &self.core.store, self.core.clock.now_us()).await;
        let connection = Connection::with_tokens(
            config.clone(),
            client_secret,
            refresh_token.clone(),
            self.core.clock.clone(),
            None,
            Some(catcher.clone()),
        )
        .map_err(|error| ConnectError::Unusable(error.to_string()))?;
        connection.client.token().await?;
        let token = catcher.taken().ok_or_else(|| {
            ConnectError::Unusable("Zoho answered without an access token".to_owned())
        })?;
        check_api_domain(&token.api_domain, &config)?;
        Ok(Confirmed {
            kind: GrantKind::Pasted,
            refresh_token,
            token,
            config,
        })
    }

    pub(super) async fn note(
        &self,
        config: &ConnectionConfig,
        kind: &'static str,
        made_token: i64,
        detail: &str,
    ) -> Result<(), StoreError> {
        let event = NewConnectionEvent {
            connection: &config.name,
            kind,
            client_id: &config.client_id,
            made_token,
            detail,
        };
        self.core
            .store
            .note_connection(event, self.core.clock.now_us())
            .await?;
        self.core.changed();
        Ok(())
    }

    fn connection_config(&self, name: &str) -> Result<ConnectionConfig, ConnectError> {
        let active = self.core.active();
        let known = active.config.connections.iter();
        known
            .clone()
            .find(|config| config.name == name)
            .cloned()
            .ok_or_else(|| ConnectError::NoSuchConnection(name.to_owned()))
    }

    async fn client_secret(&self, connection: &str) -> Result<SecretString, ConnectError> {
        self.secret(connection, "client_secret")
            .await?
            .ok_or_else(|| {
                let error = ConnectionError::MissingSecret("client secret");
                ConnectError::Unusable(error.to_string())
            })
    }

    async fn secret(
        &self,
        connection: &str,
        key: &str,
    ) -> Result<Option<SecretString>, ConnectError> {
        let name = secret_name(connection, key);
        let Some(sealed) = self.core.store.secret(&name).await? else {
            return Ok(None);
        };
        Ok(Some(self.core.vault.decrypt(&name, &sealed)?))
    }
}

/// Catches the access token of a client that is only asked for one.
#[derive(Debug, Default)]
struct Catcher(std::sync::Mutex<Option<KeptToken>>);

impl Catcher {
    fn taken(&self) -> Option<KeptToken> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()
    }
}

impl zoho::oauth::TokenKeeper for Catcher {
    fn asked(&self) {}

    fn keep(&self, token: &KeptToken) {
        *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(token.clone());
    }
}

fn confirm(
    granted: Granted,
    kind: GrantKind,
    config: ConnectionConfig,
) -> Result<Confirmed, ConnectError> {
    let refresh_token = granted.refresh_token.ok_or(ConnectError::NoRefreshToken)?;
    let fallback = || {
        let own = config
            .api_domain
            .as_deref()
            .or(config.accounts_url.as_deref());
        match own {
            Some(url) => Url::parse(url).ok(),
            None => data_center(&config).ok().and_then(DataCenter::api_url),
        }
    };
    let api_domain = granted.api_domain.or_else(fallback).ok_or_else(|| {
        ConnectError::ForeignServer(
            "the token answer names no API host that can be used".to_owned(),
        )
    })?;
    check_api_domain(&api_domain, &config)?;
    Ok(Confirmed {
        kind,
        refresh_token,
        token: KeptToken {
            access_token: granted.access_token,
            scopes: granted.scopes,
            api_domain,
            expires_in: granted.expires_in,
        },
        config,
    })
}

fn accounts_url(config: &ConnectionConfig) -> Result<Url, ConnectError> {
    let unusable = |error: ConnectionError| ConnectError::Unusable(error.to_string());
    match &config.accounts_url {
        Some(url) => address("accounts_url", url).map_err(unusable),
        None => Ok(data_center(config).map_err(unusable)?.accounts_url()),
    }
}

/// The settings of a connection whose person lives in another data center than was thought.
fn moved(
    mut config: ConnectionConfig,
    own: &Url,
    accounts_url: &Url,
    data_center: Option<DataCenter>,
) -> ConnectionConfig {
    if let Some(data_center) = data_center {
        config.data_center = data_center.to_string();
    }
    if own.origin() != accounts_url.origin() {
        config.accounts_url = match DataCenter::from_accounts_url(accounts_url) {
            Some(_) => None,
            None => Some(accounts_url.to_string().trim_end_matches('/').to_owned()),
        };
        config.api_domain = None;
    }
    config
}

/// Records go to the API host that a token answer names, so it must be one of the connection's data center, or one that
/// was set by hand.
fn check_api_domain(api_domain: &Url, config: &ConnectionConfig) -> Result<(), ConnectError> {
    if config.accounts_url.is_some() || config.api_domain.is_some() {
        // The SDK takes https only, or this very machine where the accounts server is on it too.
        return Ok(());
    }
    let data_center =
        data_center(config).map_err(|error| ConnectError::Unusable(error.to_string()))?;
    let host = api_domain.host_str().unwrap_or_default();
    let is_host = |url: Option<Url>| url.is_some_and(|url| url.host_str() == Some(host));
    let is_sandbox = is_host(data_center.sandbox_api_url());
    let is_developer = is_host(data_center.developer_api_url());
    // Where Zoho documents no hosts, those that its pattern gives.
    let ending = format!(".zohoapis.{data_center}");
    let is_known = is_host(data_center.api_url())
        || is_sandbox
        || is_developer
        || (data_center.sandbox_api_url().is_none() && host.ends_with(&ending));
    if api_domain.scheme() != "https" || !is_known {
        return Err(ConnectError::ForeignServer(format!(
            "the token answer names the API host {host:?}, which is none of Zoho's in data center {data_center}"
        )));
    }
    let chosen = match (is_sandbox, is_developer) {
        (true, _) => Environment::Sandbox,
        (_, true) => Environment::Developer,
        // Zoho may name the production host for the others too.
        _ => return Ok(()),
    };
    if chosen == config.environment {
        return Ok(());
    }
    Err(ConnectError::ForeignServer(format!(
        "a {} organisation was chosen on Zoho's page, but this is a connection for {}; choose another organisation there, or change the connection's environment",
        chosen.as_str(),
        config.environment.as_str()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(data_center: &str) -> ConnectionConfig {
        ConnectionConfig {
            name: "main".to_owned(),
            data_center: data_center.to_owned(),
            ..ConnectionConfig::default()
        }
    }

    #[test]
    fn an_api_host_is_one_of_the_data_center_and_the_environment() {
        let check = |url: &str, config: &ConnectionConfig| {
            check_api_domain(&Url::parse(url).unwrap(), config)
        };
        assert!(check("https://www.zohoapis.eu", &config("eu")).is_ok());
        assert!(check("https://www.zohoapis.ae", &config("ae")).is_ok());
        for (url, place) in [
            ("https://www.zohoapis.com", "eu"),
            ("http://www.zohoapis.eu", "eu"),
            ("https://www.zohoapis.eu.evil.example", "eu"),
            ("https://evil.zohoapis.eu", "eu"),
            ("https://sandbox.zohoapis.eu", "eu"),
            ("https://zohoapis.ae.example", "ae"),
        ] {
            assert!(check(url, &config(place)).is_err(), "{url}");
        }
        let sandbox = ConnectionConfig {
            environment: Environment::Sandbox,
            ..config("eu")
        };
        assert!(check("https://sandbox.zohoapis.eu", &sandbox).is_ok());
        assert!(check("https://developer.zohoapis.eu", &sandbox).is_err());
    }

    #[test]
    fn a_person_of_another_data_center_moves_the_connection_there() {
        let own = Url::parse("https://accounts.zoho.com").unwrap();
        let there = Url::parse("https://accounts.zoho.eu").unwrap();
        let moved = moved(config("us"), &own, &there, Some(DataCenter::Eu));
        assert_eq!(
            (moved.data_center.as_str(), moved.accounts_url),
            ("eu", None)
        );
    }
}
