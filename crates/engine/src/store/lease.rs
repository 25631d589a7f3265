//! Claims deliveries for a while, so that nobody else sends them; and gives back what was claimed and never settled.

use serde::{Deserialize, Deserializer};

use super::settle::{NewBatch, insert_batch};
use super::{Store, StoreError};

/// A lane: what the deliveries of one batch have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LaneRow {
    pub id: i64,
    pub connection: String,
    pub module: String,
    pub operation: String,
    pub options: String,
}

/// A claimed delivery.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct LeasedRow {
    pub seq: i64,
    pub record: String,
    pub created_at: i64,
    pub attempts: i64,
    #[serde(deserialize_with = "flag")]
    pub is_solo: bool,
    pub uncertain_since: Option<i64>,
    /// Whether it has a key by which a repeat finds the record that is there.
    #[serde(deserialize_with = "flag")]
    pub has_key: bool,
}

const NEXT_DUE_AT: &str =
    "SELECT MIN(due_at) FROM deliveries WHERE lane_id = ? AND due_at IS NOT NULL";

/// SQLite's truth values are 0 and 1.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    u8::deserialize(deserializer).map(|number| number != 0)
}

impl Store {
    /// All lanes.
    pub(crate) async fn lanes(&self) -> Result<Vec<LaneRow>, StoreError> {
        let rows: Vec<(i64, String, String, String, String)> = sqlx::query_as(
            "SELECT id, connection, module, operation, options FROM lanes ORDER BY id",
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(id, connection, module, operation, options)| LaneRow {
                id,
                connection,
                module,
                operation,
                options,
            })
            .collect())
    }

    /// The lane of these four, made when it is new.
    pub(crate) async fn lane(
        &self,
        connection: &str,
        module: &str,
        operation: &str,
        options: &str,
    ) -> Result<i64, StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("INSERT OR IGNORE INTO lanes (connection, module, operation, options) VALUES (?, ?, ?, ?)")
            .bind(connection)
            .bind(module)
            .bind(operation)
            .bind(options)
            .execute(&mut *tx)
            .await?;
        let id = sqlx::query_scalar(
            "SELECT id FROM lanes WHERE connection = ? AND module = ? AND operation = ? AND options = ?",
        )
        .bind(connection)
        .bind(module)
        .bind(operation)
        .bind(options)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Claims up to `rows_max` due deliveries of a lane, oldest first; of each key only the oldest that is not settled.
    /// Also tells when the next delivery of the lane is due.
    pub(crate) async fn lease(
        &self,
        lane_id: i64,
        token: i64,
        now: i64,
        expires_at: i64,
        rows_max: usize,
    ) -> Result<(Vec<LeasedRow>, Option<i64>), StoreError> {
        // Asked on the writing connection, whose cache of pages is always good; a reader's is void after each write.
        let due_at: Option<i64> = sqlx::query_scalar(NEXT_DUE_AT)
            .bind(lane_id)
            .fetch_one(&self.writer)
            .await?;
        if due_at.is_none_or(|due_at| due_at > now) {
            return Ok((Vec::new(), due_at));
        }
        let mut tx = self.write().await?;
        let claimed = sqlx::query(
            "UPDATE deliveries SET state = 'leased', lease_token = ?2, lease_expires_at = ?4, due_at = NULL \
             WHERE seq IN ( \
                SELECT d.seq FROM deliveries d WHERE d.lane_id = ?1 AND d.due_at <= ?3 \
                AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.order_key = d.order_key AND e.seq < d.seq \
                                AND e.settled_at IS NULL AND e.order_key IS NOT NULL) \
                ORDER BY d.due_at, d.seq LIMIT ?5)",
        )
        .bind(lane_id)
        .bind(token)
        .bind(now)
        .bind(expires_at)
        .bind(i64::try_from(rows_max).unwrap_or(i64::MAX))
        .execute(&mut *tx)
        .await?;
        // All rows in one value: each row that a statement returns by itself wakes the task that waits for it.
        let rows: String = match claimed.rows_affected() {
            0 => "[]".to_owned(),
            _ => {
                sqlx::query_scalar(
                    "SELECT json_group_array(json_array(seq, record, created_at, attempts, is_solo, uncertain_since, \
                     order_key IS NOT NULL)) FROM deliveries WHERE lease_token = ?",
                )
                .bind(token)
                .fetch_one(&mut *tx)
                .await?
            }
        };
        let next_due_at = sqlx::query_scalar(NEXT_DUE_AT)
            .bind(lane_id)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        let mut rows: Vec<LeasedRow> = serde_json::from_str(&rows)
            .map_err(|error| StoreError::inconsistent("deliveries", error))?;
        rows.sort_unstable_by_key(|row| row.seq);
        Ok((rows, next_due_at))
    }

    /// Makes everything that waits for a connection due, since whatever held it back may be mended.
    pub(crate) async fn make_due(&self, connection: &str, now: i64) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE deliveries SET due_at = ?1 WHERE due_at > ?1 \
             AND lane_id IN (SELECT id FROM lanes WHERE connection = ?2)",
        )
        .bind(now)
        .bind(connection)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Gives back deliveries whose lease ran out before `expired_before`. Whether Zoho acted on them is not known,
    /// so each gets an attempt that says so and, without a key to repeat by, is looked up before it is sent again.
    /// They come first in line: the fewer records are made in the meantime, the fewer a look-up has to read.
    pub(crate) async fn rescue(&self, expired_before: i64, now: i64) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let lanes: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT lane_id, COUNT(*) FROM deliveries WHERE lease_token IS NOT NULL AND lease_expires_at < ? GROUP BY lane_id",
        )
        .bind(expired_before)
        .fetch_all(&mut *tx)
        .await?;
        let mut rescued = 0;
        for (lane_id, rows) in lanes {
            let batch = NewBatch {
                lane_id,
                request: "(the gateway stopped before the answer was recorded)".to_owned(),
                rows,
                started_at: now,
                ended_at: now,
                http_status: None,
                credits: 0,
            };
            let batch_id = insert_batch(&mut tx, &batch).await?;
            sqlx::query(
                "INSERT INTO attempts (delivery_seq, number, batch_id, verdict, code, message) \
                 SELECT seq, attempts + 1, ?, 'continue', 'LEASE_EXPIRED', \
                        'The gateway stopped before the answer was recorded; the delivery is tried again.' \
                 FROM deliveries WHERE lane_id = ? AND lease_token IS NOT NULL AND lease_expires_at < ?",
            )
            .bind(batch_id)
            .bind(lane_id)
            .bind(expired_before)
            .execute(&mut *tx)
            .await?;
            let done = sqlx::query(
                "UPDATE deliveries SET state = 'pending', due_at = created_at, lease_token = NULL, lease_expires_at = NULL, \
                 attempts = attempts + 1, uncertain_since = COALESCE(uncertain_since, created_at) \
                 WHERE lane_id = ? AND lease_token IS NOT NULL AND lease_expires_at < ?",
            )
            .bind(lane_id)
            .bind(expired_before)
            .execute(&mut *tx)
            .await?;
            rescued += done.rows_affected();
        }
        tx.commit().await?;
        Ok(rescued)
    }
}
