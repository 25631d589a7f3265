//! Holds a connection's deliveries back while Zoho cannot take them, and lets a single call try now and then.
//!
//! Without it, an hour of Zoho being away would use up the tries of every delivery that waits.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::from_micros;
use crate::model::status::ConnectionState;

const PAUSE_MIN: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// How often a connection that needs consent is tried anyway: somebody may have mended it in Zoho.
const CONSENT_PAUSE: Duration = Duration::from_secs(300);

/// Whether calls may go out.
#[derive(Debug, Default)]
pub struct Gate(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    failures: u32,
    paused_until: Option<i64>,
    needs_consent: bool,
    reason: Option<String>,
}

/// What a gate lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// As many calls as there are permits.
    Open,
    /// One call, to see whether Zoho is back.
    Probe,
    /// Nothing before this instant (microseconds).
    Closed(i64),
}

/// A gate that was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// When the next call may go out (microseconds).
    pub until: i64,
    /// Whether consent is needed from now on.
    pub has_lost_consent: bool,
}

impl Gate {
    /// What may go out now.
    pub fn passage(&self, now: i64) -> Passage {
        let inner = self.lock();
        match inner.paused_until {
            None => Passage::Open,
            Some(until) if until > now => Passage::Closed(until),
            Some(_) => Passage::Probe,
        }
    }

    /// A call got through. Answers whether consent was needed until now.
    pub fn open(&self) -> bool {
        std::mem::take(&mut *self.lock()).needs_consent
    }

    /// Whether somebody must connect anew before anything else is sent.
    pub fn needs_consent(&self) -> bool {
        self.lock().needs_consent
    }

    /// A call failed for a reason that concerns the connection.
    pub fn close(&self, error: &zoho::Error, now: i64) -> Closed {
        let mut inner = self.lock();
        let needed_consent = inner.needs_consent;
        inner.failures = inner.failures.saturating_add(1);
        inner.needs_consent = error.needs_consent();
        inner.reason = Some(format!("{error}. {}", error.troubleshooting()));
        let doubled = PAUSE_MIN
            .saturating_mul(1 << inner.failures.saturating_sub(1).min(10))
            .min(PAUSE_MAX);
        let pause = if inner.needs_consent {
            CONSENT_PAUSE
        } else {
            error.retry_after().unwrap_or(doubled)
        };
        let until = now.saturating_add(i64::try_from(pause.as_micros()).unwrap_or(i64::MAX));
        inner.paused_until = Some(until);
        Closed {
            until,
            has_lost_consent: inner.needs_consent && !needed_consent,
        }
    }

    /// State, reason and end of the pause, for people.
    pub fn status(&self) -> (ConnectionState, Option<String>, Option<Timestamp>) {
        let inner = self.lock();
        let state = match inner.paused_until {
            None => ConnectionState::Ready,
            Some(_) if inner.needs_consent => ConnectionState::NeedsConsent,
            Some(_) => ConnectionState::Paused,
        };
        (
            state,
            inner.reason.clone(),
            inner.paused_until.map(from_micros),
        )
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
