//! Looking: lists, one event's whole life, the overview, health.

use serde::Serialize;

use crate::clock::from_micros;
use crate::config::active::compile;
use crate::config::route::Decision;
use crate::delivery::lane::{LaneOptions, request};
use crate::engine::Engine;
use crate::intake::frame::{self, Frame};
use crate::mapping::{CompiledMapping, LEAD_CAPTURE, lead_capture_mapping};
use crate::model::delivery::{Delivery, DeliveryQuery, DeliveryState};
use crate::model::event::{EventQuery, EventStatus, EventSummary};
use crate::model::id::{DeliveryId, EventId};
use crate::model::life::{DeliveryLife, EventLife, RouteDecision};
use crate::model::page::Page;
use crate::model::status::{ConnectionStatus, Overview};
use crate::store::StoreError;
use crate::store::look::{StoredDelivery, StoredEvent, worst};

/// Events of the intake log that are searched for one that is not planned yet.
const UNPLANNED_EVENTS_MAX: i64 = 5_000;
const DAY_US: i64 = 24 * 3_600 * 1_000_000;

/// Why a list was not given.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The cursor is none of this list's.
    #[error("{0:?} is no cursor of this list; give next_cursor of the page before, as it came")]
    Cursor(String),
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether the gateway can do its work.
#[derive(Debug, Clone, Serialize)]
pub struct Health {
    /// Whether events can be accepted and delivered.
    pub is_ready: bool,
    /// What stands in the way, in sentences.
    pub problems: Vec<String>,
}

impl Engine {
    /// Everything about one event; `None` when there is none of this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn event(&self, id: EventId) -> Result<Option<EventLife>, StoreError> {
        if let Some(event) = self.core.store.event(id).await? {
            return self.life(event).await.map(Some);
        }
        if let Some(frame) = self
            .unplanned()
            .await?
            .into_iter()
            .find(|frame| frame.id == id)
        {
            return unplanned_life(frame).map(Some);
        }
        // It may have been planned between the two looks.
        match self.core.store.event(id).await? {
            Some(event) => self.life(event).await.map(Some),
            None => Ok(None),
        }
    }

    /// A page of events, newest first. Events that are not planned yet stand on the first page.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn events(&self, query: &EventQuery) -> Result<Page<EventSummary>, QueryError> {
        let before = cursor(query.cursor.as_deref())?;
        if query.status == Some(EventStatus::Accepted) {
            let mut items: Vec<EventSummary> =
                self.unplanned().await?.iter().map(Frame::summary).collect();
            items.reverse();
            items.truncate(query.items_max);
            return Ok(Page {
                items,
                next_cursor: None,
            });
        }
        Ok(self.core.store.events(query, before).await?)
    }

    /// A delivery with its request and tries; `None` when there is none of this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn delivery(&self, id: DeliveryId) -> Result<Option<DeliveryLife>, StoreError> {
        match self.core.store.delivery(id).await? {
            Some(stored) => self.delivery_life(stored).await.map(Some),
            None => Ok(None),
        }
    }

    /// A page of deliveries, newest first.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn deliveries(&self, query: &DeliveryQuery) -> Result<Page<Delivery>, QueryError> {
        let before = cursor(query.cursor.as_deref())?;
        Ok(self.core.store.deliveries(query, before).await?)
    }

    /// Counts, and the state of each connection.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn overview(&self) -> Result<Overview, StoreError> {
        // In the order in which events travel, so that one that is planned meanwhile is counted twice rather than never.
        let planned_through = self.core.store.planned_through().await?;
        let unplanned_events = self.core.log.events_after(planned_through).await?;
        let counts = self.core.store.counts().await?;
        let tallies = self
            .core
            .store
            .tallies(self.core.clock.now_us() - DAY_US)
            .await?;
        let whole = |count: i64| u64::try_from(count).unwrap_or(0);
        let tally = |name: &str| whole(tallies.get(name).copied().unwrap_or(0));
        let connections = self.statuses(&tallies).await?;
        Ok(Overview {
            events_24h: tally("events"),
            unplanned_events: whole(unplanned_events),
            pending_deliveries: whole(counts.waiting + counts.leased),
            retrying_deliveries: whole(counts.retrying),
            delivered_24h: tally("delivered"),
            dead_letters: whole(counts.dead),
            credits_24h: connections
                .iter()
                .map(|connection| connection.credits_24h)
                .sum(),
            oldest_unsettled_at: counts.oldest_unsettled_at.map(from_micros),
            connections,
        })
    }

    /// Each connection's state.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn connections(&self) -> Result<Vec<ConnectionStatus>, StoreError> {
        let tallies = self
            .core
            .store
            .tallies(self.core.clock.now_us() - DAY_US)
            .await?;
        self.statuses(&tallies).await
    }

    /// Whether events can be accepted and stored.
    pub async fn health(&self) -> Health {
        let mut problems = Vec::new();
        if self.core.is_stopping() {
            problems.push("the gateway is stopping".to_owned());
        }
        if let Err(error) = self.core.store.planned_through().await {
            problems.push(error.to_string());
        }
        if let Err(error) = self.core.log.events_after(i64::MAX).await {
            problems.push(format!("the intake log: {error}"));
        }
        if let Some(reason) = self.core.log.failure() {
            problems.push(format!("the last event could not be stored: {reason}"));
        }
        Health {
            is_ready: problems.is_empty(),
            problems,
        }
    }

    async fn life(&self, event: StoredEvent) -> Result<EventLife, StoreError> {
        let decisions: Vec<Decision> = serde_json::from_str(&event.decisions)
            .map_err(|error| StoreError::inconsistent("events.decisions", error))?;
        let mut explained = Vec::with_capacity(decisions.len());
        for decision in decisions {
            explained.push(self.explained(decision, &event.payload).await?);
        }
        let stored = self.core.store.deliveries_of(event.summary.id).await?;
        let mut summary = event.summary;
        if !stored.is_empty() {
            // They may have moved on since the event was read; a reader must not find two answers on one page.
            let last = stored
                .iter()
                .filter(|stored| stored.delivery.replayed_as.is_none());
            let states: Vec<DeliveryState> = last.map(|stored| stored.delivery.state).collect();
            summary.status = worst(&states);
        }
        let mut deliveries = Vec::new();
        for stored in stored {
            deliveries.push(self.delivery_life(stored).await?);
        }
        Ok(EventLife {
            summary,
            occurred_at: from_micros(event.occurred_at),
            arrival: event.arrival,
            payload: event.payload,
            duplicate_of: event.duplicate_of,
            decisions: explained,
            deliveries,
        })
    }

    /// A decision with the mapping's steps, by the version that was applied then.
    async fn explained(
        &self,
        decision: Decision,
        payload: &serde_json::value::RawValue,
    ) -> Result<RouteDecision, StoreError> {
        let mapping = match (&decision.mapping, decision.mapping_version) {
            (Some(name), Some(version)) => match self.mapping(name, version).await? {
                Some(mapping) => mapping.explain(payload).steps,
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        Ok(RouteDecision {
            route: decision.route,
            is_matched: decision.matched,
            reason: decision.reason,
            consent: decision.consent,
            mapping_version: decision.mapping_version,
            mapping,
        })
    }

    async fn mapping(
        &self,
        name: &str,
        version: i64,
    ) -> Result<Option<CompiledMapping>, StoreError> {
        if version == 0 {
            return (name == LEAD_CAPTURE)
                .then(|| compile(&lead_capture_mapping()))
                .transpose();
        }
        let Some(document) = self
            .core
            .store
            .config_version("mapping", name, version)
            .await?
        else {
            return Ok(None);
        };
        let config = serde_json::from_str(&document).map_err(|error| {
            StoreError::inconsistent(format!("config_items mapping/{name}"), error)
        })?;
        compile(&config).map(Some)
    }

    async fn delivery_life(&self, stored: StoredDelivery) -> Result<DeliveryLife, StoreError> {
        let options: LaneOptions = serde_json::from_str(&stored.options)
            .map_err(|error| StoreError::inconsistent("lanes.options", error))?;
        let delivery = stored.delivery;
        Ok(DeliveryLife {
            request: request(
                &delivery.module,
                delivery.operation,
                &options,
                &delivery.record,
            ),
            tries: self.core.store.attempts(delivery.id).await?,
            delivery,
        })
    }

    /// Events that are accepted but not planned yet, as far as they are worth a look.
    async fn unplanned(&self) -> Result<Vec<Frame>, StoreError> {
        let after = self.core.store.planned_through().await?;
        let rows = self
            .core
            .log
            .rows_after(after, UNPLANNED_EVENTS_MAX)
            .await?;
        Ok(rows
            .iter()
            .filter_map(|row| frame::read_all(&row.frames).ok())
            .flatten()
            .collect())
    }
}

fn unplanned_life(frame: Frame) -> Result<EventLife, StoreError> {
    let payload = serde_json::value::RawValue::from_string(frame.payload.clone())
        .map_err(|error| StoreError::inconsistent("log.frames", error))?;
    Ok(EventLife {
        summary: frame.summary(),
        occurred_at: from_micros(frame.occurred_at),
        arrival: frame.arrival,
        payload,
        duplicate_of: None,
        decisions: Vec::new(),
        deliveries: Vec::new(),
    })
}

fn cursor(cursor: Option<&str>) -> Result<Option<i64>, QueryError> {
    cursor
        .map(|text| {
            text.parse()
                .map_err(|_| QueryError::Cursor(text.chars().take(80).collect()))
        })
        .transpose()
}
