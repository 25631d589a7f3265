//! Connecting: the consent page and the way back from it, a self client's code, a pasted refresh token, and the end.
//!
//! All three ways end in [`Engine::take_grant`]: the refresh token is in the vault and the connection in force, with its
//! deliveries due at once. What a person began at Zoho's page is kept in the store, so that a restart does not undo it.

mod environment;
mod error;
mod granted;
mod hosts;
mod remove;

use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;
use zoho::oauth::{AuthorizationAnswer, AuthorizationUrl, CodeExchange, Pkce, exchange_code};

pub use error::ConnectError;
pub(super) use granted::Earlier;
use granted::confirm;
pub(super) use hosts::accounts_url;
use hosts::moved;

use crate::clock::from_micros;
use crate::config::active::secret_name;
use crate::connection::ConnectionError;
use crate::connection::one_time::{
    LIFETIME, PENDING_MAX, digest_of, hex_digest_of, is_bound_to, random_state,
};
use crate::connection::scopes::to_ask_for;
use crate::engine::Engine;
use crate::model::config::ConnectionConfig;
use crate::model::connect::{Authorization, Connected, GrantKind};
use crate::model::connect_session::ConnectSession;
use crate::store::authorization::{AuthorizationRow, verifier_name};
use crate::vault::VaultError;

use super::connections::routes_of;
use super::sessions::Claimed;

/// What somebody has in hand to connect with, besides the consent page.
#[derive(Debug)]
pub enum Grant {
    /// A code that a self client generated in Zoho's API console.
    Code(SecretString),
    /// A refresh token that was made elsewhere.
    RefreshToken(SecretString),
}

/// What came of an answer of Zoho's consent page.
#[derive(Debug)]
pub struct Finished {
    /// The connect session under which it was begun, if any.
    pub session: Option<ConnectSession>,
    /// The connection, or why there is none.
    pub result: Result<Connected, ConnectError>,
}

/// What is to be connected, by which client.
pub(super) struct Plan {
    /// The settings as they are stored; `None`: the connection is not there yet.
    pub stored: Option<ConnectionConfig>,
    /// The settings as they will be.
    pub config: ConnectionConfig,
    pub client_secret: SecretString,
}

/// Under which circumstances a consent is begun.
pub(super) struct Circumstances<'a> {
    pub redirect_uri: &'a str,
    pub binding: Option<&'a str>,
    pub session: Option<&'a str>,
    pub data_center: Option<&'a str>,
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
        let mut config = self.config();
        let known = config
            .connections
            .iter_mut()
            .find(|known| known.name == connection.name)
            .ok_or_else(|| ConnectError::NoSuchConnection(connection.name.clone()))?;
        *known = connection;
        self.apply_alone(config).await?;
        Ok(())
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
        // Better now than after the person has consented.
        let plan = self.plan_of(connection).await?;
        let circumstances = Circumstances {
            redirect_uri,
            binding,
            session: None,
            data_center: None,
        };
        self.begin(&plan.config, circumstances).await
    }

    pub(super) async fn begin(
        &self,
        config: &ConnectionConfig,
        circumstances: Circumstances<'_>,
    ) -> Result<Authorization, ConnectError> {
        let Circumstances {
            redirect_uri,
            binding,
            session,
            data_center,
        } = circumstances;
        let scopes = to_ask_for(config, &routes_of(&self.core.active(), &config.name));
        let pkce = Pkce::generate()?;
        let state = random_state().ok_or(VaultError::Encrypt)?;
        let url = AuthorizationUrl::new(accounts_url(config)?, &config.client_id, redirect_uri)
            .scopes(&scopes)
            .state(&state)
            .pkce(&pkce)
            .offline()
            .consent()
            .build()?;
        let now = self.core.clock.now_us();
        let lifetime = i64::try_from(LIFETIME.as_micros()).unwrap_or(i64::MAX);
        let expires_at = now.saturating_add(lifetime);
        let row = AuthorizationRow {
            state: hex_digest_of(&state),
            connection: config.name.clone(),
            session: session.map(str::to_owned),
            data_center: data_center.map(str::to_owned),
            redirect_uri: redirect_uri.to_owned(),
            binding: binding.map(|binding| digest_of(binding).to_vec()),
            expires_at,
        };
        let verifier = pkce.verifier().expose_secret();
        let verifier = self
            .core
            .vault
            .encrypt(&verifier_name(&row.state), verifier)?;
        self.core
            .store
            .put_authorization(&row, verifier, PENDING_MAX, now)
            .await?;
        Ok(Authorization {
            url: url.to_string(),
            state,
            redirect_uri: redirect_uri.to_owned(),
            scopes,
            expires_at: from_micros(expires_at),
        })
    }

    /// Forgets the consents that were begun in a browser which brings this back, as when its person logs out.
    pub async fn forget_authorizations(&self, binding: &str) {
        let binding = digest_of(binding);
        if let Err(error) = self.core.store.forget_authorizations(&binding).await {
            tracing::warn!(%error, "consents of a session that has ended could not be forgotten; they expire in 15 minutes");
        }
    }

    /// Finishes what was begun at Zoho's consent page, with the query of its redirect. It goes on when the person closes
    /// the page meanwhile, since Zoho's code serves only once.
    ///
    /// Without a connection in the result, everything is as it was before.
    pub async fn finish_authorization(&self, query: &str, binding: Option<&str>) -> Finished {
        let (engine, query) = (self.clone(), query.to_owned());
        let binding = binding.map(str::to_owned);
        let finishing = self
            .core
            .tasks
            .spawn(async move { engine.finish(&query, binding.as_deref()).await });
        finishing.await.unwrap_or_else(|error| {
            tracing::error!(%error, "finishing an authorization broke off");
            Finished {
                session: None,
                result: Err(ConnectError::UnknownState),
            }
        })
    }

    async fn finish(&self, query: &str, binding: Option<&str>) -> Finished {
        let (pending, verifier, state) = match self.taken(query, binding).await {
            Ok(taken) => taken,
            Err(error) => {
                return Finished {
                    session: None,
                    result: Err(error),
                };
            }
        };
        let Some(id) = &pending.session else {
            let result = match self.plan_of(&pending.connection).await {
                Ok(plan) => self.exchange(plan, &pending, verifier, query, &state).await,
                Err(error) => Err(error),
            };
            return Finished {
                session: None,
                result,
            };
        };
        let claimed = match self.claim_session(id).await {
            Ok(claimed) => claimed,
            Err(error) => {
                return Finished {
                    session: self.connect_session(id).await.ok().flatten(),
                    result: Err(error),
                };
            }
        };
        let result = self
            .exchange_for(&claimed, &pending, verifier, query, &state)
            .await;
        let session = self.release_session(claimed, &result).await;
        Finished {
            session: Some(session),
            result,
        }
    }

    async fn exchange_for(
        &self,
        claimed: &Claimed,
        pending: &AuthorizationRow,
        verifier: SecretString,
        query: &str,
        state: &str,
    ) -> Result<Connected, ConnectError> {
        let plan = self
            .plan_of_session(claimed, pending.data_center.as_deref())
            .await?;
        self.exchange(plan, pending, verifier, query, state).await
    }

    /// What the state of a redirect stands for, with the verifier and the state; it serves once.
    async fn taken(
        &self,
        query: &str,
        binding: Option<&str>,
    ) -> Result<(AuthorizationRow, SecretString, String), ConnectError> {
        let state = form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "state")
            .map(|(_, state)| state.into_owned())
            .ok_or(ConnectError::UnknownState)?;
        let digest = hex_digest_of(&state);
        let now = self.core.clock.now_us();
        let taken = self.core.store.take_authorization(&digest, now).await?;
        let (pending, verifier) = taken
            .filter(|(pending, _)| is_bound_to(pending.binding.as_deref(), binding))
            .ok_or(ConnectError::UnknownState)?;
        let verifier = self
            .core
            .vault
            .decrypt(&verifier_name(&digest), &verifier)?;
        Ok((pending, verifier, state))
    }

    async fn exchange(
        &self,
        plan: Plan,
        pending: &AuthorizationRow,
        verifier: SecretString,
        query: &str,
        state: &str,
    ) -> Result<Connected, ConnectError> {
        let own = accounts_url(&plan.config)?;
        let answer = match &plan.config.accounts_url {
            Some(_) => AuthorizationAnswer::from_query_of(&own, query, state),
            None => AuthorizationAnswer::from_query(query, state),
        };
        let answer = answer.map_err(|error| match error.code() {
            Some(code) => ConnectError::Declined {
                connection: pending.connection.clone(),
                code: code.to_owned(),
            },
            None => ConnectError::ForeignServer(error.to_string()),
        })?;
        let accounts_url = answer.accounts_url.clone().unwrap_or_else(|| own.clone());
        let plan = Plan {
            config: moved(plan.config, &own, &accounts_url, answer.data_center),
            ..plan
        };
        let granted = exchange_code(CodeExchange {
            accounts_url,
            client_id: plan.config.client_id.clone(),
            client_secret: plan.client_secret.clone(),
            code: answer.code,
            redirect_uri: Some(pending.redirect_uri.clone()),
            code_verifier: Some(verifier),
        })
        .await?;
        let confirmed = confirm(granted, GrantKind::Consent, plan)?;
        self.take_grant(confirmed).await
    }

    /// Connects with what somebody has in hand. Zoho is asked whether it is good before anything is stored.
    ///
    /// # Errors
    /// [`ConnectError`]; the connection is as it was before.
    pub async fn grant(&self, connection: &str, grant: Grant) -> Result<Connected, ConnectError> {
        let plan = self.plan_of(connection).await?;
        let confirmed = match grant {
            Grant::Code(code) => {
                let granted = exchange_code(CodeExchange {
                    accounts_url: accounts_url(&plan.config)?,
                    client_id: plan.config.client_id.clone(),
                    client_secret: plan.client_secret.clone(),
                    code,
                    redirect_uri: None,
                    code_verifier: None,
                })
                .await?;
                confirm(granted, GrantKind::SelfClient, plan)?
            }
            Grant::RefreshToken(refresh_token) => self.confirm_pasted(plan, refresh_token).await?,
        };
        self.take_grant(confirmed).await
    }

    /// Connecting a connection that is there, as its settings stand.
    async fn plan_of(&self, connection: &str) -> Result<Plan, ConnectError> {
        let config = self.connection_config(connection)?;
        Ok(Plan {
            client_secret: self.client_secret(connection).await?,
            stored: Some(config.clone()),
            config,
        })
    }

    pub(super) fn connection_config(&self, name: &str) -> Result<ConnectionConfig, ConnectError> {
        let active = self.core.active();
        let mut known = active.config.connections.iter();
        known
            .find(|config| config.name == name)
            .cloned()
            .ok_or_else(|| ConnectError::NoSuchConnection(name.to_owned()))
    }

    pub(super) async fn client_secret(
        &self,
        connection: &str,
    ) -> Result<SecretString, ConnectError> {
        self.secret(&secret_name(connection, "client_secret"))
            .await?
            .ok_or_else(|| {
                let error = ConnectionError::MissingSecret("client secret");
                ConnectError::Unusable(error.to_string())
            })
    }

    pub(super) async fn secret(&self, name: &str) -> Result<Option<SecretString>, ConnectError> {
        let Some(sealed) = self.core.store.secret(name).await? else {
            return Ok(None);
        };
        Ok(Some(self.core.vault.decrypt(name, &sealed)?))
    }
}
