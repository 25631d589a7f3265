//! Connect sessions: a product's backend has one made for its customer, who connects a Zoho account with it, once.
//!
//! The token is known here by its digest only. It opens the connect page and nothing else; which connection comes of it,
//! whose it is and what is asked for stands in the session, so that the customer's browser cannot change it.

mod wanted;

use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::connect::{Circumstances, ConnectError, Plan, accounts_url};
use super::connections::routes_of;
use super::look::QueryError;
use crate::clock::from_micros;
use crate::connection::one_time::{digest_of, random_state};
use crate::connection::wishes::wishes;
use crate::engine::Engine;
use crate::model::config::{ConnectionConfig, Environment, Feature};
use crate::model::connect::{Authorization, Connected};
use crate::model::connect_session::{
    ConnectSession, ConnectSessionQuery, LastTry, MadeConnectSession, NewConnectSession, Offer,
    SessionState,
};
use crate::model::page::Page;
use crate::store::StoreError;
use crate::store::connect_session::{ConnectSessionRow, FailedTry, client_secret_name};
use crate::vault::VaultError;

use wanted::lifetime;

/// Sessions that can be open at once.
const OPEN_MAX: i64 = 10_000;
const TOKEN_PREFIX: &str = "lwcs_";

/// What is stored of a session, beside its state.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Document {
    owner: String,
    connection: String,
    is_reconnect: bool,
    product: Option<String>,
    nickname: Option<String>,
    features: Vec<Feature>,
    scopes: Vec<String>,
    environment: Environment,
    data_center: Option<String>,
    client_of: Option<String>,
    client_id: Option<String>,
    accounts_url: Option<String>,
    allowed_origins: Vec<String>,
    #[serde(default)]
    return_url: Option<String>,
}

/// A session that nobody else can finish now.
pub(super) struct Claimed {
    row: ConnectSessionRow,
    document: Document,
}

impl Engine {
    /// Makes a session. Its token is told only now.
    ///
    /// # Errors
    /// [`ConnectError::WrongSession`] names what cannot be taken; [`ConnectError::WrongOwner`] and
    /// [`ConnectError::Ambiguous`] when it is not clear which connection is the owner's.
    pub async fn make_connect_session(
        &self,
        wanted: NewConnectSession,
    ) -> Result<MadeConnectSession, ConnectError> {
        let seconds = lifetime(wanted.expires_in_seconds)?;
        let client_secret = wanted.client_secret.clone();
        let document = self.document(wanted)?;
        let (id, token) = (random_state(), random_state());
        let (Some(id), Some(token)) = (id, token) else {
            return Err(VaultError::Encrypt.into());
        };
        let (id, token) = (
            format!("cns_{}", &id[..26]),
            format!("{TOKEN_PREFIX}{token}"),
        );
        let sealed = match (&document.client_id, client_secret) {
            (Some(_), Some(secret)) => {
                let name = client_secret_name(&id);
                Some(self.core.vault.encrypt(&name, secret.expose())?)
            }
            _ => None,
        };
        let now = self.core.clock.now_us();
        let row = ConnectSessionRow {
            id,
            document: serde_json::to_string(&document)
                .map_err(|error| StoreError::inconsistent("connect_sessions", error))?,
            state: "open".to_owned(),
            failure: None,
            is_declined: false,
            at_zoho_until: None,
            made_at: now,
            expires_at: now.saturating_add(i64::from(seconds) * 1_000_000),
        };
        let store = &self.core.store;
        let digest = digest_of(&token);
        if !store
            .add_connect_session(&row, &digest, sealed, OPEN_MAX)
            .await?
        {
            return Err(ConnectError::TooManySessions(OPEN_MAX));
        }
        tracing::info!(
            session = row.id,
            owner = document.owner,
            connection = document.connection,
            "a connect session is open"
        );
        Ok(MadeConnectSession {
            token,
            session: self.shown(&row)?,
        })
    }

    /// A session by its id; `None` when there is none, or it ended a week ago.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn connect_session(&self, id: &str) -> Result<Option<ConnectSession>, StoreError> {
        let row = self.core.store.connect_session(id).await?;
        row.map(|row| self.shown(&row)).transpose()
    }

    /// Sessions, newest first; those that ended a week ago are forgotten.
    ///
    /// # Errors
    /// [`QueryError::Cursor`] when the cursor is none of this list's.
    pub async fn connect_sessions(
        &self,
        query: &ConnectSessionQuery,
    ) -> Result<Page<ConnectSession>, QueryError> {
        let before = query.cursor.as_deref().map(read_cursor).transpose()?;
        let now = self.core.clock.now_us();
        let store = &self.core.store;
        let (rows, has_more) = store.connect_sessions(query, before, now).await?;
        let last = rows.last().filter(|_| has_more);
        let next_cursor = last.map(|row| format!("{}.{}", row.made_at, row.id));
        let items: Result<Vec<ConnectSession>, StoreError> =
            rows.iter().map(|row| self.shown(row)).collect();
        Ok(Page {
            items: items?,
            next_cursor,
        })
    }

    /// The session of a token, whatever its state.
    ///
    /// # Errors
    /// [`ConnectError::NoSuchSession`].
    pub async fn connect_session_of(&self, token: &str) -> Result<ConnectSession, ConnectError> {
        let row = self.row_of(token).await?;
        Ok(self.shown(&row)?)
    }

    /// Ends a session that has made no connection. One that has ended stays so.
    ///
    /// # Errors
    /// [`ConnectError::NoSuchSession`], or [`ConnectError::SessionUsed`].
    pub async fn end_connect_session(&self, id: &str) -> Result<ConnectSession, ConnectError> {
        let store = &self.core.store;
        store
            .move_connect_session(id, "open", "ended", None)
            .await?;
        let row = store.connect_session(id).await?;
        let row = row.ok_or(ConnectError::NoSuchSession)?;
        match row.state.as_str() {
            "ended" => Ok(self.shown(&row)?),
            _ => Err(ConnectError::SessionUsed),
        }
    }

    /// What a customer is asked for.
    ///
    /// # Errors
    /// When the session is not open, or its connection cannot be made any more.
    pub async fn connect_offer(&self, token: &str) -> Result<Offer, ConnectError> {
        let row = self.open_row(token).await?;
        let document = read(&row)?;
        let config = self.config_of(&document, None)?.1;
        Ok(Offer {
            wishes: wishes(&config, &routes_of(&self.core.active(), &config.name)),
            asks_data_center: asks_data_center(&document, &config),
            session: self.shown(&row)?,
        })
    }

    /// Begins at Zoho's consent page under a session. `data_center` is the customer's choice, where there is one.
    ///
    /// # Errors
    /// As [`Engine::connect_offer`], and [`ConnectError::Unusable`] when the choice is none of Zoho's data centers.
    pub async fn begin_connect_session(
        &self,
        token: &str,
        data_center: Option<&str>,
        redirect_uri: &str,
        binding: &str,
    ) -> Result<Authorization, ConnectError> {
        let row = self.open_row(token).await?;
        let claimed = Claimed {
            document: read(&row)?,
            row,
        };
        let config = self.config_of(&claimed.document, None)?.1;
        let chosen = data_center.filter(|_| asks_data_center(&claimed.document, &config));
        let plan = self.plan_of_session(&claimed, chosen).await?;
        let circumstances = Circumstances {
            redirect_uri,
            binding: Some(binding),
            session: Some(&claimed.row.id),
            data_center: chosen,
        };
        self.begin(&plan.config, circumstances).await
    }

    /// Lets nobody else finish a session. One that has expired meanwhile still counts: its customer began in time.
    pub(super) async fn claim_session(&self, id: &str) -> Result<Claimed, ConnectError> {
        let store = &self.core.store;
        let is_claimed = store
            .move_connect_session(id, "open", "finishing", None)
            .await?;
        let row = store.connect_session(id).await?;
        let row = row.ok_or(ConnectError::NoSuchSession)?;
        if !is_claimed {
            return Err(match row.state.as_str() {
                "ended" => ConnectError::SessionEnded,
                _ => ConnectError::SessionUsed,
            });
        }
        Ok(Claimed {
            document: read(&row)?,
            row,
        })
    }

    /// Says what became of a session: it is used up by a connection, and open again without one.
    pub(super) async fn release_session(
        &self,
        claimed: Claimed,
        result: &Result<Connected, ConnectError>,
    ) -> ConnectSession {
        let Claimed { mut row, document } = claimed;
        let (state, failure) = match result {
            Ok(_) => ("connected", None),
            Err(error) => ("open", Some(error.to_string())),
        };
        let is_declined = matches!(result, Err(ConnectError::Declined { .. }));
        let failed = failure.as_deref().map(|message| FailedTry {
            message,
            is_declined,
        });
        let moved = self
            .core
            .store
            .move_connect_session(&row.id, "finishing", state, failed)
            .await;
        if let Err(error) = moved {
            tracing::error!(session = row.id, %error, "what became of a connect session could not be stored");
        }
        state.clone_into(&mut row.state);
        row.failure = failure;
        row.is_declined = is_declined;
        shown(&row, document, self.core.clock.now())
    }

    /// What is to be connected under a session, by which client.
    pub(super) async fn plan_of_session(
        &self,
        claimed: &Claimed,
        chosen: Option<&str>,
    ) -> Result<Plan, ConnectError> {
        let document = &claimed.document;
        let (stored, config) = self.config_of(document, chosen)?;
        // A data center that is none of Zoho's.
        accounts_url(&config)?;
        let own_secret = self.secret(&client_secret_name(&claimed.row.id)).await?;
        let client_secret: SecretString = match (&stored, own_secret, &document.client_of) {
            (Some(stored), ..) => self.client_secret(&stored.name).await?,
            (None, Some(secret), _) => secret,
            (None, None, Some(other)) => self.client_secret(other).await?,
            (None, None, None) => {
                let said = "the session's client secret is not stored any more";
                return Err(ConnectError::Unusable(said.to_owned()));
            }
        };
        Ok(Plan {
            stored,
            config,
            client_secret,
        })
    }

    /// The connection as it is stored, and as the session will make it.
    fn config_of(
        &self,
        document: &Document,
        chosen: Option<&str>,
    ) -> Result<(Option<ConnectionConfig>, ConnectionConfig), ConnectError> {
        let all = self.config().connections;
        let find = |name: &str| all.iter().find(|config| config.name == name).cloned();
        if let Some(stored) = find(&document.connection) {
            if stored.owner.as_deref() != Some(&document.owner) {
                return Err(ConnectError::WrongOwner {
                    connection: stored.name,
                    owner: stored.owner,
                });
            }
            let mut config = stored.clone();
            if document.nickname.is_some() {
                config.nickname.clone_from(&document.nickname);
            }
            for feature in &document.features {
                if !config.features.contains(feature) {
                    config.features.push(*feature);
                }
            }
            // Scopes that were chosen by hand are the only ones asked for; those of the session come to them.
            if !config.scopes.is_empty() || !document.scopes.is_empty() {
                for scope in &document.scopes {
                    if !config.scopes.contains(scope) {
                        config.scopes.push(scope.clone());
                    }
                }
            }
            return Ok((Some(stored), config));
        }
        let (client_id, accounts_url, usual) = match (&document.client_id, &document.client_of) {
            (Some(client_id), _) => (client_id.clone(), document.accounts_url.clone(), None),
            (None, Some(name)) => {
                let other =
                    find(name).ok_or_else(|| ConnectError::NoSuchConnection(name.clone()))?;
                let accounts_url = document.accounts_url.clone().or(other.accounts_url);
                (other.client_id, accounts_url, Some(other.data_center))
            }
            // It was there when the session was made.
            (None, None) => {
                return Err(ConnectError::NoSuchConnection(document.connection.clone()));
            }
        };
        let data_center = document.data_center.clone();
        let data_center = data_center.or(chosen.map(str::to_owned)).or(usual);
        Ok((
            None,
            ConnectionConfig {
                name: document.connection.clone(),
                nickname: document.nickname.clone(),
                owner: Some(document.owner.clone()),
                data_center: data_center.unwrap_or_else(|| "us".to_owned()),
                environment: document.environment,
                scopes: document.scopes.clone(),
                features: document.features.clone(),
                client_id,
                accounts_url,
                ..ConnectionConfig::default()
            },
        ))
    }

    async fn row_of(&self, token: &str) -> Result<ConnectSessionRow, ConnectError> {
        let digest = digest_of(token);
        let row = self.core.store.connect_session_of(&digest).await?;
        row.ok_or(ConnectError::NoSuchSession)
    }

    async fn open_row(&self, token: &str) -> Result<ConnectSessionRow, ConnectError> {
        let row = self.row_of(token).await?;
        match state_of(&row, self.core.clock.now()) {
            SessionState::Open => Ok(row),
            SessionState::Connected => Err(ConnectError::SessionUsed),
            SessionState::Expired => Err(ConnectError::SessionExpired),
            SessionState::Ended => Err(ConnectError::SessionEnded),
        }
    }

    fn shown(&self, row: &ConnectSessionRow) -> Result<ConnectSession, StoreError> {
        Ok(shown(row, read(row)?, self.core.clock.now()))
    }
}

/// There is nothing to choose where the session or an accounts server that was set by hand has chosen, nor for a
/// connection that is there.
fn asks_data_center(document: &Document, config: &ConnectionConfig) -> bool {
    !document.is_reconnect && document.data_center.is_none() && config.accounts_url.is_none()
}

fn read_cursor(text: &str) -> Result<(i64, String), QueryError> {
    text.split_once('.')
        .and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())))
        .ok_or_else(|| QueryError::Cursor(text.to_owned()))
}

fn read(row: &ConnectSessionRow) -> Result<Document, StoreError> {
    serde_json::from_str(&row.document)
        .map_err(|error| StoreError::inconsistent(format!("connect_sessions {}", row.id), error))
}

fn state_of(row: &ConnectSessionRow, now: Timestamp) -> SessionState {
    match row.state.as_str() {
        "connected" => SessionState::Connected,
        "ended" => SessionState::Ended,
        "open" if from_micros(row.expires_at) <= now => SessionState::Expired,
        _ => SessionState::Open,
    }
}

/// A consent that may still come back counts more than a try before it.
fn last_try_of(row: &ConnectSessionRow, now: Timestamp) -> Option<LastTry> {
    let is_at_zoho = row
        .at_zoho_until
        .is_some_and(|until| from_micros(until) > now);
    match row.state.as_str() {
        "finishing" => Some(LastTry::AtZoho),
        "open" if is_at_zoho => Some(LastTry::AtZoho),
        "open" if row.is_declined => Some(LastTry::Declined),
        "open" if row.failure.is_some() => Some(LastTry::Failed),
        _ => None,
    }
}

fn shown(row: &ConnectSessionRow, document: Document, now: Timestamp) -> ConnectSession {
    ConnectSession {
        id: row.id.clone(),
        state: state_of(row, now),
        owner: document.owner,
        connection: document.connection,
        is_reconnect: document.is_reconnect,
        product: document.product,
        nickname: document.nickname,
        features: document.features,
        environment: document.environment,
        data_center: document.data_center,
        allowed_origins: document.allowed_origins,
        return_url: document.return_url,
        last_try: last_try_of(row, now),
        failure: row.failure.clone(),
        made_at: from_micros(row.made_at),
        expires_at: from_micros(row.expires_at),
    }
}
