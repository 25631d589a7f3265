//! Connections at run time: the client that calls Zoho, the gate that holds deliveries back, the cached metadata.

mod books;
mod channels;
mod diagnose;
pub mod doctor;
pub mod gate;
pub(crate) mod ledger;
pub(crate) mod notice;
pub(crate) mod one_time;
mod rights;
mod schema;
pub mod scopes;
pub(crate) mod tokens;
pub(crate) mod wishes;

use std::collections::HashMap;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::Semaphore;
use zoho::oauth::TokenKeeper;
use zoho::policy::RetryPolicy;
use zoho::{Client, DataCenter};

use crate::clock::Clock;
use crate::model::config::{ConnectionConfig, Environment};
use gate::Gate;
use ledger::Ledger;
use schema::{CachedModules, CachedSchema};
use tokens::Kept;

/// Calls of one connection that may be on their way at once. Free organisations get 5 for everything they run.
pub const CALLS_MAX: usize = 4;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(60);

/// Why a connection cannot be used as configured.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// A setting is not what it should be.
    #[error("{0}")]
    Setting(String),
    /// A secret was never given.
    #[error(
        "its {0} is not stored; connect it (the console's *Connect Zoho*, or `leadway connection connect`)"
    )]
    MissingSecret(&'static str),
}

/// One authorised link to a Zoho organisation.
#[derive(Debug)]
pub struct Connection {
    pub config: ConnectionConfig,
    pub client: Client,
    pub gate: Gate,
    /// What it spends, and may spend.
    pub(crate) ledger: Arc<Ledger>,
    /// Bounds the calls on their way.
    pub permits: Arc<Semaphore>,
    /// What Zoho last said is granted; empty: nothing yet.
    granted: Vec<String>,
    schemas: Mutex<HashMap<String, CachedSchema>>,
    modules: Mutex<Option<CachedModules>>,
    /// Held while metadata is fetched.
    schema_fetch: tokio::sync::Mutex<()>,
    /// When metadata that was welcome but not needed could not be fetched.
    schema_failed_at: AtomicI64,
    /// The Books organisation that calls go to unless they name one, once it is known.
    books_organization: OnceLock<String>,
    clock: Clock,
    /// Held by what goes on over several calls, such as a stream of all pages.
    in_use: Arc<()>,
}

/// Tells that something goes on with a connection, whose tokens should live until it is dropped.
#[derive(Debug)]
#[must_use]
pub(crate) struct Hold(#[expect(dead_code, reason = "it is counted")] Arc<()>);

impl Connection {
    /// Builds the client of a connection. Nothing is sent yet.
    ///
    /// # Errors
    /// When the data center is none of Zoho's, or an address is not one.
    pub fn new(
        config: ConnectionConfig,
        client_secret: SecretString,
        refresh_token: SecretString,
        clock: Clock,
    ) -> Result<Self, ConnectionError> {
        let ledger = Arc::new(Ledger::new(clock.clone(), Vec::new()));
        Self::with_tokens(
            config,
            client_secret,
            refresh_token,
            clock,
            ledger,
            None,
            None,
        )
    }

    /// The same with the ledger of its earlier runs, an access token that was kept, and who keeps the next ones.
    ///
    /// # Errors
    /// As [`Connection::new`].
    pub(crate) fn with_tokens(
        config: ConnectionConfig,
        client_secret: SecretString,
        refresh_token: SecretString,
        clock: Clock,
        ledger: Arc<Ledger>,
        kept: Option<Kept>,
        keeper: Option<Arc<dyn TokenKeeper>>,
    ) -> Result<Self, ConnectionError> {
        let data_center = data_center(&config)?;
        ledger.keep_to(config.credit_bounds());
        let mut builder = Client::builder(data_center)
            .refresh_token_grant(config.client_id.clone(), client_secret, refresh_token)
            .retry_policy(RetryPolicy::none())
            .credit_ledger(Arc::<Ledger>::clone(&ledger))
            .concurrency_max(CALLS_MAX)
            .connect_timeout(CONNECT_TIMEOUT)
            .call_timeout(CALL_TIMEOUT);
        if let Some(url) = &config.accounts_url {
            builder = builder.accounts_url(address("accounts_url", url)?);
        }
        if let Some(url) = api_domain(&config, data_center)? {
            builder = builder.api_domain(url);
        }
        if let Some(token) = kept.as_ref().and_then(|kept| kept.alive(clock.now_us())) {
            builder = builder.kept_token(token);
        }
        if let Some(keeper) = keeper {
            builder = builder.token_keeper(keeper);
        }
        let client = builder
            .build()
            .map_err(|error| ConnectionError::Setting(error.to_string()))?;
        Ok(Self {
            config,
            client,
            gate: Gate::default(),
            ledger,
            permits: Arc::new(Semaphore::new(CALLS_MAX)),
            granted: kept.map(|kept| kept.scopes).unwrap_or_default(),
            schemas: Mutex::default(),
            modules: Mutex::default(),
            schema_fetch: tokio::sync::Mutex::default(),
            schema_failed_at: AtomicI64::new(0),
            books_organization: OnceLock::new(),
            clock,
            in_use: Arc::default(),
        })
    }

    /// Says that something goes on, until what is given back is dropped.
    pub(crate) fn hold(&self) -> Hold {
        Hold(Arc::clone(&self.in_use))
    }

    /// Whether something goes on with it.
    pub(crate) fn is_in_use(&self) -> bool {
        Arc::strong_count(&self.in_use) > 1
    }

    /// The scopes that Zoho granted, as far as it has said.
    #[must_use]
    pub fn granted_scopes(&self) -> Vec<String> {
        match self.client.known_token() {
            Some(token) if !token.scopes.is_empty() => token.scopes,
            _ => self.granted.clone(),
        }
    }

    /// The present instant by the gateway's clock.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// The user's default organisation in Books, if it was asked for before.
    pub(crate) fn books_organization(&self) -> Option<String> {
        self.books_organization.get().cloned()
    }

    pub(crate) fn remember_books_organization(&self, id: &str) {
        let _ = self.books_organization.set(id.to_owned());
    }

    /// Whether no call is on its way.
    #[must_use]
    pub fn has_all_permits(&self) -> bool {
        self.permits.available_permits() == CALLS_MAX
    }
}

/// The API host that is fixed by the settings: the given one, or that of a sandbox or a developer's organisation, which
/// Zoho's token answer need not name.
fn api_domain(
    config: &ConnectionConfig,
    data_center: DataCenter,
) -> Result<Option<url::Url>, ConnectionError> {
    if let Some(url) = &config.api_domain {
        return address("api_domain", url).map(Some);
    }
    if config.accounts_url.is_some() {
        return Ok(None);
    }
    Ok(match config.environment {
        Environment::Production => None,
        Environment::Sandbox => data_center.sandbox_api_url(),
        Environment::Developer => data_center.developer_api_url(),
    })
}

/// The data center of a connection.
///
/// # Errors
/// Names the ones that there are.
pub fn data_center(config: &ConnectionConfig) -> Result<DataCenter, ConnectionError> {
    config.data_center.parse().map_err(|_| {
        ConnectionError::Setting(format!(
            "{:?} is no data center of Zoho's; there are us, eu, in, au, jp, cn, ca, sa, uk and ae",
            config.data_center
        ))
    })
}

/// Reads an address of a server.
///
/// # Errors
/// When it is not http or https with a host.
pub fn address(key: &str, text: &str) -> Result<url::Url, ConnectionError> {
    let wrong = || {
        ConnectionError::Setting(format!(
            "{key} {text:?} is not an address; write https://host or http://127.0.0.1:4010"
        ))
    };
    let url = url::Url::parse(text).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong());
    }
    Ok(url)
}
