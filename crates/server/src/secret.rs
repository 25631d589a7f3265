//! Random tokens, digests, and comparing secrets without telling by the time it takes where they differ.

use aws_lc_rs::{constant_time, digest, rand};

/// A token was asked for and the system gave no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub(crate) struct NoRandomness;

/// 128 random bits as 32 hexadecimal digits.
pub(crate) fn random_token() -> Result<String, NoRandomness> {
    let mut bytes = [0_u8; 16];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(hex(&bytes))
}

/// SHA-256 as 64 hexadecimal digits.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Whether both texts are the same. The time it takes depends on neither their content nor the secret's length.
pub(crate) fn is_same(given: &str, secret: &str) -> bool {
    let given = digest::digest(&digest::SHA256, given.as_bytes());
    let secret = digest::digest(&digest::SHA256, secret.as_bytes());
    constant_time::verify_slices_are_equal(given.as_ref(), secret.as_ref()).is_ok()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| {
            [
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]
        })
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_have_32_digits() {
        let (one, other) = (random_token().unwrap(), random_token().unwrap());
        assert_ne!(one, other);
        assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }

    #[test]
    fn a_digest_is_sha_256() {
        assert_eq!(
            digest(b""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn only_the_same_text_is_the_same() {
        assert!(is_same("token", "token"));
        assert!(!is_same("token", "tokem"));
        assert!(!is_same("", "token"));
    }
}
