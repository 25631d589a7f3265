//! Replaying: new deliveries because a person asked. What they repeat stays as history.

use serde_json::{Map, Value};

use crate::config::route::ActiveRoute;
use crate::delivery::key::order_key;
use crate::delivery::lane::LaneOptions;
use crate::delivery::outcome::stored;
use crate::engine::Engine;
use crate::intake::frame::Frame;
use crate::mapping::mend;
use crate::model::delivery::{DeliveryQuery, DeliveryState};
use crate::model::id::{DeliveryId, EventId};
use crate::model::page::PAGE_ITEMS_MAX;
use crate::store::StoreError;
use crate::store::look::StoredEvent;
use crate::store::plan::NewDelivery;

/// Changes to a record before it is sent again.
#[derive(Debug, Clone, Default)]
pub struct Mend {
    /// Fields to set, by API name.
    pub set: Map<String, Value>,
    /// Fields to leave out.
    pub unset: Vec<String>,
}

/// Why nothing was replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// There is nothing of that id.
    #[error("there is no such event or delivery")]
    NotFound,
    /// It is still on its way.
    #[error("the delivery is {}; only what is delivered or dead can be replayed", .0.as_str())]
    NotSettled(DeliveryState),
    /// Somebody was quicker.
    #[error("it was replayed already, as {0}")]
    AlreadyReplayed(DeliveryId),
    /// By today's routes the event leads nowhere.
    #[error("no route wants this event now: {0}")]
    NotRouted(String),
    /// The event is a repeat of another.
    #[error("the event is a duplicate of {0}; replay that one")]
    Duplicate(EventId),
    /// A change to the record is not possible.
    #[error("{0}")]
    InvalidField(String),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Repeats one delivery, with changes to its record where wanted.
    ///
    /// # Errors
    /// [`ReplayError`]; nothing has changed then.
    pub async fn replay_delivery(
        &self,
        id: DeliveryId,
        changes: &Mend,
    ) -> Result<DeliveryId, ReplayError> {
        let old = self
            .core
            .store
            .delivery(id)
            .await?
            .ok_or(ReplayError::NotFound)?;
        let delivery = &old.delivery;
        if !matches!(
            delivery.state,
            DeliveryState::Delivered | DeliveryState::Dead
        ) {
            return Err(ReplayError::NotSettled(delivery.state));
        }
        if let Some(newer) = delivery.replayed_as {
            return Err(ReplayError::AlreadyReplayed(newer));
        }
        let record = mend(&delivery.record, &changes.set, &changes.unset)
            .map_err(|error| ReplayError::InvalidField(error.to_string()))?;
        let options: LaneOptions = serde_json::from_str(&old.options)
            .map_err(|error| StoreError::inconsistent("lanes.options", error))?;
        let new = NewDelivery {
            event_id: delivery.event_id,
            route: delivery.route.clone(),
            lane_id: old.lane_id,
            order_key: order_key(
                &delivery.connection,
                &delivery.module,
                delivery.operation,
                &options,
                &record,
            ),
            record: record.get().to_owned(),
            problem: None,
        };
        let replayed = self
            .core
            .store
            .replay(id, new, self.core.clock.now_us())
            .await?;
        self.core.changed();
        self.core.wake.notify_one();
        match replayed {
            Some(new) => Ok(new),
            None => match self
                .core
                .store
                .delivery(id)
                .await?
                .and_then(|now| now.delivery.replayed_as)
            {
                Some(newer) => Err(ReplayError::AlreadyReplayed(newer)),
                None => Err(ReplayError::NotFound),
            },
        }
    }

    /// Plans an event anew, by the routes and mappings of today. Its earlier dead letters count as replayed.
    ///
    /// # Errors
    /// [`ReplayError`]; nothing has changed then.
    pub async fn replay_event(&self, id: EventId) -> Result<Vec<DeliveryId>, ReplayError> {
        let event = self
            .core
            .store
            .event(id)
            .await?
            .ok_or(ReplayError::NotFound)?;
        if let Some(first) = event.duplicate_of {
            return Err(ReplayError::Duplicate(first));
        }
        let active = self.core.active();
        let frame = frame_of(&event);
        let mut reasons = Vec::new();
        let mut new: Vec<NewDelivery> = Vec::new();
        for route in &active.routes {
            let decision = route.decide(&frame);
            if decision.matched {
                new.push(planned(route, &event));
            } else {
                reasons.push(format!("{} {}", decision.route, decision.reason));
            }
        }
        if new.is_empty() {
            return Err(ReplayError::NotRouted(reasons.join("; ")));
        }
        let before = self.core.store.deliveries_of(id).await?;
        if let Some(open) = before.iter().find(|old| old.delivery.settled_at.is_none()) {
            return Err(ReplayError::NotSettled(open.delivery.state));
        }
        let now = self.core.clock.now_us();
        let mut ids = Vec::new();
        let mut fresh = Vec::new();
        for delivery in new {
            let old = before.iter().rev().find(|old| {
                old.delivery.route == delivery.route && old.delivery.replayed_as.is_none()
            });
            match old {
                Some(old) => ids.extend(
                    self.core
                        .store
                        .replay(old.delivery.id, delivery, now)
                        .await?,
                ),
                None => fresh.push(delivery),
            }
        }
        ids.extend(self.core.store.add_deliveries(&fresh, now).await?);
        self.core.changed();
        self.core.wake.notify_one();
        Ok(ids)
    }

    /// Repeats all dead letters that match, as they are. Answers how many.
    ///
    /// # Errors
    /// When the store cannot be read or written; some may have been replayed by then.
    pub async fn replay_dead_letters(&self, query: &DeliveryQuery) -> Result<u64, ReplayError> {
        let mut replayed = 0;
        let mut before = None;
        loop {
            let query = DeliveryQuery {
                state: Some(DeliveryState::Dead),
                without_replayed: true,
                items_max: PAGE_ITEMS_MAX,
                ..query.clone()
            };
            let page = self.core.store.deliveries(&query, before).await?;
            for delivery in &page.items {
                match self.replay_delivery(delivery.id, &Mend::default()).await {
                    Ok(_) => replayed += 1,
                    Err(ReplayError::AlreadyReplayed(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            match page.items.last() {
                Some(last) if page.next_cursor.is_some() => before = Some(last.id.0),
                _ => return Ok(replayed),
            }
        }
    }
}

fn planned(route: &ActiveRoute, event: &StoredEvent) -> NewDelivery {
    let planned = route.plan(&event.payload);
    NewDelivery {
        event_id: event.summary.id,
        route: route.config.name.clone(),
        lane_id: route.lane_id,
        order_key: planned.order_key,
        record: planned.record.get().to_owned(),
        problem: planned.problem.as_ref().map(stored),
    }
}

fn frame_of(event: &StoredEvent) -> Frame {
    Frame {
        id: event.summary.id,
        received_at: event.summary.received_at.as_microsecond(),
        occurred_at: event.occurred_at,
        source: event.summary.source.clone(),
        kind: event.summary.kind,
        name: event.summary.name.clone(),
        message_id: event.summary.message_id.clone(),
        subject: event.summary.subject.clone(),
        arrival: event.arrival.clone(),
        payload: event.payload.get().to_owned(),
    }
}
