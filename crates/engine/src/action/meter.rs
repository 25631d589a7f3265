//! Tells how many credits a task has spent: the ledger of every connection counts them for whoever asked.

use std::cell::Cell;

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
