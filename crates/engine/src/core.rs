//! What the parts of a running engine share, and the loops that keep the flow going.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::config::active::Active;
use crate::connection::Connection;
use crate::intake::duplicates::{Duplicates, REMEMBERED_FOR, REMEMBERED_MAX};
use crate::intake::log::IntakeLog;
use crate::intake::validate::Limits;
use crate::pipeline;
use crate::store::{Store, StoreError};
use crate::vault::Vault;

/// How long a loop waits after the store has failed it.
pub(crate) const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);
/// The longest sleep of the dispatcher; it is woken for what is due sooner.
const SLEEP_MAX: Duration = Duration::from_secs(5);
/// How often the credits that were spent are written to the store.
const COUNT_EVERY: Duration = Duration::from_secs(2);
/// How often leases that ran out are looked for.
const RESCUE_EVERY: Duration = Duration::from_secs(30);

/// Shared by everything that runs.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) store: Store,
    pub(crate) log: IntakeLog,
    /// Takes events and keeps none: the ceiling of the intake benchmark.
    pub(crate) is_forgetful: bool,
    pub(crate) vault: Arc<Vault>,
    /// Where files of actions lie while they are used.
    pub(crate) spool_dir: PathBuf,
    active: RwLock<Arc<Active>>,
    /// Wakes the dispatcher: something may be due.
    pub(crate) wake: Notify,
    changes: watch::Sender<u64>,
    lease_tokens: AtomicI64,
    /// Calls on their way.
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
    /// Serialises changes of the configuration.
    pub(crate) config_changes: tokio::sync::Mutex<()>,
}

/// What a core is made of.
pub(crate) struct Parts {
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) store: Store,
    pub(crate) log: IntakeLog,
    pub(crate) is_forgetful: bool,
    pub(crate) vault: Arc<Vault>,
    pub(crate) spool_dir: PathBuf,
    pub(crate) active: Active,
}

impl Core {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            lease_tokens: AtomicI64::new(parts.clock.now_us()),
            clock: parts.clock,
            limits: parts.limits,
            store: parts.store,
            log: parts.log,
            is_forgetful: parts.is_forgetful,
            vault: parts.vault,
            spool_dir: parts.spool_dir,
            active: RwLock::new(Arc::new(parts.active)),
            wake: Notify::new(),
            changes: watch::Sender::new(0),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            config_changes: tokio::sync::Mutex::new(()),
        }
    }

    /// The configuration in force.
    pub(crate) fn active(&self) -> Arc<Active> {
        self.active
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Whether a connection has not been replaced since, as by one with a new refresh token. What an old one hears says
    /// nothing of the new one.
    pub(crate) fn is_current(&self, connection: &Connection) -> bool {
        let active = self.active();
        let known = active.connections.get(&connection.config.name);
        known.is_some_and(|known| std::ptr::eq(known.as_ref(), connection))
    }

    /// Puts another configuration in force.
    pub(crate) fn activate(&self, active: Active) {
        *self.active.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(active);
        self.wake.notify_one();
        self.changed();
    }

    /// Tells everybody who watches that events or deliveries have changed.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    pub(crate) fn next_lease_token(&self) -> i64 {
        self.lease_tokens.fetch_add(1, Ordering::Relaxed)
    }

    /// Sleeps, but not beyond the engine's end.
    pub(crate) async fn pause(&self, pause: Duration) {
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }

    /// Writes to the store what connections have spent since the last time.
    pub(crate) async fn count_credits(&self) {
        for (name, connection) in &self.active().connections {
            let spent = connection.ledger.take_uncounted();
            if spent == 0 {
                continue;
            }
            let credits = i64::try_from(spent).unwrap_or(i64::MAX);
            let now = self.clock.now_us();
            if let Err(error) = self.store.count_credits(name, credits, now).await {
                connection.ledger.give_back_uncounted(spent);
                tracing::error!(%error, connection = name, "credits could not be counted; they are counted later");
            }
        }
    }
}

/// Plans what the intake log holds, as it grows.
pub(crate) async fn run_planner(core: Arc<Core>) {
    let (mut duplicates, mut after) = loop {
        match remembered(&core).await {
            Ok(start) => break start,
            Err(error) => tracing::error!(%error, "the planner cannot start yet"),
        }
        core.pause(PAUSE_AFTER_ERROR).await;
        if core.is_stopping() {
            return;
        }
    };
    while !core.is_stopping() {
        match pipeline::plan(&core, &mut duplicates, after).await {
            Ok(Some(planned_through)) => {
                after = planned_through;
                core.wake.notify_one();
                let courtesy = core.log.courtesy();
                if !courtesy.is_zero() {
                    core.pause(courtesy).await;
                }
            }
            Ok(None) => tokio::select! {
                () = core.stop.cancelled() => {}
                () = core.log.grown() => {}
            },
            Err(error) => {
                tracing::error!(%error, "events could not be planned; they stay in the intake log");
                core.pause(PAUSE_AFTER_ERROR).await;
            }
        }
    }
}

async fn remembered(core: &Core) -> Result<(Duplicates, i64), StoreError> {
    let since = core.clock.now_us() - i64::try_from(REMEMBERED_FOR.as_micros()).unwrap_or(i64::MAX);
    let mut duplicates = Duplicates::default();
    for (key, id) in core.store.message_keys(since, REMEMBERED_MAX).await? {
        duplicates.first_of(key, id);
    }
    let after = core.store.planned_through().await?;
    core.log.planned(after);
    Ok((duplicates, after))
}

/// Claims what is due and starts its delivery, whenever something may be.
pub(crate) async fn run_dispatcher(core: Arc<Core>) {
    while !core.is_stopping() {
        // Registered before looking, so that no wake-up is lost between the look and the sleep.
        let woken = core.wake.notified();
        let sleep = match dispatch(&core).await {
            Ok(sleep) => sleep,
            Err(error) => {
                tracing::error!(%error, "due deliveries could not be claimed");
                PAUSE_AFTER_ERROR
            }
        };
        tokio::select! {
            () = core.stop.cancelled() => {}
            () = woken => {}
            () = tokio::time::sleep(sleep) => {}
        }
    }
}

/// One round over all lanes. Answers how long it may be before something is due.
async fn dispatch(core: &Arc<Core>) -> Result<Duration, StoreError> {
    let active = core.active();
    let mut sleep = SLEEP_MAX;
    for lane in &active.lanes {
        let Some(connection) = active.connections.get(&lane.connection) else {
            continue;
        };
        if let Some(due_at) = pipeline::lease(core, lane, connection).await? {
            let due_at = match connection.gate.passage(core.clock.now_us()) {
                crate::connection::gate::Passage::Closed(until) => due_at.max(until),
                _ => due_at,
            };
            let wait = u64::try_from(due_at - core.clock.now_us()).unwrap_or(0);
            // What is due but waits for a permit or for its key is woken by the call that ends.
            sleep = sleep.min(Duration::from_micros(wait).max(Duration::from_millis(50)));
        }
    }
    Ok(sleep)
}

/// Writes to the store what connections have spent, so that a restart forgets no more than two seconds of it.
pub(crate) async fn run_bookkeeper(core: Arc<Core>) {
    while !core.is_stopping() {
        core.pause(COUNT_EVERY).await;
        core.count_credits().await;
    }
}

/// Gives back deliveries whose lease ran out, and forgets answers under idempotency keys after their day.
pub(crate) async fn run_rescuer(core: Arc<Core>) {
    loop {
        core.pause(RESCUE_EVERY).await;
        if core.is_stopping() {
            return;
        }
        let now = core.clock.now_us();
        match core.store.rescue(now, now).await {
            Ok(0) => {}
            Ok(rescued) => {
                tracing::warn!(rescued, "leases ran out; their deliveries are tried again");
                core.wake.notify_one();
            }
            Err(error) => tracing::error!(%error, "leases that ran out could not be given back"),
        }
        if let Err(error) = core.store.prune_keyed(now).await {
            tracing::error!(%error, "answers older than a day could not be forgotten");
        }
    }
}
