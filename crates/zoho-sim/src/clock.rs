//! Simulated time. The only file that asks the machine for the time.
//!
//! The clock begins at the machine's time, or at a fixed instant, and follows the time that really elapses, faster or slower
//! by its speed; at speed 0 it stands. [`Clock::advance`] and [`Clock::set`] move it forward. Tokens expire, credits come
//! back and page tokens die by this clock. Only a reset or a restored snapshot, which replace the whole world, turn it back.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::world::parse_time;

/// Where the simulated clock begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClockStart {
    /// At the machine's own time, so that what people see on the page looks right.
    #[default]
    Now,
    /// At this instant, in seconds since 1970 in UTC, so that a test sees the same times in every run.
    At(i64),
}

impl ClockStart {
    /// How fast the clock may go, in simulated seconds for each real one.
    pub const SPEED_MAX: f64 = 1_000_000.0;

    /// Reads an instant: seconds since 1970, or a time as Zoho prints it.
    ///
    /// # Errors
    ///
    /// Says what is read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let seconds = text.parse().ok().or_else(|| parse_time(text.trim()));
        seconds
            .filter(|seconds| (0..LATEST_SECONDS).contains(seconds))
            .map(Self::At)
            .ok_or_else(|| {
                "use seconds since 1970 or a time such as 2026-01-10T09:00:00+01:00".to_owned()
            })
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock file")]
    fn milliseconds(self) -> i64 {
        match self {
            Self::At(seconds) => seconds.saturating_mul(1000),
            Self::Now => {
                let since_epoch = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX / 4)
            }
        }
    }
}

/// The latest time that can be printed with four digits of a year.
pub(crate) const LATEST_SECONDS: i64 = 253_402_214_400;

/// The simulated clock.
#[derive(Debug)]
pub(crate) struct Clock {
    hand: Mutex<Hand>,
}

/// Where the clock was at a real moment, and how it goes on from there.
#[derive(Debug, Clone, Copy)]
struct Hand {
    since: Instant,
    at_ms: i64,
    advanced_ms: i64,
    speed: f64,
}

/// The clock as a snapshot keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct ClockState {
    pub(crate) at_ms: i64,
    pub(crate) advanced_ms: i64,
    pub(crate) speed: f64,
}

impl Hand {
    fn now_ms(&self) -> i64 {
        let elapsed = self.since.elapsed();
        let elapsed_ms = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX / 4);
        let gone_ms = if self.speed == 1.0 {
            elapsed_ms
        } else {
            scaled(elapsed_ms, self.speed)
        };
        self.at_ms
            .saturating_add(gone_ms)
            .min(LATEST_SECONDS * 1000)
    }

    /// The same clock, counted from this moment on.
    fn settle(&mut self) {
        self.at_ms = self.now_ms();
        self.since = Instant::now();
    }
}

/// A span at another speed. A span of years at the highest speed is cut at the latest time anyway.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a cast to i64 saturates, and milliseconds of real time fit into 53 bits"
)]
fn scaled(milliseconds: i64, speed: f64) -> i64 {
    (milliseconds as f64 * speed) as i64
}

impl Clock {
    pub(crate) fn new(start: ClockStart, speed: f64) -> Self {
        Self {
            hand: Mutex::new(Hand {
                since: Instant::now(),
                at_ms: start.milliseconds(),
                advanced_ms: 0,
                speed,
            }),
        }
    }

    fn hand(&self) -> MutexGuard<'_, Hand> {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        self.hand().now_ms()
    }

    /// Whole seconds since 1970: the resolution of every time that Zoho prints.
    pub(crate) fn now(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&self, seconds: u32) {
        let mut hand = self.hand();
        let by_ms = i64::from(seconds) * 1000;
        hand.at_ms = hand.at_ms.saturating_add(by_ms);
        hand.advanced_ms = hand.advanced_ms.saturating_add(by_ms);
    }

    /// Moves the clock forward to an instant; gives the present time when that lies later.
    pub(crate) fn set(&self, wanted: ClockStart) -> Result<(), i64> {
        let mut hand = self.hand();
        hand.settle();
        let wanted_ms = wanted.milliseconds();
        if wanted_ms < hand.at_ms.div_euclid(1000) * 1000 {
            return Err(hand.at_ms.div_euclid(1000));
        }
        let by_ms = wanted_ms.saturating_sub(hand.at_ms).max(0);
        hand.advanced_ms = hand.advanced_ms.saturating_add(by_ms);
        hand.at_ms = hand.at_ms.max(wanted_ms);
        Ok(())
    }

    /// Simulated seconds for each real one: 1 follows real time, 0 stands.
    pub(crate) fn set_speed(&self, speed: f64) {
        let mut hand = self.hand();
        hand.settle();
        hand.speed = speed;
    }

    pub(crate) fn speed(&self) -> f64 {
        self.hand().speed
    }

    /// By how many seconds the clock has been moved forward since the start.
    pub(crate) fn advanced_seconds(&self) -> i64 {
        self.hand().advanced_ms / 1000
    }

    pub(crate) fn state(&self) -> ClockState {
        let hand = self.hand();
        ClockState {
            at_ms: hand.now_ms(),
            advanced_ms: hand.advanced_ms,
            speed: hand.speed,
        }
    }

    /// Puts another time in force, earlier ones too: the world is replaced with it.
    pub(crate) fn restore(&self, state: ClockState) {
        *self.hand() = Hand {
            since: Instant::now(),
            at_ms: state.at_ms,
            advanced_ms: state.advanced_ms,
            speed: state.speed,
        };
    }

    /// Begins again at an instant.
    pub(crate) fn restart(&self, start: ClockStart, speed: f64) {
        self.restore(ClockState {
            at_ms: start.milliseconds(),
            advanced_ms: 0,
            speed,
        });
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

    const START: i64 = 1_768_035_600;

    #[test]
    fn advancing_moves_the_clock_and_setting_it_back_is_refused() {
        let clock = Clock::new(ClockStart::At(START), 1.0);
        let before = clock.now();
        clock.advance(86_400);
        assert!(before >= START);
        assert!(clock.now() >= before + 86_400);
        assert_eq!(clock.advanced_seconds(), 86_400);
        assert!(clock.set(ClockStart::At(START)).is_err());
        assert_eq!(clock.set(ClockStart::At(START + 200_000)), Ok(()));
        assert!(clock.now() >= START + 200_000);
    }

    #[test]
    fn a_standing_clock_stands_and_a_fast_one_runs() {
        let clock = Clock::new(ClockStart::At(START), 0.0);
        clock.advance(5);
        assert_eq!(clock.now_ms(), (START + 5) * 1000);
        assert_eq!(
            clock.set(ClockStart::At(START + 5)),
            Ok(()),
            "to the very second where it is"
        );
        clock.set_speed(ClockStart::SPEED_MAX);
        while clock.now() < START + 1_000 {
            std::thread::yield_now();
        }
        clock.set_speed(0.0);
        assert_eq!(clock.now_ms(), clock.now_ms());
        assert_eq!(scaled(i64::MAX, ClockStart::SPEED_MAX), i64::MAX);
    }

    #[test]
    fn a_restored_clock_is_where_it_was() {
        let clock = Clock::new(ClockStart::At(START), 0.0);
        let state = clock.state();
        clock.advance(1_000);
        clock.restore(state);
        assert_eq!((clock.now(), clock.advanced_seconds()), (START, 0));
    }
}
