//! Keeps one live access token: one refresh at a time, however many callers wait.
//!
//! - A token is renewed five minutes early; until its end it still serves if the renewal fails.
//! - Callers who wait for a refresh that fails all get its error; none of them asks again by itself.
//! - After "Access Denied" nobody asks until the window has passed, and after a refusal not for ten seconds.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use tokio::sync::Mutex;
use url::Url;

use super::token::Token;
use super::token_answer::{self, TOKEN_PATH};
use super::{KeptToken, RefreshTokenGrant, TokenInfo, TokenKeeper};
use crate::client::{checked, is_loopback};
use crate::transport::{Transport, secret_header};
use crate::{Error, ErrorKind};

const OPERATION: &str = "refresh token";

/// A refused refresh token does not come to life in seconds, so that a busy caller need not ask each time.
const REFUSAL_REST: Duration = Duration::from_secs(10);

/// How long a token that still lives serves on before the next try, when its early renewal fails.
const EARLY_RETRY_REST: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct TokenCache {
    grant: RefreshTokenGrant,
    accounts_url: Url,
    fallback_api_domain: Option<Url>,
    current: RwLock<Option<Arc<Token>>>,
    refresh: Mutex<LastFailure>,
    keeper: Option<Arc<dyn TokenKeeper>>,
}

/// Who holds this may refresh; it remembers how the last refresh failed.
#[derive(Debug, Default)]
struct LastFailure(Option<Failure>);

#[derive(Debug)]
struct Failure {
    error: Error,
    failed_at: Instant,
    rests_until: Instant,
}

impl TokenCache {
    pub(crate) fn new(
        grant: RefreshTokenGrant,
        accounts_url: Url,
        fallback_api_domain: Option<Url>,
    ) -> TokenCache {
        TokenCache {
            grant,
            accounts_url,
            fallback_api_domain,
            current: RwLock::default(),
            refresh: Mutex::default(),
            keeper: None,
        }
    }

    /// Begins with a token that was kept, unless it has ended or goes to a server that it may not go to.
    pub(crate) fn resume(&mut self, kept: &KeptToken) {
        let authorization = format!("Zoho-oauthtoken {}", kept.access_token.expose_secret());
        let (Ok(authorization), Ok(api_domain)) = (
            secret_header(OPERATION, &authorization),
            self.api_domain_of(Some(kept.api_domain.as_str())),
        ) else {
            return;
        };
        let (scopes, now) = (kept.scopes.clone(), Instant::now());
        let token = Token::resumed(authorization, scopes, api_domain, now, kept.expires_in);
        *self
            .current
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(token));
    }

    pub(crate) fn keep_with(&mut self, keeper: Arc<dyn TokenKeeper>) {
        self.keeper = Some(keeper);
    }

    /// What is known of the token that is alive, without asking for one.
    pub(crate) fn known(&self, now: Instant) -> Option<TokenInfo> {
        let token = self.current().filter(|token| token.is_alive(now))?;
        Some(token.info(now))
    }

    /// A token to send a call with.
    pub(crate) async fn live(&self, transport: &Transport) -> Result<Arc<Token>, Error> {
        match self.current() {
            Some(token) if token.is_fresh(Instant::now()) => Ok(token),
            _ => self.refreshed(transport, None).await,
        }
    }

    /// A token other than `stale`, which Zoho has turned down. Only the first caller with the stale token refreshes.
    pub(crate) async fn renew(
        &self,
        transport: &Transport,
        stale: &Arc<Token>,
    ) -> Result<Arc<Token>, Error> {
        self.refreshed(transport, Some(stale)).await
    }

    /// The API server that the last token answer named.
    pub(crate) fn api_domain(&self) -> Option<Url> {
        self.current().map(|token| token.api_domain().clone())
    }

    async fn refreshed(
        &self,
        transport: &Transport,
        stale: Option<&Arc<Token>>,
    ) -> Result<Arc<Token>, Error> {
        let arrived_at = Instant::now();
        let mut last_failure = self.refresh.lock().await;
        let now = Instant::now();
        let current = self
            .current()
            .filter(|token| stale.is_none_or(|stale| !Arc::ptr_eq(stale, token)));
        if let Some(token) = current.as_ref().filter(|token| token.is_fresh(now)) {
            return Ok(Arc::clone(token));
        }
        let still_alive = current.filter(|token| token.is_alive(now));
        if let Some(error) = last_failure.applies_to(arrived_at, now, still_alive.is_some()) {
            return still_alive.ok_or(error);
        }
        match self.fetch(transport).await {
            Ok(token) => {
                let token = Arc::new(token);
                *last_failure = LastFailure(None);
                *self.current.write().unwrap_or_else(PoisonError::into_inner) =
                    Some(Arc::clone(&token));
                Ok(token)
            }
            Err(error) => {
                last_failure.note(error.clone(), Instant::now(), still_alive.is_some());
                if still_alive.is_none() {
                    self.drop_dead(stale);
                }
                still_alive.filter(|_| error.is_transient()).ok_or(error)
            }
        }
    }

    /// A token that Zoho has turned down is not offered again.
    fn drop_dead(&self, stale: Option<&Arc<Token>>) {
        let Some(stale) = stale else { return };
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current
            .as_ref()
            .is_some_and(|current| Arc::ptr_eq(current, stale))
        {
            *current = None;
        }
    }

    async fn fetch(&self, transport: &Transport) -> Result<Token, Error> {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", &self.grant.client_id),
            ("client_secret", self.grant.client_secret.expose_secret()),
            ("refresh_token", self.grant.refresh_token.expose_secret()),
        ];
        if let Some(keeper) = &self.keeper {
            keeper.asked();
        }
        let granted_at = Instant::now();
        let answer =
            token_answer::post_form(transport, OPERATION, &self.accounts_url, TOKEN_PATH, &form)
                .await?;
        let granted = token_answer::read(OPERATION, &self.accounts_url, &answer)?;
        let authorization = format!("Zoho-oauthtoken {}", granted.access_token.expose_secret());
        let api_domain = self.api_domain_of(granted.api_domain.as_deref())?;
        tracing::debug!(
            lifetime_secs = granted.lifetime.as_secs(),
            "access token refreshed"
        );
        let authorization = secret_header(OPERATION, &authorization)?;
        if let Some(keeper) = &self.keeper {
            keeper.keep(&KeptToken {
                access_token: granted.access_token,
                scopes: granted.scopes.clone(),
                api_domain: api_domain.clone(),
                expires_in: granted.lifetime.saturating_sub(granted_at.elapsed()),
            });
        }
        Ok(Token::new(
            authorization,
            granted.scopes,
            api_domain,
            granted_at,
            granted.lifetime,
        ))
    }

    /// Calls and their records go to this server, so plain http is only taken where the accounts server is local too.
    fn api_domain_of(&self, named: Option<&str>) -> Result<Url, Error> {
        let Some(text) = named.filter(|text| !text.is_empty()) else {
            return self.fallback_api_domain.clone().ok_or_else(|| {
                Error::new(
                    ErrorKind::Decode,
                    OPERATION,
                    "the token answer names no api_domain; set one for the client",
                )
            });
        };
        let url = Url::parse(text)
            .ok()
            .and_then(|url| checked("api_domain", url).ok());
        url.filter(|url| url.scheme() == "https" || is_loopback(&self.accounts_url))
            .ok_or_else(|| {
                let shown: String = text.chars().take(80).collect();
                Error::new(
                    ErrorKind::Decode,
                    OPERATION,
                    format!("the token answer's api_domain {shown:?} is not an https host"),
                )
            })
    }

    fn current(&self) -> Option<Arc<Token>> {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl LastFailure {
    /// The error that a caller has to share: the one it waited for, or one whose rest is not over.
    ///
    /// A failure on the way only rests while a live token serves instead.
    fn applies_to(&self, arrived_at: Instant, now: Instant, has_live_token: bool) -> Option<Error> {
        let failure = self.0.as_ref()?;
        let is_refusal = matches!(
            failure.error.kind(),
            ErrorKind::Token | ErrorKind::ThrottledToken
        );
        let is_resting = now < failure.rests_until && (has_live_token || is_refusal);
        if !is_resting && failure.failed_at < arrived_at {
            return None;
        }
        let rest = failure.rests_until.saturating_duration_since(now);
        let error = failure.error.clone();
        Some(if error.kind() == ErrorKind::ThrottledToken {
            error.wait(Some(rest))
        } else {
            error
        })
    }

    fn note(&mut self, error: Error, now: Instant, has_live_token: bool) {
        let rest = match error.kind() {
            ErrorKind::ThrottledToken => {
                error.retry_after().unwrap_or(token_answer::THROTTLE_WINDOW)
            }
            ErrorKind::Token => REFUSAL_REST,
            _ if has_live_token => EARLY_RETRY_REST,
            _ => Duration::ZERO,
        };
        self.0 = Some(Failure {
            error,
            failed_at: now,
            rests_until: now + rest,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: ErrorKind, at: Instant) -> LastFailure {
        let mut failure = LastFailure::default();
        let wait = (kind == ErrorKind::ThrottledToken).then_some(token_answer::THROTTLE_WINDOW);
        failure.note(Error::new(kind, OPERATION, "failed").wait(wait), at, false);
        failure
    }

    #[test]
    fn who_waited_for_a_failed_refresh_shares_its_error_and_the_next_may_ask() {
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let failure = failed(ErrorKind::Connect, start + second);
        assert!(failure.applies_to(start, start + second, false).is_some());
        assert!(
            failure
                .applies_to(start + 2 * second, start + 2 * second, false)
                .is_none()
        );
    }

    #[test]
    fn while_the_old_token_serves_a_failed_renewal_is_not_tried_at_once() {
        let start = Instant::now();
        let mut failure = LastFailure::default();
        failure.note(
            Error::new(ErrorKind::Connect, OPERATION, "failed"),
            start,
            true,
        );
        let later = start + Duration::from_secs(5);
        assert!(failure.applies_to(later, later, true).is_some());
        assert!(failure.applies_to(later, later, false).is_none());
        let much_later = start + Duration::from_secs(31);
        assert!(failure.applies_to(much_later, much_later, true).is_none());
    }

    #[test]
    fn a_throttled_cache_rests_for_the_window_and_says_how_long() {
        let start = Instant::now();
        let failure = failed(ErrorKind::ThrottledToken, start);
        let later = start + Duration::from_secs(240);
        assert_eq!(
            failure
                .applies_to(later, later, false)
                .unwrap()
                .retry_after(),
            Some(Duration::from_secs(360))
        );
        let after = start + Duration::from_secs(601);
        assert!(failure.applies_to(after, after, false).is_none());
    }

    #[test]
    fn an_api_domain_is_https_unless_all_is_local() {
        let cache = |accounts: &str| {
            let grant = RefreshTokenGrant {
                client_id: "c".into(),
                client_secret: "s".into(),
                refresh_token: "r".into(),
            };
            TokenCache::new(grant, Url::parse(accounts).unwrap(), None)
        };
        let zoho = cache("https://accounts.zoho.eu");
        assert_eq!(
            zoho.api_domain_of(Some("https://www.zohoapis.eu"))
                .unwrap()
                .as_str(),
            "https://www.zohoapis.eu/"
        );
        for bad in [
            None,
            Some(""),
            Some("http://127.0.0.1:9"),
            Some("http://www.zohoapis.eu"),
            Some("nonsense"),
        ] {
            assert!(zoho.api_domain_of(bad).is_err(), "{bad:?}");
        }
        assert!(
            cache("http://127.0.0.1:4010")
                .api_domain_of(Some("http://127.0.0.1:4010"))
                .is_ok()
        );
    }
}
