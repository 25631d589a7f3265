//! Tells how many credits a task has spent: the ledger of every connection counts them for whoever asked.

use std::cell::Cell;

use zoho::policy::{CallCost, CreditLedger, OutOfCredits, Reservation, RollingLedger};

tokio::task_local! {
    /// Credits that the task has spent.
    pub(crate) static SPENT: Cell<u64>;
}

/// Runs `task` and tells the credits that its calls have cost.
pub(crate) async fn metered<F: Future>(task: F) -> (F::Output, u64) {
    SPENT
        .scope(Cell::new(0), async {
            let output = task.await;
            (output, SPENT.with(Cell::get))
        })
        .await
}

/// The ledger of a connection. It keeps account of the last 24 hours, and of the task that made the call.
#[derive(Debug, Default)]
pub(crate) struct Meter(RollingLedger);

impl CreditLedger for Meter {
    fn reserve(&self, cost: &CallCost) -> Result<Reservation, OutOfCredits> {
        self.0.reserve(cost)
    }

    fn settle(&self, reservation: Reservation, credits_spent: u32) {
        // Outside of a metered task nobody asks.
        let _ = SPENT.try_with(|spent| spent.set(spent.get() + u64::from(credits_spent)));
        self.0.settle(reservation, credits_spent);
    }

    fn note_remaining(&self, credits_remaining: u64) {
        self.0.note_remaining(credits_remaining);
    }
}
