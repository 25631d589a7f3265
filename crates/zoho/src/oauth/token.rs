//! A live access token and what may be told about it.

use std::fmt;
use std::time::{Duration, Instant};

use reqwest::header::HeaderValue;
use url::Url;

/// How long before its end a token is renewed: 55 minutes into Zoho's hour.
const EARLY: Duration = Duration::from_secs(5 * 60);

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
        Token {
            authorization,
            scopes,
            api_domain,
            renew_at: granted_at + (lifetime - early),
            expires_at: granted_at + lifetime,
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
    fn an_hour_s_token_is_renewed_after_55_minutes_and_used_to_its_end() {
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
        assert!(token.is_fresh(minutes(54)) && !token.is_fresh(minutes(55)));
        assert!(token.is_alive(minutes(59)) && !token.is_alive(minutes(60)));
    }
}
