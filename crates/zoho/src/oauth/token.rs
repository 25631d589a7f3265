//! A live access token and what may be told about it.

use std::fmt;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use reqwest::header::HeaderValue;
use url::Url;

use crate::policy::chance;

/// How long before its end a token is renewed: 55 minutes into Zoho's hour. Up to half of it is added by chance, so that
/// many connections that were made together do not renew together.
const EARLY: Duration = Duration::from_secs(5 * 60);

/// Zoho makes at most 10 access tokens in 10 minutes, so that doubts every five minutes do no harm.
const TRUSTED: Duration = Duration::from_secs(5 * 60);

/// What is known of the live access token, except its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// The granted scopes, such as `ZohoCRM.modules.ALL`. Empty where the accounts server does not tell them.
    pub scopes: Vec<String>,
    /// The API server that the token is for.
    pub api_domain: Url,
    /// How long the token lives from now on.
    pub expires_in: Duration,
}

pub(crate) struct Token {
    authorization: HeaderValue,
    scopes: Vec<String>,
    api_domain: Url,
    vouched_at: OnceLock<Instant>,
    renew_at: Instant,
    expires_at: Instant,
}

impl Token {
    pub(crate) fn new(
        authorization: HeaderValue,
        scopes: Vec<String>,
        api_domain: Url,
        granted_at: Instant,
        lifetime: Duration,
    ) -> Token {
        let early = EARLY.min(lifetime / 12);
        Token::with_renewal(
            authorization,
            scopes,
            api_domain,
            granted_at + (lifetime - early.mul_f64(1.0 + chance() / 2.0)),
            granted_at + lifetime,
        )
    }

    /// A token that was kept; how long it had lived before is not known.
    pub(crate) fn resumed(
        authorization: HeaderValue,
        scopes: Vec<String>,
        api_domain: Url,
        now: Instant,
        expires_in: Duration,
    ) -> Token {
        let early = EARLY.mul_f64(1.0 + chance() / 2.0);
        Token::with_renewal(
            authorization,
            scopes,
            api_domain,
            now + expires_in.saturating_sub(early),
            now + expires_in,
        )
    }

    fn with_renewal(
        authorization: HeaderValue,
        scopes: Vec<String>,
        api_domain: Url,
        renew_at: Instant,
        expires_at: Instant,
    ) -> Token {
        Token {
            authorization,
            scopes,
            api_domain,
            vouched_at: OnceLock::new(),
            renew_at,
            expires_at,
        }
    }

    pub(crate) fn authorization(&self) -> HeaderValue {
        self.authorization.clone()
    }

    pub(crate) fn api_domain(&self) -> &Url {
        &self.api_domain
    }

    pub(crate) fn is_fresh(&self, now: Instant) -> bool {
        now < self.renew_at
    }

    /// True if the token may have died before its time, as far as a refusal can tell.
    ///
    /// Books has a single code for dead tokens, missing scopes and missing rights; the last two must not make new tokens
    /// again and again.
    pub(crate) fn may_be_doubted(&self, now: Instant) -> bool {
        let vouched_at = self.vouched_at.get();
        vouched_at.is_none_or(|at| now.saturating_duration_since(*at) >= TRUSTED)
    }

    /// The token was made because another was turned down, and was turned down too: the token is not what is wrong.
    pub(crate) fn vouch(&self, now: Instant) {
        let _ = self.vouched_at.set(now);
    }

    pub(crate) fn is_alive(&self, now: Instant) -> bool {
        now < self.expires_at
    }

    pub(crate) fn info(&self, now: Instant) -> TokenInfo {
        TokenInfo {
            scopes: self.scopes.clone(),
            api_domain: self.api_domain.clone(),
            expires_in: self.expires_at.saturating_duration_since(now),
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_s_token_is_renewed_in_the_53rd_to_55th_minute_and_used_to_its_end() {
        let now = Instant::now();
        let api_domain = Url::parse("https://www.zohoapis.eu").unwrap();
        let token = Token::new(
            HeaderValue::from_static("x"),
            vec![],
            api_domain,
            now,
            Duration::from_secs(3600),
        );
        let minutes = |minutes: u64| now + Duration::from_secs(60 * minutes);
        assert!(token.is_fresh(minutes(52)) && !token.is_fresh(minutes(55)));
        assert!(token.is_alive(minutes(59)) && !token.is_alive(minutes(60)));
    }

    #[test]
    fn a_kept_token_near_its_end_is_renewed_at_once_and_serves_until_then() {
        let now = Instant::now();
        let resumed = |minutes: u64| {
            Token::resumed(
                HeaderValue::from_static("x"),
                vec![],
                Url::parse("https://www.zohoapis.eu").unwrap(),
                now,
                Duration::from_secs(60 * minutes),
            )
        };
        assert!(resumed(30).is_fresh(now));
        assert!(!resumed(4).is_fresh(now) && resumed(4).is_alive(now));
    }
}
