//! How long to wait between attempts: decorrelated jitter.

use std::time::Duration;

/// Waiting times that grow and scatter, so that many callers who fail together do not return together.
///
/// Each wait is drawn between `first` and three times the wait before it, and is never above `delay_max`
/// (<https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>, "decorrelated jitter").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The shortest wait.
    pub first: Duration,
    /// The longest wait.
    pub delay_max: Duration,
}

impl Backoff {
    /// The wait after one of `previous` length (zero before the first), for a `chance` in `0.0..1.0`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use zoho::policy::Backoff;
    ///
    /// let backoff = Backoff { first: Duration::from_millis(100), delay_max: Duration::from_secs(1) };
    /// assert_eq!(backoff.next(Duration::ZERO, 0.5), Duration::from_millis(200));
    /// assert!(backoff.next(Duration::from_secs(1), 0.99) <= Duration::from_secs(1));
    /// ```
    #[must_use]
    pub fn next(&self, previous: Duration, chance: f64) -> Duration {
        let low = self.first.min(self.delay_max);
        let high = previous.max(low).saturating_mul(3).min(self.delay_max);
        let chance = if chance.is_finite() {
            chance.clamp(0.0, 1.0)
        } else {
            1.0
        };
        low + high.saturating_sub(low).mul_f64(chance)
    }
}

impl Default for Backoff {
    /// From 250 milliseconds up to 10 seconds.
    fn default() -> Backoff {
        Backoff {
            first: Duration::from_millis(250),
            delay_max: Duration::from_secs(10),
        }
    }
}

/// A random number in `0.0..1.0`.
pub(crate) fn chance() -> f64 {
    let mut bytes = [0; 4];
    match aws_lc_rs::rand::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0),
        // Without a source of randomness the longest wait is the safe one.
        Err(_) => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_wait_stays_between_its_bounds(previous in 0u64..100_000, chance in -1.0f64..2.0) {
            let backoff = Backoff::default();
            let wait = backoff.next(Duration::from_millis(previous), chance);
            prop_assert!(backoff.first <= wait && wait <= backoff.delay_max);
        }
    }

    #[test]
    fn waits_grow_when_chance_is_high() {
        let backoff = Backoff {
            first: Duration::from_millis(100),
            delay_max: Duration::from_secs(2),
        };
        let second = backoff.next(backoff.next(Duration::ZERO, 1.0), 1.0);
        assert_eq!(second, Duration::from_millis(900));
    }

    #[test]
    fn chance_is_a_fraction() {
        assert!((0..1000).all(|_| (0.0..1.0).contains(&chance())));
    }
}
