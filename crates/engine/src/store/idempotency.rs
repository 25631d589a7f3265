//! Requests under names of their callers, kept for a day, so that a repeat gets the first answer.

use std::collections::HashSet;

use futures_util::TryStreamExt as _;
use serde_json::Value;

use super::{Store, StoreError};

const KEPT_US: i64 = 24 * 3_600 * 1_000_000;

/// A request under a key.
#[derive(Debug)]
pub(crate) struct KeyedRequest<'a> {
    pub connection: &'a str,
    pub key: &'a str,
    pub action: &'a str,
    pub digest: &'a [u8],
}

/// What is known of a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// It is new; the request may begin.
    New,
    /// The same request is at work.
    Running,
    /// The same request was answered so.
    Answered(String),
    /// The same request began, and its last try ended, at these instants, and nobody knows what became of it. It may begin
    /// again.
    Unknown { began_at: i64, tried_at: i64 },
    /// The key was used for another request.
    Other,
}

#[derive(sqlx::FromRow)]
struct StoredRequest {
    action: String,
    digest: Vec<u8>,
    state: String,
    answer: Option<String>,
    began_at: i64,
    tried_at: i64,
}

impl Store {
    /// Begins a request under its key, unless it began before.
    pub(crate) async fn begin_keyed(
        &self,
        request: &KeyedRequest<'_>,
        now: i64,
    ) -> Result<Known, StoreError> {
        let mut tx = self.write().await?;
        prune(&mut tx, now).await?;
        let row: Option<StoredRequest> = sqlx::query_as(
            "SELECT action, digest, state, answer, began_at, tried_at FROM idempotency_keys WHERE connection = ? AND key = ?",
        )
        .bind(request.connection)
        .bind(request.key)
        .fetch_optional(&mut *tx)
        .await?;
        let known = match row {
            None => Known::New,
            Some(row) if row.action != request.action || row.digest != request.digest => {
                Known::Other
            }
            Some(StoredRequest {
                answer: Some(answer),
                ..
            }) => Known::Answered(answer),
            Some(row) if row.state == "running" => Known::Running,
            Some(row) => Known::Unknown {
                began_at: row.began_at,
                tried_at: row.tried_at,
            },
        };
        match known {
            Known::New => {
                sqlx::query(
                    "INSERT INTO idempotency_keys (connection, key, action, digest, began_at, state) \
                     VALUES (?, ?, ?, ?, ?, 'running')",
                )
                .bind(request.connection)
                .bind(request.key)
                .bind(request.action)
                .bind(request.digest)
                .bind(now)
                .execute(&mut *tx)
                .await?;
            }
            Known::Unknown { .. } => {
                sqlx::query("UPDATE idempotency_keys SET state = 'running' WHERE connection = ? AND key = ?")
                    .bind(request.connection)
                    .bind(request.key)
                    .execute(&mut *tx)
                    .await?;
            }
            _ => {}
        }
        tx.commit().await?;
        Ok(known)
    }

    /// Keeps the answer of a request; `None` for one whose outcome nobody knows.
    pub(crate) async fn end_keyed(
        &self,
        request: &KeyedRequest<'_>,
        answer: Option<String>,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query(
            "UPDATE idempotency_keys SET state = ?, answer = ?, tried_at = ? WHERE connection = ? AND key = ? AND state = 'running'",
        )
        .bind(if answer.is_some() { "answered" } else { "unknown" })
        .bind(answer)
        .bind(now)
        .bind(request.connection)
        .bind(request.key)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// A request that was looked up in vain stays as it was: nothing was sent.
    pub(crate) async fn leave_keyed(&self, request: &KeyedRequest<'_>) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query(
            "UPDATE idempotency_keys SET state = 'unknown' WHERE connection = ? AND key = ? AND state = 'running'",
        )
        .bind(request.connection)
        .bind(request.key)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Forgets a request that certainly changed nothing, so that it may be sent again.
    pub(crate) async fn forget_keyed(&self, request: &KeyedRequest<'_>) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query(
            "DELETE FROM idempotency_keys WHERE connection = ? AND key = ? AND state = 'running'",
        )
        .bind(request.connection)
        .bind(request.key)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// At the start: whatever ran when the gateway stopped has an outcome that nobody knows.
    pub(crate) async fn interrupt_keyed(&self, now: i64) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "UPDATE idempotency_keys SET state = 'unknown', tried_at = ? WHERE state = 'running'",
        )
        .bind(now)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    /// Forgets what is older than a day.
    pub(crate) async fn prune_keyed(&self, now: i64) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        prune(&mut tx, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Adds the ids of records that kept answers name.
    pub(super) async fn answered_ids(
        &self,
        connection: &str,
        ids: &mut HashSet<String>,
    ) -> Result<(), StoreError> {
        let mut answers = sqlx::query_scalar::<_, String>(
            "SELECT answer FROM idempotency_keys WHERE connection = ? AND answer IS NOT NULL",
        )
        .bind(connection)
        .fetch(&self.readers);
        while let Some(answer) = answers.try_next().await? {
            if let Ok(answer) = serde_json::from_str(&answer) {
                collect_ids(&answer, ids);
            }
        }
        Ok(())
    }

    /// Counts credits that a connection has spent.
    pub(crate) async fn count_credits(
        &self,
        connection: &str,
        credits: i64,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        super::plan::tally(&mut tx, &format!("credits/{connection}"), now, credits).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn prune(tx: &mut sqlx::SqliteConnection, now: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM idempotency_keys WHERE began_at < ?")
        .bind(now - KEPT_US)
        .execute(tx)
        .await?;
    Ok(())
}

fn collect_ids(answer: &Value, ids: &mut HashSet<String>) {
    match answer {
        Value::Object(members) => {
            if let Some(id) = members.get("id").and_then(Value::as_str) {
                ids.insert(id.to_owned());
            }
            members.values().for_each(|value| collect_ids(value, ids));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_ids(item, ids)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[tokio::test]
    async fn a_key_goes_from_running_to_answered_or_unknown_and_is_kept_for_a_day() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("leadway.db"), Clock::system())
            .await
            .unwrap();
        let request = KeyedRequest {
            connection: "demo",
            key: "order-17",
            action: "crm.create_record",
            digest: b"one",
        };
        let begin = async |now| store.begin_keyed(&request, now).await.unwrap();
        assert_eq!(begin(1).await, Known::New);
        assert_eq!(begin(2).await, Known::Running);
        store.end_keyed(&request, None, 2).await.unwrap();
        let unknown = |tried_at| Known::Unknown {
            began_at: 1,
            tried_at,
        };
        assert_eq!(begin(3).await, unknown(2));
        assert_eq!(begin(4).await, Known::Running);
        assert_eq!(store.interrupt_keyed(4).await.unwrap(), 1);
        assert_eq!(begin(5).await, unknown(4));
        store
            .end_keyed(&request, Some("{}".to_owned()), 6)
            .await
            .unwrap();
        assert_eq!(begin(6).await, Known::Answered("{}".to_owned()));
        let other = KeyedRequest {
            digest: b"two",
            ..request
        };
        assert_eq!(store.begin_keyed(&other, 7).await.unwrap(), Known::Other);
        assert_eq!(begin(KEPT_US + 2).await, Known::New);
        store.forget_keyed(&request).await.unwrap();
        assert_eq!(begin(KEPT_US + 3).await, Known::New);
    }
}
