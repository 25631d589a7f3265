//! Authorizations that somebody has begun at Zoho's consent page and not finished: what `state` stands for.
//!
//! They live in memory only: after a restart a person begins again. A state serves once, and is known here by its digest.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::{constant_time, digest, rand};
use secrecy::SecretString;

/// How long a person may take on Zoho's page.
pub(crate) const LIFETIME: Duration = Duration::from_secs(15 * 60);
/// More than this are not begun at once; the oldest gives way.
const PENDING_MAX: usize = 200;

/// One that was begun.
#[derive(Debug)]
pub(crate) struct Pending {
    pub connection: String,
    pub redirect_uri: String,
    pub verifier: SecretString,
    /// What the browser must bring back, if it was begun in one.
    pub binding: Option<Digest>,
    /// Microseconds since 1970.
    pub expires_at: i64,
}

/// SHA-256.
pub(crate) type Digest = [u8; 32];

/// All of them, by the digest of their state.
#[derive(Debug, Default)]
pub(crate) struct PendingAuthorizations(Mutex<HashMap<Digest, Pending>>);

impl PendingAuthorizations {
    /// Remembers one.
    pub(crate) fn put(&self, state: &str, pending: Pending, now: i64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, pending| pending.expires_at > now);
        if all.len() >= PENDING_MAX {
            let oldest = all
                .iter()
                .min_by_key(|(_, pending)| pending.expires_at)
                .map(|(state, _)| *state);
            oldest.map(|state| all.remove(&state));
        }
        all.insert(digest_of(state), pending);
    }

    /// Takes out the one of a state, for the only time.
    pub(crate) fn take(&self, state: &str, now: i64) -> Option<Pending> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&digest_of(state))
            .filter(|pending| pending.expires_at > now)
    }
}

impl Pending {
    /// Whether what a browser brings is what the one that began was given.
    pub(crate) fn is_bound_to(&self, binding: Option<&str>) -> bool {
        match (&self.binding, binding) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(expected), Some(given)) => {
                constant_time::verify_slices_are_equal(expected, &digest_of(given)).is_ok()
            }
        }
    }
}

pub(crate) fn digest_of(text: &str) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    bytes
}

/// 256 random bits as hexadecimal digits; `None` if the system has no randomness.
pub(crate) fn random_state() -> Option<String> {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(expires_at: i64, binding: Option<&str>) -> Pending {
        Pending {
            connection: "main".to_owned(),
            redirect_uri: "http://127.0.0.1/oauth/callback".to_owned(),
            verifier: "v".into(),
            binding: binding.map(digest_of),
            expires_at,
        }
    }

    #[test]
    fn a_state_serves_once_and_not_for_long() {
        let all = PendingAuthorizations::default();
        all.put("one", pending(10, None), 0);
        assert!(all.take("other", 5).is_none());
        assert!(all.take("one", 5).is_some());
        assert!(all.take("one", 5).is_none());
        all.put("late", pending(10, None), 0);
        assert!(all.take("late", 10).is_none());
    }

    #[test]
    fn a_state_that_was_begun_in_a_browser_is_finished_in_the_same() {
        assert!(pending(1, None).is_bound_to(None));
        let bound = pending(1, Some("cookie"));
        assert!(bound.is_bound_to(Some("cookie")));
        assert!(!bound.is_bound_to(Some("another")));
        assert!(!bound.is_bound_to(None));
    }

    #[test]
    fn beginnings_are_bounded() {
        let all = PendingAuthorizations::default();
        for number in 0..=PENDING_MAX {
            let at = i64::try_from(number).unwrap() + 10;
            all.put(&number.to_string(), pending(at, None), 0);
        }
        assert!(all.take("0", 1).is_none());
        assert!(all.take("1", 1).is_some());
    }

    #[test]
    fn states_differ() {
        assert_ne!(random_state(), random_state());
    }
}
