//! Decisions as values: whether to try again, how long to wait, what a call costs.
//!
//! Give a [`RetryPolicy`] and a [`CreditLedger`] to [`ClientBuilder`](crate::ClientBuilder).

mod backoff;
mod credit;
mod ledger;
pub(crate) mod price;
mod retry;

pub use backoff::Backoff;
pub use credit::{CallCost, CreditLedger, OutOfCredits, Reservation};
pub use ledger::RollingLedger;
pub use retry::{Idempotency, RetryPolicy, Verdict};

pub(crate) use backoff::chance;
