//! The credit ledger of a connection: what it has spent in 24 hours, what it may spend, and what is kept for deliveries.
//!
//! It is kept in memory, begins with what the store has counted, and writes what is new to the store every few seconds and at
//! a clean stop. Only Zoho knows what other programs spend of the same organisation; its header `X-API-CREDITS-REMAINING`,
//! which comes once half is spent (`crm/developer/docs/api/v8/api-limits.html`), is believed for ten minutes.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use zoho::policy::{CallCost, CreditLedger, OutOfCredits, Reservation};

use crate::action::SPENT;
use crate::clock::{Clock, from_micros};
use crate::model::config::CreditBounds;
use crate::model::status::CreditMeters;

const MINUTE_US: i64 = 60_000_000;
/// Zoho's window is a rolling one (same page).
const WINDOW_MINUTES: i64 = 24 * 60;
/// Other programs spend too, so that a report grows old.
const REPORT_BELIEVED_US: i64 = 10 * MINUTE_US;

/// The ledger of a connection.
#[derive(Debug)]
pub(crate) struct Ledger {
    clock: Clock,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    bounds: CreditBounds,
    /// Minutes since 1970 and the credits spent in them, oldest first.
    minutes: VecDeque<(i64, u64)>,
    spent: u64,
    reserved: u64,
    reservations: u64,
    report: Option<Report>,
    /// Spent, and not in the store yet.
    uncounted: u64,
}

/// What Zoho has said.
#[derive(Debug, Clone, Copy)]
struct Report {
    left: u64,
    at: i64,
}

impl Ledger {
    /// A ledger that begins with what was spent in earlier minutes, in order.
    pub(crate) fn new(clock: Clock, counted: Vec<(i64, u64)>) -> Self {
        let book = Book {
            spent: counted.iter().map(|(_, credits)| credits).sum(),
            minutes: counted.into(),
            ..Book::default()
        };
        Self {
            clock,
            book: Mutex::new(book),
        }
    }

    /// The oldest minute that counts at an instant (microseconds).
    pub(crate) fn first_minute(now: i64) -> i64 {
        now / MINUTE_US - WINDOW_MINUTES
    }

    /// Keeps to other bounds from now on.
    pub(crate) fn keep_to(&self, bounds: CreditBounds) {
        self.book().bounds = bounds;
    }

    /// What was spent and is not in the store yet; the caller puts it there, or gives it back.
    pub(crate) fn take_uncounted(&self) -> u64 {
        std::mem::take(&mut self.book().uncounted)
    }

    /// Takes back what could not be stored.
    pub(crate) fn give_back_uncounted(&self, credits: u64) {
        self.book().uncounted += credits;
    }

    /// What the ledger says, for people.
    pub(crate) fn meters(&self) -> CreditMeters {
        let now = self.clock.now_us();
        let book = self.book();
        let used = book.spent + book.reserved;
        let report = book.report.filter(|report| report.is_believed(now));
        CreditMeters {
            limit: book.bounds.limit,
            kept_for_deliveries: book.bounds.kept_for_deliveries,
            left: book.bounds.limit.map(|limit| limit.saturating_sub(used)),
            left_by_zoho: report.map(|report| report.left),
            told_at: report.map(|report| from_micros(report.at)),
        }
    }

    /// Credits spent in the last 24 hours.
    pub(crate) fn spent(&self) -> u64 {
        self.book().spent
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.forget_before(Self::first_minute(self.clock.now_us()));
        book
    }
}

impl Report {
    fn is_believed(&self, now: i64) -> bool {
        now.saturating_sub(self.at) < REPORT_BELIEVED_US
    }
}

impl Book {
    fn forget_before(&mut self, minute: i64) {
        while let Some((first, credits)) = self.minutes.front()
            && *first < minute
        {
            self.spent = self.spent.saturating_sub(*credits);
            self.minutes.pop_front();
        }
    }

    fn spend(&mut self, now: i64, credits: u64) {
        if credits == 0 {
            return;
        }
        self.spent += credits;
        self.uncounted += credits;
        if let Some(report) = &mut self.report {
            report.left = report.left.saturating_sub(credits);
        }
        let minute = now / MINUTE_US;
        match self.minutes.back_mut() {
            // The clock may have been set back.
            Some((last, spent)) if *last >= minute => *spent += credits,
            _ => self.minutes.push_back((minute, credits)),
        }
    }

    /// When so many credits will have come back; `None` when they never will, since so many were not spent.
    fn back_at(&self, mut missing: u64) -> Option<i64> {
        for (minute, spent) in &self.minutes {
            if *spent >= missing {
                return Some((minute + WINDOW_MINUTES + 1) * MINUTE_US);
            }
            missing -= spent;
        }
        None
    }

    fn check(&self, now: i64, credits: u64, is_delivery: bool) -> Result<(), Refusal> {
        let kept = match is_delivery {
            true => 0,
            false => self.bounds.kept_for_deliveries.unwrap_or_default(),
        };
        let but_kept = |of: String| match kept {
            0 => of,
            kept => format!("{of}, of which the last {kept} are kept for deliveries"),
        };
        if let Some(limit) = self.bounds.limit {
            let used = self.spent + self.reserved;
            let most = limit.saturating_sub(kept);
            if used + credits > most {
                return Err(Refusal {
                    left: most.saturating_sub(used),
                    back_at: self.back_at((used + credits) - most),
                    of: but_kept(format!("the connection's limit of {limit} in 24 hours")),
                });
            }
        }
        // What Zoho itself refuses costs nothing, so that its figure binds only those who shall leave something over.
        let report = self.report.filter(|report| report.is_believed(now));
        if let Some(report) = report.filter(|_| kept > 0)
            && report.left < self.reserved + credits + kept
        {
            return Err(Refusal {
                left: report.left.saturating_sub(self.reserved + kept),
                back_at: Some(report.at.saturating_add(REPORT_BELIEVED_US)),
                of: but_kept("the organisation's credits by Zoho's own count".to_owned()),
            });
        }
        Ok(())
    }
}

struct Refusal {
    left: u64,
    back_at: Option<i64>,
    of: String,
}

impl CreditLedger for Ledger {
    fn reserve(&self, cost: &CallCost) -> Result<Reservation, OutOfCredits> {
        let now = self.clock.now_us();
        // Actions are metered, deliveries and what they need are not.
        let is_delivery = SPENT.try_with(|_| ()).is_err();
        let mut book = self.book();
        book.check(now, u64::from(cost.credits), is_delivery)
            .map_err(|refusal| OutOfCredits {
                credits_asked: cost.credits,
                credits_remaining: refusal.left,
                retry_after: refusal
                    .back_at
                    .and_then(|at| u64::try_from(at.saturating_sub(now)).ok())
                    .map(Duration::from_micros),
                of: refusal.of.into(),
            })?;
        book.reserved += u64::from(cost.credits);
        book.reservations += 1;
        Ok(Reservation {
            id: book.reservations,
            credits: cost.credits,
        })
    }

    fn settle(&self, reservation: Reservation, credits_spent: u32) {
        // Outside of a metered task nobody asks.
        let _ = SPENT.try_with(|spent| spent.set(spent.get() + u64::from(credits_spent)));
        let now = self.clock.now_us();
        let mut book = self.book();
        book.reserved = book.reserved.saturating_sub(reservation.credits.into());
        book.spend(now, credits_spent.into());
    }

    fn note_remaining(&self, credits_remaining: u64) {
        let at = self.clock.now_us();
        self.book().report = Some(Report {
            left: credits_remaining,
            at,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::metered;

    fn cost(credits: u32) -> CallCost {
        CallCost {
            operation: "upsert records",
            credits,
            concurrency_units: 1,
            is_heavy: false,
        }
    }

    fn ledger(counted: Vec<(i64, u64)>, limit: Option<u64>, kept: Option<u64>) -> (Clock, Ledger) {
        let clock = Clock::system();
        let ledger = Ledger::new(clock.clone(), counted);
        ledger.keep_to(CreditBounds {
            limit,
            kept_for_deliveries: kept,
        });
        (clock, ledger)
    }

    fn spend(ledger: &Ledger, credits: u32) -> Result<(), OutOfCredits> {
        let reservation = ledger.reserve(&cost(credits))?;
        ledger.settle(reservation, credits);
        Ok(())
    }

    #[tokio::test]
    async fn actions_leave_over_what_is_kept_for_deliveries() {
        let (_, ledger) = ledger(Vec::new(), Some(1_000), Some(300));
        let (spent, credits) = metered(async { spend(&ledger, 700) }).await;
        assert_eq!((spent, credits), (Ok(()), 700));
        let (refused, _) = metered(async { spend(&ledger, 1) }).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.credits_remaining, 0);
        assert_eq!(
            refused.to_string(),
            "the call costs 1 credits, 0 are left of the connection's limit of 1000 in 24 hours, of which the last 300 are kept for deliveries"
        );
        assert_eq!(spend(&ledger, 300), Ok(()));
        let refused = spend(&ledger, 1).unwrap_err();
        assert!(refused.of.ends_with("of 1000 in 24 hours"), "{refused}");
        assert_eq!(ledger.meters().left, Some(0));
    }

    #[test]
    fn credits_come_back_a_day_after_they_were_spent_and_a_refusal_says_when() {
        let minute = Clock::system().now_us() / MINUTE_US;
        let hour_ago = (minute - 60, 900);
        let (clock, ledger) = ledger(vec![(minute - 120, 50), hour_ago], Some(1_000), None);
        let refused = spend(&ledger, 200).unwrap_err();
        assert_eq!(refused.credits_remaining, 50);
        let wait = refused.retry_after.unwrap();
        let hours = wait.as_secs() / 3_600;
        assert!((22..=23).contains(&hours), "{wait:?}");
        clock.advance(wait);
        assert_eq!(spend(&ledger, 200), Ok(()));
        assert_eq!(ledger.spent(), 200);
    }

    #[test]
    fn more_than_the_limit_never_passes_and_no_time_is_named() {
        let (_, ledger) = ledger(Vec::new(), Some(1_000), None);
        assert_eq!(spend(&ledger, 1_001).unwrap_err().retry_after, None);
    }

    #[tokio::test]
    async fn zohos_own_count_binds_actions_for_ten_minutes() {
        let (clock, ledger) = ledger(Vec::new(), None, Some(300));
        assert_eq!(spend(&ledger, 500), Ok(()));
        ledger.note_remaining(350);
        let (spent, _) = metered(async { spend(&ledger, 50) }).await;
        assert_eq!(spent, Ok(()));
        let (refused, _) = metered(async { spend(&ledger, 1) }).await;
        let refused = refused.unwrap_err();
        assert_eq!(
            refused.of,
            "the organisation's credits by Zoho's own count, of which the last 300 are kept for deliveries"
        );
        // Deliveries take what was kept for them, and Zoho says itself when there is nothing left.
        assert_eq!(spend(&ledger, 400), Ok(()));
        assert_eq!(ledger.meters().left_by_zoho, Some(0));
        clock.advance(refused.retry_after.unwrap());
        let (spent, _) = metered(async { spend(&ledger, 1) }).await;
        assert_eq!(spent, Ok(()));
        assert_eq!(ledger.meters().left_by_zoho, None);
    }

    #[test]
    fn what_was_spent_is_counted_once() {
        let (_, ledger) = ledger(vec![(Clock::system().now_us() / MINUTE_US, 7)], None, None);
        assert_eq!(spend(&ledger, 3), Ok(()));
        assert_eq!(ledger.take_uncounted(), 3);
        assert_eq!(ledger.take_uncounted(), 0);
        ledger.give_back_uncounted(3);
        assert_eq!((ledger.take_uncounted(), ledger.spent()), (3, 10));
    }
}
