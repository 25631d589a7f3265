//! The only place where time and chance enter the engine, so that tests can move both.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use uuid::{ContextV7, Uuid};

use crate::model::id::EventId;

/// Tells the time and makes ids. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Clock {
    /// Microseconds by which the clock is ahead of the machine's.
    ahead_us: Arc<AtomicI64>,
    ids: Arc<std::sync::Mutex<ContextV7>>,
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self {
            ahead_us: Arc::new(AtomicI64::new(0)),
            ids: Arc::new(std::sync::Mutex::new(ContextV7::new())),
        }
    }

    /// The present instant, to the microsecond.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        from_micros(self.now_us())
    }

    /// The present instant in microseconds since 1970, as rows store it.
    #[must_use]
    pub fn now_us(&self) -> i64 {
        #[expect(clippy::disallowed_methods, reason = "this is the engine's clock file")]
        let machine = Timestamp::now().as_microsecond();
        machine.saturating_add(self.ahead_us.load(Ordering::Relaxed))
    }

    /// Moves the clock, for tests of schedules and windows.
    pub fn advance(&self, by: std::time::Duration) {
        let by_us = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.ahead_us.fetch_add(by_us, Ordering::Relaxed);
    }

    /// A new event id; ids of one process never go backwards.
    #[must_use]
    pub fn next_event_id(&self) -> EventId {
        let now_us = self.now_us().max(0);
        let seconds = u64::try_from(now_us / 1_000_000).unwrap_or(0);
        let nanos = u32::try_from(now_us % 1_000_000).unwrap_or(0) * 1_000;
        let ids = self
            .ids
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        EventId::from_uuid(Uuid::new_v7(uuid::Timestamp::from_unix(
            &*ids, seconds, nanos,
        )))
    }
}

/// Reads a stored instant; one that no calendar has becomes 1970.
#[must_use]
pub fn from_micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
}
