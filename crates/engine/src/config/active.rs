//! The configuration in force: read from the store, compiled, and shared by everything that runs.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use secrecy::SecretString;

use crate::clock::Clock;
use crate::connection::ledger::Ledger;
use crate::connection::tokens::{GrantPrint, Keeper, Kept};
use crate::connection::{Connection, ConnectionError};
use crate::delivery::lane::{Lane, LaneOptions};
use crate::mapping::{CompiledMapping, LEAD_CAPTURE, lead_capture_mapping};
use crate::model::config::{Config, FormConfig, MappingConfig, SourceConfig};
use crate::store::{Store, StoreError};
use crate::vault::Vault;

use super::route::ActiveRoute;

/// Everything that the flow looks up.
#[derive(Debug, Default)]
pub(crate) struct Active {
    pub config: Config,
    pub sources_by_key: HashMap<String, Arc<SourceConfig>>,
    pub sources: HashMap<String, Arc<SourceConfig>>,
    pub forms: HashMap<String, Arc<FormConfig>>,
    pub routes: Vec<ActiveRoute>,
    pub connections: BTreeMap<String, Arc<Connection>>,
    /// Connections that cannot be used, with the reason.
    pub broken: BTreeMap<String, String>,
    pub lanes: Vec<Arc<Lane>>,
}

/// Name of a connection's secret in the vault.
#[must_use]
pub(crate) fn secret_name(connection: &str, key: &str) -> String {
    format!("connection/{connection}/{key}")
}

/// Reads the stored configuration, without secrets.
///
/// # Errors
/// When the store cannot be read, or holds what this version does not know.
pub(crate) async fn stored(store: &Store) -> Result<(Config, HashMap<String, i64>), StoreError> {
    let mut config = Config::default();
    let mut mapping_versions = HashMap::new();
    for item in store.config_items().await? {
        let wrong = |error| {
            StoreError::inconsistent(format!("config_items {}/{}", item.kind, item.name), error)
        };
        match item.kind.as_str() {
            "connection" => config
                .connections
                .push(serde_json::from_str(&item.document).map_err(wrong)?),
            "source" => config
                .sources
                .push(serde_json::from_str(&item.document).map_err(wrong)?),
            "form" => config
                .forms
                .push(serde_json::from_str(&item.document).map_err(wrong)?),
            "mapping" => {
                config
                    .mappings
                    .push(serde_json::from_str(&item.document).map_err(wrong)?);
                mapping_versions.insert(item.name.clone(), item.version);
            }
            "route" => config
                .routes
                .push(serde_json::from_str(&item.document).map_err(wrong)?),
            other => tracing::warn!(
                kind = other,
                "an unknown kind of configuration is left alone"
            ),
        }
    }
    Ok((config, mapping_versions))
}

/// Compiles the stored configuration. Connections that have not changed are taken over from `before`, with their
/// tokens and metadata. Ledgers are taken over from `ledgers`, whatever has changed.
///
/// # Errors
/// When the store cannot be read. A connection that cannot be used does not stop the others.
pub(crate) async fn load(
    store: &Store,
    vault: &Arc<Vault>,
    clock: &Clock,
    before: &Active,
    ledgers: &Active,
) -> Result<Active, StoreError> {
    let (config, mapping_versions) = stored(store).await?;
    let mut active = Active {
        config,
        ..Active::default()
    };
    for source in &active.config.sources {
        let source = Arc::new(source.clone());
        active
            .sources_by_key
            .insert(source.write_key.clone(), source.clone());
        active.sources.insert(source.name.clone(), source);
    }
    active.forms = active
        .config
        .forms
        .iter()
        .map(|form| (form.name.clone(), Arc::new(form.clone())))
        .collect();
    for config in active.config.connections.clone() {
        match connection(store, vault, clock, before, ledgers, &config).await? {
            Ok(connection) => {
                active.connections.insert(config.name, connection);
            }
            Err(reason) => {
                tracing::warn!(
                    connection = config.name,
                    reason,
                    "a connection cannot be used"
                );
                active.broken.insert(config.name, reason);
            }
        }
    }
    let mut compiled: HashMap<String, (Arc<CompiledMapping>, i64)> = HashMap::new();
    for route in active.config.routes.clone() {
        if !compiled.contains_key(&route.mapping) {
            let version = mapping_versions.get(&route.mapping).copied().unwrap_or(0);
            let mapping = compile(&mapping_named(&active.config, &route.mapping)?)?;
            compiled.insert(route.mapping.clone(), (Arc::new(mapping), version));
        }
        let Some((mapping, mapping_version)) = compiled.get(&route.mapping).cloned() else {
            continue;
        };
        let options = LaneOptions::of(&route);
        let lane_id = store
            .lane(
                &route.connection,
                &route.module,
                route.operation.as_str(),
                &options.to_json(),
            )
            .await?;
        active.routes.push(ActiveRoute {
            config: route,
            mapping,
            mapping_version,
            options,
            lane_id,
        });
    }
    for row in store.lanes().await? {
        active.lanes.push(Arc::new(Lane::read(row)?));
    }
    Ok(active)
}

/// Compiles a mapping that was checked when it was stored.
///
/// # Errors
/// When this version can no longer read it.
pub(crate) fn compile(config: &MappingConfig) -> Result<CompiledMapping, StoreError> {
    CompiledMapping::compile(config).map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        StoreError::inconsistent(format!("mapping {}", config.name), problems.join("; "))
    })
}

pub(crate) fn mapping_named(config: &Config, name: &str) -> Result<MappingConfig, StoreError> {
    match config.mappings.iter().find(|mapping| mapping.name == name) {
        Some(mapping) => Ok(mapping.clone()),
        None if name == LEAD_CAPTURE => Ok(lead_capture_mapping()),
        None => Err(StoreError::inconsistent(
            "routes",
            format!("there is no mapping {name:?}"),
        )),
    }
}

/// Builds a connection, or says why it cannot be used.
async fn connection(
    store: &Store,
    vault: &Arc<Vault>,
    clock: &Clock,
    before: &Active,
    ledgers: &Active,
    config: &crate::model::config::ConnectionConfig,
) -> Result<Result<Arc<Connection>, String>, StoreError> {
    if let Some(same) = before
        .connections
        .get(&config.name)
        .filter(|connection| connection.config == *config)
    {
        return Ok(Ok(same.clone()));
    }
    let mut secrets = Vec::new();
    for (key, label) in [
        ("client_secret", "client secret"),
        ("refresh_token", "refresh token"),
    ] {
        let name = secret_name(&config.name, key);
        let Some(ciphertext) = store.secret(&name).await? else {
            return Ok(Err(ConnectionError::MissingSecret(label).to_string()));
        };
        match vault.decrypt(&name, &ciphertext) {
            Ok(secret) => secrets.push(secret),
            Err(error) => return Ok(Err(error.to_string())),
        }
    }
    let mut secrets = secrets.into_iter();
    let mut next = || secrets.next().unwrap_or_else(|| SecretString::from(""));
    let (client_secret, refresh_token) = (next(), next());
    let grant = GrantPrint::of(&config.client_id, &client_secret, &refresh_token);
    let kept = Kept::load(&config.name, &grant, store, vault).await?;
    let keeper = Keeper::new(
        &config.name,
        grant,
        store.clone(),
        vault.clone(),
        clock.clone(),
    );
    let ledger = match ledgers.connections.get(&config.name) {
        Some(earlier) => earlier.ledger.clone(),
        None => Arc::new(Ledger::new(
            clock.clone(),
            store
                .credits_by_minute(&config.name, Ledger::first_minute(clock.now_us()))
                .await?,
        )),
    };
    let connection = Connection::with_tokens(
        config.clone(),
        client_secret,
        refresh_token,
        clock.clone(),
        ledger,
        kept,
        Some(Arc::new(keeper)),
    );
    Ok(connection.map(Arc::new).map_err(|error| error.to_string()))
}
