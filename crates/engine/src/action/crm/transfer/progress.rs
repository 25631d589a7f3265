//! How far an export or import is, and waiting for a job of Zoho's.

use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::action::answer::row;
use crate::action::{ActionError, ErrorClass};

/// The first wait between two looks at a job, and the longest. Each look costs a credit.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// Looks at one job: a day's.
const LOOKS_MAX: u32 = 1_440;
/// Failed looks in a row.
const FAILURES_MAX: u32 = 10;

/// How far it is.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Progress {
    /// `preparing`, `uploading`, `waiting` (for Zoho), `reading` (what came of it) or `done`.
    pub(super) state: &'static str,
    /// The part that it is at, from 1.
    pub(super) part: u64,
    /// Parts in all, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parts: Option<u64>,
    /// Rows that are done.
    pub(super) rows: u64,
    /// Rows in all, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rows_total: Option<u64>,
    /// Zoho's job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) job_id: Option<String>,
    /// Zoho's word for the job's state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) zoho_state: Option<String>,
}

impl Progress {
    /// `{"progress": …}`
    pub(super) fn line(&self) -> Result<Box<RawValue>, ActionError> {
        #[derive(Serialize)]
        struct Line<'a> {
            progress: &'a Progress,
        }
        row(&Line { progress: self })
    }
}

/// Looks at a job, after 1, 2, 4 … 60 seconds. Failures that pass by themselves are borne, ten in a row: the job goes on
/// meanwhile.
pub(super) struct Looks<'a> {
    what: &'a str,
    id: &'a str,
    delay: Duration,
    pause: Duration,
    looks: u32,
    failures: u32,
}

impl<'a> Looks<'a> {
    pub(super) fn at(what: &'a str, id: &'a str) -> Self {
        Self {
            what,
            id,
            delay: WAITS.0,
            pause: WAITS.0,
            looks: 0,
            failures: 0,
        }
    }

    /// The job as a look shows it; `None` for a look that failed and may be repeated.
    pub(super) fn seen<T>(
        &mut self,
        look: Result<Option<T>, zoho::Error>,
    ) -> Result<Option<T>, ActionError> {
        self.pause = self.delay;
        match look {
            Ok(None) => Err(ActionError::no_record(self.what, self.id)),
            Ok(job) => {
                self.failures = 0;
                Ok(job)
            }
            Err(error) if error.is_transient() && self.failures < FAILURES_MAX => {
                self.failures += 1;
                let asked = error.retry_after().unwrap_or_default().min(WAITS.1);
                self.pause = self.pause.max(asked);
                tracing::warn!(%error, what = self.what, id = self.id, "a job cannot be looked at now");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Waits for the next look.
    pub(super) async fn pause(&mut self) -> Result<(), ActionError> {
        self.looks += 1;
        if self.looks > LOOKS_MAX {
            return Err(ActionError::new(
                ErrorClass::Unavailable,
                "zoho_unavailable",
                format!("the {} {} did not end within a day", self.what, self.id),
                "See in Zoho how it stands.",
            ));
        }
        tokio::time::sleep(self.pause).await;
        self.delay = self.delay.saturating_mul(2).min(WAITS.1);
        Ok(())
    }
}
