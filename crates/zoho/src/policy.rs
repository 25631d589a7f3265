//! Decisions as values: whether to try again, how long to wait, what a call costs.
//!
//! Give a [`RetryPolicy`], a [`CreditLedger`] and, for Books, [`PaceSettings`] to [`ClientBuilder`](crate::ClientBuilder).

mod backoff;
mod credit;
mod ledger;
mod pace;
pub(crate) mod price;
mod retry;

pub use backoff::Backoff;
pub use credit::{CallCost, CreditLedger, OutOfCredits, Reservation};
pub use ledger::RollingLedger;
pub use pace::{DayQuota, PaceSettings, PaceState, Wait};
pub use retry::{Idempotency, RetryPolicy, Verdict};

pub(crate) use backoff::chance;
pub(crate) use pace::{Brake, Pace, Paces, Pass, UNTOLD_DAY};
