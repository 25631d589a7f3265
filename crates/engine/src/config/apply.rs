//! Compares a configuration with what is stored, and makes the store equal to it.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use crate::model::config::{Config, ConnectionConfig};
use crate::model::status::{ChangeAction, ConfigChange, ConfigPlan, ConfigProblem};
use crate::store::StoreError;
use crate::store::config::{ItemChange, SecretChange};
use crate::vault::{Vault, VaultError};

use super::active::secret_name;

/// Why a configuration was not applied. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot work; every problem is listed.
    #[error("the configuration has {} {}: {}", .0.len(), if .0.len() == 1 { "problem" } else { "problems" }, listed(.0))]
    Invalid(Vec<ConfigProblem>),
    /// A secret could not be encrypted.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn listed(problems: &[ConfigProblem]) -> String {
    problems
        .iter()
        .map(|problem| format!("{}: {}", problem.path, problem.message))
        .collect::<Vec<_>>()
        .join("; ")
}

/// What has to be written so that the store equals a configuration.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    pub plan: ConfigPlan,
    pub items: Vec<ItemChange>,
    pub secrets: Vec<SecretChange>,
}

/// Compares `wanted` with `stored`. Secrets in `wanted` always count as a change: nobody can see whether they differ.
///
/// # Errors
/// When a secret cannot be encrypted.
pub(crate) fn difference(
    stored: &Config,
    wanted: &Config,
    vault: &Vault,
) -> Result<Difference, VaultError> {
    let mut difference = Difference::default();
    for connection in &wanted.connections {
        for (key, secret) in [
            ("client_secret", &connection.client_secret),
            ("refresh_token", &connection.refresh_token),
        ] {
            if let Some(secret) = secret {
                let name = secret_name(&connection.name, key);
                let ciphertext = Some(vault.encrypt(&name, secret.expose())?);
                difference.secrets.push(SecretChange { name, ciphertext });
            }
        }
    }
    let connections: Vec<ConnectionConfig> =
        wanted.connections.iter().map(without_secrets).collect();
    difference.list("connection", &stored.connections, &connections, |item| {
        &item.name
    });
    difference.list("source", &stored.sources, &wanted.sources, |item| {
        &item.name
    });
    difference.list("form", &stored.forms, &wanted.forms, |item| &item.name);
    difference.list("mapping", &stored.mappings, &wanted.mappings, |item| {
        &item.name
    });
    difference.list("route", &stored.routes, &wanted.routes, |item| &item.name);
    for gone in stored
        .connections
        .iter()
        .filter(|old| !wanted.connections.iter().any(|new| new.name == old.name))
    {
        for key in ["client_secret", "refresh_token", "access_token"] {
            difference.secrets.push(SecretChange {
                name: secret_name(&gone.name, key),
                ciphertext: None,
            });
        }
    }
    difference.note_secrets(wanted);
    Ok(difference)
}

/// A connection as it is stored and shown.
#[must_use]
pub(crate) fn without_secrets(connection: &ConnectionConfig) -> ConnectionConfig {
    ConnectionConfig {
        client_secret: None,
        refresh_token: None,
        ..connection.clone()
    }
}

impl Difference {
    fn list<T: Serialize>(
        &mut self,
        kind: &'static str,
        stored: &[T],
        wanted: &[T],
        name: impl Fn(&T) -> &String,
    ) {
        let document = |item: &T| serde_json::to_value(item).unwrap_or_default();
        let before: HashMap<&String, (usize, Value)> = stored
            .iter()
            .enumerate()
            .map(|(position, item)| (name(item), (position, document(item))))
            .collect();
        for (position, item) in wanted.iter().enumerate() {
            let new = document(item);
            let (action, keys) = match before.get(name(item)) {
                None => (ChangeAction::Create, Vec::new()),
                Some((_, old)) if *old != new => (ChangeAction::Update, differing(old, &new)),
                // Its place in the list has changed: worth storing, not worth telling.
                Some((old_position, _)) if *old_position != position => {
                    self.items
                        .push(change(kind, name(item), position, Some(&new)));
                    continue;
                }
                Some(_) => continue,
            };
            self.items
                .push(change(kind, name(item), position, Some(&new)));
            self.plan.changes.push(ConfigChange {
                kind: kind.to_owned(),
                name: name(item).clone(),
                action,
                keys,
            });
        }
        for (position, item) in stored.iter().enumerate() {
            if !wanted.iter().any(|new| name(new) == name(item)) {
                self.items.push(change(kind, name(item), position, None));
                let (kind, name) = (kind.to_owned(), name(item).clone());
                self.plan.changes.push(ConfigChange {
                    kind,
                    name,
                    action: ChangeAction::Delete,
                    keys: Vec::new(),
                });
            }
        }
    }

    /// Tells of secrets that came with connections that are otherwise the same.
    fn note_secrets(&mut self, wanted: &Config) {
        for connection in &wanted.connections {
            let mut keys = Vec::new();
            keys.extend(
                connection
                    .client_secret
                    .is_some()
                    .then(|| "client_secret".to_owned()),
            );
            keys.extend(
                connection
                    .refresh_token
                    .is_some()
                    .then(|| "refresh_token".to_owned()),
            );
            if keys.is_empty() {
                continue;
            }
            let known = self
                .plan
                .changes
                .iter_mut()
                .find(|change| change.kind == "connection" && change.name == connection.name);
            match known {
                Some(change) if change.action == ChangeAction::Update => change.keys.extend(keys),
                Some(_) => {}
                None => self.plan.changes.push(ConfigChange {
                    kind: "connection".to_owned(),
                    name: connection.name.clone(),
                    action: ChangeAction::Update,
                    keys,
                }),
            }
        }
    }
}

fn change(kind: &'static str, name: &str, position: usize, document: Option<&Value>) -> ItemChange {
    ItemChange {
        kind,
        name: name.to_owned(),
        position: i64::try_from(position).unwrap_or(i64::MAX),
        document: document.map(ToString::to_string),
    }
}

fn differing(old: &Value, new: &Value) -> Vec<String> {
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        return Vec::new();
    };
    let mut keys: Vec<String> = new
        .iter()
        .filter(|(key, value)| old.get(*key) != Some(value))
        .map(|(key, _)| key.clone())
        .collect();
    keys.extend(old.keys().filter(|key| !new.contains_key(*key)).cloned());
    keys
}
