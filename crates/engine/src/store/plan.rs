//! Records what the planner made of a stretch of the intake log, in one transaction.

use crate::config::route::Decision;
use crate::intake::duplicates::MessageKey;
use crate::intake::frame::Frame;
use crate::model::id::EventId;

use super::rows::write_rows;
use super::{Store, StoreError};

/// An event as it is stored.
#[derive(Debug)]
pub(crate) struct NewEvent {
    pub id: EventId,
    pub received_at: i64,
    pub occurred_at: i64,
    pub source: String,
    pub kind: &'static str,
    pub name: Option<String>,
    pub message_id: String,
    pub message_key: MessageKey,
    pub subject: Option<String>,
    /// `routed`, `not_routed` or `duplicate`.
    pub status: &'static str,
    pub duplicate_of: Option<EventId>,
    pub decisions: String,
    pub arrival: String,
    pub payload: String,
}

impl NewEvent {
    /// An event from the log with what was decided on it.
    #[must_use]
    pub(crate) fn new(
        frame: Frame,
        message_key: MessageKey,
        status: &'static str,
        duplicate_of: Option<EventId>,
        decisions: &[Decision],
    ) -> Self {
        Self {
            id: frame.id,
            received_at: frame.received_at,
            occurred_at: frame.occurred_at,
            source: frame.source,
            kind: frame.kind.as_str(),
            name: frame.name,
            message_id: frame.message_id,
            message_key,
            subject: frame.subject,
            status,
            duplicate_of,
            decisions: serde_json::to_string(decisions).unwrap_or_default(),
            arrival: serde_json::to_string(&frame.arrival).unwrap_or_default(),
            payload: frame.payload,
        }
    }
}

/// A delivery as it is planned: pending, or dead at once with its problem.
#[derive(Debug)]
pub(crate) struct NewDelivery {
    pub event_id: EventId,
    pub route: String,
    pub lane_id: i64,
    pub order_key: Option<i64>,
    pub record: String,
    /// JSON of the problem and its code, when the mapping refused the event.
    pub problem: Option<(String, String)>,
}

/// A row of the intake log that cannot be read back.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub log_seq: i64,
    pub reason: String,
    pub frames: Vec<u8>,
}

/// What is recorded together.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub events: Vec<NewEvent>,
    pub deliveries: Vec<NewDelivery>,
    pub unreadable: Vec<Unreadable>,
    /// The last row of the intake log that is covered.
    pub planned_through: i64,
}

impl Store {
    /// How far the intake log has been planned.
    pub(crate) async fn planned_through(&self) -> Result<i64, StoreError> {
        let row = sqlx::query_scalar("SELECT value FROM progress WHERE name = 'planned_through'")
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.unwrap_or(0))
    }

    /// Records a plan. Either all of it is there afterwards, or nothing.
    pub(crate) async fn record_plan(&self, plan: &Plan, now: i64) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        write_rows(
            &mut tx,
            "INSERT INTO events (id, received_at, occurred_at, source, kind, name, message_id, message_key, subject, \
             status, duplicate_of, decisions, arrival, payload) VALUES",
            14,
            "",
            &plan.events,
            |query, event| {
                query
                    .bind(event.id.as_bytes().to_vec())
                    .bind(event.received_at)
                    .bind(event.occurred_at)
                    .bind(event.source.clone())
                    .bind(event.kind)
                    .bind(event.name.clone())
                    .bind(event.message_id.clone())
                    .bind(event.message_key.to_vec())
                    .bind(event.subject.clone())
                    .bind(event.status)
                    .bind(event.duplicate_of.map(|id| id.as_bytes().to_vec()))
                    .bind(event.decisions.clone())
                    .bind(event.arrival.clone())
                    .bind(event.payload.clone())
            },
        )
        .await?;
        insert_deliveries(&mut tx, &plan.deliveries, None, now).await?;
        for row in &plan.unreadable {
            sqlx::query(
                "INSERT OR IGNORE INTO unreadable (log_seq, reason, frames) VALUES (?, ?, ?)",
            )
            .bind(row.log_seq)
            .bind(row.reason.clone())
            .bind(row.frames.clone())
            .execute(&mut *tx)
            .await?;
        }
        sqlx::query(
            "INSERT INTO progress (name, value) VALUES ('planned_through', ?) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(plan.planned_through)
        .execute(&mut *tx)
        .await?;
        tally(
            &mut tx,
            "events",
            now,
            i64::try_from(plan.events.len()).unwrap_or(i64::MAX),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The newest `most` message keys since `since`, oldest first: what a repeat is recognised by.
    pub(crate) async fn message_keys(
        &self,
        since: i64,
        most: usize,
    ) -> Result<Vec<([u8; 16], EventId)>, StoreError> {
        let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "SELECT message_key, id FROM events WHERE seq > (SELECT COALESCE(MAX(seq), 0) - ? FROM events) \
             AND received_at >= ? AND status <> 'duplicate' ORDER BY seq",
        )
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .bind(since)
        .fetch_all(&self.readers)
        .await?;
        let sixteen = |bytes: Vec<u8>| {
            <[u8; 16]>::try_from(bytes.as_slice())
                .map_err(|_| StoreError::inconsistent("events", "an id has no 16 bytes"))
        };
        rows.into_iter()
            .map(|(key, id)| Ok((sixteen(key)?, EventId::from_bytes(sixteen(id)?))))
            .collect()
    }
}

/// Inserts deliveries; the first gets number `first_seq` when one is given.
pub(super) async fn insert_deliveries(
    tx: &mut sqlx::SqliteConnection,
    deliveries: &[NewDelivery],
    replay_of: Option<i64>,
    now: i64,
) -> Result<(), StoreError> {
    write_rows(
        tx,
        "INSERT INTO deliveries (event_id, route, lane_id, order_key, record, created_at, replay_of, state, due_at, \
         settled_at, problem_code, problem) VALUES",
        12,
        "",
        deliveries,
        |query, delivery| {
            let is_dead = delivery.problem.is_some();
            let (code, problem) = delivery.problem.clone().unzip();
            query
                .bind(delivery.event_id.as_bytes().to_vec())
                .bind(delivery.route.clone())
                .bind(delivery.lane_id)
                .bind(delivery.order_key)
                .bind(delivery.record.clone())
                .bind(now)
                .bind(replay_of)
                .bind(if is_dead { "dead" } else { "pending" })
                .bind((!is_dead).then_some(now))
                .bind(is_dead.then_some(now))
                .bind(code)
                .bind(problem)
        },
    )
    .await?;
    Ok(())
}

/// Adds to a count of the present minute.
pub(super) async fn tally(
    tx: &mut sqlx::SqliteConnection,
    name: &str,
    now: i64,
    count: i64,
) -> Result<(), StoreError> {
    if count == 0 {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO tallies (name, minute, count) VALUES (?, ?, ?) \
         ON CONFLICT (name, minute) DO UPDATE SET count = count + excluded.count",
    )
    .bind(name.to_owned())
    .bind(now / 60_000_000)
    .bind(count)
    .execute(tx)
    .await?;
    Ok(())
}
