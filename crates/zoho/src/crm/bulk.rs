//! What bulk reads and bulk writes share: the callback, and waiting for a job.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Error;

/// The first wait between two looks at a job, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));

/// Where Zoho posts a job when it is done. Zoho signs nothing, and what it does when nobody answers is not documented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkCallback {
    url: String,
    method: String,
}

impl BulkCallback {
    /// An https address that takes POST.
    #[must_use]
    pub fn new(url: impl Into<String>) -> BulkCallback {
        BulkCallback {
            url: url.into(),
            method: "post".to_owned(),
        }
    }
}

/// Looks at a job until it is settled or the time is over, with growing waits; gives the job as it stands then.
pub(super) async fn wait<T, F>(
    patience: Duration,
    look: impl Fn() -> F + Send,
    is_settled: impl Fn(&T) -> bool + Send,
) -> Result<Option<T>, Error>
where
    F: Future<Output = Result<Option<T>, Error>> + Send,
{
    let mut left = patience;
    let mut delay = WAITS.0;
    loop {
        let job = look().await?;
        if left.is_zero() || job.as_ref().is_none_or(&is_settled) {
            return Ok(job);
        }
        let pause = delay.min(left);
        tokio::time::sleep(pause).await;
        left = left.saturating_sub(pause);
        delay = delay.saturating_mul(2).min(WAITS.1);
    }
}

/// A job that Zoho does not know.
pub(super) fn is_unknown_job(error: &Error) -> bool {
    error.http_status() == Some(404) && error.code() == Some("RESOURCE_NOT_FOUND")
}
