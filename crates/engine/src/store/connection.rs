//! What happened to connections, their kept access tokens, and how often the token endpoint was asked.

use std::collections::HashMap;

use super::plan::tally;
use super::{Store, StoreError};

/// Something that happened to a connection, to be appended.
#[derive(Debug)]
pub(crate) struct NewConnectionEvent<'a> {
    pub connection: &'a str,
    pub kind: &'static str,
    pub client_id: &'a str,
    /// 1 when Zoho made a refresh token, -1 when it revoked one.
    pub made_token: i64,
    pub detail: &'a str,
}

/// The same as it is stored.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ConnectionEventRow {
    pub at: i64,
    pub kind: String,
    pub detail: String,
}

impl Store {
    /// Appends what happened.
    pub(crate) async fn note_connection(
        &self,
        event: NewConnectionEvent<'_>,
        now: i64,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO connection_events (connection, at, kind, client_id, made_token, detail) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(event.connection)
        .bind(now)
        .bind(event.kind)
        .bind(event.client_id)
        .bind(event.made_token)
        .bind(event.detail)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// The last things that happened to a connection, newest first.
    pub(crate) async fn connection_events(
        &self,
        connection: &str,
        rows_max: u32,
    ) -> Result<Vec<ConnectionEventRow>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT at, kind, detail FROM connection_events WHERE connection = ? ORDER BY seq DESC LIMIT ?",
        )
        .bind(connection)
        .bind(rows_max)
        .fetch_all(&self.readers)
        .await?)
    }

    /// Refresh tokens that Zoho made for this gateway and has not revoked since, by connection and client.
    pub(crate) async fn refresh_tokens_made(
        &self,
    ) -> Result<HashMap<(String, String), i64>, StoreError> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT connection, client_id, SUM(made_token) FROM connection_events GROUP BY connection, client_id",
        )
        .fetch_all(&self.readers)
        .await?;
        let by_both = |(connection, client_id, made)| ((connection, client_id), made);
        Ok(rows.into_iter().map(by_both).collect())
    }

    /// Whether a connection's refresh token was made for this gateway, not elsewhere.
    pub(crate) async fn made_refresh_token(&self, connection: &str) -> Result<bool, StoreError> {
        let made: Option<i64> = sqlx::query_scalar(
            "SELECT made_token FROM connection_events WHERE connection = ? AND kind = 'granted' ORDER BY seq DESC LIMIT 1",
        )
        .bind(connection)
        .fetch_optional(&self.readers)
        .await?;
        Ok(made == Some(1))
    }

    /// Keeps a connection's access token, as long as the connection still has a refresh token.
    pub(crate) async fn keep_access_token(
        &self,
        name: &str,
        refresh_token_name: &str,
        ciphertext: Vec<u8>,
        now: i64,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO secrets (name, ciphertext, changed_at) SELECT ?1, ?2, ?3 \
             WHERE EXISTS (SELECT 1 FROM secrets WHERE name = ?4) \
             ON CONFLICT (name) DO UPDATE SET ciphertext = excluded.ciphertext, changed_at = excluded.changed_at",
        )
        .bind(name)
        .bind(ciphertext)
        .bind(now)
        .bind(refresh_token_name)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Counts a call to the token endpoint.
    pub(crate) async fn count_token_call(&self, name: &str, now: i64) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tally(&mut tx, name, now, 1).await?;
        tx.commit().await?;
        Ok(())
    }
}
