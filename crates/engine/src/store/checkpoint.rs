//! Moves what the write-ahead log holds into the database file, away from the writers.
//!
//! Passive checkpoints never block a writer. A log that still grows past [`LOG_BYTES_MAX`] is cut by one that does.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::SqlitePoolOptions;
use tokio_util::sync::CancellationToken;

use super::{StoreError, options};

const PAUSE: Duration = Duration::from_millis(500);
const LOG_BYTES_WANTED: u64 = 4 * 1024 * 1024;
const LOG_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Checkpoints the file at `path` until told to stop, and once more then.
///
/// # Errors
/// When the file cannot be opened. Failing checkpoints are logged and tried again.
pub(crate) async fn run(path: PathBuf, stop: CancellationToken) -> Result<(), StoreError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options(&path))
        .await?;
    loop {
        let is_last = tokio::select! {
            () = stop.cancelled() => true,
            () = tokio::time::sleep(PAUSE) => false,
        };
        let log_bytes = log_bytes(&path);
        let statement = if is_last || log_bytes > LOG_BYTES_MAX {
            "PRAGMA wal_checkpoint(TRUNCATE)"
        } else if log_bytes > LOG_BYTES_WANTED {
            "PRAGMA wal_checkpoint(PASSIVE)"
        } else {
            continue;
        };
        if let Err(error) = sqlx::query(statement).execute(&pool).await {
            tracing::warn!(%error, log_bytes, "the write-ahead log could not be checkpointed");
        }
        if is_last {
            pool.close().await;
            return Ok(());
        }
    }
}

fn log_bytes(path: &Path) -> u64 {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).map(|file| file.len()).unwrap_or(0)
}
