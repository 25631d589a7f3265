//! The pace of calls to a Books organisation: a window of a minute, the day's quota, calls in flight.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{Error, ErrorKind};

/// A second more than Zoho's minute, since calls travel for different times.
const WINDOW: Duration = Duration::from_secs(61);

/// unknown: how long Zoho blocks an organisation that was too fast ("for some time"); clients wait about a minute.
const BLOCKED: Duration = Duration::from_secs(61);

/// After "too many calls in process" a place becomes free when another call ends.
const CROWDED: Duration = Duration::from_millis(1500);

/// unknown: when the day ends, if Zoho refuses without its headers; then it is asked again after an hour.
pub(crate) const UNTOLD_DAY: Duration = Duration::from_secs(3600);

/// Hears of waits.
type Tell = dyn Fn(&Wait) + Send + Sync;

/// How fast an organisation of Books may be called.
///
/// ```
/// use zoho::policy::PaceSettings;
///
/// let paid = PaceSettings::default().with_concurrency_max(10);
/// assert_eq!((paid.calls_per_minute(), paid.concurrency_max()), (100, 10));
/// ```
#[derive(Clone)]
pub struct PaceSettings {
    calls_per_minute: u32,
    concurrency_max: u32,
    on_wait: Option<Arc<Tell>>,
}

impl Default for PaceSettings {
    /// 100 calls a minute, which is Zoho's limit for all plans, and 5 in flight, its limit for the free plan.
    fn default() -> PaceSettings {
        PaceSettings {
            calls_per_minute: 100,
            concurrency_max: 5,
            on_wait: None,
        }
    }
}

impl PaceSettings {
    /// Calls per organisation in 60 seconds, 1 to 10,000; other programs of the organisation share Zoho's 100.
    #[must_use]
    pub fn with_calls_per_minute(self, calls_per_minute: u32) -> PaceSettings {
        PaceSettings {
            calls_per_minute: calls_per_minute.clamp(1, 10_000),
            ..self
        }
    }

    /// Calls in flight per organisation, 1 to 1,000. Zoho allows 5 in the free plan and 10 in the paid ones.
    #[must_use]
    pub fn with_concurrency_max(self, concurrency_max: u32) -> PaceSettings {
        PaceSettings {
            concurrency_max: concurrency_max.clamp(1, 1_000),
            ..self
        }
    }

    /// Is told of each wait before it begins. It must not block.
    #[must_use]
    pub fn on_wait(self, tell: impl Fn(&Wait) + Send + Sync + 'static) -> PaceSettings {
        PaceSettings {
            on_wait: Some(Arc::new(tell)),
            ..self
        }
    }

    /// Calls per organisation in 60 seconds.
    #[must_use]
    pub fn calls_per_minute(&self) -> u32 {
        self.calls_per_minute
    }

    /// Calls in flight per organisation.
    #[must_use]
    pub fn concurrency_max(&self) -> u32 {
        self.concurrency_max
    }
}

impl fmt::Debug for PaceSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaceSettings")
            .field("calls_per_minute", &self.calls_per_minute)
            .field("concurrency_max", &self.concurrency_max)
            .finish_non_exhaustive()
    }
}

/// A call that waits for its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The organisation.
    pub organization_id: String,
    /// The operation, such as `create_invoice`.
    pub operation: &'static str,
    /// How long it waits.
    pub duration: Duration,
}

/// Where an organisation stands; see [`Books::pace`](crate::books::Books::pace).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaceState {
    /// Calls of the last minute, and those that wait for their turn.
    pub calls_in_minute: usize,
    /// Calls that are on their way now.
    pub calls_in_flight: usize,
    /// How long a call would wait if it came now. Callers that queue for a place in flight come on top.
    pub wait: Duration,
    /// The day's quota, once an answer has told it.
    pub day: Option<DayQuota>,
}

/// Zoho's daily quota of an organisation, from the headers `X-Rate-Limit-*` of the last answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayQuota {
    /// Calls per day: 1,000 (free), 2,000 (Standard), 5,000 (Professional), 10,000 (the plans above).
    pub calls_max: u64,
    /// Calls that are left.
    pub calls_remaining: u64,
    /// How long until the quota is full again.
    pub resets_after: Duration,
}

/// The paces of all organisations that a client calls.
#[derive(Debug)]
pub(crate) struct Paces {
    settings: PaceSettings,
    known: Mutex<HashMap<String, Arc<Pace>>>,
}

impl Paces {
    pub(crate) fn new(settings: PaceSettings) -> Paces {
        Paces {
            settings,
            known: Mutex::default(),
        }
    }

    /// The pace of one organisation, shared by everybody who asks for it.
    pub(crate) fn of(&self, organization_id: &str) -> Arc<Pace> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let pace = known
            .entry(organization_id.to_owned())
            .or_insert_with(|| Arc::new(Pace::new(organization_id, self.settings.clone())));
        Arc::clone(pace)
    }

    /// Where each organisation stands, by its id.
    pub(crate) fn states(&self) -> BTreeMap<String, PaceState> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let states = known.iter().map(|(id, pace)| (id.clone(), pace.state()));
        states.filter(|(id, _)| !id.is_empty()).collect()
    }
}

/// One organisation's pace.
#[derive(Debug)]
pub(crate) struct Pace {
    organization_id: String,
    settings: PaceSettings,
    permits: Semaphore,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    /// When the calls of the last window were sent, or will be; at most `calls_per_minute` entries.
    turns: VecDeque<Instant>,
    blocked_until: Option<Instant>,
    day: Option<Day>,
    calls_in_flight: usize,
}

#[derive(Clone, Copy, Debug)]
struct Day {
    calls_max: u64,
    calls_remaining: u64,
    resets_at: Instant,
}

/// What a refusal by 429 asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Brake {
    /// Too many calls in a minute (44).
    Minute,
    /// Too many calls in flight (1070).
    Crowd,
    /// The day's quota is used up (45).
    Day,
}

/// The right to send one call.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    pace: &'a Pace,
    _permit: Option<SemaphorePermit<'a>>,
}

impl Pace {
    fn new(organization_id: &str, settings: PaceSettings) -> Pace {
        Pace {
            organization_id: organization_id.to_owned(),
            permits: Semaphore::new(settings.concurrency_max as usize),
            settings,
            book: Mutex::default(),
        }
    }

    /// Waits for a place in flight, then for a turn.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfCredits`] if the day's quota is used up; nothing is sent then.
    pub(crate) async fn enter(&self, operation: &'static str) -> Result<Pass<'_>, Error> {
        // The semaphore is never closed, so that waiting cannot fail.
        let permit = self.permits.acquire().await.ok();
        self.turn(operation).await?;
        self.book().calls_in_flight += 1;
        Ok(Pass {
            pace: self,
            _permit: permit,
        })
    }

    /// The same, for a call that may take no longer than this.
    ///
    /// # Errors
    /// As [`Pace::enter`]; [`ErrorKind::TooManyRequests`], which names the wait that is left, when no turn comes in time.
    pub(crate) async fn enter_within(
        &self,
        timeout: Option<Duration>,
        operation: &'static str,
    ) -> Result<Pass<'_>, Error> {
        let Some(timeout) = timeout else {
            return self.enter(operation).await;
        };
        match tokio::time::timeout(timeout, self.enter(operation)).await {
            Ok(entered) => entered,
            Err(_) => Err(Error::new(
                ErrorKind::TooManyRequests,
                operation,
                format!(
                    "the turn of a call of the organisation {} did not come within its timeout: its calls of this minute are used up, \
                     or as many are under way as it may have",
                    self.organization_id
                ),
            )
            .wait(Some(self.state().wait).filter(|wait| !wait.is_zero()))),
        }
    }

    async fn turn(&self, operation: &'static str) -> Result<(), Error> {
        loop {
            let now = Instant::now();
            let turn = {
                let mut book = self.book();
                if let Some(resets_after) = book.day_is_used_up(now) {
                    return Err(used_up(operation, &self.organization_id, resets_after));
                }
                book.take_turn(now, self.settings.calls_per_minute)
            };
            let Some(duration) = turn
                .checked_duration_since(now)
                .filter(|wait| !wait.is_zero())
            else {
                return Ok(());
            };
            self.tell(operation, duration);
            let given_up = GivenUp { pace: self, turn };
            tokio::time::sleep(duration).await;
            let is_blocked = self.book().blocked_until.is_some_and(|until| until > turn);
            if !is_blocked {
                std::mem::forget(given_up);
                return Ok(());
            }
        }
    }

    fn tell(&self, operation: &'static str, duration: Duration) {
        let wait_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(
            operation,
            organization_id = self.organization_id,
            wait_ms,
            "waiting for the organisation's turn"
        );
        if let Some(on_wait) = &self.settings.on_wait {
            on_wait(&Wait {
                organization_id: self.organization_id.clone(),
                operation,
                duration,
            });
        }
    }

    pub(crate) fn state(&self) -> PaceState {
        let now = Instant::now();
        let mut book = self.book();
        book.forget_before(now);
        let next = book.next_turn(now, self.settings.calls_per_minute);
        PaceState {
            calls_in_minute: book.turns.len(),
            calls_in_flight: book.calls_in_flight,
            wait: next.saturating_duration_since(now),
            day: book.day.map(|day| DayQuota {
                calls_max: day.calls_max,
                calls_remaining: day.calls_remaining,
                resets_after: day.resets_at.saturating_duration_since(now),
            }),
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn used_up(operation: &'static str, organization_id: &str, resets_after: Duration) -> Error {
    let minutes = resets_after.as_secs().div_ceil(60);
    let message = format!(
        "the organisation {organization_id} has used up its calls of the day; they return in {minutes} minutes"
    );
    Error::new(ErrorKind::OutOfCredits, operation, message).wait(Some(resets_after))
}

/// A turn that was reserved and not used goes back.
struct GivenUp<'a> {
    pace: &'a Pace,
    turn: Instant,
}

impl Drop for GivenUp<'_> {
    fn drop(&mut self) {
        let mut book = self.pace.book();
        if let Some(at) = book.turns.iter().rposition(|turn| *turn == self.turn) {
            book.turns.remove(at);
        }
    }
}

impl Pass<'_> {
    /// Another call under the same pass, such as the repetition with a new token.
    pub(crate) async fn again(&self, operation: &'static str) -> Result<(), Error> {
        self.pace.turn(operation).await
    }

    /// Takes note of the headers `X-Rate-Limit-*`: `limit`, `remaining` and the seconds until `reset`.
    pub(crate) fn note_day(&self, limit: u64, remaining: u64, reset_seconds: u64) {
        let now = Instant::now();
        let resets_after = Duration::from_secs(reset_seconds.min(48 * 3600));
        self.pace.book().day = Some(Day {
            calls_max: limit,
            calls_remaining: remaining,
            resets_at: now + resets_after,
        });
    }

    /// Takes note of a refusal, and says how long everybody waits now.
    pub(crate) fn brake(&self, brake: Brake) -> Duration {
        let now = Instant::now();
        let mut book = self.pace.book();
        let pause = match brake {
            Brake::Minute => BLOCKED,
            Brake::Crowd => CROWDED,
            Brake::Day => {
                let day = book.day.get_or_insert(Day {
                    calls_max: 0,
                    calls_remaining: 0,
                    resets_at: now + UNTOLD_DAY,
                });
                day.calls_remaining = 0;
                return day.resets_at.saturating_duration_since(now);
            }
        };
        let until = now + pause;
        book.blocked_until = Some(book.blocked_until.map_or(until, |other| other.max(until)));
        pause
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut book = self.pace.book();
        book.calls_in_flight = book.calls_in_flight.saturating_sub(1);
    }
}

impl Book {
    /// When the next call may be sent: as many calls back as fit into a window, one window must have passed.
    fn next_turn(&self, now: Instant, calls_per_minute: u32) -> Instant {
        let by_window = self
            .turns
            .len()
            .checked_sub(calls_per_minute as usize)
            .and_then(|at| self.turns.get(at))
            .map_or(now, |turn| *turn + WINDOW);
        let by_block = self.blocked_until.unwrap_or(now);
        // Turns are given in order, so that nobody overtakes.
        let last = self.turns.back().copied().unwrap_or(now);
        now.max(by_window).max(by_block).max(last)
    }

    fn take_turn(&mut self, now: Instant, calls_per_minute: u32) -> Instant {
        self.forget_before(now);
        let turn = self.next_turn(now, calls_per_minute);
        self.turns.push_back(turn);
        turn
    }

    fn forget_before(&mut self, now: Instant) {
        while let Some(turn) = self.turns.front()
            && now.saturating_duration_since(*turn) >= WINDOW
        {
            self.turns.pop_front();
        }
        self.day = self.day.filter(|day| day.resets_at > now);
        self.blocked_until = self.blocked_until.filter(|until| *until > now);
    }

    /// How long until the quota returns, if it is used up.
    fn day_is_used_up(&mut self, now: Instant) -> Option<Duration> {
        self.forget_before(now);
        let day = self.day?;
        (day.calls_remaining == 0).then(|| day.resets_at.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_minute_holds_more_calls_than_allowed(
            calls_per_minute in 1u32..20,
            gaps in proptest::collection::vec(0u64..20_000, 1..200),
        ) {
            let mut book = Book::default();
            let mut now = Instant::now();
            let mut turns: Vec<Instant> = Vec::new();
            for gap in gaps {
                now += Duration::from_millis(gap);
                let turn = book.take_turn(now, calls_per_minute);
                prop_assert!(turn >= now && turns.last().is_none_or(|last| *last <= turn));
                turns.push(turn);
                prop_assert!(book.turns.len() <= turns.len());
            }
            for window in turns.windows(calls_per_minute as usize + 1) {
                let (first, last) = (window[0], window[window.len() - 1]);
                prop_assert!(last.duration_since(first) >= Duration::from_secs(60));
            }
        }
    }

    #[test]
    fn calls_within_the_limit_do_not_wait() {
        let mut book = Book::default();
        let now = Instant::now();
        assert!((0..100).all(|_| book.take_turn(now, 100) == now));
        assert_eq!(book.take_turn(now, 100), now + WINDOW);
    }

    #[tokio::test]
    async fn a_used_up_day_is_told_with_the_time_of_its_return() {
        let pace = Pace::new("10234695", PaceSettings::default());
        let pass = pace.enter("get_invoice").await.unwrap();
        pass.note_day(1000, 0, 3600);
        drop(pass);
        let error = pace.enter("get_invoice").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfCredits);
        assert!(
            error.message().contains("10234695") && error.message().contains("60 minutes"),
            "{error}"
        );
        assert!(error.retry_after() > Some(Duration::from_secs(3590)));
        assert_eq!(pace.state().day.map(|day| day.calls_max), Some(1000));
    }

    #[tokio::test]
    async fn a_block_holds_everybody_back_and_is_told() {
        let pace = Pace::new("10234695", PaceSettings::default());
        let pass = pace.enter("get_invoice").await.unwrap();
        assert_eq!(pass.brake(Brake::Minute), BLOCKED);
        drop(pass);
        assert!(pace.state().wait > Duration::from_secs(55));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_with_a_timeout_does_not_wait_longer_for_its_turn() {
        let pace = Pace::new("10234695", PaceSettings::default());
        let pass = pace.enter("get_invoice").await.unwrap();
        pass.brake(Brake::Minute);
        drop(pass);
        let second = Some(Duration::from_secs(1));
        let error = pace.enter_within(second, "get_invoice").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooManyRequests);
        assert_eq!(error.http_status(), None);
        assert!(error.retry_after() > Some(Duration::from_secs(50)));
        assert!(pace.enter_within(None, "get_invoice").await.is_ok());
    }

    #[tokio::test]
    async fn a_turn_that_is_given_up_goes_back() {
        let pace = Pace::new("10234695", PaceSettings::default().with_calls_per_minute(1));
        drop(pace.enter("get_invoice").await.unwrap());
        let waiting = pace.enter("get_invoice");
        assert!(
            tokio::time::timeout(Duration::from_millis(5), waiting)
                .await
                .is_err()
        );
        assert_eq!(pace.state().calls_in_minute, 1);
    }
}
