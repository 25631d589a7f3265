//! Configuring: what is in force, what a new configuration would change, and making it so.

use std::sync::Arc;

use secrecy::ExposeSecret;

use crate::config::active::{self, Active};
use crate::config::apply::{ConfigError, difference};
use crate::config::check::check;
use crate::connection::tokens::Kept;
use crate::connection::{Connection, doctor};
use crate::engine::Engine;
use crate::model::config::Config;
use crate::model::status::{ConfigPlan, Finding};

use super::connect::Earlier;
use super::connections::routes_of;

impl Engine {
    /// The configuration in force, without secrets.
    #[must_use]
    pub fn config(&self) -> Config {
        self.core.active().config.clone()
    }

    /// What [`Engine::apply_config`] would change.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] with every problem.
    pub async fn plan_config(&self, config: &Config) -> Result<ConfigPlan, ConfigError> {
        let problems = check(config);
        if !problems.is_empty() {
            return Err(ConfigError::Invalid(problems));
        }
        let (stored, _) = active::stored(&self.core.store).await?;
        Ok(difference(&stored, config, &self.core.vault)?.plan)
    }

    /// Makes the stored configuration equal to `config` and puts it in force. Secrets that it leaves out stay stored.
    ///
    /// # Errors
    /// [`ConfigError`]; nothing has changed then.
    pub async fn apply_config(&self, config: Config) -> Result<ConfigPlan, ConfigError> {
        let _one_at_a_time = self.core.config_changes.lock().await;
        self.apply_and_note(config).await
    }

    /// Applies, and writes into the history of each connection that it got a refresh token made elsewhere.
    async fn apply_and_note(&self, config: Config) -> Result<ConfigPlan, ConfigError> {
        let mut pasted = Vec::new();
        for connection in &config.connections {
            let Some(given) = &connection.refresh_token else {
                continue;
            };
            let held = self.earlier(&connection.name).await;
            let is_held =
                matches!(&held, Ok(Earlier::Token(held)) if held.expose_secret() == given.expose());
            if !is_held {
                pasted.push(connection.clone());
            }
        }
        let plan = self.apply_alone(config).await?;
        for connection in pasted {
            let detail = "connected by a refresh token of the configuration";
            self.note(&connection, "granted", 0, detail).await;
        }
        Ok(plan)
    }

    /// Applies the file that the gateway is started with, which may be older than what people have done since: connections
    /// that the file does not name stay, and so does the refresh token that a consent has brought.
    ///
    /// # Errors
    /// [`ConfigError`]; nothing has changed then.
    pub async fn start_with(&self, mut config: Config) -> Result<ConfigPlan, ConfigError> {
        let _one_at_a_time = self.core.config_changes.lock().await;
        let (stored, _) = active::stored(&self.core.store).await?;
        for known in stored.connections {
            let named = config.connections.iter_mut();
            let Some(named) = named.into_iter().find(|named| named.name == known.name) else {
                tracing::warn!(
                    connection = known.name,
                    "the connection is kept, though the file does not name it; `leadway connection remove` takes it away"
                );
                config.connections.push(known);
                continue;
            };
            let is_same_client = named.client_id == known.client_id;
            if is_same_client && self.core.store.made_refresh_token(&known.name).await? {
                if named.refresh_token.take().is_some() {
                    tracing::warn!(
                        connection = known.name,
                        "the file's refresh token is not used: somebody has connected the connection since; take it out of \
                         the file"
                    );
                }
                // Where the person's organisation is, the consent has told.
                if (&named.data_center, named.environment)
                    != (&known.data_center, known.environment)
                {
                    tracing::warn!(
                        connection = known.name,
                        data_center = known.data_center,
                        environment = known.environment.as_str(),
                        "the file's data center and environment are not used: somebody has connected the connection in those \
                         named here; change the file"
                    );
                }
                named.data_center = known.data_center;
                named.environment = known.environment;
            }
        }
        self.apply_and_note(config).await
    }

    /// The same for who holds the lock on changes of the configuration.
    pub(super) async fn apply_alone(&self, config: Config) -> Result<ConfigPlan, ConfigError> {
        self.apply_alone_with(config, None).await
    }

    /// The same with an access token for a connection whose refresh token comes along.
    pub(super) async fn apply_alone_with(
        &self,
        config: Config,
        kept: Option<(String, Kept)>,
    ) -> Result<ConfigPlan, ConfigError> {
        let problems = check(&config);
        if !problems.is_empty() {
            return Err(ConfigError::Invalid(problems));
        }
        let (stored, _) = active::stored(&self.core.store).await?;
        let difference = difference(&stored, &config, &self.core.vault)?;
        self.core
            .store
            .save_config(
                &difference.items,
                &difference.secrets,
                self.core.clock.now_us(),
            )
            .await?;
        if let Some((name, kept)) = kept {
            let now = self.core.clock.now_us();
            kept.store(&name, &self.core.store, &self.core.vault, now)
                .await?;
        }
        let before = self.core.active();
        // Connections whose secrets came along begin anew; the others keep their tokens.
        let has_new_secret = |name: &str| {
            config.connections.iter().any(|item| {
                item.name == name && (item.client_secret.is_some() || item.refresh_token.is_some())
            })
        };
        let kept = before
            .connections
            .iter()
            .filter(|(name, _)| !has_new_secret(name));
        let kept = Active {
            connections: kept
                .map(|(name, kept)| (name.clone(), kept.clone()))
                .collect(),
            ..Active::default()
        };
        let active = active::load(
            &self.core.store,
            &self.core.vault,
            &self.core.clock,
            &kept,
            &before,
        )
        .await?;
        let is_kept = |name: &String, now: &Arc<Connection>| {
            let before = kept.connections.get(name);
            before.is_some_and(|before| Arc::ptr_eq(before, now))
        };
        let connections = active.connections.iter();
        let changed = connections.filter(|(name, now)| !is_kept(name, now));
        for (connection, _) in changed {
            self.core
                .store
                .make_due(connection, self.core.clock.now_us())
                .await?;
        }
        self.core.activate(active);
        Ok(difference.plan)
    }

    /// Examines a connection from end to end; `None` when there is none of this name.
    pub async fn doctor(&self, connection: &str) -> Option<Vec<Finding>> {
        let active = self.core.active();
        if let Some(connection) = active.connections.get(connection) {
            let mut routes = Vec::new();
            for route in routes_of(&active, &connection.config.name) {
                // A mapping that is in force is there.
                if let Ok(mapping) = active::mapping_named(&active.config, &route.mapping) {
                    routes.push((route.clone(), mapping));
                }
            }
            let mut findings = doctor::examine(connection, &routes, &self.core.clock).await;
            let meters = self.connections().await.unwrap_or_default();
            let meters = meters
                .iter()
                .find(|status| status.name == connection.config.name);
            findings.extend(meters.map(|status| doctor::tokens(&status.tokens)));
            return Some(findings);
        }
        active
            .broken
            .get(connection)
            .map(|reason| vec![doctor::unusable(reason)])
    }
}
