//! The credit ledger: asked before each call, told after it.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// What a call is expected to cost, by Zoho's credit table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallCost {
    /// The operation, such as `upsert records`.
    pub operation: &'static str,
    /// Credits of the organisation's rolling 24-hour allowance.
    pub credits: u32,
    /// Units of Zoho's concurrency that the call occupies: 1, or 5 for a composite call.
    pub concurrency_units: u32,
    /// True for calls that also count against the sub-concurrency of 10 (searches, writes of more than 10 records, …).
    pub is_heavy: bool,
}

/// Credits set aside for one call; hand it back to [`CreditLedger::settle`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The ledger's own number for it.
    pub id: u64,
    /// The credits set aside.
    pub credits: u32,
}

/// A ledger's refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfCredits {
    /// What the call would cost.
    pub credits_asked: u32,
    /// What is left.
    pub credits_remaining: u64,
    /// When enough of the rolling window will have passed, if the ledger knows.
    pub retry_after: Option<Duration>,
    /// What it is left of, as in *3 are left of the allowance*.
    pub of: Cow<'static, str>,
}

impl fmt::Display for OutOfCredits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the call costs {} credits, {} are left of {}",
            self.credits_asked, self.credits_remaining, self.of
        )
    }
}

impl std::error::Error for OutOfCredits {}

/// Keeps account of an organisation's credits.
///
/// The client calls it on the way of every call, from many tasks, so it must not block for long. Each reservation is
/// settled exactly once, also when the caller gives up in the middle.
pub trait CreditLedger: Send + Sync + fmt::Debug {
    /// Sets aside the credits of a call that is about to be sent.
    ///
    /// # Errors
    /// [`OutOfCredits`] if the allowance does not cover it; the call is then not sent.
    fn reserve(&self, cost: &CallCost) -> Result<Reservation, OutOfCredits>;

    /// Ends a reservation with the credits that were in fact spent: all of them, or none when Zoho turned the call away
    /// at the door (no connection, 401, 429).
    ///
    /// unknown: whether Zoho charges for calls that it refuses or fails to answer; they count as spent here.
    fn settle(&self, reservation: Reservation, credits_spent: u32);

    /// Takes note of the header `X-API-CREDITS-REMAINING`, which Zoho sends once half of the credits are used.
    fn note_remaining(&self, credits_remaining: u64) {
        let _ = credits_remaining;
    }
}
