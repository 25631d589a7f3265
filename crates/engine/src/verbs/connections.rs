//! Looking at connections: state, tokens, what they lack, what happened to them.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::clock::from_micros;
use crate::config::active::Active;
use crate::connection::scopes::{lacks, needs, to_ask_for};
use crate::connection::tokens::tally_name;
use crate::engine::Engine;
use crate::model::config::{ConnectionConfig, RouteConfig};
use crate::model::status::{
    ConnectionEvent, ConnectionState, ConnectionStatus, CreditMeters, TokenMeters,
};
use crate::store::StoreError;

/// Zoho's limit on access tokens per refresh token in 10 minutes (`crm/developer/docs/api/v8/token-validity.html`).
const TOKEN_CALLS_10M_MAX: u64 = 10;
/// Zoho's limit on refresh tokens per user and client; the next one ends the oldest (same page).
const REFRESH_TOKENS_MAX: u64 = 20;
const TEN_MINUTES_US: i64 = 600_000_000;
/// What happened longest ago is not shown.
const EVENTS_MAX: u32 = 100;

/// The routes that deliver to a connection.
pub(super) fn routes_of<'a>(active: &'a Active, connection: &str) -> Vec<&'a RouteConfig> {
    active
        .config
        .routes
        .iter()
        .filter(|route| route.connection == connection)
        .collect()
}

impl Engine {
    /// The scopes that somebody is asked for who connects it; `None` when there is none of this name.
    #[must_use]
    pub fn scopes_asked_for(&self, connection: &str) -> Option<Vec<String>> {
        let active = self.core.active();
        let mut known = active.config.connections.iter();
        let config = known.find(|config| config.name == connection)?;
        Some(to_ask_for(config, &routes_of(&active, connection)))
    }

    /// What happened to a connection, newest first; `None` when there is none of this name and never was.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn connection_events(
        &self,
        connection: &str,
    ) -> Result<Option<Vec<ConnectionEvent>>, StoreError> {
        let rows = self
            .core
            .store
            .connection_events(connection, EVENTS_MAX)
            .await?;
        let is_there = self
            .core
            .active()
            .config
            .connections
            .iter()
            .any(|config| config.name == connection);
        if rows.is_empty() && !is_there {
            return Ok(None);
        }
        let events = rows.into_iter().map(|row| ConnectionEvent {
            at: from_micros(row.at),
            kind: row.kind,
            detail: row.detail,
        });
        Ok(Some(events.collect()))
    }

    pub(super) async fn statuses(
        &self,
        tallies: &HashMap<String, i64>,
    ) -> Result<Vec<ConnectionStatus>, StoreError> {
        let active = self.core.active();
        let now = self.core.clock.now_us();
        let recent = self.core.store.tallies(now - TEN_MINUTES_US).await?;
        let made = self.core.store.refresh_tokens_made().await?;
        let count = |counts: &HashMap<String, i64>, name: &str| {
            u64::try_from(counts.get(name).copied().unwrap_or(0)).unwrap_or(0)
        };
        // Zoho counts by user and client. Which user granted is not known; customers are different people, though.
        let made_for = |config: &ConnectionConfig| {
            let all = active.config.connections.iter();
            let same = all
                .filter(|other| other.client_id == config.client_id && other.owner == config.owner);
            let counts = same.filter_map(|other| {
                let key = (other.name.clone(), other.client_id.clone());
                u64::try_from(*made.get(&key)?).ok()
            });
            // One more ends the oldest.
            counts.sum::<u64>().min(REFRESH_TOKENS_MAX)
        };
        let status = |config: &ConnectionConfig| {
            let mut status = status(&active, config, self.core.clock.now());
            status.credits_24h = match active.connections.get(&config.name) {
                Some(connection) => connection.ledger.spent(),
                None => count(tallies, &format!("credits/{}", config.name)),
            };
            status.tokens.token_calls_10m = count(&recent, &tally_name(&config.name));
            status.tokens.token_calls_10m_max = TOKEN_CALLS_10M_MAX;
            status.tokens.refresh_tokens = made_for(config);
            status.tokens.refresh_tokens_max = REFRESH_TOKENS_MAX;
            status
        };
        Ok(active.config.connections.iter().map(status).collect())
    }
}

/// What the configuration in force says of a connection; counts are still missing.
fn status(active: &Active, config: &ConnectionConfig, now: Timestamp) -> ConnectionStatus {
    let mut status = ConnectionStatus {
        name: config.name.clone(),
        nickname: config.nickname.clone(),
        owner: config.owner.clone(),
        data_center: config.data_center.clone(),
        environment: config.environment,
        api_domain: None,
        state: ConnectionState::NeedsConsent,
        reason: active.broken.get(&config.name).cloned(),
        paused_until: None,
        credits_24h: 0,
        credits: CreditMeters::default(),
        books: Vec::new(),
        granted_scopes: Vec::new(),
        scopes_asked_for: to_ask_for(config, &routes_of(active, &config.name)),
        lacks: Vec::new(),
        tokens: TokenMeters::default(),
    };
    if let Some(connection) = active.connections.get(&config.name) {
        (status.state, status.reason, status.paused_until) = connection.gate.status();
        status.api_domain = connection.client.api_domain().map(|url| url.to_string());
        status.credits = connection.ledger.meters();
        status.books = connection.books_meters(now);
        status.granted_scopes = connection.granted_scopes();
        let needs = needs(config, &routes_of(active, &config.name));
        status.lacks = lacks(&needs, &status.granted_scopes, &status.scopes_asked_for);
        status.tokens.access_token_expires_at = connection
            .client
            .known_token()
            .and_then(|token| now.checked_add(token.expires_in).ok());
    }
    status
}
