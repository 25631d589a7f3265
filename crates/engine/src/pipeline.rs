//! THE FLOW of an event, top-down: accept → plan → lease → batch → send → settle.
//!
//! Guarantees: nothing accepted is lost; at least once towards Zoho; order kept per record key; and no blind second
//! insert: an upsert with a key repeats safely by its duplicate-check fields, while a record without one is looked
//! up before it is sent again.
//!
//! | From | Verb | To | When |
//! |---|---|---|---|
//! | (event) | plan | `pending` | a route matched |
//! | (event) | plan | `dead` | the mapping refused; the reason names field and rule |
//! | `pending`, `retrying` | lease | `leased` | `due_at` has passed and a permit is free |
//! | `leased` | settle | `delivered` | the row succeeded, or an earlier try of it is found to have got through |
//! | `leased` | settle | `retrying` | verdict Continue; `due_at` from the schedule |
//! | `leased` | settle | `pending` | no call could be made; no attempt is counted |
//! | `leased` | settle | `dead` | verdict Permanent or Exhausted, or the record does not fit the module |
//! | `leased` | rescue | `pending` | the lease ran out (crash, lost answer) |
//! | `delivered`, `dead` | replay | (new delivery) `pending` | a person asked; the old row stays as history |
//!
//! Errors are staged: *before* the call no attempt is counted; *the call* is an attempt with a verdict; *after* it,
//! recording the outcome is tried while the lease lasts; then the lease runs out and the rescuer repeats, which is why
//! a repeat is safe.

use std::sync::Arc;

use serde_json::value::RawValue;
use zoho::ErrorKind;

use crate::config::active::Active;
use crate::config::route::Decision;
use crate::connection::Connection;
use crate::connection::gate::Passage;
use crate::connection::notice;
use crate::core::{Core, PAUSE_AFTER_ERROR};
use crate::delivery::batch::{BATCH_ROWS_MAX, batches};
use crate::delivery::lane::Lane;
use crate::delivery::outcome::{self, Circumstances, stored};
use crate::delivery::send::{Sent, send};
use crate::engine::AcceptError;
use crate::intake::duplicates::{Duplicates, message_key};
use crate::intake::frame::{self, Frame};
use crate::intake::log::LogRow;
use crate::model::event::IncomingEvent;
use crate::model::id::EventId;
use crate::store::StoreError;
use crate::store::lease::LeasedRow;
use crate::store::plan::{NewDelivery, NewEvent, Plan, Unreadable};
use crate::store::settle::Settlement;

/// Events that are planned together.
const PLAN_EVENTS_MAX: i64 = 1_000;
/// How long a worker may take for a batch before somebody else may have it.
pub(crate) const LEASE_US: i64 = 5 * 60 * 1_000_000;
/// What a call may take of it at most, with the access token that it may need first.
const CALL_US_MAX: i64 = 150 * 1_000_000;

/// **Accept**: the events are on disk when this returns.
///
/// Transaction: one row of the intake log, shared with whatever arrived at the same time.
pub(crate) async fn accept(
    core: &Core,
    events: Vec<IncomingEvent>,
) -> Result<Vec<EventId>, AcceptError> {
    if core.is_stopping() {
        return Err(AcceptError::ShuttingDown);
    }
    let received_at = core.clock.now();
    let mut frames = Vec::with_capacity(
        events
            .iter()
            .map(|event| event.payload.get().len() + 400)
            .sum(),
    );
    let mut ids = Vec::with_capacity(events.len());
    for event in &events {
        let id = core.clock.next_event_id();
        frame::write(&mut frames, id, received_at, event);
        ids.push(id);
    }
    if core.is_forgetful {
        return Ok(ids);
    }
    core.log
        .append(events.len(), frames)
        .await
        .map_err(AcceptError::unavailable)?;
    Ok(ids)
}

/// **Plan**: events from the log become stored events with deliveries. Answers how many rows of the log it took.
///
/// Transaction: events, deliveries and how far the log is planned, together.
pub(crate) async fn plan(
    core: &Core,
    duplicates: &mut Duplicates,
    after: i64,
) -> Result<Option<i64>, StoreError> {
    let rows = core.log.rows_after(after, PLAN_EVENTS_MAX).await?;
    let Some(planned_through) = rows.last().map(|row| row.seq) else {
        return Ok(None);
    };
    let active = core.active();
    let mut plan = Plan {
        planned_through,
        ..Plan::default()
    };
    for row in rows {
        match read(&row) {
            Ok(events) => events
                .into_iter()
                .for_each(|event| plan_event(&active, duplicates, event, &mut plan)),
            Err(reason) => {
                tracing::error!(
                    log_seq = row.seq,
                    reason,
                    "a row of the intake log cannot be read; it is set aside"
                );
                plan.unreadable.push(Unreadable {
                    log_seq: row.seq,
                    reason,
                    frames: row.frames,
                });
            }
        }
    }
    if let Err(error) = core.store.record_plan(&plan, core.clock.now_us()).await {
        for event in plan.events.iter().rev() {
            duplicates.forget(&event.message_key, event.id);
        }
        return Err(error);
    }
    core.log.planned(planned_through);
    core.changed();
    Ok(Some(planned_through))
}

fn read(row: &LogRow) -> Result<Vec<(Frame, Box<RawValue>)>, String> {
    let with_payload = |frame: Frame| {
        let payload =
            RawValue::from_string(frame.payload.clone()).map_err(|error| error.to_string())?;
        Ok((frame, payload))
    };
    frame::read_all(&row.frames)?
        .into_iter()
        .map(with_payload)
        .collect()
}

fn plan_event(
    active: &Active,
    duplicates: &mut Duplicates,
    (frame, payload): (Frame, Box<RawValue>),
    plan: &mut Plan,
) {
    let message_key = message_key(&frame.source, &frame.message_id);
    let duplicate_of = duplicates.first_of(message_key, frame.id);
    let mut decisions: Vec<Decision> = Vec::new();
    if duplicate_of.is_none() {
        for route in &active.routes {
            let decision = route.decide(&frame);
            if decision.matched {
                let planned = route.plan(&payload);
                plan.deliveries.push(NewDelivery {
                    event_id: frame.id,
                    route: route.config.name.clone(),
                    lane_id: route.lane_id,
                    order_key: planned.order_key,
                    record: planned.record.get().to_owned(),
                    problem: planned.problem.as_ref().map(stored),
                });
            }
            decisions.push(decision);
        }
    }
    let status = match duplicate_of {
        Some(_) => "duplicate",
        None if decisions.iter().any(|decision| decision.matched) => "routed",
        None => "not_routed",
    };
    plan.events.push(NewEvent::new(
        frame,
        message_key,
        status,
        duplicate_of,
        &decisions,
    ));
}

/// **Lease** and **batch**: claims what is due in a lane, at most what can start at once, and starts it.
/// Answers when the lane's next delivery is due.
///
/// Transaction: the claim.
pub(crate) async fn lease(
    core: &Arc<Core>,
    lane: &Arc<Lane>,
    connection: &Arc<Connection>,
) -> Result<Option<i64>, StoreError> {
    let now = core.clock.now_us();
    let permits = match connection.gate.passage(now) {
        Passage::Open => connection.permits.available_permits(),
        Passage::Probe => usize::from(connection.has_all_permits()),
        Passage::Closed(_) => 0,
    };
    if permits == 0 {
        return Ok(Some(now));
    }
    let (token, expires_at) = (core.next_lease_token(), now + LEASE_US);
    let (rows, next_due_at) = core
        .store
        .lease(lane.id, token, now, expires_at, permits * BATCH_ROWS_MAX)
        .await?;
    for batch in batches(rows) {
        let (core, lane, connection) = (core.clone(), lane.clone(), connection.clone());
        // Rows that go alone can make more batches than there are permits; those wait for theirs.
        let permit = connection.permits.clone().try_acquire_owned().ok();
        core.tasks.clone().spawn(async move {
            let permit = match permit {
                Some(permit) => Ok(permit),
                None => connection.permits.clone().acquire_owned().await,
            };
            let Ok(_permit) = permit else { return };
            let lease = (token, expires_at);
            deliver(&core, &lane, &connection, lease, batch).await;
            core.wake.notify_one();
        });
    }
    Ok(next_due_at)
}

/// **Send** and **settle**: one call, an outcome for each row, and each delivery's next state.
///
/// Transaction: the batch, its attempts and the deliveries, together.
async fn deliver(
    core: &Core,
    lane: &Lane,
    connection: &Connection,
    (token, expires_at): (i64, i64),
    rows: Vec<LeasedRow>,
) {
    let started_at = core.clock.now_us();
    let Sent {
        call,
        fates,
        connection: heard,
    } = send(
        &core.store,
        &core.clock,
        lane,
        connection,
        &rows,
        expires_at - CALL_US_MAX,
    )
    .await;
    let now = core.clock.now_us();
    let gate_opens_at = match heard {
        None => None,
        Some(Ok(())) => {
            if connection.gate.open() {
                notice::has_consent_again(core, connection).await;
            }
            None
        }
        // What Zoho refuses for its content says nothing about the connection; a refused token does.
        Some(Err(error)) if !error.is_transient() && error.kind() != ErrorKind::Token => None,
        // Somebody has connected it anew meanwhile, which ends the tokens of before.
        Some(Err(_)) if !core.is_current(connection) => None,
        Some(Err(error)) => {
            tracing::warn!(connection = connection.config.name, module = lane.module, %error, "a call to Zoho failed");
            let closed = connection.gate.close(&error, now);
            if closed.has_lost_consent {
                notice::needs_consent(core, connection, &error).await;
            }
            Some(closed.until)
        }
    };
    let circumstances = Circumstances {
        lane,
        rows: rows.len(),
        started_at,
        now,
        gate_opens_at,
    };
    let settled: Vec<_> = rows
        .iter()
        .zip(fates)
        .map(|(row, fate)| outcome::settle(row, fate, &circumstances))
        .collect();
    let settlement = Settlement {
        lease_token: token,
        batch: call,
        rows: settled,
    };
    record(core, settlement, expires_at).await;
    core.changed();
}

/// Records what became of a call, and keeps trying while the lease lasts: what is not recorded is sent again.
async fn record(core: &Core, settlement: Settlement, expires_at: i64) {
    while let Err(error) = core.store.settle(settlement.clone()).await {
        if core.is_stopping() || core.clock.now_us() >= expires_at {
            tracing::error!(%error, "an outcome could not be recorded; its lease runs out and it is repeated");
            return;
        }
        tracing::warn!(%error, "an outcome could not be recorded yet");
        core.pause(PAUSE_AFTER_ERROR).await;
    }
}
