//! Records what became of a batch: the call, one attempt for each row, and each delivery's next state.

use super::plan::tally;
use super::rows::write_rows;
use super::{Store, StoreError};

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

impl Store {
    /// Settles leased deliveries. Rows whose lease is no longer ours (it ran out) are left as they are.
    /// Answers how many were settled.
    pub(crate) async fn settle(
        &self,
        lease_token: i64,
        connection: &str,
        batch: Option<&NewBatch>,
        rows: &[Settled],
        now: i64,
    ) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let batch_id = match batch {
            Some(batch) => {
                tally(
                    &mut tx,
                    &format!("credits/{connection}"),
                    now,
                    batch.credits,
                )
                .await?;
                Some(insert_batch(&mut tx, batch).await?)
            }
            None => None,
        };
        let before = changes(&mut tx).await?;
        write_rows(
            &mut tx,
            "UPDATE deliveries SET state = v.column2, due_at = v.column3, settled_at = v.column4, is_solo = v.column5, \
             uncertain_since = v.column6, record_id = v.column7, action = v.column8, problem_code = v.column9, \
             problem = v.column10, attempts = attempts + v.column11, lease_token = NULL, lease_expires_at = NULL \
             FROM (VALUES",
            12,
            ") AS v WHERE deliveries.seq = v.column1 AND deliveries.lease_token = v.column12",
            rows,
            |query, row| {
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
                    .bind(lease_token)
            },
        )
        .await?;
        let settled = changes(&mut tx).await? - before;
        if let Some(batch_id) = batch_id {
            let attempts: Vec<(i64, i64, &NewAttempt)> = rows
                .iter()
                .filter_map(|row| {
                    row.attempt
                        .as_ref()
                        .map(|attempt| (row.seq, batch_id, attempt))
                })
                .collect();
            // A row whose lease ran out has had its attempt of this number recorded by the rescuer.
            write_rows(
                &mut tx,
                "INSERT OR IGNORE INTO attempts (delivery_seq, number, batch_id, verdict, code, message, answer) VALUES",
                7,
                "",
                &attempts,
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
        }
        let delivered = rows.iter().filter(|row| row.state == "delivered").count();
        tally(
            &mut tx,
            "delivered",
            now,
            i64::try_from(delivered).unwrap_or(i64::MAX),
        )
        .await?;
        tx.commit().await?;
        Ok(u64::try_from(settled).unwrap_or(0))
    }

    /// Which of these record ids recent deliveries of a lane (numbered `since_seq` or later) already stand for.
    pub(crate) async fn known_record_ids(
        &self,
        lane_id: i64,
        since_seq: i64,
    ) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT record_id FROM deliveries WHERE seq >= ? AND lane_id = ? AND record_id IS NOT NULL",
        )
        .bind(since_seq)
        .bind(lane_id)
        .fetch_all(&self.readers)
        .await?)
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

async fn changes(tx: &mut sqlx::SqliteConnection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT total_changes()")
        .fetch_one(tx)
        .await?)
}
