//! Repeats what may be repeated: a call that only reads, or that Zoho certainly did not act on.

use std::time::Duration;

/// Tries in all.
const TRIES_MAX: u32 = 3;
/// The longest wait for another try; whoever asks for more patience than this hears the error instead.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// Makes a call, and again after failures that pass by themselves.
pub(crate) async fn read<T, F>(mut call: impl FnMut() -> F) -> Result<T, zoho::Error>
where
    F: Future<Output = Result<T, zoho::Error>>,
{
    let mut wait = Duration::from_millis(500);
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match call().await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let asked = error.retry_after().unwrap_or(wait);
        if !error.is_transient()
            || error.is_outcome_unknown()
            || tries == TRIES_MAX
            || asked > WAIT_MAX
        {
            return Err(error);
        }
        tracing::debug!(%error, tries, "an action's call is repeated");
        tokio::time::sleep(asked).await;
        wait *= 3;
    }
}
