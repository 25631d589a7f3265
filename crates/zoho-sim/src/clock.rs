//! Simulated time. The only file that asks the machine for the time.
//!
//! The clock starts at the machine's time, or at a fixed instant, follows the time that really elapses, and is moved forward
//! by [`Clock::advance`]. Tokens expire, credits come back and page tokens die by this clock. It never goes back.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where the simulated clock begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClockStart {
    /// At the machine's own time, so that what people see on the page looks right.
    #[default]
    Now,
    /// At this instant, in seconds since 1970 in UTC, so that a test sees the same times in every run.
    At(i64),
}

/// The simulated clock.
#[derive(Debug)]
pub(crate) struct Clock {
    origin: Instant,
    starts_at_ms: i64,
    advanced_ms: AtomicI64,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock file")]
    pub(crate) fn new(start: ClockStart) -> Self {
        let starts_at_ms = match start {
            ClockStart::At(seconds) => seconds.saturating_mul(1000),
            ClockStart::Now => {
                let since_epoch = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX / 4)
            }
        };
        Self {
            origin: Instant::now(),
            starts_at_ms,
            advanced_ms: AtomicI64::new(0),
        }
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        let elapsed_ms = i64::try_from(self.origin.elapsed().as_millis()).unwrap_or(i64::MAX / 4);
        self.starts_at_ms
            .saturating_add(elapsed_ms)
            .saturating_add(self.advanced_ms.load(Ordering::Relaxed))
    }

    /// Whole seconds since 1970: the resolution of every time that Zoho prints.
    pub(crate) fn now(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&self, seconds: u32) {
        self.advanced_ms
            .fetch_add(i64::from(seconds) * 1000, Ordering::Relaxed);
    }

    /// By how many seconds the clock has been moved forward since the start.
    pub(crate) fn advanced_seconds(&self) -> i64 {
        self.advanced_ms.load(Ordering::Relaxed) / 1000
    }
}

/// Measures how long a call really took, for the journal.
#[derive(Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed_us(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// Really waits: faults that delay an answer are about the caller's patience, not about simulated time.
pub(crate) async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advancing_moves_the_clock_and_it_never_goes_back() {
        let clock = Clock::new(ClockStart::At(1_768_035_600));
        let before = clock.now();
        clock.advance(86_400);
        assert!(before >= 1_768_035_600);
        assert!(clock.now() >= before + 86_400);
        assert_eq!(clock.advanced_seconds(), 86_400);
    }
}
