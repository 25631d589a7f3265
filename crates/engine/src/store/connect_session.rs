//! Connect sessions: who may connect once, what is asked for, and what became of it.

use super::{Store, StoreError};
use crate::model::connect_session::{ConnectSessionQuery, SessionState};
use crate::model::page::PAGE_ITEMS_MAX;

/// How long a session that has ended can still be looked at.
const KEPT_US: i64 = 7 * 24 * 3_600 * 1_000_000;

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct ConnectSessionRow {
    pub id: String,
    /// JSON.
    pub document: String,
    pub state: String,
    pub failure: Option<String>,
    /// Whether that was the customer's no.
    pub is_declined: bool,
    /// Until when a consent may come back that was begun under it.
    pub at_zoho_until: Option<i64>,
    pub made_at: i64,
    pub expires_at: i64,
}

const COLUMNS: &str = "id, document, state, failure, is_declined, made_at, expires_at, \
     (SELECT MAX(expires_at) FROM authorizations WHERE session = connect_sessions.id) AS at_zoho_until";

/// Why a try came to nothing.
#[derive(Debug)]
pub(crate) struct FailedTry<'a> {
    pub message: &'a str,
    pub is_declined: bool,
}

/// Name of a session's client secret among the secrets.
pub(crate) fn client_secret_name(id: &str) -> String {
    format!("connect_session/{id}/client_secret")
}

impl Store {
    /// Adds a session; `false` when `open_max` are open already. Those that ended a week ago are forgotten.
    pub(crate) async fn add_connect_session(
        &self,
        row: &ConnectSessionRow,
        token: &[u8],
        client_secret: Option<Vec<u8>>,
        open_max: i64,
    ) -> Result<bool, StoreError> {
        let now = row.made_at;
        let mut tx = self.write().await?;
        sqlx::query(
            "DELETE FROM secrets WHERE name IN (SELECT 'connect_session/' || id || '/client_secret' \
             FROM connect_sessions WHERE expires_at <= ?)",
        )
        .bind(now - KEPT_US)
        .execute(&mut *tx)
        .await?;
        sqlx::query("DELETE FROM connect_sessions WHERE expires_at <= ?")
            .bind(now - KEPT_US)
            .execute(&mut *tx)
            .await?;
        let open: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM connect_sessions WHERE state = 'open' AND expires_at > ?",
        )
        .bind(now)
        .fetch_one(&mut *tx)
        .await?;
        if open >= open_max {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO connect_sessions (id, token, document, state, made_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(row.id.clone())
        .bind(token.to_vec())
        .bind(row.document.clone())
        .bind(row.state.clone())
        .bind(row.made_at)
        .bind(row.expires_at)
        .execute(&mut *tx)
        .await?;
        if let Some(ciphertext) = client_secret {
            sqlx::query("INSERT INTO secrets (name, ciphertext, changed_at) VALUES (?, ?, ?)")
                .bind(client_secret_name(&row.id))
                .bind(ciphertext)
                .bind(now)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// The session of a token's digest.
    pub(crate) async fn connect_session_of(
        &self,
        token: &[u8],
    ) -> Result<Option<ConnectSessionRow>, StoreError> {
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM connect_sessions WHERE token = ?"
        )))
        .bind(token.to_vec())
        .fetch_optional(&self.readers)
        .await?)
    }

    /// A session by its id.
    pub(crate) async fn connect_session(
        &self,
        id: &str,
    ) -> Result<Option<ConnectSessionRow>, StoreError> {
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM connect_sessions WHERE id = ?"
        )))
        .bind(id)
        .fetch_optional(&self.readers)
        .await?)
    }

    /// A page of sessions, newest first, from behind `before`: when one was made, and its id. The second result tells whether
    /// there are more.
    pub(crate) async fn connect_sessions(
        &self,
        query: &ConnectSessionQuery,
        before: Option<(i64, String)>,
        now: i64,
    ) -> Result<(Vec<ConnectSessionRow>, bool), StoreError> {
        let items_max = query.items_max.min(PAGE_ITEMS_MAX);
        let (before_at, before_id) = before.unwrap_or((i64::MAX, String::new()));
        let mut rows: Vec<ConnectSessionRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM connect_sessions \
             WHERE (?1 IS NULL OR document ->> '$.owner' = ?1) \
             AND (?2 IS NULL OR ?2 = CASE WHEN state = 'open' AND expires_at <= ?3 THEN 'expired' \
                  WHEN state = 'finishing' THEN 'open' ELSE state END) \
             AND (made_at, id) < (?4, ?5) ORDER BY made_at DESC, id DESC LIMIT ?6",
        )))
        .bind(query.owner.clone())
        .bind(query.state.map(SessionState::as_str))
        .bind(now)
        .bind(before_at)
        .bind(before_id)
        .bind(i64::try_from(items_max + 1).unwrap_or(i64::MAX))
        .fetch_all(&self.readers)
        .await?;
        let has_more = rows.len() > items_max;
        rows.truncate(items_max);
        Ok((rows, has_more))
    }

    /// Moves a session from one state to another; `false` when it is in none of `from`. Its client secret goes with its
    /// last state.
    pub(crate) async fn move_connect_session(
        &self,
        id: &str,
        from: &str,
        to: &str,
        failure: Option<FailedTry<'_>>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let moved = sqlx::query(
            "UPDATE connect_sessions SET state = ?, failure = ?, is_declined = ? WHERE id = ? AND state = ?",
        )
        .bind(to)
        .bind(failure.as_ref().map(|failure| failure.message.to_owned()))
        .bind(failure.is_some_and(|failure| failure.is_declined))
        .bind(id)
        .bind(from)
        .execute(&mut *tx)
        .await?
        .rows_affected()
            > 0;
        if moved && matches!(to, "connected" | "ended") {
            sqlx::query("DELETE FROM secrets WHERE name = ?")
                .bind(client_secret_name(id))
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(moved)
    }

    /// At the start: sessions that were being finished when the gateway stopped are open again.
    pub(crate) async fn reopen_connect_sessions(&self) -> Result<(), StoreError> {
        sqlx::query("UPDATE connect_sessions SET state = 'open' WHERE state = 'finishing'")
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn row(id: &str, made_at: i64) -> ConnectSessionRow {
        ConnectSessionRow {
            id: id.to_owned(),
            document: "{}".to_owned(),
            state: "open".to_owned(),
            failure: None,
            is_declined: false,
            at_zoho_until: None,
            made_at,
            expires_at: made_at + 10,
        }
    }

    #[tokio::test]
    async fn a_session_is_used_once_and_forgotten_with_its_secret() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("leadway.db"), Clock::system())
            .await
            .unwrap();
        let add = async |id: &str, made_at| {
            let session = row(id, made_at);
            let added = store.add_connect_session(&session, id.as_bytes(), Some(vec![1]), 2);
            added.await.unwrap()
        };
        let shift = async |from, to| {
            store
                .move_connect_session("one", from, to, None)
                .await
                .unwrap()
        };
        assert!(add("one", 0).await && add("two", 0).await);
        assert!(!add("three", 5).await, "no more than two are open at once");
        assert!(add("three", 10).await, "what has expired is not open");
        let found = store.connect_session_of(b"one").await.unwrap();
        assert_eq!(found.map(|row| row.id), Some("one".to_owned()));
        assert!(shift("open", "finishing").await);
        assert!(!shift("open", "finishing").await, "another is at it");
        store.reopen_connect_sessions().await.unwrap();
        assert!(shift("open", "finishing").await && shift("finishing", "connected").await);
        assert!(!shift("open", "finishing").await);
        assert_eq!(store.secrets().await.unwrap().len(), 2);
        assert!(add("four", KEPT_US + 10).await);
        assert_eq!(store.connect_session("two").await.unwrap(), None);
        assert_eq!(store.secrets().await.unwrap().len(), 2);
    }
}
