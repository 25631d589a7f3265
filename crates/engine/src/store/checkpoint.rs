//! Moves what the write-ahead log holds into the database file, away from the writers.
//!
//! Passive checkpoints never block a writer, but under steady writing they never quite catch up either, and the log
//! grows. Past [`LOG_BYTES_MAX`] one waits for a gap between two writes and lets the log begin anew. They are rare on
//! purpose: what is written and removed again in between never reaches the database file.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::sqlite::SqlitePool;
use tokio_util::sync::CancellationToken;

use super::{StoreError, options, pool};

const PAUSE: Duration = Duration::from_secs(2);
const LOG_BYTES_MAX: i64 = 64 * 1024 * 1024;

/// Checkpoints the file at `path` until told to stop, and once more then.
///
/// # Errors
/// When the file cannot be opened. Failing checkpoints are logged and tried again.
pub(crate) async fn run(path: PathBuf, stop: CancellationToken) -> Result<(), StoreError> {
    let pool = pool(1).connect_with(options(&path)).await?;
    let page_bytes: i64 = sqlx::query_scalar("PRAGMA page_size")
        .fetch_one(&pool)
        .await?;
    loop {
        let is_last = tokio::select! {
            () = stop.cancelled() => true,
            () = tokio::time::sleep(PAUSE) => false,
        };
        let result = match is_last {
            true => checkpoint(&pool, "PRAGMA wal_checkpoint(TRUNCATE)").await,
            false => match checkpoint(&pool, "PRAGMA wal_checkpoint(PASSIVE)").await {
                Ok(pages) if pages * page_bytes > LOG_BYTES_MAX => {
                    checkpoint(&pool, "PRAGMA wal_checkpoint(RESTART)").await
                }
                result => result,
            },
        };
        if let Err(error) = result {
            tracing::warn!(path = %path.display(), %error, "the write-ahead log could not be checkpointed");
        }
        if is_last {
            pool.close().await;
            return Ok(());
        }
    }
}

/// Runs a checkpoint; answers how many pages the log holds.
async fn checkpoint(pool: &SqlitePool, statement: &'static str) -> Result<i64, sqlx::Error> {
    let (_is_busy, pages, _moved): (i64, i64, i64) =
        sqlx::query_as(statement).fetch_one(pool).await?;
    Ok(pages)
}
