//! How the gateway is doing: counts, connections, findings of the doctor.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::config::Environment;

/// The first page of the console, as data.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Overview {
    /// Events accepted in the last 24 hours.
    pub events_24h: u64,
    /// Events accepted but not planned yet.
    pub unplanned_events: u64,
    /// Deliveries waiting for their first try or on their way.
    pub pending_deliveries: u64,
    /// Deliveries waiting for another try.
    pub retrying_deliveries: u64,
    /// Deliveries that succeeded in the last 24 hours.
    pub delivered_24h: u64,
    /// Dead letters that nobody has replayed yet.
    pub dead_letters: u64,
    /// Credits spent in the last 24 hours, over all connections.
    pub credits_24h: u64,
    /// When the oldest unsettled delivery was planned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub oldest_unsettled_at: Option<Timestamp>,
    /// Each connection's state.
    pub connections: Vec<ConnectionStatus>,
}

/// One connection, without its secrets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConnectionStatus {
    /// Its name.
    pub name: String,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub nickname: Option<String>,
    /// Whose it is: a customer's id in the product that uses this gateway.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub owner: Option<String>,
    /// Its data center.
    pub data_center: String,
    /// Which kind of organisation it is.
    #[serde(default)]
    pub environment: Environment,
    /// Its API host, once known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub api_domain: Option<String>,
    /// Whether deliveries flow.
    pub state: ConnectionState,
    /// Why not, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// When deliveries are tried again, if they are paused.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub paused_until: Option<Timestamp>,
    /// Credits spent through it in the last 24 hours.
    pub credits_24h: u64,
    /// What it may spend, and what is left.
    #[serde(default)]
    pub credits: CreditMeters,
    /// The Books organisations that were called since the gateway's start.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub books: Vec<BooksMeters>,
    /// Scopes that Zoho granted, as far as it has said.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub granted_scopes: Vec<String>,
    /// Scopes that somebody is asked for who connects it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub scopes_asked_for: Vec<String>,
    /// Features that will not work for want of a scope.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub lacks: Vec<Lack>,
    /// Its tokens, and how near Zoho's limits they are.
    #[serde(default)]
    pub tokens: TokenMeters,
}

/// What a connection may spend in 24 hours, and what is left, in credits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditMeters {
    /// Its own limit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<u64>,
    /// What actions leave over for deliveries.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kept_for_deliveries: Option<u64>,
    /// What is left of its own limit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub left: Option<u64>,
    /// What is left of the organisation's credits. Zoho tells it once half is spent; it is shown for ten minutes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub left_by_zoho: Option<u64>,
    /// When Zoho told it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub told_at: Option<Timestamp>,
}

/// How near its limits a Books organisation is. Books has no credits, but a quota of calls for each day and minute.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BooksMeters {
    /// The organisation.
    pub organization_id: String,
    /// Calls of the last minute by this gateway; Zoho allows 100 by all programs.
    pub calls_in_minute: u64,
    /// Calls that the organisation's plan allows in a day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub calls_per_day: Option<u64>,
    /// What is left of them by Zoho's last answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub calls_left_today: Option<u64>,
    /// When the next day begins.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub day_ends_at: Option<Timestamp>,
}

/// How a connection's tokens are, and how near Zoho's limits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenMeters {
    /// When the live access token ends.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub access_token_expires_at: Option<Timestamp>,
    /// Calls to the token endpoint in the last 10 minutes.
    pub token_calls_10m: u64,
    /// How many Zoho allows.
    pub token_calls_10m_max: u64,
    /// Refresh tokens that this gateway had Zoho make for the same client and owner and that are not revoked.
    pub refresh_tokens: u64,
    /// How many Zoho keeps for each user; the next one ends the oldest.
    pub refresh_tokens_max: u64,
}

/// A feature that will not work for want of a scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lack {
    /// The feature: `route lead-capture`, `bulk` …
    pub feature: String,
    /// The scopes that are missing.
    pub scopes: Vec<String>,
    /// What does not work, in a sentence.
    pub effect: String,
    /// Whether everything else goes on.
    pub is_optional: bool,
    /// Whether connecting again asks for them. Not so where the connection has a list of scopes of its own.
    #[serde(default)]
    pub is_asked_for: bool,
}

/// Something that happened to a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionEvent {
    /// When.
    pub at: Timestamp,
    /// `granted`, `needs_consent`, `ready`, `revoked`, `not_revoked` or `removed`.
    pub kind: String,
    /// In a sentence.
    pub detail: String,
}

/// Whether deliveries flow over a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// They do.
    Ready,
    /// A call failed; the next is tried at `paused_until`.
    Paused,
    /// Zoho no longer takes the refresh token or the client; somebody has to connect it anew.
    NeedsConsent,
}

/// One thing that `doctor` looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was looked at: `reach`, `token`, `organisation`, `scopes`, `clock`, `credits` …
    pub check: String,
    /// What came out.
    pub level: Level,
    /// In a sentence.
    pub message: String,
    /// What to do, where something is wrong.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub remedy: Option<String>,
}

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Works, but needs attention.
    Warning,
    /// Does not work.
    Failed,
}

/// What `apply` would change, or has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigPlan {
    /// One entry for each thing that differs; empty when nothing does.
    pub changes: Vec<ConfigChange>,
}

/// One difference between a configuration that came in and the stored one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigChange {
    /// `connection`, `source`, `form`, `mapping` or `route`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What happens to it.
    pub action: ChangeAction,
    /// The keys that differ, for an update.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub keys: Vec<String>,
}

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeAction {
    /// It is new.
    Create,
    /// It differs.
    Update,
    /// It is no longer there.
    Delete,
}

/// Something in a configuration that cannot work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigProblem {
    /// Where: `routes[0].mapping`.
    pub path: String,
    /// What is there, and what should be.
    pub message: String,
}
