//! Describes a [`Client`]: connection facts, policies and limits, checked together in `build`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use url::{Host, Url};

use super::{Client, Shared};
use crate::oauth::{KeptToken, RefreshTokenGrant, TokenCache, TokenKeeper};
use crate::policy::{CreditLedger, PaceSettings, Paces, RetryPolicy, RollingLedger};
use crate::transport::{Transport, TransportSettings};
use crate::{DataCenter, Error};

/// Zoho's limit on heavy calls that run together, the same in all editions.
const HEAVY_CONCURRENCY_MAX: usize = 10;

/// Collects what a [`Client`] needs. Only the grant is mandatory.
pub struct ClientBuilder {
    data_center: DataCenter,
    accounts_url: Option<Url>,
    api_domain: Option<Url>,
    upload_url: Option<Url>,
    grant: Option<RefreshTokenGrant>,
    kept_token: Option<KeptToken>,
    token_keeper: Option<Arc<dyn TokenKeeper>>,
    retry: RetryPolicy,
    ledger: Option<Arc<dyn CreditLedger>>,
    concurrency_max: usize,
    books_pace: PaceSettings,
    transport: TransportSettings,
}

impl ClientBuilder {
    pub(super) fn new(data_center: DataCenter) -> ClientBuilder {
        ClientBuilder {
            data_center,
            accounts_url: None,
            api_domain: None,
            upload_url: None,
            grant: None,
            kept_token: None,
            token_keeper: None,
            retry: RetryPolicy::default(),
            ledger: None,
            concurrency_max: 10,
            books_pace: PaceSettings::default(),
            transport: TransportSettings::default(),
        }
    }

    /// Replaces the data center's accounts server, for instance by a simulator: https, or http to a loopback address.
    #[must_use]
    pub fn accounts_url(mut self, url: Url) -> ClientBuilder {
        self.accounts_url = Some(url);
        self
    }

    /// Fixes the API server, whatever a token answer says: https, or http to a loopback address.
    #[must_use]
    pub fn api_domain(mut self, url: Url) -> ClientBuilder {
        self.api_domain = Some(url);
        self
    }

    /// Fixes the server that takes the files of bulk writes: https, or http to a loopback address. Without it the data
    /// center's own is used ([`DataCenter::upload_url`]), or, if the API server is on this machine, that one.
    #[must_use]
    pub fn upload_url(mut self, url: Url) -> ClientBuilder {
        self.upload_url = Some(url);
        self
    }

    /// The refresh token to work with, and the client that it was granted to.
    #[must_use]
    pub fn refresh_token_grant(
        mut self,
        client_id: impl Into<String>,
        client_secret: SecretString,
        refresh_token: SecretString,
    ) -> ClientBuilder {
        self.grant = Some(RefreshTokenGrant {
            client_id: client_id.into(),
            client_secret,
            refresh_token,
        });
        self
    }

    /// An access token of the same grant that still lives, so that no other one is asked for before its time. One that
    /// does not, or whose API server is none to send a token to, is left aside.
    #[must_use]
    pub fn kept_token(mut self, token: KeptToken) -> ClientBuilder {
        self.kept_token = Some(token);
        self
    }

    /// Who is told of each access token, to keep it for the next start.
    #[must_use]
    pub fn token_keeper(mut self, keeper: Arc<dyn TokenKeeper>) -> ClientBuilder {
        self.token_keeper = Some(keeper);
        self
    }

    /// When to repeat failed calls. The default makes up to four attempts within 30 seconds.
    #[must_use]
    pub fn retry_policy(mut self, retry: RetryPolicy) -> ClientBuilder {
        self.retry = retry;
        self
    }

    /// Who keeps account of the credits. The default counts in memory and never refuses.
    #[must_use]
    pub fn credit_ledger(mut self, ledger: Arc<dyn CreditLedger>) -> ClientBuilder {
        self.ledger = Some(ledger);
        self
    }

    /// Calls in flight at once; the default is 10. Zoho allows an app 5 in the Free edition, 10 in Standard, 15 in
    /// Professional, 20 in Enterprise and 25 in Ultimate. Further calls wait their turn, in order, without a time limit.
    #[must_use]
    pub fn concurrency_max(mut self, concurrency_max: usize) -> ClientBuilder {
        self.concurrency_max = concurrency_max;
        self
    }

    /// How fast each Books organisation may be called. The default is 100 calls a minute, and 5 in flight.
    #[must_use]
    pub fn books_pace(mut self, books_pace: PaceSettings) -> ClientBuilder {
        self.books_pace = books_pace;
        self
    }

    /// How long a connection may take; the default is 10 seconds.
    #[must_use]
    pub fn connect_timeout(mut self, connect_timeout: Duration) -> ClientBuilder {
        self.transport.connect_timeout = connect_timeout;
        self
    }

    /// How long one attempt may take from the first byte sent to the last byte read; the default is 60 seconds.
    #[must_use]
    pub fn call_timeout(mut self, call_timeout: Duration) -> ClientBuilder {
        self.transport.call_timeout = call_timeout;
        self
    }

    /// Sends everything through this HTTP proxy. Without it no proxy is used; the environment is not read.
    #[must_use]
    pub fn proxy(mut self, url: Url) -> ClientBuilder {
        self.transport.proxy = Some(url);
        self
    }

    /// Checks what was given and makes the client. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) names the setting that is missing or cannot be used.
    pub fn build(self) -> Result<Client, Error> {
        let grant = self
            .grant
            .ok_or_else(|| Error::input("refresh_token_grant", "", "give the client a grant"))?;
        check_grant(&grant)?;
        let accounts_url = self
            .accounts_url
            .map(|url| checked("accounts_url", url))
            .transpose()?;
        let accounts_url = accounts_url.unwrap_or_else(|| self.data_center.accounts_url());
        let api_domain = self
            .api_domain
            .map(|url| checked("api_domain", url))
            .transpose()?;
        let upload_url = self
            .upload_url
            .map(|url| checked("upload_url", url))
            .transpose()?;
        let concurrency_max = u32::try_from(self.concurrency_max)
            .ok()
            .filter(|max| (1..=10_000).contains(max));
        let concurrency_max = concurrency_max.ok_or_else(|| {
            Error::input(
                "concurrency_max",
                &self.concurrency_max.to_string(),
                "use 1 to 10000",
            )
        })?;
        for (name, timeout) in [
            ("connect_timeout", self.transport.connect_timeout),
            ("call_timeout", self.transport.call_timeout),
        ] {
            if timeout.is_zero() {
                return Err(Error::input(name, "0", "use a duration above zero"));
            }
        }
        // An organisation may answer without `api_domain`; with overridden accounts no real Zoho host may be assumed.
        let fallback = api_domain
            .clone()
            .or_else(|| match is_loopback(&accounts_url) {
                true => Some(accounts_url.clone()),
                false => self.data_center.api_url(),
            });
        let mut tokens = TokenCache::new(grant, accounts_url, fallback);
        if let Some(kept) = &self.kept_token {
            tokens.resume(kept);
        }
        if let Some(keeper) = self.token_keeper {
            tokens.keep_with(keeper);
        }
        let shared = Shared {
            data_center: self.data_center,
            transport: Transport::new(&self.transport)?,
            tokens,
            api_domain,
            upload_url,
            retry: self.retry,
            ledger: self
                .ledger
                .unwrap_or_else(|| Arc::new(RollingLedger::new())),
            concurrency_max,
            paces: Paces::new(self.books_pace),
            permits: Semaphore::new(concurrency_max as usize),
            heavy_permits: Semaphore::new(HEAVY_CONCURRENCY_MAX),
        };
        Ok(Client {
            shared: Arc::new(shared),
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("data_center", &self.data_center)
            .finish_non_exhaustive()
    }
}

fn check_grant(grant: &RefreshTokenGrant) -> Result<(), Error> {
    let parts = [
        ("client_id", grant.client_id.as_str()),
        ("client_secret", grant.client_secret.expose_secret()),
        ("refresh_token", grant.refresh_token.expose_secret()),
    ];
    match parts.into_iter().find(|(_, value)| value.trim().is_empty()) {
        Some((name, _)) => Err(Error::input(
            name,
            "",
            "it is empty; copy it from Zoho's API console",
        )),
        None => Ok(()),
    }
}

/// An origin that credentials may be sent to: https, or http on this very machine. Path and query are dropped.
pub(crate) fn checked(field: &'static str, mut url: Url) -> Result<Url, Error> {
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    if !is_safe
        || url.host_str().is_none()
        || !url.username().is_empty()
        || url.password().is_some()
    {
        let shown = format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default());
        return Err(Error::input(
            field,
            &shown,
            "use https://host, or http:// with a loopback address",
        ));
    }
    url.set_path("/");
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builder() -> ClientBuilder {
        Client::builder(DataCenter::Us).refresh_token_grant(
            "1000.A",
            "secret-text".into(),
            "refresh-text".into(),
        )
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for (url, is_allowed) in [
            ("http://127.0.0.1:4010", true),
            ("http://localhost:4010/x?y=1", true),
            ("http://[::1]:4010", true),
            ("https://accounts.zoho.eu", true),
            ("http://accounts.zoho.eu", false),
            ("https://user@accounts.zoho.eu", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(
                builder()
                    .accounts_url(Url::parse(url).unwrap())
                    .build()
                    .is_ok(),
                is_allowed,
                "{url}"
            );
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let text = |result: Result<Client, Error>| result.unwrap_err().to_string();
        assert!(text(Client::builder(DataCenter::Us).build()).contains("refresh_token_grant"));
        assert!(
            text(
                builder()
                    .refresh_token_grant("1000.A", " ".into(), "r".into())
                    .build()
            )
            .contains("client_secret")
        );
        assert!(text(builder().concurrency_max(0).build()).contains("concurrency_max"));
        assert!(text(builder().call_timeout(Duration::ZERO).build()).contains("call_timeout"));
    }

    #[test]
    fn debug_shows_no_secret() {
        let client = builder().build().unwrap();
        let text = format!("{:?} {client:?}", builder());
        assert!(
            !text.contains("secret-text") && !text.contains("refresh-text"),
            "{text}"
        );
    }
}
