//! Whether to try again: a pure function of error, idempotency, attempts and time.

use std::time::Duration;

use super::Backoff;
use crate::Error;

/// Whether a call may be sent twice without harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// Sending it twice has the effect of sending it once: reads, and writes that find their record again.
    Idempotent,
    /// Sending it twice may act twice: an insert makes a duplicate, since Zoho knows no idempotency key.
    NotIdempotent,
}

/// What a policy says after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Trying again cannot help, or could do harm.
    Permanent,
    /// Trying again could help, but the attempts or the time are used up.
    Exhausted,
    /// Try again after a wait.
    Continue,
}

/// How often, and for how long, a [`Client`](crate::Client) repeats a failed call by itself.
///
/// The default is four attempts within 30 seconds. Callers that keep a schedule of their own use [`RetryPolicy::none`].
/// One refresh after an expired access token is not an attempt in this sense; it happens under each policy.
///
/// ```
/// use std::time::Duration;
/// use zoho::policy::RetryPolicy;
///
/// let patient = RetryPolicy::default().with_attempts_max(8).with_elapsed_max(Duration::from_secs(120));
/// assert_eq!(patient.attempts_max(), 8);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts_max: u32,
    elapsed_max: Duration,
    backoff: Backoff,
}

impl RetryPolicy {
    /// One attempt, no repetition.
    #[must_use]
    pub fn none() -> RetryPolicy {
        RetryPolicy {
            attempts_max: 1,
            ..RetryPolicy::default()
        }
    }

    /// Limits the attempts, the first included; zero counts as one.
    #[must_use]
    pub fn with_attempts_max(self, attempts_max: u32) -> RetryPolicy {
        RetryPolicy {
            attempts_max: attempts_max.max(1),
            ..self
        }
    }

    /// Limits the time from the first attempt to the start of the last.
    #[must_use]
    pub fn with_elapsed_max(self, elapsed_max: Duration) -> RetryPolicy {
        RetryPolicy {
            elapsed_max,
            ..self
        }
    }

    /// Replaces the waiting times.
    #[must_use]
    pub fn with_backoff(self, backoff: Backoff) -> RetryPolicy {
        RetryPolicy { backoff, ..self }
    }

    /// The most attempts, the first included.
    #[must_use]
    pub fn attempts_max(&self) -> u32 {
        self.attempts_max
    }

    /// The waiting times.
    #[must_use]
    pub fn backoff(&self) -> &Backoff {
        &self.backoff
    }

    /// Judges an error after `attempts` attempts and `elapsed` time.
    ///
    /// An error whose outcome is unknown is [`Verdict::Permanent`] unless the call is idempotent. A wait that Zoho or
    /// the ledger asks for and that does not fit into the time limit is [`Verdict::Exhausted`].
    #[must_use]
    pub fn verdict(
        &self,
        error: &Error,
        idempotency: Idempotency,
        attempts: u32,
        elapsed: Duration,
    ) -> Verdict {
        let could_act_twice =
            error.is_outcome_unknown() && idempotency == Idempotency::NotIdempotent;
        if !error.is_transient() || could_act_twice {
            return Verdict::Permanent;
        }
        let resumes_after = elapsed.saturating_add(error.retry_after().unwrap_or_default());
        if attempts >= self.attempts_max || resumes_after >= self.elapsed_max {
            return Verdict::Exhausted;
        }
        Verdict::Continue
    }
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            attempts_max: 4,
            elapsed_max: Duration::from_secs(30),
            backoff: Backoff::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    const NOW: Duration = Duration::ZERO;

    fn error(kind: ErrorKind) -> Error {
        Error::new(kind, "insert records", "failed")
    }

    #[test]
    fn a_lost_answer_is_repeated_only_when_that_is_harmless() {
        let lost = error(ErrorKind::Timeout).outcome_unknown(true);
        let policy = RetryPolicy::default();
        assert_eq!(
            policy.verdict(&lost, Idempotency::NotIdempotent, 1, NOW),
            Verdict::Permanent
        );
        assert_eq!(
            policy.verdict(&lost, Idempotency::Idempotent, 1, NOW),
            Verdict::Continue
        );
    }

    #[test]
    fn a_call_that_was_never_sent_is_repeated_whatever_it_does() {
        let unsent = error(ErrorKind::Connect);
        assert_eq!(
            RetryPolicy::default().verdict(&unsent, Idempotency::NotIdempotent, 1, NOW),
            Verdict::Continue
        );
    }

    #[test]
    fn refusals_are_permanent() {
        for kind in [
            ErrorKind::Refused,
            ErrorKind::Token,
            ErrorKind::Scope,
            ErrorKind::Permission,
            ErrorKind::Input,
        ] {
            let verdict =
                RetryPolicy::default().verdict(&error(kind), Idempotency::Idempotent, 1, NOW);
            assert_eq!(verdict, Verdict::Permanent, "{kind:?}");
        }
    }

    #[test]
    fn attempts_time_and_a_long_wait_exhaust() {
        let policy = RetryPolicy::default();
        let server = error(ErrorKind::Server);
        assert_eq!(
            policy.verdict(&server, Idempotency::Idempotent, 4, NOW),
            Verdict::Exhausted
        );
        assert_eq!(
            policy.verdict(&server, Idempotency::Idempotent, 1, Duration::from_secs(31)),
            Verdict::Exhausted
        );
        let throttled = error(ErrorKind::ThrottledToken).wait(Some(Duration::from_secs(600)));
        assert_eq!(
            policy.verdict(&throttled, Idempotency::Idempotent, 1, NOW),
            Verdict::Exhausted
        );
        assert_eq!(
            RetryPolicy::none().verdict(&server, Idempotency::Idempotent, 1, NOW),
            Verdict::Exhausted
        );
    }
}
