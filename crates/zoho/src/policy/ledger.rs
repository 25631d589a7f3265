//! A credit ledger in memory: a rolling window of 24 hours.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{CallCost, CreditLedger, OutOfCredits, Reservation};

const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
const SLOT: Duration = Duration::from_secs(60);

/// Counts credits over the last 24 hours, in slots of a minute, and keeps to an allowance if it is given one.
///
/// It knows only the calls of its own process, and what Zoho reports of the rest.
///
/// ```
/// use zoho::policy::{CallCost, CreditLedger, RollingLedger};
///
/// let ledger = RollingLedger::with_allowance(10);
/// let cost = CallCost { operation: "insert records", credits: 8, concurrency_units: 1, is_heavy: true };
/// let reservation = ledger.reserve(&cost)?;
/// ledger.settle(reservation, 8);
/// assert_eq!(ledger.remaining(), Some(2));
/// assert!(ledger.reserve(&cost).is_err());
/// # Ok::<(), zoho::policy::OutOfCredits>(())
/// ```
#[derive(Debug, Default)]
pub struct RollingLedger {
    allowance: Option<u64>,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    /// Start of a slot and the credits spent in it, oldest first; at most 1,441 slots.
    slots: VecDeque<(Instant, u64)>,
    spent: u64,
    reserved: u64,
    reservations: u64,
}

impl RollingLedger {
    /// A ledger that counts and never refuses.
    #[must_use]
    pub fn new() -> RollingLedger {
        RollingLedger::default()
    }

    /// A ledger that refuses calls beyond `credits` in 24 hours.
    #[must_use]
    pub fn with_allowance(credits: u64) -> RollingLedger {
        RollingLedger {
            allowance: Some(credits),
            book: Mutex::default(),
        }
    }

    /// Credits spent or set aside in the last 24 hours.
    #[must_use]
    pub fn used(&self) -> u64 {
        let book = self.book(Instant::now());
        book.spent + book.reserved
    }

    /// Credits left of the allowance; `None` without one.
    #[must_use]
    pub fn remaining(&self) -> Option<u64> {
        self.allowance
            .map(|allowance| allowance.saturating_sub(self.used()))
    }

    fn reserve_at(&self, now: Instant, cost: &CallCost) -> Result<Reservation, OutOfCredits> {
        let mut book = self.book(now);
        let asked = u64::from(cost.credits);
        let used = book.spent + book.reserved;
        if let Some(allowance) = self.allowance
            && used + asked > allowance
        {
            return Err(OutOfCredits {
                credits_asked: cost.credits,
                credits_remaining: allowance.saturating_sub(used),
                retry_after: book.frees_after(now, (used + asked) - allowance),
                of: "the ledger's allowance".into(),
            });
        }
        book.reserved += asked;
        book.reservations += 1;
        Ok(Reservation {
            id: book.reservations,
            credits: cost.credits,
        })
    }

    fn settle_at(&self, now: Instant, reservation: Reservation, credits_spent: u32) {
        let mut book = self.book(now);
        book.reserved = book.reserved.saturating_sub(u64::from(reservation.credits));
        book.spend(now, u64::from(credits_spent));
    }

    fn book(&self, now: Instant) -> MutexGuard<'_, Book> {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.forget_before(now);
        book
    }
}

impl Book {
    fn spend(&mut self, now: Instant, credits: u64) {
        if credits == 0 {
            return;
        }
        self.spent += credits;
        match self.slots.back_mut() {
            Some((start, spent)) if now.saturating_duration_since(*start) < SLOT => {
                *spent += credits
            }
            _ => self.slots.push_back((now, credits)),
        }
    }

    /// A slot leaves the window when its last minute does, so the ledger errs towards patience.
    fn forget_before(&mut self, now: Instant) {
        while let Some((start, spent)) = self.slots.front()
            && now.saturating_duration_since(*start) >= WINDOW + SLOT
        {
            self.spent -= spent;
            self.slots.pop_front();
        }
    }

    fn frees_after(&self, now: Instant, mut credits_missing: u64) -> Option<Duration> {
        for (start, spent) in &self.slots {
            if *spent >= credits_missing {
                return Some((*start + WINDOW + SLOT).saturating_duration_since(now));
            }
            credits_missing -= spent;
        }
        None
    }
}

impl CreditLedger for RollingLedger {
    fn reserve(&self, cost: &CallCost) -> Result<Reservation, OutOfCredits> {
        self.reserve_at(Instant::now(), cost)
    }

    fn settle(&self, reservation: Reservation, credits_spent: u32) {
        self.settle_at(Instant::now(), reservation, credits_spent);
    }

    /// Adopts Zoho's figure when it is lower than our own, since other programs spend from the same allowance.
    fn note_remaining(&self, credits_remaining: u64) {
        let now = Instant::now();
        let mut book = self.book(now);
        let used = book.spent + book.reserved;
        if let Some(ours) = self
            .allowance
            .map(|allowance| allowance.saturating_sub(used))
            && ours > credits_remaining
        {
            book.spend(now, ours - credits_remaining);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(credits: u32) -> CallCost {
        CallCost {
            operation: "list records",
            credits,
            concurrency_units: 1,
            is_heavy: false,
        }
    }

    #[test]
    fn what_is_set_aside_counts_until_it_is_settled() {
        let ledger = RollingLedger::with_allowance(10);
        let first = ledger.reserve(&cost(10)).unwrap();
        let refusal = ledger.reserve(&cost(1)).unwrap_err();
        assert_eq!((refusal.credits_remaining, refusal.retry_after), (0, None));
        ledger.settle(first, 0);
        assert_eq!(ledger.remaining(), Some(10));
    }

    #[test]
    fn credits_return_a_day_later() {
        let start = Instant::now();
        let ledger = RollingLedger::with_allowance(10);
        let reservation = ledger.reserve_at(start, &cost(10)).unwrap();
        ledger.settle_at(start, reservation, 10);
        let refusal = ledger
            .reserve_at(start + Duration::from_secs(3600), &cost(4))
            .unwrap_err();
        let wait = refusal.retry_after.unwrap();
        assert_eq!(wait, Duration::from_secs(23 * 3600 + 60));
        assert!(
            ledger
                .reserve_at(start + Duration::from_secs(3600) + wait, &cost(4))
                .is_ok()
        );
    }

    #[test]
    fn zoho_s_lower_figure_wins() {
        let ledger = RollingLedger::with_allowance(100);
        ledger.note_remaining(30);
        assert_eq!(ledger.remaining(), Some(30));
        ledger.note_remaining(60);
        assert_eq!(ledger.remaining(), Some(30));
    }
}
