//! The engine and its verbs: what the HTTP edge and the command line can ask of the gateway.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::clock::Clock;
use crate::config::active::{self, Active};
use crate::core::{self, Core, Parts};
use crate::intake::log::IntakeLog;
use crate::intake::validate::Limits;
use crate::model::config::{FormConfig, SourceConfig};
use crate::model::event::IncomingEvent;
use crate::model::id::EventId;
use crate::pipeline;
use crate::rotate::settle_key_files;
use crate::store::{Store, StoreError, checkpoint};
use crate::vault::{Vault, VaultError};

/// A running gateway, without its HTTP edge. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) core: Arc<Core>,
    loops: Arc<Loops>,
}

/// What runs in the background, and the lock on the data folder.
#[derive(Debug)]
struct Loops {
    flow: tokio_util::task::TaskTracker,
    checkpoints: tokio_util::task::TaskTracker,
    stop_checkpoints: tokio_util::sync::CancellationToken,
    _lock: std::fs::File,
}

/// How an engine is opened.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Folder for the databases and the key file; made when it is not there.
    pub data_dir: PathBuf,
    /// 32 bytes as 64 hexadecimal digits; without it, a key file in `data_dir` is used or made.
    pub master_key: Option<SecretString>,
    /// Bounds of what is taken in.
    pub limits: Limits,
    /// Time and chance.
    pub clock: Clock,
    /// Takes events and keeps none. Only for measuring what storing them costs.
    pub is_forgetful: bool,
}

impl EngineOptions {
    /// Options with defaults for everything but the folder.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            master_key: None,
            limits: Limits::default(),
            clock: Clock::system(),
            is_forgetful: false,
        }
    }
}

/// Why an engine could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder cannot be used.
    #[error("the data folder {path} cannot be used: {reason}")]
    Folder {
        /// Where it is.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// Another gateway runs on the same folder.
    #[error(
        "another gateway is running on the data folder {0}; stop it first, or give this one a folder of its own"
    )]
    InUse(String),
    /// The master key or its file cannot be used.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A database cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why events were not accepted. None of them is stored.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AcceptError {
    /// The disk is full, the database is locked or too much is waiting.
    #[error("events cannot be stored right now: {reason}")]
    Unavailable {
        /// Why, in words for the sender.
        reason: String,
        /// When to come again.
        retry_after: Duration,
    },
    /// The gateway is stopping.
    #[error("the gateway is stopping")]
    ShuttingDown,
}

impl AcceptError {
    pub(crate) fn unavailable(reason: String) -> Self {
        Self::Unavailable {
            reason,
            retry_after: Duration::from_secs(5),
        }
    }
}

impl Engine {
    /// Opens the store, takes up what an earlier run has left, and starts the flow.
    ///
    /// # Errors
    /// When the folder, the key or a database cannot be used, or another gateway runs on the folder.
    pub async fn open(options: EngineOptions) -> Result<Self, OpenError> {
        let lock = lock(&options.data_dir)?;
        let (store_path, log_path) = (
            options.data_dir.join("leadway.db"),
            options.data_dir.join("intake.db"),
        );
        let store = Store::open(&store_path, options.clock.clone()).await?;
        if options.master_key.is_none() {
            settle_key_files(&options.data_dir, &store).await?;
        }
        let vault = Arc::new(Vault::open(&options.data_dir, options.master_key.as_ref())?);
        let (log, log_writer) = IntakeLog::open(&log_path, store.planned_through().await?).await?;
        let now = options.clock.now_us();
        // Nobody else has this folder, so whoever held these leases is gone.
        let rescued = store.rescue(i64::MAX, now).await?;
        if rescued > 0 {
            tracing::info!(
                rescued,
                "deliveries that were on their way when the gateway stopped are tried again"
            );
        }
        store.interrupt_keyed(options.clock.now_us()).await?;
        store.reopen_connect_sessions().await?;
        store.forget_expired_authorizations(now).await?;
        let spool_dir = options.data_dir.join("spool");
        // Files of actions that an earlier run has left half-way.
        let _ = std::fs::remove_dir_all(&spool_dir);
        let active = active::load(
            &store,
            &vault,
            &options.clock,
            &Active::default(),
            &Active::default(),
        )
        .await?;
        let EngineOptions {
            limits,
            clock,
            is_forgetful,
            ..
        } = options;
        let core = Arc::new(Core::new(Parts {
            clock,
            limits,
            store,
            log,
            is_forgetful,
            vault,
            spool_dir,
            active,
        }));
        let loops = Loops {
            flow: tokio_util::task::TaskTracker::new(),
            checkpoints: tokio_util::task::TaskTracker::new(),
            stop_checkpoints: tokio_util::sync::CancellationToken::new(),
            _lock: lock,
        };
        loops.flow.spawn(core::run_planner(core.clone()));
        loops.flow.spawn(core::run_dispatcher(core.clone()));
        loops.flow.spawn(core::run_rescuer(core.clone()));
        loops.flow.spawn(core::run_bookkeeper(core.clone()));
        loops.checkpoints.spawn(async move {
            let _ = log_writer.await;
        });
        for path in [store_path, log_path] {
            let stop = loops.stop_checkpoints.clone();
            loops.checkpoints.spawn(async move {
                if let Err(error) = checkpoint::run(path, stop).await {
                    tracing::error!(%error, "checkpoints have stopped");
                }
            });
        }
        Ok(Self {
            core,
            loops: Arc::new(loops),
        })
    }

    /// The present instant by the engine's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.core.clock.now()
    }

    /// Bounds of what is taken in.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.core.limits
    }

    /// The source that a write key names.
    #[must_use]
    pub fn source_by_write_key(&self, write_key: &str) -> Option<Arc<SourceConfig>> {
        self.core.active().sources_by_key.get(write_key).cloned()
    }

    /// A source by its name.
    #[must_use]
    pub fn source(&self, name: &str) -> Option<Arc<SourceConfig>> {
        self.core.active().sources.get(name).cloned()
    }

    /// A form by its name.
    #[must_use]
    pub fn form(&self, name: &str) -> Option<Arc<FormConfig>> {
        self.core.active().forms.get(name).cloned()
    }

    /// Makes events durable; all of them or none. Ids come back in their order.
    ///
    /// # Errors
    /// [`AcceptError`]: nothing was stored, and the sender should come again.
    pub async fn accept(&self, events: Vec<IncomingEvent>) -> Result<Vec<EventId>, AcceptError> {
        pipeline::accept(&self.core, events).await
    }

    /// Ticks whenever events or deliveries have changed.
    #[must_use]
    pub fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.core.changes()
    }

    /// Ends the engine: nothing more is accepted, calls on their way may end within `patience`, and what they
    /// have not settled is taken up at the next start.
    pub async fn shutdown(&self, patience: Duration) {
        self.core.stop.cancel();
        self.core.tasks.close();
        self.loops.flow.close();
        let calm = async {
            self.loops.flow.wait().await;
            self.core.tasks.wait().await;
        };
        if tokio::time::timeout(patience, calm).await.is_err() {
            tracing::warn!(
                "calls to Zoho were still on their way; their outcome is settled at the next start"
            );
        }
        self.core.count_credits().await;
        self.loops.stop_checkpoints.cancel();
        self.loops.checkpoints.close();
        self.core.log.stop_writer();
        let _ = tokio::time::timeout(patience, self.loops.checkpoints.wait()).await;
        self.core.log.close().await;
        self.core.store.close().await;
    }
}

/// Makes the folder and claims it for this process. The system takes the lock back when the process ends.
pub(crate) fn lock(data_dir: &std::path::Path) -> Result<std::fs::File, OpenError> {
    let failed = |error: std::io::Error| OpenError::Folder {
        path: data_dir.display().to_string(),
        reason: error.to_string(),
    };
    // What lies in it are people's names and addresses: nobody else on this machine may read them.
    let mut folder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.recursive(true).create(data_dir).map_err(failed)?;
    let file = std::fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(data_dir.join("leadway.lock"))
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(OpenError::InUse(data_dir.display().to_string()))
        }
        Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_new_data_folder_is_closed_to_other_users() {
        let parent = tempfile::tempdir().unwrap();
        let data_dir = parent.path().join("leadway-data");
        lock(&data_dir).unwrap();
        let mode = std::fs::metadata(&data_dir).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
