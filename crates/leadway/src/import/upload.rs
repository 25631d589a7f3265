//! Sends batches, a few at a time, again while the gateway is away, and gathers what became of each row.

use std::collections::{HashMap, HashSet};

use futures_util::stream::{FuturesUnordered, StreamExt};
use leadway_engine::model::id::EventId;
use tokio::sync::mpsc::Receiver;

use super::ImportPlan;
use super::batch::Batch;
use super::progress::Progress;
use super::refusals::Refusals;
use super::summary::Summary;
use crate::remote::{CallError, Persisted, Remote, Uploaded, persist};

/// Requests in flight. More would not make the gateway's disk faster.
const IN_FLIGHT_MAX: usize = 4;

/// An import under way.
pub(super) struct Upload<'a> {
    remote: &'a Remote,
    plan: &'a ImportPlan,
    progress: &'a Progress,
    refusals: Refusals,
    rows: u64,
    empty_rows: u64,
    stored: u64,
    events: HashMap<EventId, bool>,
}

/// A batch that came back.
struct Sent {
    batch: Batch,
    outcome: Result<Persisted<Uploaded>, CallError>,
}

impl<'a> Upload<'a> {
    pub(super) fn new(
        remote: &'a Remote,
        plan: &'a ImportPlan,
        refusals: Refusals,
        progress: &'a Progress,
    ) -> Self {
        Self {
            remote,
            plan,
            progress,
            refusals,
            rows: 0,
            empty_rows: 0,
            stored: 0,
            events: HashMap::new(),
        }
    }

    /// Sends until no more batches come or one cannot be sent; those in flight are waited for in any case.
    pub(super) async fn run(&mut self, mut batches: Receiver<Batch>) -> anyhow::Result<()> {
        let mut in_flight = FuturesUnordered::new();
        let mut people_in_flight: HashSet<String> = HashSet::new();
        let mut ending = Ok(());
        while let Some(batch) = batches.recv().await {
            let keys = batch.keys();
            // Two rows about one person must arrive in the order of the file, so the second waits for the first.
            while in_flight.len() >= IN_FLIGHT_MAX
                || (!in_flight.is_empty() && !people_in_flight.is_disjoint(&keys))
            {
                let Some(sent) = in_flight.next().await else {
                    break;
                };
                ending = ending.and(self.settle(sent, &mut people_in_flight));
            }
            if ending.is_err() {
                break;
            }
            people_in_flight.extend(keys);
            in_flight.push(send(self.remote, self.plan, batch));
        }
        while let Some(sent) = in_flight.next().await {
            ending = ending.and(self.settle(sent, &mut people_in_flight));
        }
        ending
    }

    fn settle(&mut self, sent: Sent, people_in_flight: &mut HashSet<String>) -> anyhow::Result<()> {
        let Sent { batch, outcome } = sent;
        for key in batch.keys() {
            people_in_flight.remove(&key);
        }
        self.empty_rows += batch.empty_rows;
        let Persisted {
            answer,
            was_repeated,
        } = outcome?;
        anyhow::ensure!(
            answer.results.len() == batch.rows.len(),
            "the gateway answered {} results to {} rows; is it of another version?",
            answer.results.len(),
            batch.rows.len()
        );
        self.rows += (batch.rows.len() + batch.unreadable.len()) as u64;
        for row in batch.unreadable {
            self.refusals.add(row.line, row.cells, row.error)?;
        }
        for (row, result) in batch.rows.into_iter().zip(answer.results) {
            match result.error {
                Some(error) => self.refusals.add(row.line, row.cells, error)?,
                None => {
                    self.stored += 1;
                    self.events.extend(result.id.map(|id| (id, was_repeated)));
                }
            }
        }
        self.progress
            .advance(batch.file_bytes, self.stored, self.refusals.count());
        Ok(())
    }

    pub(super) fn into_summary(mut self, plan: &ImportPlan) -> anyhow::Result<Summary> {
        self.refusals.flush()?;
        Ok(Summary {
            file: plan.file.display().to_string(),
            route: plan.route.clone(),
            is_dry_run: plan.is_dry_run,
            is_complete: false,
            rows: self.rows,
            empty_rows: self.empty_rows,
            stored: self.stored,
            already_known: 0,
            events: self.events,
            refusals: self.refusals,
        })
    }
}

async fn send(remote: &Remote, plan: &ImportPlan, batch: Batch) -> Sent {
    if batch.rows.is_empty() {
        let answer = Uploaded {
            results: Vec::new(),
        };
        return Sent {
            batch,
            outcome: Ok(Persisted {
                answer,
                was_repeated: false,
            }),
        };
    }
    let body = batch.body();
    let path = [
        "routes",
        &plan.route,
        if plan.is_dry_run { "check" } else { "events" },
    ];
    let outcome = persist(plan.patience, async || {
        Uploaded::of(
            remote.post_json(&path, body.clone()).await,
            batch.rows.len(),
        )
    })
    .await;
    Sent { batch, outcome }
}
