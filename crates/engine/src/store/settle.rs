//! Records what became of a batch: the call, one attempt for each row, and each delivery's next state.

use std::collections::HashSet;
use std::sync::Arc;

use sqlx::sqlite::SqlitePool;
use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;

use super::plan::tally;
use super::rows::write_rows;
use super::{Store, StoreError};

/// How far back deliveries are asked whether a record is theirs already.
const NEIGHBOURS: i64 = 100_000;

/// One call to Zoho, as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct NewBatch {
    pub lane_id: i64,
    pub request: String,
    pub rows: i64,
    pub started_at: i64,
    pub ended_at: i64,
    pub http_status: Option<i64>,
    pub credits: i64,
}

/// Where a delivery goes from here.
#[derive(Debug, Clone)]
pub(crate) struct Settled {
    pub seq: i64,
    /// `delivered`, `retrying`, `pending` or `dead`.
    pub state: &'static str,
    pub due_at: Option<i64>,
    pub settled_at: Option<i64>,
    pub is_solo: bool,
    pub uncertain_since: Option<i64>,
    pub record_id: Option<String>,
    pub action: Option<&'static str>,
    /// Code and JSON of the problem.
    pub problem: Option<(String, String)>,
    /// The attempt to append; `None` when no try was made.
    pub attempt: Option<NewAttempt>,
}

/// One try, as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct NewAttempt {
    pub number: i64,
    pub verdict: &'static str,
    pub code: String,
    pub message: String,
    pub answer: Option<String>,
}

/// What became of a batch, to be recorded together.
#[derive(Debug, Clone)]
pub(crate) struct Settlement {
    pub lease_token: i64,
    /// The call, when one was made.
    pub batch: Option<NewBatch>,
    pub rows: Vec<Settled>,
}

/// A settlement on its way to the store, and who waits for it.
pub(super) struct Waiting {
    settlement: Settlement,
    done: oneshot::Sender<Result<(), Arc<StoreError>>>,
}

/// Settlements that may wait for the writer; each is one call to Zoho, so there are never many.
pub(super) const QUEUE_MAX: usize = 256;

impl Store {
    /// Settles leased deliveries. Rows whose lease is no longer ours (it ran out) are left as they are.
    /// Settlements that wait at the same time share a transaction, and so one flush to disk.
    ///
    /// # Errors
    /// Nothing of this settlement is recorded then.
    pub(crate) async fn settle(&self, settlement: Settlement) -> Result<(), Arc<StoreError>> {
        let (done, settled) = oneshot::channel();
        let gone = || Arc::new(StoreError::Database(sqlx::Error::PoolClosed));
        self.settlements
            .send(Waiting { settlement, done })
            .await
            .map_err(|_| gone())?;
        settled.await.map_err(|_| gone())?
    }

    /// Records settlements as they come, until the store is gone.
    pub(super) async fn run_settler(
        writer: SqlitePool,
        clock: Clock,
        mut settlements: mpsc::Receiver<Waiting>,
    ) {
        let mut group = Vec::new();
        while settlements.recv_many(&mut group, QUEUE_MAX).await > 0 {
            let (group, waiting): (Vec<_>, Vec<_>) = group
                .drain(..)
                .map(|waiting: Waiting| (waiting.settlement, waiting.done))
                .unzip();
            let result = record(&writer, &group, clock.now_us())
                .await
                .map_err(Arc::new);
            for done in waiting {
                // Whoever went away finds the outcome in the store.
                let _ = done.send(result.clone());
            }
        }
    }

    /// The ids of a module's records that recent deliveries (from `NEIGHBOURS` before the one named on, or of the newest)
    /// and the answers kept under idempotency keys stand for.
    pub(crate) async fn known_record_ids(
        &self,
        connection: &str,
        module: &str,
        delivery: Option<i64>,
    ) -> Result<HashSet<String>, StoreError> {
        let delivered: Vec<String> = sqlx::query_scalar(
            "SELECT record_id FROM deliveries \
             WHERE seq >= COALESCE(?, (SELECT MAX(seq) FROM deliveries)) - ? AND record_id IS NOT NULL \
             AND lane_id IN (SELECT id FROM lanes WHERE connection = ? AND module = ?)",
        )
        .bind(delivery)
        .bind(NEIGHBOURS)
        .bind(connection)
        .bind(module)
        .fetch_all(&self.readers)
        .await?;
        let mut known: HashSet<String> = delivered.into_iter().collect();
        self.answered_ids(connection, &mut known).await?;
        Ok(known)
    }
}

pub(super) async fn insert_batch(
    tx: &mut sqlx::SqliteConnection,
    batch: &NewBatch,
) -> Result<i64, StoreError> {
    let done = sqlx::query(
        "INSERT INTO batches (lane_id, request, rows, started_at, ended_at, http_status, credits) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(batch.lane_id)
    .bind(batch.request.clone())
    .bind(batch.rows)
    .bind(batch.started_at)
    .bind(batch.ended_at)
    .bind(batch.http_status)
    .bind(batch.credits)
    .execute(tx)
    .await?;
    Ok(done.last_insert_rowid())
}

async fn record(writer: &SqlitePool, group: &[Settlement], now: i64) -> Result<(), StoreError> {
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    let mut attempts = Vec::new();
    for settlement in group {
        let Some(batch) = &settlement.batch else {
            continue;
        };
        let batch_id = insert_batch(&mut tx, batch).await?;
        let tried = settlement
            .rows
            .iter()
            .filter_map(|row| Some((row.seq, row.attempt.as_ref()?)));
        attempts.extend(tried.map(|(seq, attempt)| (seq, batch_id, attempt)));
    }
    let rows: Vec<(i64, &Settled)> = group
        .iter()
        .flat_map(|settlement| {
            settlement
                .rows
                .iter()
                .map(|row| (settlement.lease_token, row))
        })
        .collect();
    let settled = update_deliveries(&mut tx, &rows).await?;
    if settled < rows.len() as u64 {
        tracing::warn!(
            lost = rows.len() as u64 - settled,
            "leases ran out before their outcome was recorded"
        );
    }
    insert_attempts(&mut tx, &attempts).await?;
    let delivered = rows
        .iter()
        .filter(|(_, row)| row.state == "delivered")
        .count();
    tally(
        &mut tx,
        "delivered",
        now,
        i64::try_from(delivered).unwrap_or(i64::MAX),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

async fn update_deliveries(
    tx: &mut sqlx::SqliteConnection,
    rows: &[(i64, &Settled)],
) -> Result<u64, StoreError> {
    Ok(write_rows(
        tx,
        "UPDATE deliveries SET state = v.column2, due_at = v.column3, settled_at = v.column4, is_solo = v.column5, \
         uncertain_since = v.column6, record_id = v.column7, action = v.column8, problem_code = v.column9, \
         problem = v.column10, attempts = attempts + v.column11, lease_token = NULL, lease_expires_at = NULL \
         FROM (VALUES",
        12,
        ") AS v WHERE deliveries.seq = v.column1 AND deliveries.lease_token = v.column12",
        rows,
        |query, (lease_token, row)| {
            let (code, problem) = row.problem.clone().unzip();
            query
                .bind(row.seq)
                .bind(row.state)
                .bind(row.due_at)
                .bind(row.settled_at)
                .bind(row.is_solo)
                .bind(row.uncertain_since)
                .bind(row.record_id.clone())
                .bind(row.action)
                .bind(code)
                .bind(problem)
                .bind(i64::from(row.attempt.is_some()))
                .bind(*lease_token)
        },
    )
    .await?)
}

async fn insert_attempts(
    tx: &mut sqlx::SqliteConnection,
    attempts: &[(i64, i64, &NewAttempt)],
) -> Result<(), StoreError> {
    // A row whose lease ran out has had its attempt of this number recorded by the rescuer.
    write_rows(
        tx,
        "INSERT OR IGNORE INTO attempts (delivery_seq, number, batch_id, verdict, code, message, answer) VALUES",
        7,
        "",
        attempts,
        |query, (seq, batch_id, attempt)| {
            query
                .bind(*seq)
                .bind(attempt.number)
                .bind(*batch_id)
                .bind(attempt.verdict)
                .bind(attempt.code.clone())
                .bind(attempt.message.clone())
                .bind(attempt.answer.clone())
        },
    )
    .await?;
    Ok(())
}
