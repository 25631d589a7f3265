//! A grant that Zoho has confirmed comes into force: only what the consent has changed is written, and the refresh token
//! that it replaces is revoked.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;
use zoho::DataCenter;
use zoho::oauth::{Granted, KeptToken, TokenKeeper, revoke};

use super::hosts::{accounts_url, check_api_domain};
use super::{ConnectError, Plan};
use crate::config::active::secret_name;
use crate::connection::ledger::Ledger;
use crate::connection::tokens::{self, GrantPrint, Kept};
use crate::connection::{Connection, data_center};
use crate::engine::Engine;
use crate::model::config::{ConnectionConfig, Secret};
use crate::model::connect::{Connected, GrantKind};
use crate::store::connection::NewConnectionEvent;

/// How long somebody who connects waits for the end of the earlier grant.
const REVOKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a stream of an earlier grant may go on.
const UNUSED_MAX: Duration = Duration::from_secs(6 * 3_600);
const UNUSED_LOOK: Duration = Duration::from_millis(500);

/// A grant that a new one has replaced.
struct EarlierGrant {
    config: ConnectionConfig,
    token: Earlier,
    was_made_here: bool,
    /// The refresh token of the new one.
    now: SecretString,
}

/// A grant that Zoho has confirmed.
pub(super) struct Confirmed {
    pub(super) kind: GrantKind,
    pub(super) refresh_token: SecretString,
    pub(super) token: KeptToken,
    pub(super) plan: Plan,
}

/// The refresh token that a connection had.
pub(in crate::verbs) enum Earlier {
    Nothing,
    Token(SecretString),
    /// It lies there under another master key.
    Unreadable(String),
}

impl Engine {
    /// Puts a grant in force. Whoever has changed the connection meanwhile keeps their changes, unless they are such that
    /// the grant no longer fits.
    pub(super) async fn take_grant(&self, confirmed: Confirmed) -> Result<Connected, ConnectError> {
        self.check_environment(&confirmed).await?;
        let Confirmed {
            kind,
            refresh_token,
            token,
            plan,
        } = confirmed;
        let name = plan.config.name.clone();
        let one_at_a_time = self.core.config_changes.lock().await;
        let mut all = self.config();
        let at = all.connections.iter().position(|known| known.name == name);
        let mut config = match (at, &plan.stored) {
            (Some(at), Some(read)) => merged(all.connections[at].clone(), read, &plan.config)?,
            (None, None) => ConnectionConfig {
                client_secret: Some(Secret::new(plan.client_secret.expose_secret())),
                ..plan.config.clone()
            },
            (Some(_), None) => return Err(ConnectError::Exists(name)),
            // It was removed while the person was at Zoho's page.
            (None, Some(_)) => return Err(ConnectError::NoSuchConnection(name)),
        };
        let before = at.map(|at| all.connections[at].clone());
        let earlier = self.earlier(&name).await?;
        config.refresh_token = Some(Secret::new(refresh_token.expose_secret()));
        let client_secret = match at {
            Some(_) => self.client_secret(&name).await?,
            None => plan.client_secret.clone(),
        };
        let grant = GrantPrint::of(&config.client_id, &client_secret, &refresh_token);
        let kept = Kept::new(&token, &grant, self.core.clock.now_us());
        match at {
            Some(at) => all.connections[at] = config.clone(),
            None => all.connections.push(config.clone()),
        }
        let was_made_here = self.core.store.made_refresh_token(&name).await?;
        let before_it = self.core.active().connections.get(&name).cloned();
        self.apply_alone_with(all, Some((name.clone(), kept)))
            .await?;
        drop(one_at_a_time);
        let scopes = match token.scopes.is_empty() {
            true => "that Zoho does not name".to_owned(),
            false => token.scopes.join(" "),
        };
        let detail = format!("connected by {}, with the scopes {scopes}", kind.in_words());
        let made_token = i64::from(kind != GrantKind::Pasted);
        self.note(&config, "granted", made_token, &detail).await;
        tracing::info!(
            connection = name,
            kind = kind.as_str(),
            "the connection is connected"
        );
        if let Some(before) = before {
            let ending = EarlierGrant {
                config: before,
                token: earlier,
                was_made_here,
                now: refresh_token,
            };
            match before_it.filter(|connection| connection.is_in_use()) {
                Some(in_use) => self.end_when_unused(ending, in_use),
                None => self.end_earlier(ending).await,
            }
        }
        Ok(Connected {
            name,
            owner: config.owner,
            data_center: config.data_center,
            api_domain: token.api_domain.to_string(),
            kind,
            scopes: token.scopes,
        })
    }

    /// The refresh token that a connection has, if it can be read.
    pub(in crate::verbs) async fn earlier(
        &self,
        connection: &str,
    ) -> Result<Earlier, ConnectError> {
        match self.secret(&secret_name(connection, "refresh_token")).await {
            Ok(Some(token)) => Ok(Earlier::Token(token)),
            Ok(None) => Ok(Earlier::Nothing),
            Err(ConnectError::Vault(error)) => Ok(Earlier::Unreadable(error.to_string())),
            Err(error) => Err(error),
        }
    }

    /// Another connection of this gateway that lives by the same refresh token.
    pub(super) async fn also_lives_by(&self, token: &SecretString, except: &str) -> Option<String> {
        for config in self.config().connections {
            if config.name == except {
                continue;
            }
            let other = self.earlier(&config.name).await;
            if matches!(other, Ok(Earlier::Token(other)) if other.expose_secret() == token.expose_secret())
            {
                return Some(config.name);
            }
        }
        None
    }

    /// Lets streams and imports that go on by the earlier grant end first, at most for [`UNUSED_MAX`].
    fn end_when_unused(&self, ending: EarlierGrant, in_use: Arc<Connection>) {
        let engine = self.clone();
        let config = &ending.config;
        tracing::info!(
            connection = config.name,
            "the earlier refresh token is revoked once what goes on by it has ended"
        );
        self.core.tasks.spawn(async move {
            let unused = async {
                while in_use.is_in_use() {
                    tokio::time::sleep(UNUSED_LOOK).await;
                }
            };
            tokio::select! {
                _ = tokio::time::timeout(UNUSED_MAX, unused) => {}
                () = engine.core.stop.cancelled() => {}
            }
            engine.end_earlier(ending).await;
        });
    }

    /// Revokes the refresh token that a new one has replaced. Nothing depends on it, so that a failure is only noted.
    async fn end_earlier(&self, ending: EarlierGrant) {
        let EarlierGrant {
            config,
            token: earlier,
            was_made_here,
            now,
        } = ending;
        let before = &config;
        let token = match earlier {
            Earlier::Nothing => return,
            Earlier::Token(token) if token.expose_secret() == now.expose_secret() => return,
            Earlier::Token(token) => token,
            Earlier::Unreadable(error) => {
                let detail = format!("the earlier refresh token was not revoked: {error}");
                return self.note(before, "not_revoked", 0, &detail).await;
            }
        };
        if !was_made_here {
            let detail = "the earlier refresh token was made elsewhere, and is not revoked, since other programs may use it";
            return self.note(before, "not_revoked", 0, detail).await;
        }
        if let Some(other) = self.also_lives_by(&token, &before.name).await {
            let detail = format!(
                "the earlier refresh token is not revoked, since connection {other:?} uses it too"
            );
            return self.note(before, "not_revoked", 0, &detail).await;
        }
        match revoked(before, &token).await {
            Ok(()) => {
                let detail = "the earlier refresh token is revoked at Zoho";
                self.note(before, "revoked", -1, detail).await;
            }
            Err(error) => {
                let detail = format!(
                    "Zoho did not revoke the earlier refresh token: {error}. It can be ended in Zoho: My Account, Connected apps"
                );
                self.note(before, "not_revoked", 0, &detail).await;
            }
        }
    }

    /// Asks Zoho for an access token with a pasted refresh token.
    pub(super) async fn confirm_pasted(
        &self,
        plan: Plan,
        refresh_token: SecretString,
    ) -> Result<Confirmed, ConnectError> {
        let catcher = Arc::new(Catcher::default());
        let config = &plan.config;
        tokens::count(&config.name, &self.core.store, self.core.clock.now_us()).await;
        let connection = Connection::with_tokens(
            config.clone(),
            plan.client_secret.clone(),
            refresh_token.clone(),
            self.core.clock.clone(),
            Arc::new(Ledger::new(self.core.clock.clone(), Vec::new())),
            None,
            Some(catcher.clone()),
        )
        .map_err(|error| ConnectError::Unusable(error.to_string()))?;
        connection.client.token().await?;
        let token = catcher.taken().ok_or_else(|| {
            ConnectError::Unusable("Zoho answered without an access token".to_owned())
        })?;
        check_api_domain(&token.api_domain, config)?;
        Ok(Confirmed {
            kind: GrantKind::Pasted,
            refresh_token,
            token,
            plan,
        })
    }

    /// Appends to a connection's history. What it tells has happened already, so that a failure is only logged.
    pub(in crate::verbs) async fn note(
        &self,
        config: &ConnectionConfig,
        kind: &'static str,
        made_token: i64,
        detail: &str,
    ) {
        let event = NewConnectionEvent {
            connection: &config.name,
            kind,
            client_id: &config.client_id,
            made_token,
            detail,
        };
        let now = self.core.clock.now_us();
        if let Err(error) = self.core.store.note_connection(event, now).await {
            tracing::error!(connection = config.name, kind, detail, %error, "what happened to a connection could not be noted");
        }
        self.core.changed();
    }
}

/// Revokes a refresh token at its connection's accounts server, or says why not.
pub(super) async fn revoked(config: &ConnectionConfig, token: &SecretString) -> Result<(), String> {
    let accounts_url = accounts_url(config).map_err(|error| error.to_string())?;
    match tokio::time::timeout(REVOKE_TIMEOUT, revoke(&accounts_url, token)).await {
        Ok(revoked) => revoked.map_err(|error| error.to_string()),
        Err(_) => Err("the accounts server did not answer in time".to_owned()),
    }
}

/// The settings as they stand now, with what a consent has changed of those that it had read.
///
/// # Errors
/// When what a grant is bound to was changed meanwhile.
fn merged(
    fresh: ConnectionConfig,
    read: &ConnectionConfig,
    made: &ConnectionConfig,
) -> Result<ConnectionConfig, ConnectError> {
    let bound = [
        ("client_id", fresh.client_id == read.client_id),
        ("data_center", fresh.data_center == read.data_center),
        ("environment", fresh.environment == read.environment),
        ("accounts_url", fresh.accounts_url == read.accounts_url),
        ("owner", fresh.owner == read.owner),
    ];
    if let Some((field, _)) = bound.iter().find(|(_, is_same)| !is_same) {
        return Err(ConnectError::ChangedMeanwhile {
            connection: fresh.name,
            field,
        });
    }
    let mut merged = fresh;
    if made.data_center != read.data_center {
        merged.data_center.clone_from(&made.data_center);
    }
    if made.accounts_url != read.accounts_url {
        merged.accounts_url.clone_from(&made.accounts_url);
    }
    if made.api_domain != read.api_domain {
        merged.api_domain.clone_from(&made.api_domain);
    }
    if made.nickname != read.nickname {
        merged.nickname.clone_from(&made.nickname);
    }
    if made.scopes != read.scopes {
        merged.scopes.clone_from(&made.scopes);
    }
    for feature in &made.features {
        if !read.features.contains(feature) && !merged.features.contains(feature) {
            merged.features.push(*feature);
        }
    }
    Ok(merged)
}

/// Catches the access token of a client that is only asked for one.
#[derive(Debug, Default)]
struct Catcher(Mutex<Option<KeptToken>>);

impl Catcher {
    fn taken(&self) -> Option<KeptToken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl TokenKeeper for Catcher {
    fn asked(&self) {}

    fn keep(&self, token: &KeptToken) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
    }
}

pub(super) fn confirm(
    granted: Granted,
    kind: GrantKind,
    plan: Plan,
) -> Result<Confirmed, ConnectError> {
    let config = &plan.config;
    let refresh_token = granted.refresh_token.ok_or(ConnectError::NoRefreshToken)?;
    let fallback = || {
        let own = config
            .api_domain
            .as_deref()
            .or(config.accounts_url.as_deref());
        match own {
            Some(url) => Url::parse(url).ok(),
            None => data_center(config).ok().and_then(DataCenter::api_url),
        }
    };
    let api_domain = granted.api_domain.or_else(fallback).ok_or_else(|| {
        ConnectError::ForeignServer(
            "the token answer names no API host that can be used".to_owned(),
        )
    })?;
    check_api_domain(&api_domain, config)?;
    Ok(Confirmed {
        kind,
        refresh_token,
        token: KeptToken {
            access_token: granted.access_token,
            scopes: granted.scopes,
            api_domain,
            expires_in: granted.expires_in,
        },
        plan,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::config::Feature;

    fn config() -> ConnectionConfig {
        ConnectionConfig {
            name: "main".to_owned(),
            data_center: "us".to_owned(),
            client_id: "1000.A".to_owned(),
            ..ConnectionConfig::default()
        }
    }

    #[test]
    fn only_what_the_consent_has_changed_is_written() {
        let made = ConnectionConfig {
            data_center: "eu".to_owned(),
            features: vec![Feature::Records],
            ..config()
        };
        let edited = ConnectionConfig {
            nickname: Some("edited".to_owned()),
            scopes: vec!["ZohoCRM.modules.ALL".to_owned()],
            features: vec![Feature::Bulk],
            api_domain: Some("https://www.zohoapis.eu".to_owned()),
            ..config()
        };
        let merged = merged(edited.clone(), &config(), &made).unwrap();
        let expected = ConnectionConfig {
            data_center: "eu".to_owned(),
            features: vec![Feature::Bulk, Feature::Records],
            ..edited
        };
        assert_eq!(merged, expected);
    }

    #[test]
    fn a_grant_does_not_come_to_settings_that_it_does_not_fit() {
        let edits: [fn(&mut ConnectionConfig); 3] = [
            |config| config.client_id = "1000.B".to_owned(),
            |config| config.data_center = "in".to_owned(),
            |config| config.accounts_url = Some("http://127.0.0.1:4010".to_owned()),
        ];
        for edit in edits {
            let mut edited = config();
            edit(&mut edited);
            let refused = merged(edited, &config(), &config()).unwrap_err();
            assert!(
                matches!(refused, ConnectError::ChangedMeanwhile { .. }),
                "{refused}"
            );
        }
    }
}
