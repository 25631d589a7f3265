//! How often a call by hand is repeated, if its caller says so.

use std::time::Duration;

use crate::call::Call;
use crate::policy::{Backoff, Idempotency, chance};
use crate::{Error, ErrorKind};

const RETRIES_MAX: u32 = 20;
const DELAY_MAX: Duration = Duration::from_secs(300);

/// When a call by hand is repeated: after transport errors and 5xx answers if that is harmless, and after 429.
///
/// ```
/// use std::time::Duration;
/// use zoho::RawRetry;
///
/// let patient = RawRetry::new(5).delay(Duration::from_secs(1));
/// let stubborn = RawRetry::new(5).exponential_backoff(true).on_all_errors(true);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRetry {
    retries_max: u32,
    delay: Duration,
    is_exponential: bool,
    on_all_errors: bool,
}

impl RawRetry {
    /// Repeats at most so often, 0 to 20 times, without a wait.
    #[must_use]
    pub fn new(retries_max: u32) -> RawRetry {
        RawRetry {
            retries_max,
            delay: Duration::ZERO,
            is_exponential: false,
            on_all_errors: false,
        }
    }

    /// Waits so long before each repetition, at most five minutes.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> RawRetry {
        self.delay = delay;
        self
    }

    /// Waits ever longer, by the default [`Backoff`], instead of the delay.
    #[must_use]
    pub fn exponential_backoff(mut self, is_exponential: bool) -> RawRetry {
        self.is_exponential = is_exponential;
        self
    }

    /// Repeats after every answer of 400 and above and every transport error, also calls that change something and whose
    /// answer was lost: they may act twice.
    #[must_use]
    pub fn on_all_errors(mut self, on_all_errors: bool) -> RawRetry {
        self.on_all_errors = on_all_errors;
        self
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if self.retries_max > RETRIES_MAX {
            let remedy = "use 0 to 20";
            return Err(Error::input(
                "retries",
                &self.retries_max.to_string(),
                remedy,
            ));
        }
        if self.delay > DELAY_MAX {
            let shown = format!("{:?}", self.delay);
            return Err(Error::input(
                "retry delay",
                &shown,
                "use at most five minutes",
            ));
        }
        Ok(())
    }

    fn repeats_answer(&self, status: u16, is_harmless: bool) -> bool {
        match status {
            0..=399 => false,
            429 => true,
            500.. => self.on_all_errors || is_harmless,
            _ => self.on_all_errors,
        }
    }

    fn repeats_error(&self, error: &Error, is_harmless: bool) -> bool {
        // What the caller got wrong stays wrong.
        error.kind() != ErrorKind::Input
            && (self.on_all_errors
                || (error.is_transient() && (is_harmless || !error.is_outcome_unknown())))
    }
}

/// How far the repetitions of one call have come.
pub(super) struct Rounds {
    retry: Option<RawRetry>,
    is_harmless: bool,
    retries: u32,
    delay: Duration,
}

impl Rounds {
    pub(super) fn of(retry: Option<RawRetry>, call: &Call) -> Rounds {
        Rounds {
            retry: retry.filter(|_| call.can_be_sent_again()),
            is_harmless: call.idempotency() == Idempotency::Idempotent,
            retries: 0,
            delay: Duration::ZERO,
        }
    }

    /// Waits for the next round after an answer's status or an error; false if there is none.
    pub(super) async fn go_on(&mut self, result: Result<u16, Error>) -> bool {
        let Some(retry) = &self.retry else {
            return false;
        };
        let is_repeated = match &result {
            Ok(status) => retry.repeats_answer(*status, self.is_harmless),
            Err(error) => retry.repeats_error(error, self.is_harmless),
        };
        if !is_repeated || self.retries >= retry.retries_max {
            return false;
        }
        self.retries += 1;
        self.delay = match retry.is_exponential {
            true => Backoff::default().next(self.delay, chance()),
            false => retry.delay,
        };
        tokio::time::sleep(self.delay).await;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_act_twice_is_repeated_only_on_demand() {
        let careful = RawRetry::new(3);
        let stubborn = RawRetry::new(3).on_all_errors(true);
        for (status, is_harmless, expected) in [
            (200, true, (false, false)),
            (302, true, (false, false)),
            (400, true, (false, true)),
            (429, false, (true, true)),
            (503, true, (true, true)),
            (503, false, (false, true)),
        ] {
            let found = (
                careful.repeats_answer(status, is_harmless),
                stubborn.repeats_answer(status, is_harmless),
            );
            assert_eq!(found, expected, "{status} {is_harmless}");
        }
        let lost = Error::new(ErrorKind::Timeout, "raw call", "lost").outcome_unknown(true);
        assert!(!careful.repeats_error(&lost, false) && careful.repeats_error(&lost, true));
        assert!(stubborn.repeats_error(&lost, false));
        let input = Error::new(ErrorKind::Input, "raw call", "bad");
        assert!(!stubborn.repeats_error(&input, true));
    }

    #[test]
    fn retries_have_limits() {
        assert!(RawRetry::new(20).delay(DELAY_MAX).check().is_ok());
        assert!(RawRetry::new(21).check().is_err());
        assert!(
            RawRetry::new(1)
                .delay(Duration::from_secs(301))
                .check()
                .is_err()
        );
    }
}
