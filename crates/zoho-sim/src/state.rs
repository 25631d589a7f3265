//! What all handlers share: the world, the accounts, limits, faults and the journal, each behind its own short lock.
//!
//! Nothing waits while it holds a lock, and no handler holds two of them except in the order of the fields below.

use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};

use tokio::sync::{Notify, watch};

use crate::accounts::Accounts;
use crate::atlas::Atlas;
use crate::clock::{Clock, ClockStart};
use crate::config::{Config, Edition};
use crate::environment::SiteName;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::limits::{Limits, Meter};
use crate::notify::{self, Sent};
use crate::seed::Seed;
use crate::turn::Turn;
use crate::world::{BadSeed, World};

/// The state of one environment of a data center.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) site: SiteName,
    pub(crate) config: Config,
    /// One clock for all data centers.
    pub(crate) clock: Arc<Clock>,
    /// Where the other data centers are; nothing holds a lock of one while it takes one of another.
    pub(crate) atlas: OnceLock<Arc<Atlas>>,
    /// How often the world was replaced. Calls hold it while they act, since positions of tables mean nothing in another world.
    epoch: RwLock<u64>,
    origin: Mutex<Origin>,
    accounts: Mutex<Accounts>,
    world: Mutex<World>,
    turn: Turn,
    meter: Mutex<Meter>,
    faults: Mutex<Faults>,
    journal: Mutex<Journal>,
    sent: Mutex<Sent>,
    /// Wakes the task that sends callbacks.
    letters: Notify,
    /// Tells open pages that the simulator stops.
    pub(crate) stopping: OnceLock<watch::Receiver<bool>>,
}

/// The world belongs to one thread until this is dropped.
#[derive(Debug)]
pub(crate) struct TurnGuard<'s>(&'s Shared);

impl Drop for TurnGuard<'_> {
    fn drop(&mut self) {
        let _world = self.0.world();
        self.0.turn.end();
    }
}

/// How the world begins, and begins again after a reset.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) seed: Seed,
    pub(crate) edition: Edition,
    pub(crate) chance_seed: u64,
    pub(crate) clock: ClockStart,
    pub(crate) speed: f64,
}

impl Shared {
    pub(crate) fn new(site: SiteName, config: Config, clock: Arc<Clock>) -> Result<Self, BadSeed> {
        let origin = Origin {
            seed: config.seed.clone(),
            edition: config.edition,
            chance_seed: config.chance_seed,
            clock: config.clock,
            speed: config.clock_speed,
        };
        let (world, accounts, meter) = start(&config, &origin, clock.now())?;
        Ok(Self {
            site,
            epoch: RwLock::new(0),
            origin: Mutex::new(origin),
            accounts: Mutex::new(accounts),
            world: Mutex::new(world),
            turn: Turn::default(),
            meter: Mutex::new(meter),
            faults: Mutex::new(Faults::new(config.chance_seed)),
            journal: Mutex::new(Journal::new(config.journal)),
            sent: Mutex::new(Sent::default()),
            letters: Notify::new(),
            stopping: OnceLock::new(),
            clock,
            atlas: OnceLock::new(),
            config,
        })
    }

    /// Puts everything back to the beginning, also the clock.
    pub(crate) fn reset(&self) -> Result<(), BadSeed> {
        self.begin(self.origin())
    }

    /// Begins the world anew in another way, to which later resets come back; other data centers begin again as they did.
    /// A bad seed changes nothing.
    pub(crate) fn begin(&self, origin: Origin) -> Result<(), BadSeed> {
        let now = Clock::new(origin.clock, origin.speed).now();
        let own = start(&self.config, &origin, now)?;
        let mut others = Vec::new();
        for shared in self.others() {
            let begun = Origin {
                clock: origin.clock,
                speed: origin.speed,
                ..shared.origin()
            };
            let parts = start(&shared.config, &begun, now)?;
            others.push((shared, begun, parts));
        }
        self.clock.restart(origin.clock, origin.speed);
        self.put(origin, own);
        for (shared, begun, parts) in others {
            shared.put(begun, parts);
        }
        self.spread_clients();
        Ok(())
    }

    fn put(&self, origin: Origin, (world, accounts, meter): (World, Accounts, Meter)) {
        let _replacing = self.replace();
        *self.accounts() = accounts;
        *self.world() = world;
        *self.meter() = meter;
        *self.faults() = Faults::new(origin.chance_seed);
        *self.journal() = Journal::new(self.config.journal);
        *self.sent() = Sent::default();
        *locked(&self.origin) = origin;
    }

    /// Keeps the world from being replaced, and tells which one it is.
    pub(crate) fn epoch(&self) -> RwLockReadGuard<'_, u64> {
        self.epoch.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the calls that act, and keeps others out while the world is replaced.
    pub(crate) fn replace(&self) -> RwLockWriteGuard<'_, u64> {
        let mut epoch = self.epoch.write().unwrap_or_else(PoisonError::into_inner);
        *epoch += 1;
        epoch
    }

    /// How the world began.
    pub(crate) fn origin(&self) -> Origin {
        locked(&self.origin).clone()
    }

    /// Does all that is due by now: jobs start and end, changes become callbacks.
    pub(crate) fn settle(&self) {
        let now_ms = self.clock.now_ms();
        let mut world = self.world();
        world.settle(now_ms.div_euclid(1000));
        world.books.settle(now_ms.div_euclid(1000));
        notify::collect(&mut world, now_ms);
        if !world.outbox.is_empty() {
            self.letters.notify_one();
        }
    }

    /// Whether no more is to be served: the simulator was stopped, or its handle is gone.
    pub(crate) fn is_stopping(&self) -> bool {
        let stopping = self.stopping.get();
        stopping.is_some_and(|stopping| *stopping.borrow() || stopping.has_changed().is_err())
    }

    /// Waits until callbacks are to be sent.
    pub(crate) async fn has_letters(&self) {
        self.letters.notified().await;
    }

    /// Moves the clock of all data centers forward, upon which jobs end.
    pub(crate) fn advance(&self, seconds: u32) {
        self.clock.advance(seconds);
        self.settle();
        for shared in self.others() {
            shared.settle();
        }
    }

    pub(crate) fn accounts(&self) -> MutexGuard<'_, Accounts> {
        locked(&self.accounts)
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.turn.wait(locked(&self.world))
    }

    /// Keeps the world for the calling thread until what is given back is dropped. The thread may not hold the world then.
    pub(crate) fn take_turn(&self) -> TurnGuard<'_> {
        let _world = self.world();
        self.turn.take();
        TurnGuard(self)
    }

    pub(crate) fn meter(&self) -> MutexGuard<'_, Meter> {
        locked(&self.meter)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        locked(&self.faults)
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        locked(&self.journal)
    }

    /// The callbacks that were sent.
    pub(crate) fn sent(&self) -> MutexGuard<'_, Sent> {
        locked(&self.sent)
    }

    /// The limits in force now.
    pub(crate) fn limits(&self) -> Limits {
        self.meter().limits.clone()
    }
}

fn start(config: &Config, origin: &Origin, now: i64) -> Result<(World, Accounts, Meter), BadSeed> {
    for client in &origin.seed.clients {
        for uri in &client.redirect_uris {
            client.kind.check_redirect_uri(uri).map_err(|hint| {
                let id = &client.client_id;
                BadSeed(format!(
                    "clients: redirect_uris of `{id}` has `{uri}`: {hint}"
                ))
            })?;
        }
    }
    let mut world = World::build(&origin.seed, origin.edition, now)?;
    world.search.delay_seconds = config.search_delay_seconds;
    let accounts = Accounts::new(
        &origin.seed,
        origin.chance_seed,
        world.first_user_id(),
        config.data_center,
    );
    let users =
        u32::try_from(world.users.iter().filter(|user| user.is_active).count()).unwrap_or(u32::MAX);
    let limits = config
        .limits
        .clone()
        .unwrap_or_else(|| Limits::of(origin.edition, users));
    Ok((world, accounts, Meter::new(limits)))
}

/// A handler that panicked has left the state usable, as every write is complete before it is visible.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
