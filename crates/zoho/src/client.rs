//! The [`Client`]: one connection to one Zoho organisation, and the way of each call through it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

use crate::answer::Reply;
use crate::books::{self, Books, OrganizationId};
use crate::call::Call;
use crate::crm::Crm;
use crate::oauth::{Token, TokenCache, TokenInfo};
use crate::policy::{
    self, CreditLedger, Idempotency, Pace, PaceState, Paces, Pass, RetryPolicy, Verdict,
};
use crate::transport::{Answer, Transport, host_of};
use crate::{DataCenter, Error, ErrorKind};

mod builder;
mod hold;
mod outgoing;
mod servers;
mod streams;

pub use builder::ClientBuilder;
pub(crate) use builder::{checked, is_loopback};
use hold::Hold;
use outgoing::outgoing;
use streams::FILE_TIMEOUT;
pub(crate) use streams::{Opened, Want};

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
    upload_url: Option<Url>,
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

    /// Where each Books organisation that was called through this client stands with its limits, by the organisation's id.
    /// No call is spent.
    #[must_use]
    pub fn books_paces(&self) -> BTreeMap<String, PaceState> {
        self.paces().states()
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

    /// What is known of the access token that is alive, without asking for one.
    #[must_use]
    pub fn known_token(&self) -> Option<TokenInfo> {
        let mut info = self.shared.tokens.known(Instant::now())?;
        if let Some(api_domain) = &self.shared.api_domain {
            info.api_domain = api_domain.clone();
        }
        Some(info)
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
        let mut tries = Tries::start();
        loop {
            let (host, sent) = self.attempt(call, pace, Want::Whole, &mut tries).await;
            let result = match sent {
                Ok(Opened::Whole(answer)) => read(Reply {
                    call,
                    host: &host,
                    answer,
                }),
                Ok(Opened::Flowing(_)) => Err(out_of_place(call)),
                Err(error) => Err(error),
            };
            match result {
                Ok(value) => return Ok(value),
                Err(error) => self.again(call, pace, error, &mut tries).await?,
            }
        }
    }

    /// Waits before the next attempt, or gives the error back if there shall be none.
    async fn again(
        &self,
        call: &Call,
        pace: Option<&Pace>,
        error: Error,
        tries: &mut Tries,
    ) -> Result<(), Error> {
        if call.is_sent_once || !call.can_be_sent_again() {
            return Err(error);
        }
        // A Books call that came too fast was not acted on; the next attempt waits for the organisation's turn.
        if pace.is_some() && error.kind() == ErrorKind::TooManyRequests {
            // Without a status it was not sent: no turn came within its timeout.
            let is_over =
                error.http_status().is_none() || tries.attempts >= self.shared.retry.attempts_max();
            return match is_over {
                true => Err(error),
                false => Ok(()),
            };
        }
        // Waiting for a turn is no time that failures took.
        let elapsed = tries.started.elapsed().saturating_sub(tries.paused);
        match self.verdict(call, &error, tries.attempts, elapsed) {
            Verdict::Continue => {
                let backoff = self.shared.retry.backoff();
                tries.delay = backoff.next(tries.delay, policy::chance());
                tracing::debug!(
                    operation = call.operation(),
                    attempts = tries.attempts,
                    delay_ms = tries.delay.as_millis(),
                    "repeating"
                );
                let wait = tries.delay.max(error.retry_after().unwrap_or_default());
                tokio::time::sleep(wait).await;
                Ok(())
            }
            Verdict::Permanent | Verdict::Exhausted => Err(error),
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
        want: Want,
        tries: &mut Tries,
    ) -> (String, Result<Opened, Error>) {
        tries.attempts += 1;
        let mut host = String::new();
        let sent = match pace {
            None => self.attempt_at(call, want, &mut host).await,
            Some(pace) => {
                let arrived_at = Instant::now();
                match pace.enter_within(call.timeout, call.operation()).await {
                    Ok(pass) => {
                        tries.paused += arrived_at.elapsed();
                        self.attempt_paced(call, &pass, want, &mut host).await
                    }
                    Err(error) => Err(error),
                }
            }
        };
        if let Ok(opened) = &sent {
            log(call, opened);
        }
        (host, sent)
    }

    async fn attempt_at(
        &self,
        call: &Call,
        want: Want,
        host: &mut String,
    ) -> Result<Opened, Error> {
        let shared = &*self.shared;
        let _places = self.places(call).await;
        let hold = Hold::reserve(&*shared.ledger, &call.cost)?;
        let token = match shared.tokens.live(&shared.transport).await {
            Ok(token) => token,
            Err(error) => return hold.settle_unsent(Err(error)),
        };
        let sent = self.send(call, &token, want, host).await;
        let sent = match sent {
            Ok(Opened::Whole(answer)) if is_invalid_token(&answer) => {
                match shared.tokens.renew(&shared.transport, &token).await {
                    Ok(token) if call.can_be_sent_again() => {
                        self.send(call, &token, want, host).await
                    }
                    // The caller's next attempt finds the new token.
                    Ok(_) => Ok(Opened::Whole(answer)),
                    Err(error) => return hold.settle_unsent(Err(error)),
                }
            }
            other => other,
        };
        hold.settle(sent)
    }

    async fn attempt_paced(
        &self,
        call: &Call,
        pass: &Pass<'_>,
        want: Want,
        host: &mut String,
    ) -> Result<Opened, Error> {
        let shared = &*self.shared;
        let token = shared.tokens.live(&shared.transport).await?;
        let mut opened = self.send(call, &token, want, host).await?;
        if opened.may_be_stale_token() && token.may_be_doubted(Instant::now()) {
            let token = shared.tokens.renew(&shared.transport, &token).await?;
            if call.can_be_sent_again() {
                pass.again(call.operation()).await?;
                opened = self.send(call, &token, want, host).await?;
                if opened.may_be_stale_token() {
                    token.vouch(Instant::now());
                }
            }
        }
        let (status, headers) = opened.head();
        books::note_pace(status, headers, opened.body(), pass);
        Ok(opened)
    }

    async fn send(
        &self,
        call: &Call,
        token: &Token,
        want: Want,
        host: &mut String,
    ) -> Result<Opened, Error> {
        let server = self.server_of(call, token)?;
        *host = host_of(&server);
        let mut outgoing = outgoing(call, server, token.authorization())?;
        if want != Want::Whole || call.flow.is_some() {
            outgoing.timeout = Some(call.timeout.unwrap_or(FILE_TIMEOUT));
            outgoing.silence_max = Some(self.silence_max(call));
        }
        let incoming = self.shared.transport.open(outgoing).await?;
        match want.flows(&incoming) {
            true => Ok(Opened::Flowing(Box::new(incoming))),
            false => incoming.whole().await.map(Opened::Whole),
        }
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

/// What the attempts of one call share.
struct Tries {
    started: Instant,
    attempts: u32,
    delay: Duration,
    paused: Duration,
}

impl Tries {
    fn start() -> Tries {
        Tries {
            started: Instant::now(),
            attempts: 0,
            delay: Duration::ZERO,
            paused: Duration::ZERO,
        }
    }
}

/// A stream that was sent before; callers see to it that this does not happen.
fn out_of_place(call: &Call) -> Error {
    let message = "the file was sent before and cannot be read again";
    Error::new(ErrorKind::Input, call.operation(), message)
}

fn log(call: &Call, opened: &Opened) {
    let (status, _) = opened.head();
    let elapsed_ms = u64::try_from(opened.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(
        operation = call.operation(),
        status,
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
