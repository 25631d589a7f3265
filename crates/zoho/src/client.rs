//! The [`Client`]: one connection to one Zoho organisation, and the way of each call through it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

use crate::answer::Reply;
use crate::books::{self, Books, OrganizationId};
use crate::call::Call;
use crate::crm::Crm;
use crate::oauth::{Token, TokenCache, TokenInfo};
use crate::policy::{self, CreditLedger, Idempotency, Pace, Paces, Pass, RetryPolicy, Verdict};
use crate::transport::{Answer, Outgoing, Transport, host_of};
use crate::{DataCenter, Error, ErrorKind};

mod builder;
mod hold;
mod streams;

pub use builder::ClientBuilder;
pub(crate) use builder::{checked, is_loopback};
use hold::Hold;

/// A connection to one Zoho organisation. Clones share tokens, limits and the credit ledger.
///
/// A call waits for a free place under Zoho's concurrency limit, sets its credits aside, makes sure of a live access
/// token, is sent, and is repeated as the [`RetryPolicy`] says. An access token that Zoho turns down is refreshed and
/// the call repeated exactly once, whatever the policy.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    data_center: DataCenter,
    transport: Transport,
    tokens: TokenCache,
    api_domain: Option<Url>,
    retry: RetryPolicy,
    ledger: Arc<dyn CreditLedger>,
    concurrency_max: u32,
    paces: Paces,
    permits: Semaphore,
    heavy_permits: Semaphore,
}

impl Client {
    /// Starts to describe a client for an organisation of this data center.
    #[must_use]
    pub fn builder(data_center: DataCenter) -> ClientBuilder {
        ClientBuilder::new(data_center)
    }

    /// The CRM of the organisation.
    #[must_use]
    pub fn crm(&self) -> Crm {
        Crm::new(self.clone())
    }

    /// The Books organisation with this id; [`Client::books_organizations`] lists them.
    #[must_use]
    pub fn books(&self, organization_id: OrganizationId) -> Books {
        Books::new(self.clone(), organization_id)
    }

    /// The data center that the client was built for.
    #[must_use]
    pub fn data_center(&self) -> DataCenter {
        self.shared.data_center
    }

    /// The API server: the one that was set, else the one that the last token answer named, else `None`.
    #[must_use]
    pub fn api_domain(&self) -> Option<Url> {
        self.shared
            .api_domain
            .clone()
            .or_else(|| self.shared.tokens.api_domain())
    }

    /// The ledger that is asked before each call.
    #[must_use]
    pub fn credit_ledger(&self) -> &Arc<dyn CreditLedger> {
        &self.shared.ledger
    }

    /// Makes sure of a live access token and describes it. The token itself stays inside.
    ///
    /// # Errors
    /// [`Error::needs_consent`] if the refresh token or client is dead; [`ErrorKind::ThrottledToken`] with
    /// [`Error::retry_after`] if too many tokens were made; transport errors towards the accounts server.
    ///
    /// [`ErrorKind::ThrottledToken`]: crate::ErrorKind::ThrottledToken
    pub async fn token(&self) -> Result<TokenInfo, Error> {
        let token = self.shared.tokens.live(&self.shared.transport).await?;
        let mut info = token.info(Instant::now());
        if let Some(api_domain) = &self.shared.api_domain {
            info.api_domain = api_domain.clone();
        }
        Ok(info)
    }

    /// Sends a call and lets `read` judge the answer, as often as the retry policy allows.
    pub(crate) async fn call<T>(
        &self,
        call: &Call,
        read: impl Fn(Reply<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.call_at(call, None, read).await
    }

    /// The same for Books, whose organisations have a pace instead of credits.
    pub(crate) async fn call_at<T>(
        &self,
        call: &Call,
        pace: Option<&Pace>,
        read: impl Fn(Reply<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let started = Instant::now();
        let mut attempts = 0;
        let mut delay = Duration::ZERO;
        let mut paused = Duration::ZERO;
        loop {
            attempts += 1;
            let (host, sent) = self.attempt(call, pace, &mut paused).await;
            let result = sent.and_then(|answer| {
                read(Reply {
                    call,
                    host: &host,
                    answer,
                })
            });
            let error = match result {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            // A Books call that came too fast was not acted on; the next attempt waits for the organisation's turn.
            if pace.is_some() && error.kind() == ErrorKind::TooManyRequests {
                if attempts >= self.shared.retry.attempts_max() {
                    return Err(error);
                }
                continue;
            }
            // Waiting for a turn is no time that failures took.
            let elapsed = started.elapsed().saturating_sub(paused);
            match self.verdict(call, &error, attempts, elapsed) {
                Verdict::Continue => {
                    delay = self.shared.retry.backoff().next(delay, policy::chance());
                    tracing::debug!(
                        operation = call.operation(),
                        attempts,
                        delay_ms = delay.as_millis(),
                        "repeating"
                    );
                    tokio::time::sleep(delay.max(error.retry_after().unwrap_or_default())).await;
                }
                Verdict::Permanent | Verdict::Exhausted => return Err(error),
            }
        }
    }

    fn verdict(&self, call: &Call, error: &Error, attempts: u32, elapsed: Duration) -> Verdict {
        // The records of a write are only looked at when the answer to the question matters.
        let idempotency = match error.is_outcome_unknown() {
            true => call.idempotency(),
            false => Idempotency::Idempotent,
        };
        self.shared
            .retry
            .verdict(error, idempotency, attempts, elapsed)
    }

    /// One attempt: a place, the credits, the token, the call; and the call once more after a token that was turned down.
    async fn attempt(
        &self,
        call: &Call,
        pace: Option<&Pace>,
        paused: &mut Duration,
    ) -> (String, Result<Answer, Error>) {
        let mut host = String::new();
        let sent = match pace {
            None => self.attempt_at(call, &mut host).await,
            Some(pace) => {
                let arrived_at = Instant::now();
                match pace.enter(call.operation()).await {
                    Ok(pass) => {
                        *paused += arrived_at.elapsed();
                        self.attempt_paced(call, &pass, &mut host).await
                    }
                    Err(error) => Err(error),
                }
            }
        };
        (host, sent)
    }

    async fn attempt_at(&self, call: &Call, host: &mut String) -> Result<Answer, Error> {
        let shared = &*self.shared;
        let _places = self.places(call).await;
        let hold = Hold::reserve(&*shared.ledger, &call.cost)?;
        let token = match shared.tokens.live(&shared.transport).await {
            Ok(token) => token,
            Err(error) => return hold.settle_unsent(Err(error)),
        };
        *host = host_of(self.api_domain_of(&token));
        let answer = self.send(call, &token).await;
        let answer = match answer {
            Ok(answer) if is_invalid_token(&answer) => {
                match shared.tokens.renew(&shared.transport, &token).await {
                    Ok(token) => self.send(call, &token).await,
                    Err(error) => return hold.settle_unsent(Err(error)),
                }
            }
            other => other,
        };
        if let Ok(answer) = &answer {
            log(call, answer);
        }
        hold.settle(answer)
    }

    async fn attempt_paced(
        &self,
        call: &Call,
        pass: &Pass<'_>,
        host: &mut String,
    ) -> Result<Answer, Error> {
        let shared = &*self.shared;
        let token = shared.tokens.live(&shared.transport).await?;
        *host = host_of(self.api_domain_of(&token));
        let mut answer = self.send(call, &token).await?;
        if books::may_be_stale_token(&answer) && token.may_be_doubted(Instant::now()) {
            let token = shared.tokens.renew(&shared.transport, &token).await?;
            pass.again(call.operation()).await?;
            answer = self.send(call, &token).await?;
            if books::may_be_stale_token(&answer) {
                token.vouch(Instant::now());
            }
        }
        log(call, &answer);
        books::note_pace(answer.status, &answer.headers, &answer.body, pass);
        Ok(answer)
    }

    async fn send(&self, call: &Call, token: &Token) -> Result<Answer, Error> {
        let outgoing = outgoing(call, self.api_domain_of(token), token.authorization())?;
        self.shared.transport.send(outgoing).await
    }

    fn api_domain_of<'a>(&'a self, token: &'a Token) -> &'a Url {
        let fixed = self.shared.api_domain.as_ref();
        fixed.unwrap_or(token.api_domain())
    }

    pub(crate) fn paces(&self) -> &Paces {
        &self.shared.paces
    }

    /// Heavy calls need a place under the sub-concurrency limit first, so that they do not hold ordinary places waiting.
    async fn places(
        &self,
        call: &Call,
    ) -> (Option<SemaphorePermit<'_>>, Option<SemaphorePermit<'_>>) {
        let heavy = match call.cost.is_heavy {
            // The semaphores are never closed, so that waiting cannot fail.
            true => self.shared.heavy_permits.acquire().await.ok(),
            false => None,
        };
        let units = call
            .cost
            .concurrency_units
            .clamp(1, self.shared.concurrency_max);
        (heavy, self.shared.permits.acquire_many(units).await.ok())
    }
}

fn outgoing(
    call: &Call,
    api_domain: &Url,
    authorization: reqwest::header::HeaderValue,
) -> Result<Outgoing, Error> {
    use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

    let mut url = api_domain.clone();
    url.set_path(&call.path);
    if !call.query.is_empty() {
        url.query_pairs_mut().extend_pairs(&call.query);
    }
    let mut headers = HeaderMap::with_capacity(2 + call.headers.len());
    headers.insert(AUTHORIZATION, authorization);
    if call.body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    for (name, value) in &call.headers {
        let value = HeaderValue::from_str(value)
            .map_err(|_| Error::input(name, value, "a header takes visible ASCII only"))?;
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(Outgoing {
        operation: call.operation(),
        method: call.method.clone(),
        url,
        headers,
        body: call.body.clone().map(Into::into),
        timeout: None,
        changes_something: call.changes_something(),
    })
}

fn log(call: &Call, answer: &Answer) {
    let elapsed_ms = u64::try_from(answer.elapsed.as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(
        operation = call.operation(),
        status = answer.status,
        elapsed_ms,
        credits = call.cost.credits,
        "answered"
    );
}

fn is_invalid_token(answer: &Answer) -> bool {
    #[derive(serde::Deserialize)]
    struct Code<'a> {
        #[serde(borrow)]
        code: std::borrow::Cow<'a, str>,
    }
    answer.status == 401
        && serde_json::from_slice::<Code<'_>>(&answer.body)
            .is_ok_and(|error| error.code == "INVALID_TOKEN")
}
