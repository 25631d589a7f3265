//! Who is logged in to the console: random session ids in memory, gone when the process ends.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::secret::{self, NoRandomness};

/// A session that nobody used for so long ends.
const IDLE_MAX: Duration = Duration::from_secs(12 * 3_600);
/// More people than this are not logged in at once; the longest unused session ends for a new one.
const SESSIONS_MAX: usize = 1_000;
/// Wrong tokens that one address may try within [`FAILURES_WINDOW`].
const FAILURES_MAX: u32 = 10;
const FAILURES_WINDOW: Duration = Duration::from_secs(60);
/// Addresses whose failures are remembered at once.
const ADDRESSES_MAX: usize = 10_000;

/// All sessions, and how often each address failed to log in.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    open: Mutex<HashMap<String, Session>>,
    failures: Mutex<HashMap<String, Failures>>,
}

/// One person's session.
#[derive(Clone)]
pub(crate) struct Session {
    /// What every form of this session carries, so that no other site can post in its name.
    pub(crate) csrf: String,
    /// What a browser brings back from Zoho's consent page.
    connect: String,
    used_at: Instant,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("used_at", &self.used_at)
            .finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Failures {
    count: u32,
    since: Instant,
}

impl Sessions {
    /// Begins a session and gives its id, for the cookie.
    pub(crate) fn begin(&self) -> Result<String, NoRandomness> {
        let (id, csrf) = (secret::random_token()?, secret::random_token()?);
        let connect = secret::random_token()?;
        let mut open = locked(&self.open);
        open.retain(|_, session| session.used_at.elapsed() < IDLE_MAX);
        if open.len() >= SESSIONS_MAX {
            let oldest = open
                .iter()
                .min_by_key(|(_, session)| session.used_at)
                .map(|(id, _)| id.clone());
            oldest.map(|id| open.remove(&id));
        }
        open.insert(
            id.clone(),
            Session {
                csrf,
                connect,
                used_at: Instant::now(),
            },
        );
        Ok(id)
    }

    /// The session of an id, if it is still open.
    pub(crate) fn find(&self, id: &str) -> Option<Session> {
        let mut open = locked(&self.open);
        let session = open
            .get_mut(id)
            .filter(|session| session.used_at.elapsed() < IDLE_MAX)?;
        session.used_at = Instant::now();
        Some(session.clone())
    }

    /// What the browser of a session must bring back from Zoho's consent page.
    pub(crate) fn connect_token(&self, id: &str) -> Option<String> {
        self.find(id).map(|session| session.connect)
    }

    /// Ends a session.
    pub(crate) fn end(&self, id: &str) {
        locked(&self.open).remove(id);
    }

    /// Whether an address may try to log in now.
    pub(crate) fn may_try(&self, address: &str) -> bool {
        let mut failures = locked(&self.failures);
        if failures.len() >= ADDRESSES_MAX {
            failures.retain(|_, failed| failed.since.elapsed() < FAILURES_WINDOW);
        }
        match failures.get(address) {
            Some(failed) => {
                failed.count < FAILURES_MAX || failed.since.elapsed() >= FAILURES_WINDOW
            }
            None => failures.len() < ADDRESSES_MAX,
        }
    }

    /// Remembers that an address sent a wrong token.
    pub(crate) fn count_failure(&self, address: &str) {
        let mut failures = locked(&self.failures);
        let failed = failures.entry(address.to_owned()).or_insert(Failures {
            count: 0,
            since: Instant::now(),
        });
        if failed.since.elapsed() >= FAILURES_WINDOW {
            *failed = Failures {
                count: 0,
                since: Instant::now(),
            };
        }
        failed.count += 1;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_lasts_until_it_is_ended() {
        let sessions = Sessions::default();
        let id = sessions.begin().unwrap();
        assert!(sessions.find(&id).is_some());
        assert!(sessions.find("another").is_none());
        assert!(sessions.connect_token(&id).is_some());
        sessions.end(&id);
        assert!(sessions.find(&id).is_none());
        assert!(sessions.connect_token(&id).is_none());
    }

    #[test]
    fn sessions_are_bounded_and_the_longest_unused_goes_first() {
        let sessions = Sessions::default();
        let first = sessions.begin().unwrap();
        let second = sessions.begin().unwrap();
        sessions.find(&first);
        for _ in 2..=SESSIONS_MAX {
            sessions.begin().unwrap();
        }
        assert!(sessions.find(&first).is_some());
        assert!(sessions.find(&second).is_none());
    }

    #[test]
    fn ten_wrong_tokens_lock_one_address_and_no_other() {
        let sessions = Sessions::default();
        for _ in 0..FAILURES_MAX {
            assert!(sessions.may_try("192.0.2.1"));
            sessions.count_failure("192.0.2.1");
        }
        assert!(!sessions.may_try("192.0.2.1"));
        assert!(sessions.may_try("192.0.2.2"));
    }
}
