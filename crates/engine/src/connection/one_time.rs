//! What serves once and is known here by its digest only: the state of a consent, what its browser brings back, the token
//! of a connect session.

use std::time::Duration;

use aws_lc_rs::{constant_time, digest, rand};

/// How long a person may take on Zoho's page.
pub(crate) const LIFETIME: Duration = Duration::from_secs(15 * 60);
/// More consents than this are not begun at once; the oldest gives way.
pub(crate) const PENDING_MAX: u32 = 1_000;

/// SHA-256.
pub(crate) type Digest = [u8; 32];

/// Whether what a browser brings is what the one in which a consent was begun was given; without a binding, any may.
pub(crate) fn is_bound_to(expected: Option<&[u8]>, given: Option<&str>) -> bool {
    match (expected, given) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(expected), Some(given)) => {
            constant_time::verify_slices_are_equal(expected, &digest_of(given)).is_ok()
        }
    }
}

pub(crate) fn digest_of(text: &str) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    bytes
}

/// The digest as hexadecimal digits.
pub(crate) fn hex_digest_of(text: &str) -> String {
    hex(&digest_of(text))
}

/// 256 random bits as hexadecimal digits; `None` if the system has no randomness.
pub(crate) fn random_state() -> Option<String> {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes).ok()?;
    Some(hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_in_a_browser_is_finished_in_the_same() {
        assert!(is_bound_to(None, None));
        let bound = digest_of("cookie");
        assert!(is_bound_to(Some(&bound), Some("cookie")));
        assert!(!is_bound_to(Some(&bound), Some("another")));
        assert!(!is_bound_to(Some(&bound), None));
    }

    #[test]
    fn states_differ() {
        assert_ne!(random_state(), random_state());
    }
}
