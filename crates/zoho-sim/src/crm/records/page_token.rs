//! Page tokens: where a listing continues, bound to the user and all other parameters for 24 hours.
//!
//! A token says all of this itself, so nothing has to be kept: page number, place, expiry and a fingerprint of the call, as
//! 72 hexadecimal digits, which stays below the documented length of 96.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::catalog::{self, Refusal};
use crate::http::Call;
use crate::world::SortKey;

/// Life of a token.
pub(crate) const LIFE_SECONDS: i64 = 24 * 60 * 60;

/// Where a listing continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageToken {
    /// Number of the page that the token asks for.
    pub(crate) page: usize,
    /// The last record before that page.
    pub(crate) after: SortKey,
}

impl PageToken {
    pub(crate) fn print(self, fingerprint: u64, now: i64) -> String {
        let (key, id) = self.after;
        let expires_at = now + LIFE_SECONDS;
        let page = u32::try_from(self.page).unwrap_or(u32::MAX);
        let head = format!("{page:08x}{key:016x}{id:016x}{expires_at:016x}");
        let seal = seal(&head, fingerprint);
        format!("{head}{seal:016x}")
    }

    pub(crate) fn read(text: &str, fingerprint: u64, now: i64) -> Result<Self, Refusal> {
        let is_form = text.len() == 72 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_form {
            return Err(catalog::page_token_mismatch());
        }
        let part = |from: usize, to: usize| u64::from_str_radix(&text[from..to], 16);
        let parts = (
            part(0, 8),
            part(8, 24),
            part(24, 40),
            part(40, 56),
            part(56, 72),
        );
        let (Ok(page), Ok(key), Ok(id), Ok(expires_at), Ok(sealed)) = parts else {
            return Err(catalog::page_token_mismatch());
        };
        if sealed != seal(&text[..56], fingerprint) {
            return Err(catalog::page_token_mismatch());
        }
        if expires_at.cast_signed() <= now {
            return Err(catalog::page_token_expired());
        }
        Ok(Self {
            page: usize::try_from(page).unwrap_or(usize::MAX),
            after: (key.cast_signed(), id),
        })
    }
}

fn seal(head: &str, fingerprint: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (head, fingerprint).hash(&mut hasher);
    hasher.finish()
}

/// The user, the path and all parameters except those that turn the pages.
pub(crate) fn fingerprint(call: &Call, user: u64) -> u64 {
    let mut pairs: Vec<_> = call
        .query
        .0
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "page" | "page_token"))
        .collect();
    pairs.sort();
    let mut hasher = DefaultHasher::new();
    (
        user,
        call.path.to_ascii_lowercase(),
        pairs,
        call.header("if-modified-since"),
    )
        .hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_as_it_was_until_it_expires() {
        for after in [
            (0, 5_725_767_000_000_001_001),
            (-5, 1),
            (i64::MAX, u64::MAX),
        ] {
            let token = PageToken { page: 12, after };
            let text = token.print(7, 1_000);
            assert_eq!(PageToken::read(&text, 7, 1_000), Ok(token));
            assert_eq!(
                PageToken::read(&text, 7, 1_000 + LIFE_SECONDS)
                    .unwrap_err()
                    .code,
                "EXPIRED_VALUE"
            );
        }
    }

    #[test]
    fn a_token_of_another_call_or_a_changed_one_is_refused() {
        let text = PageToken {
            page: 2,
            after: (0, 9),
        }
        .print(7, 1_000);
        for (text, fingerprint) in [
            (text.clone(), 8),
            (text.replacen('0', "1", 1), 7),
            (text[1..].to_owned(), 7),
            ("é".repeat(36), 7),
        ] {
            assert_eq!(
                PageToken::read(&text, fingerprint, 1_000).unwrap_err().code,
                "TOKEN_BOUND_DATA_MISMATCH"
            );
        }
    }
}
