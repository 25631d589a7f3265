//! Consents that were begun at Zoho's page. They outlive a restart, so that nobody who is there has to begin again.

use super::{Store, StoreError};

/// Consents that one session may have begun, so that whoever holds it cannot push out those of others.
const PER_SESSION_MAX: u32 = 5;

/// One that was begun, as it is stored. Its secret is the PKCE verifier.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct AuthorizationRow {
    /// SHA-256 of the state, hexadecimal.
    pub state: String,
    pub connection: String,
    pub session: Option<String>,
    pub data_center: Option<String>,
    pub redirect_uri: String,
    pub binding: Option<Vec<u8>>,
    /// Microseconds since 1970.
    pub expires_at: i64,
}

/// Name of the verifier among the secrets.
pub(crate) fn verifier_name(state: &str) -> String {
    format!("authorization/{state}/verifier")
}

/// The same for SQL, where `state` is a column.
const VERIFIER_NAME: &str = "'authorization/' || state || '/verifier'";

impl Store {
    /// Remembers one; what has expired is forgotten, and the oldest ones give way when more than `rows_max` are open, or
    /// more than a few of the same session.
    pub(crate) async fn put_authorization(
        &self,
        row: &AuthorizationRow,
        verifier: Vec<u8>,
        rows_max: u32,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let gone = "SELECT state FROM authorizations WHERE expires_at <= ?1 OR state IN \
                    (SELECT state FROM authorizations ORDER BY expires_at DESC LIMIT -1 OFFSET ?2) OR state IN \
                    (SELECT state FROM authorizations WHERE session = ?3 ORDER BY expires_at DESC LIMIT -1 OFFSET ?4)";
        for forget in [
            format!("DELETE FROM secrets WHERE name IN (SELECT {VERIFIER_NAME} FROM ({gone}))"),
            format!("DELETE FROM authorizations WHERE state IN ({gone})"),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(forget))
                .bind(now)
                .bind(rows_max.saturating_sub(1))
                .bind(row.session.clone())
                .bind(PER_SESSION_MAX - 1)
                .execute(&mut *tx)
                .await?;
        }
        sqlx::query(
            "INSERT INTO authorizations (state, connection, session, data_center, redirect_uri, binding, expires_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(row.state.clone())
        .bind(row.connection.clone())
        .bind(row.session.clone())
        .bind(row.data_center.clone())
        .bind(row.redirect_uri.clone())
        .bind(row.binding.clone())
        .bind(row.expires_at)
        .execute(&mut *tx)
        .await?;
        sqlx::query("INSERT INTO secrets (name, ciphertext, changed_at) VALUES (?, ?, ?)")
            .bind(verifier_name(&row.state))
            .bind(verifier)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes out the one of a state with its verifier, for the only time.
    pub(crate) async fn take_authorization(
        &self,
        state: &str,
        now: i64,
    ) -> Result<Option<(AuthorizationRow, Vec<u8>)>, StoreError> {
        let mut tx = self.write().await?;
        let row: Option<AuthorizationRow> = sqlx::query_as(
            "DELETE FROM authorizations WHERE state = ? RETURNING state, connection, session, data_center, \
             redirect_uri, binding, expires_at",
        )
        .bind(state)
        .fetch_optional(&mut *tx)
        .await?;
        let verifier: Option<Vec<u8>> =
            sqlx::query_scalar("DELETE FROM secrets WHERE name = ? RETURNING ciphertext")
                .bind(verifier_name(state))
                .fetch_optional(&mut *tx)
                .await?;
        tx.commit().await?;
        Ok(row.filter(|row| row.expires_at > now).zip(verifier))
    }

    /// Forgets those that were begun in a browser which brings this back.
    pub(crate) async fn forget_authorizations(&self, binding: &[u8]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for forget in [
            format!(
                "DELETE FROM secrets WHERE name IN (SELECT {VERIFIER_NAME} FROM authorizations WHERE binding = ?)"
            ),
            "DELETE FROM authorizations WHERE binding = ?".to_owned(),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(forget))
                .bind(binding.to_vec())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Forgets what has expired, such as before all secrets are encrypted anew.
    pub(crate) async fn forget_expired_authorizations(&self, now: i64) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for forget in [
            format!(
                "DELETE FROM secrets WHERE name IN (SELECT {VERIFIER_NAME} FROM authorizations WHERE expires_at <= ?)"
            ),
            "DELETE FROM authorizations WHERE expires_at <= ?".to_owned(),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(forget))
                .bind(now)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn row(state: &str, expires_at: i64) -> AuthorizationRow {
        AuthorizationRow {
            state: state.to_owned(),
            connection: "main".to_owned(),
            session: None,
            data_center: None,
            redirect_uri: "http://127.0.0.1/oauth/callback".to_owned(),
            binding: Some(vec![7]),
            expires_at,
        }
    }

    #[tokio::test]
    async fn a_state_serves_once_and_not_for_long_and_takes_its_secret_along() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("leadway.db"), Clock::system())
            .await
            .unwrap();
        let put = async |state: &str, expires_at, rows_max, now| {
            store
                .put_authorization(&row(state, expires_at), vec![1], rows_max, now)
                .await
                .unwrap();
        };
        put("one", 10, 9, 0).await;
        assert_eq!(store.take_authorization("other", 5).await.unwrap(), None);
        let taken = store.take_authorization("one", 5).await.unwrap();
        assert_eq!(taken, Some((row("one", 10), vec![1])));
        assert_eq!(store.take_authorization("one", 5).await.unwrap(), None);
        put("late", 10, 9, 0).await;
        assert_eq!(store.take_authorization("late", 10).await.unwrap(), None);

        // They are bounded, and the oldest gives way.
        for number in 0..3 {
            put(&number.to_string(), 20 + number, 2, 0).await;
        }
        assert_eq!(store.take_authorization("0", 5).await.unwrap(), None);
        assert_eq!(store.secrets().await.unwrap().len(), 2);
        store.forget_authorizations(&[7]).await.unwrap();
        assert_eq!(store.secrets().await.unwrap(), []);
        put("expired", 10, 9, 0).await;
        put("next", 30, 9, 20).await;
        assert_eq!(store.secrets().await.unwrap().len(), 1);
        store.forget_expired_authorizations(30).await.unwrap();
        assert_eq!(store.secrets().await.unwrap(), []);

        // Those of one session are few.
        put("other's", 40, 100, 0).await;
        for number in 0..10 {
            let of_session = AuthorizationRow {
                session: Some("cns_1".to_owned()),
                ..row(&format!("s{number}"), 41 + number)
            };
            store
                .put_authorization(&of_session, vec![1], 100, 0)
                .await
                .unwrap();
        }
        assert_eq!(store.secrets().await.unwrap().len(), 6);
        assert!(
            store
                .take_authorization("other's", 5)
                .await
                .unwrap()
                .is_some()
        );
    }
}
