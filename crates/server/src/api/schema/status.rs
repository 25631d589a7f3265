//! How the gateway is doing.

use utoipa::ToSchema;

/// Whether the gateway can do its work.
#[derive(ToSchema)]
pub(crate) struct Health {
    is_ready: bool,
    /// Why not, one sentence each.
    problems: Vec<String>,
}

/// Counts and connections.
#[derive(ToSchema)]
pub(crate) struct Overview {
    /// Events accepted in the last 24 hours.
    events_24h: u64,
    /// Events accepted but not planned yet.
    unplanned_events: u64,
    /// Deliveries waiting for their first try or on their way.
    pending_deliveries: u64,
    /// Deliveries waiting for another try.
    retrying_deliveries: u64,
    /// Deliveries that succeeded in the last 24 hours.
    delivered_24h: u64,
    /// Dead letters that nobody has replayed yet.
    dead_letters: u64,
    /// Credits spent in the last 24 hours, over all connections.
    credits_24h: u64,
    /// When the oldest unsettled delivery was planned.
    #[schema(format = DateTime)]
    oldest_unsettled_at: Option<String>,
    connections: Vec<ConnectionStatus>,
}

/// One connection, without its secrets.
#[derive(ToSchema)]
pub(crate) struct ConnectionStatus {
    name: String,
    /// What people call it.
    nickname: Option<String>,
    /// Whose it is: a customer's id in the product that uses this gateway.
    owner: Option<String>,
    /// `us`, `eu`, `in`, `au`, `jp`, `cn`, `ca`, `sa`, `uk` or `ae`.
    data_center: String,
    environment: Environment,
    /// Its API host, once known.
    api_domain: Option<String>,
    state: ConnectionState,
    /// Why deliveries do not flow, in a sentence.
    reason: Option<String>,
    /// When deliveries are tried again, if they are paused.
    #[schema(format = DateTime)]
    paused_until: Option<String>,
    /// Credits spent through it in the last 24 hours.
    credits_24h: u64,
    credits: CreditMeters,
    /// The Books organisations that were called since the gateway's start.
    books: Option<Vec<BooksMeters>>,
    /// Scopes that Zoho granted, as far as it has said.
    granted_scopes: Option<Vec<String>>,
    /// Scopes that somebody is asked for who connects it.
    scopes_asked_for: Option<Vec<String>>,
    /// Features that will not work for want of a scope.
    lacks: Option<Vec<Lack>>,
    tokens: TokenMeters,
}

/// The kind of a Zoho organisation.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Environment {
    Production,
    Sandbox,
    Developer,
}

/// What a connection may spend in 24 hours, and what is left, in credits.
#[derive(ToSchema)]
pub(crate) struct CreditMeters {
    /// Its own limit.
    limit: Option<u64>,
    /// What actions leave over for deliveries.
    kept_for_deliveries: Option<u64>,
    /// What is left of its own limit.
    left: Option<u64>,
    /// What is left of the organisation's credits. Zoho tells it once half is spent; it is shown for ten minutes.
    left_by_zoho: Option<u64>,
    /// When Zoho told it.
    #[schema(format = DateTime)]
    told_at: Option<String>,
}

/// How near its limits a Books organisation is. Books has no credits, but a quota of calls for each day and minute.
#[derive(ToSchema)]
pub(crate) struct BooksMeters {
    organization_id: String,
    /// Calls of the last minute by this gateway; Zoho allows 100 by all programs.
    calls_in_minute: u64,
    /// Calls that the organisation's plan allows in a day.
    calls_per_day: Option<u64>,
    /// What is left of them by Zoho's last answer.
    calls_left_today: Option<u64>,
    /// When the next day begins.
    #[schema(format = DateTime)]
    day_ends_at: Option<String>,
}

/// How a connection's tokens are, and how near Zoho's limits.
#[derive(ToSchema)]
pub(crate) struct TokenMeters {
    /// When the live access token ends.
    #[schema(format = DateTime)]
    access_token_expires_at: Option<String>,
    /// Calls to the token endpoint in the last 10 minutes.
    token_calls_10m: u64,
    /// How many Zoho allows.
    token_calls_10m_max: u64,
    /// Refresh tokens that this gateway had Zoho make for the same client and owner and that are not revoked.
    refresh_tokens: u64,
    /// How many Zoho keeps for each user; the next one ends the oldest.
    refresh_tokens_max: u64,
}

/// A feature that will not work for want of a scope.
#[derive(ToSchema)]
pub(crate) struct Lack {
    #[schema(example = "route lead-capture")]
    feature: String,
    /// The scopes that are missing.
    scopes: Vec<String>,
    /// What does not work, in a sentence.
    effect: String,
    /// Whether everything else goes on.
    is_optional: bool,
    /// Whether connecting again asks for them. Not so where the connection has a list of scopes of its own.
    is_asked_for: bool,
}

/// Whether deliveries flow. `needs_consent`: somebody has to connect it anew.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConnectionState {
    Ready,
    Paused,
    NeedsConsent,
}

/// One thing that the doctor looked at.
#[derive(ToSchema)]
pub(crate) struct Finding {
    /// What was looked at.
    #[schema(example = "token")]
    check: String,
    level: Level,
    /// What came out, in a sentence.
    message: String,
    /// What to do, where something is wrong.
    remedy: Option<String>,
}

/// How serious a finding is.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    Ok,
    Warning,
    Failed,
}

/// What replacing the configuration changes.
#[derive(ToSchema)]
pub(crate) struct ConfigPlan {
    /// One entry for each thing that differs.
    changes: Vec<ConfigChange>,
}

/// One difference.
#[derive(ToSchema)]
pub(crate) struct ConfigChange {
    /// `connection`, `source`, `form`, `mapping` or `route`.
    kind: String,
    name: String,
    action: ChangeAction,
    /// The keys that differ, for an update.
    keys: Option<Vec<String>>,
}

/// What a change does.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChangeAction {
    Create,
    Update,
    Delete,
}

/// A scope that is needed only where an input is missing.
#[derive(ToSchema)]
pub(crate) struct ScopeWithout {
    #[schema(example = "fields")]
    input: String,
    #[schema(example = "ZohoCRM.settings.fields.READ")]
    scope: String,
}

/// One action of the catalog.
#[derive(ToSchema)]
pub(crate) struct Action {
    #[schema(example = "crm.create_record")]
    name: String,
    /// `crm` or `books`.
    #[schema(example = "crm")]
    product: String,
    /// What it does.
    summary: String,
    /// `reads`, `changes`, `destroys`, or `depends` on its inputs.
    #[schema(example = "changes")]
    effect: String,
    /// What it costs.
    credits: String,
    /// Zoho's scopes that it needs.
    scopes: Vec<String>,
    /// A scope that it needs only where an input is missing.
    scope_without: Option<ScopeWithout>,
    /// The feature to switch on in a connection's settings, so that these scopes are asked for.
    feature: Option<super::config::Feature>,
    /// Zoho's page about it.
    page: String,
    /// JSON Schema of its inputs.
    #[schema(value_type = Object)]
    inputs: serde_json::Value,
    /// JSON Schema of its answer; `null` for a file.
    #[schema(value_type = Option<Object>)]
    output: Option<serde_json::Value>,
}
