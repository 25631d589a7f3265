//! Everything that outlives a restart, beyond the intake log: configuration, events, deliveries, attempts.
//!
//! All verbs are batch-shaped. There is one writing connection, so writers queue in the process instead of
//! failing in the database, and several readers. SQLite runs in WAL mode with `synchronous=FULL`: a
//! transaction that has committed survives a power cut. Checkpoints run on a connection of their own
//! ([`checkpoint`]), since a writer that also checkpoints stalls everybody behind it.

pub(crate) mod authorization;
pub(crate) mod checkpoint;
pub(crate) mod config;
pub(crate) mod connect_session;
pub(crate) mod connection;
pub(crate) mod idempotency;
pub(crate) mod lease;
pub(crate) mod look;
pub(crate) mod plan;
pub(crate) mod replay;
mod rows;
pub(crate) mod settle;

use std::path::Path;
use std::time::Duration;

use crate::clock::Clock;
use tokio::sync::mpsc;

use sqlx::Connection as _;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

/// The store could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no: locked, full, broken.
    #[error("the store could not be read or written: {0}")]
    Database(#[from] sqlx::Error),
    /// A row holds what this version cannot read.
    #[error("the store holds something unreadable in {place}: {reason}")]
    Inconsistent {
        /// Table and row.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl StoreError {
    pub(crate) fn inconsistent(place: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        Self::Inconsistent {
            place: place.into(),
            reason: reason.to_string(),
        }
    }
}

/// The gateway's database.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
    settlements: mpsc::Sender<settle::Waiting>,
}

/// How long a statement waits for a lock that another program holds on the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const READERS_MAX: u32 = 4;

impl Store {
    /// Opens the database file, makes it when it is not there, and brings its tables up to date.
    ///
    /// # Errors
    /// When the file cannot be opened or is of a newer version of Leadway.
    pub(crate) async fn open(path: &Path, clock: Clock) -> Result<Self, StoreError> {
        let options = options(path);
        let writer = pool(1).connect_with(options.clone()).await?;
        sqlx::migrate!("src/store/migrations")
            .run(&writer)
            .await
            .map_err(sqlx::Error::from)?;
        let readers = pool(READERS_MAX).connect_with(options).await?;
        let (settlements, waiting) = mpsc::channel(settle::QUEUE_MAX);
        tokio::spawn(Self::run_settler(writer.clone(), clock, waiting));
        Ok(Self {
            writer,
            readers,
            settlements,
        })
    }

    /// Closes all connections; what had committed is in the file.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Starts a writing transaction at once, so that it cannot fail half-way for a lock.
    async fn write(&self) -> Result<sqlx::Transaction<'static, sqlx::Sqlite>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// A pool that does not ask a connection whether it is alive each time: a file does not go away.
///
/// A connection that still believes itself in a transaction is replaced: when the disk is full, SQLite rolls back by
/// itself, the library's own rollback then fails, and the connection could never begin a transaction again.
pub(crate) fn pool(connections_max: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections_max)
        .test_before_acquire(false)
        .before_acquire(|connection, _| {
            Box::pin(std::future::ready(Ok(!connection.is_in_transaction())))
        })
}

/// The options that every connection to one of our files has.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("wal_autocheckpoint", "0")
        .pragma("cache_size", "-16000")
        .pragma("temp_store", "MEMORY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_disk_does_not_spoil_the_writing_connection() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("leadway.db"), Clock::system())
            .await
            .unwrap();
        // This bound is the connection's own, so its successor has none.
        sqlx::query("PRAGMA max_page_count = 1")
            .execute(&store.writer)
            .await
            .unwrap();
        let fill = || async {
            let mut tx = store.write().await?;
            sqlx::query("INSERT INTO unreadable (log_seq, reason, frames) VALUES (1, '', zeroblob(1000000))")
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
            Ok::<_, StoreError>(())
        };
        let refused = fill().await.unwrap_err().to_string();
        assert!(refused.contains("full"), "{refused}");
        fill().await.unwrap();
    }
}
