//! Tries a call again for a bounded time while the gateway is down, busy or restarting.

use std::time::Duration;

use tokio::time::Instant;

use super::CallError;

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// What a call gave, and whether it took more than one try.
pub(crate) struct Persisted<T> {
    pub(crate) answer: T,
    pub(crate) was_repeated: bool,
}

/// Makes the call until it works, fails for good, or `patience` has passed since its first failure.
///
/// Only for calls that may be repeated: an answer that was lost does not mean that nothing was done.
pub(crate) async fn persist<T>(
    patience: Duration,
    mut call: impl AsyncFnMut() -> Result<T, CallError>,
) -> Result<Persisted<T>, CallError> {
    let mut failing_since: Option<Instant> = None;
    let mut pause = FIRST_PAUSE;
    loop {
        let error = match call().await {
            Ok(answer) => {
                return Ok(Persisted {
                    answer,
                    was_repeated: failing_since.is_some(),
                });
            }
            Err(error) => error,
        };
        let since = *failing_since.get_or_insert_with(Instant::now);
        let wait = error.retry_after().unwrap_or(pause);
        if !error.is_passing() || since.elapsed() + wait > patience {
            return Err(error);
        }
        tokio::time::sleep(wait).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn down() -> CallError {
        CallError::NoAnswer {
            url: "http://127.0.0.1:1".parse().unwrap(),
        }
    }

    #[tokio::test]
    async fn a_passing_failure_is_tried_again() {
        let mut failures = 1;
        let outcome = persist(Duration::from_secs(60), async || {
            if failures == 0 {
                return Ok("stored");
            }
            failures -= 1;
            Err(down())
        })
        .await
        .unwrap();
        assert!(outcome.was_repeated && outcome.answer == "stored");
    }

    #[tokio::test]
    async fn without_patience_the_first_failure_counts() {
        let mut calls = 0;
        let outcome: Result<Persisted<()>, _> = persist(Duration::ZERO, async || {
            calls += 1;
            Err(down())
        })
        .await;
        assert!(outcome.is_err() && calls == 1);
    }
}
