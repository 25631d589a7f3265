//! Reading for people and programs: lists, one event's life, counts. Never writes.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use sqlx::{QueryBuilder, Sqlite};

use crate::clock::from_micros;
use crate::model::attempt::{Attempt, Batch, Verdict};
use crate::model::delivery::{Action, Delivery, DeliveryQuery, DeliveryState, Operation};
use crate::model::event::{Arrival, EventKind, EventQuery, EventStatus, EventSummary};
use crate::model::id::{BatchId, DeliveryId, EventId};
use crate::model::page::{PAGE_ITEMS_MAX, Page};

use super::{Store, StoreError};

/// An event with everything that is stored of it.
#[derive(Debug)]
pub(crate) struct StoredEvent {
    pub summary: EventSummary,
    pub occurred_at: i64,
    pub arrival: Arrival,
    pub payload: Box<RawValue>,
    pub duplicate_of: Option<EventId>,
    pub decisions: String,
}

/// A delivery with the options of its lane.
#[derive(Debug)]
pub(crate) struct StoredDelivery {
    pub delivery: Delivery,
    pub options: String,
    pub lane_id: i64,
}

/// Counts for the overview.
#[derive(Debug, Default, sqlx::FromRow)]
pub(crate) struct Counts {
    pub waiting: i64,
    pub retrying: i64,
    pub leased: i64,
    pub dead: i64,
    pub oldest_unsettled_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    seq: i64,
    id: Vec<u8>,
    received_at: i64,
    source: String,
    kind: String,
    name: Option<String>,
    message_id: String,
    subject: Option<String>,
    status: String,
}

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    seq: i64,
    event_id: Vec<u8>,
    route: String,
    lane_id: i64,
    connection: String,
    module: String,
    operation: String,
    options: String,
    state: String,
    record: String,
    attempts: i64,
    created_at: i64,
    due_at: Option<i64>,
    settled_at: Option<i64>,
    record_id: Option<String>,
    action: Option<String>,
    problem: Option<String>,
    replay_of: Option<i64>,
    replayed_as: Option<i64>,
}

const SUMMARY_COLUMNS: &str =
    "e.seq, e.id, e.received_at, e.source, e.kind, e.name, e.message_id, e.subject, e.status";
const DELIVERY_SELECT: &str = "SELECT d.seq, d.event_id, d.route, d.lane_id, l.connection, l.module, l.operation, l.options, \
     d.state, d.record, d.attempts, d.created_at, d.due_at, d.settled_at, d.record_id, d.action, d.problem, \
     d.replay_of, d.replayed_as FROM deliveries d JOIN lanes l ON l.id = d.lane_id";

impl Store {
    /// A page of events, newest first. `before` is the number behind a cursor.
    pub(crate) async fn events(
        &self,
        query: &EventQuery,
        before: Option<i64>,
    ) -> Result<Page<EventSummary>, StoreError> {
        let items_max = query.items_max.clamp(1, PAGE_ITEMS_MAX);
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT ");
        sql.push(SUMMARY_COLUMNS)
            .push(" FROM events e WHERE e.seq < ")
            .push_bind(before.unwrap_or(i64::MAX));
        if let Some(source) = &query.source {
            sql.push(" AND e.source = ").push_bind(source.clone());
        }
        if let Some(text) = &query.text {
            let end = format!("{text}\u{10ffff}");
            sql.push(" AND ((e.subject >= ")
                .push_bind(text.clone())
                .push(" AND e.subject < ")
                .push_bind(end.clone());
            sql.push(") OR (e.message_id >= ")
                .push_bind(text.clone())
                .push(" AND e.message_id < ")
                .push_bind(end);
            sql.push(") OR e.name = ").push_bind(text.clone()).push(")");
        }
        if let Some(status) = query.status {
            sql.push(" AND ").push(status_condition(status));
        }
        sql.push(" ORDER BY e.seq DESC LIMIT ")
            .push_bind(i64::try_from(items_max + 1).unwrap_or(i64::MAX));
        let rows: Vec<SummaryRow> = sql.build_query_as().fetch_all(&self.readers).await?;
        let has_more = rows.len() > items_max;
        let rows = &rows[..rows.len().min(items_max)];
        let next_cursor = has_more
            .then(|| rows.last().map(|row| row.seq.to_string()))
            .flatten();
        let states = self
            .states_of(rows.iter().map(|row| row.id.clone()))
            .await?;
        let items = rows
            .iter()
            .map(|row| summary(row, &states))
            .collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }

    /// One event; `None` when it is not there (or not planned yet).
    pub(crate) async fn event(&self, id: EventId) -> Result<Option<StoredEvent>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct Row {
            #[sqlx(flatten)]
            summary: SummaryRow,
            occurred_at: i64,
            arrival: String,
            payload: String,
            duplicate_of: Option<Vec<u8>>,
            decisions: String,
        }
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT ");
        sql.push(SUMMARY_COLUMNS)
            .push(", e.occurred_at, e.arrival, e.payload, e.duplicate_of, e.decisions FROM events e WHERE e.id = ")
            .push_bind(id.as_bytes().to_vec());
        let Some(row) = sql
            .build_query_as::<Row>()
            .fetch_optional(&self.readers)
            .await?
        else {
            return Ok(None);
        };
        let states = self
            .states_of(std::iter::once(row.summary.id.clone()))
            .await?;
        Ok(Some(StoredEvent {
            summary: summary(&row.summary, &states)?,
            occurred_at: row.occurred_at,
            arrival: json(&row.arrival, "events.arrival")?,
            payload: json(&row.payload, "events.payload")?,
            duplicate_of: row.duplicate_of.map(|bytes| event_id(&bytes)).transpose()?,
            decisions: row.decisions,
        }))
    }

    /// The deliveries of an event, in the order of planning.
    pub(crate) async fn deliveries_of(
        &self,
        id: EventId,
    ) -> Result<Vec<StoredDelivery>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(DELIVERY_SELECT);
        sql.push(" WHERE d.event_id = ")
            .push_bind(id.as_bytes().to_vec())
            .push(" ORDER BY d.seq");
        let rows: Vec<DeliveryRow> = sql.build_query_as().fetch_all(&self.readers).await?;
        rows.into_iter().map(stored_delivery).collect()
    }

    /// One delivery.
    pub(crate) async fn delivery(
        &self,
        id: DeliveryId,
    ) -> Result<Option<StoredDelivery>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(DELIVERY_SELECT);
        sql.push(" WHERE d.seq = ").push_bind(id.0);
        let row: Option<DeliveryRow> = sql.build_query_as().fetch_optional(&self.readers).await?;
        row.map(stored_delivery).transpose()
    }

    /// A page of deliveries, newest first.
    pub(crate) async fn deliveries(
        &self,
        query: &DeliveryQuery,
        before: Option<i64>,
    ) -> Result<Page<Delivery>, StoreError> {
        let items_max = query.items_max.clamp(1, PAGE_ITEMS_MAX);
        let mut sql = QueryBuilder::<Sqlite>::new(DELIVERY_SELECT);
        sql.push(" WHERE d.seq < ")
            .push_bind(before.unwrap_or(i64::MAX));
        if let Some(state) = query.state {
            // Written out, not bound, so that the partial index on dead letters serves.
            sql.push(" AND d.state = '").push(state.as_str()).push("'");
        }
        if let Some(route) = &query.route {
            sql.push(" AND d.route = ").push_bind(route.clone());
        }
        if let Some(code) = &query.code {
            sql.push(" AND d.problem_code = ").push_bind(code.clone());
        }
        if query.without_replayed {
            sql.push(" AND d.replayed_as IS NULL");
        }
        sql.push(" ORDER BY d.seq DESC LIMIT ")
            .push_bind(i64::try_from(items_max + 1).unwrap_or(i64::MAX));
        let rows: Vec<DeliveryRow> = sql.build_query_as().fetch_all(&self.readers).await?;
        let has_more = rows.len() > items_max;
        let items = rows
            .into_iter()
            .take(items_max)
            .map(|row| stored_delivery(row).map(|stored| stored.delivery))
            .collect::<Result<Vec<_>, _>>()?;
        let next_cursor = has_more
            .then(|| items.last().map(|delivery| delivery.id.0.to_string()))
            .flatten();
        Ok(Page { items, next_cursor })
    }

    /// The tries of a delivery, first one first.
    pub(crate) async fn attempts(&self, id: DeliveryId) -> Result<Vec<Attempt>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct Row {
            number: i64,
            verdict: String,
            code: String,
            message: String,
            answer: Option<String>,
            batch_id: i64,
            request: String,
            rows: i64,
            started_at: i64,
            ended_at: i64,
            http_status: Option<i64>,
            credits: i64,
        }
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT a.number, a.verdict, a.code, a.message, a.answer, a.batch_id, b.request, b.rows, b.started_at, \
             b.ended_at, b.http_status, b.credits FROM attempts a JOIN batches b ON b.id = a.batch_id \
             WHERE a.delivery_seq = ? ORDER BY a.number",
        )
        .bind(id.0)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Attempt {
                    number: u32::try_from(row.number).unwrap_or(u32::MAX),
                    verdict: word(&row.verdict, Verdict::from_word, "attempts.verdict")?,
                    code: row.code,
                    message: row.message,
                    answer: row
                        .answer
                        .map(|answer| json(&answer, "attempts.answer"))
                        .transpose()?,
                    batch: Batch {
                        id: BatchId(row.batch_id),
                        request: row.request,
                        rows: u32::try_from(row.rows).unwrap_or(u32::MAX),
                        started_at: from_micros(row.started_at),
                        ended_at: from_micros(row.ended_at),
                        http_status: row
                            .http_status
                            .and_then(|status| u16::try_from(status).ok()),
                        credits: u32::try_from(row.credits).unwrap_or(u32::MAX),
                    },
                })
            })
            .collect()
    }

    /// What waits, retries, is on its way and is dead.
    pub(crate) async fn counts(&self) -> Result<Counts, StoreError> {
        Ok(sqlx::query_as(
            "SELECT \
             (SELECT COUNT(*) FROM deliveries WHERE due_at IS NOT NULL AND state = 'pending') AS waiting, \
             (SELECT COUNT(*) FROM deliveries WHERE due_at IS NOT NULL AND state = 'retrying') AS retrying, \
             (SELECT COUNT(*) FROM deliveries WHERE lease_token IS NOT NULL) AS leased, \
             (SELECT COUNT(*) FROM deliveries WHERE state = 'dead' AND replayed_as IS NULL) AS dead, \
             (SELECT MIN(created_at) FROM deliveries WHERE due_at IS NOT NULL) AS oldest_unsettled_at",
        )
        .fetch_one(&self.readers)
        .await?)
    }

    /// Counts by name over the minutes since `since` (microseconds).
    pub(crate) async fn tallies(&self, since: i64) -> Result<HashMap<String, i64>, StoreError> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT name, SUM(count) FROM tallies WHERE minute > ? GROUP BY name")
                .bind(since / 60_000_000)
                .fetch_all(&self.readers)
                .await?;
        Ok(rows.into_iter().collect())
    }

    /// Credits of a connection by minute since 1970, from a minute on, oldest first.
    pub(crate) async fn credits_by_minute(
        &self,
        connection: &str,
        first_minute: i64,
    ) -> Result<Vec<(i64, u64)>, StoreError> {
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT minute, count FROM tallies WHERE name = ? AND minute >= ? ORDER BY minute",
        )
        .bind(format!("credits/{connection}"))
        .bind(first_minute)
        .fetch_all(&self.readers)
        .await?;
        let counted = rows
            .into_iter()
            .map(|(minute, count)| (minute, u64::try_from(count).unwrap_or_default()));
        Ok(counted.collect())
    }

    /// The states of the deliveries of these events; a dead letter that was replayed no longer speaks.
    async fn states_of(
        &self,
        ids: impl Iterator<Item = Vec<u8>>,
    ) -> Result<HashMap<Vec<u8>, Vec<DeliveryState>>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "SELECT event_id, state FROM deliveries WHERE replayed_as IS NULL AND event_id IN (",
        );
        let mut list = sql.separated(", ");
        for id in ids {
            list.push_bind(id);
        }
        sql.push(")");
        let rows: Vec<(Vec<u8>, String)> = sql.build_query_as().fetch_all(&self.readers).await?;
        let mut states: HashMap<Vec<u8>, Vec<DeliveryState>> = HashMap::new();
        for (id, state) in rows {
            states.entry(id).or_default().push(word(
                &state,
                DeliveryState::from_word,
                "deliveries.state",
            )?);
        }
        Ok(states)
    }
}

/// The condition that [`worst`] turns into `status`.
fn status_condition(status: EventStatus) -> &'static str {
    const DEAD: &str =
        "e.id IN (SELECT event_id FROM deliveries WHERE state = 'dead' AND replayed_as IS NULL)";
    match status {
        // Accepted events are not in the store yet.
        EventStatus::Accepted => "0",
        EventStatus::NotRouted => "e.status = 'not_routed'",
        EventStatus::Duplicate => "e.status = 'duplicate'",
        EventStatus::Dead => DEAD,
        EventStatus::Retrying => {
            "e.id IN (SELECT event_id FROM deliveries WHERE due_at IS NOT NULL AND state = 'retrying') \
             AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event_id = e.id AND d.state = 'dead' AND d.replayed_as IS NULL)"
        }
        EventStatus::Pending => {
            "e.id IN (SELECT event_id FROM deliveries WHERE due_at IS NOT NULL AND state = 'pending' \
             UNION SELECT event_id FROM deliveries WHERE lease_token IS NOT NULL) \
             AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event_id = e.id AND d.replayed_as IS NULL \
             AND d.state IN ('dead', 'retrying'))"
        }
        EventStatus::Delivered => {
            "e.status = 'routed' AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event_id = e.id \
             AND d.replayed_as IS NULL AND d.state <> 'delivered')"
        }
    }
}

/// What an event's deliveries say together, without those that were replayed: the worst one speaks.
pub(crate) fn worst(states: &[DeliveryState]) -> EventStatus {
    let has = |state| states.contains(&state);
    if has(DeliveryState::Dead) {
        EventStatus::Dead
    } else if has(DeliveryState::Retrying) {
        EventStatus::Retrying
    } else if has(DeliveryState::Pending) || has(DeliveryState::Leased) {
        EventStatus::Pending
    } else {
        EventStatus::Delivered
    }
}

fn summary(
    row: &SummaryRow,
    states: &HashMap<Vec<u8>, Vec<DeliveryState>>,
) -> Result<EventSummary, StoreError> {
    let status = match row.status.as_str() {
        "not_routed" => EventStatus::NotRouted,
        "duplicate" => EventStatus::Duplicate,
        _ => worst(states.get(&row.id).map_or(&[], Vec::as_slice)),
    };
    Ok(EventSummary {
        id: event_id(&row.id)?,
        received_at: from_micros(row.received_at),
        source: row.source.clone(),
        kind: word(&row.kind, EventKind::from_word, "events.kind")?,
        name: row.name.clone(),
        message_id: row.message_id.clone(),
        subject: row.subject.clone(),
        status,
    })
}

fn stored_delivery(row: DeliveryRow) -> Result<StoredDelivery, StoreError> {
    Ok(StoredDelivery {
        delivery: Delivery {
            id: DeliveryId(row.seq),
            event_id: event_id(&row.event_id)?,
            route: row.route,
            connection: row.connection,
            module: row.module,
            operation: operation(&row.operation)?,
            state: word(&row.state, DeliveryState::from_word, "deliveries.state")?,
            record: json(&row.record, "deliveries.record")?,
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            created_at: from_micros(row.created_at),
            due_at: row.due_at.map(from_micros),
            settled_at: row.settled_at.map(from_micros),
            record_id: row.record_id,
            action: row
                .action
                .map(|action| word(&action, Action::from_word, "deliveries.action"))
                .transpose()?,
            problem: row
                .problem
                .map(|problem| json(&problem, "deliveries.problem"))
                .transpose()?,
            replay_of: row.replay_of.map(DeliveryId),
            replayed_as: row.replayed_as.map(DeliveryId),
        },
        options: row.options,
        lane_id: row.lane_id,
    })
}

/// Reads a stored operation back.
pub(crate) fn operation(text: &str) -> Result<Operation, StoreError> {
    let from_word = |word: &str| {
        [Operation::Upsert, Operation::Insert]
            .into_iter()
            .find(|operation| operation.as_str() == word)
    };
    word(text, from_word, "lanes.operation")
}

fn event_id(bytes: &[u8]) -> Result<EventId, StoreError> {
    <[u8; 16]>::try_from(bytes)
        .map(EventId::from_bytes)
        .map_err(|_| StoreError::inconsistent("events.id", "not 16 bytes"))
}

fn word<T>(text: &str, read: impl Fn(&str) -> Option<T>, place: &str) -> Result<T, StoreError> {
    read(text).ok_or_else(|| StoreError::inconsistent(place, format!("{text:?} is not known")))
}

fn json<T: DeserializeOwned>(text: &str, place: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::inconsistent(place, error))
}
