//! The configuration's versions, and the secrets beside it.

use super::{Store, StoreError};

/// The newest version of one item.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ItemRow {
    pub kind: String,
    pub name: String,
    pub version: i64,
    pub document: String,
}

/// One change to record: a new version with a document, or its end.
#[derive(Debug)]
pub(crate) struct ItemChange {
    pub kind: &'static str,
    pub name: String,
    pub position: i64,
    pub document: Option<String>,
}

/// A secret to store, encrypted, or to forget.
#[derive(Debug)]
pub(crate) struct SecretChange {
    pub name: String,
    pub ciphertext: Option<Vec<u8>>,
}

impl Store {
    /// Every item that is not deleted, in the order in which it was written down.
    pub(crate) async fn config_items(&self) -> Result<Vec<ItemRow>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT kind, name, version, document FROM config_items c WHERE document IS NOT NULL \
             AND version = (SELECT MAX(version) FROM config_items n WHERE n.kind = c.kind AND n.name = c.name) \
             ORDER BY kind, position, name",
        )
        .fetch_all(&self.readers)
        .await?)
    }

    /// One version of one item, also when newer ones are there.
    pub(crate) async fn config_version(
        &self,
        kind: &str,
        name: &str,
        version: i64,
    ) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT document FROM config_items WHERE kind = ? AND name = ? AND version = ?",
        )
        .bind(kind)
        .bind(name)
        .bind(version)
        .fetch_optional(&self.readers)
        .await?
        .flatten())
    }

    /// Appends versions and writes secrets, all in one transaction.
    pub(crate) async fn save_config(
        &self,
        items: &[ItemChange],
        secrets: &[SecretChange],
        now: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for item in items {
            sqlx::query(
                "INSERT INTO config_items (kind, name, version, position, document, changed_at) VALUES (?1, ?2, \
                 (SELECT COALESCE(MAX(version), 0) + 1 FROM config_items WHERE kind = ?1 AND name = ?2), ?3, ?4, ?5)",
            )
            .bind(item.kind)
            .bind(item.name.clone())
            .bind(item.position)
            .bind(item.document.clone())
            .bind(now)
            .execute(&mut *tx)
            .await?;
            if (item.kind, &item.document) == ("connection", &None) {
                // Another connection may get the name, to another organisation.
                sqlx::query("DELETE FROM idempotency_keys WHERE connection = ?")
                    .bind(item.name.clone())
                    .execute(&mut *tx)
                    .await?;
            }
        }
        for secret in secrets {
            match &secret.ciphertext {
                Some(ciphertext) => {
                    sqlx::query(
                        "INSERT INTO secrets (name, ciphertext, changed_at) VALUES (?, ?, ?) ON CONFLICT (name) \
                         DO UPDATE SET ciphertext = excluded.ciphertext, changed_at = excluded.changed_at",
                    )
                    .bind(secret.name.clone())
                    .bind(ciphertext.clone())
                    .bind(now)
                    .execute(&mut *tx)
                    .await?;
                }
                None => {
                    sqlx::query("DELETE FROM secrets WHERE name = ?")
                        .bind(secret.name.clone())
                        .execute(&mut *tx)
                        .await?;
                }
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Every secret: its name and its ciphertext.
    pub(crate) async fn secrets(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        Ok(
            sqlx::query_as("SELECT name, ciphertext FROM secrets ORDER BY name")
                .fetch_all(&self.readers)
                .await?,
        )
    }

    /// Writes other ciphertexts for secrets that are there, all in one transaction.
    pub(crate) async fn replace_secrets(
        &self,
        secrets: &[(String, Vec<u8>)],
        now: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for (name, ciphertext) in secrets {
            sqlx::query("UPDATE secrets SET ciphertext = ?, changed_at = ? WHERE name = ?")
                .bind(ciphertext.clone())
                .bind(now)
                .bind(name.clone())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// A secret's ciphertext.
    pub(crate) async fn secret(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT ciphertext FROM secrets WHERE name = ?")
                .bind(name)
                .fetch_optional(&self.readers)
                .await?,
        )
    }
}
