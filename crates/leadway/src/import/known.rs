//! Which rows were known already. The gateway recognises repeats after it has stored them, so that is asked at the end.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::Context;
use leadway_engine::model::event::{EventStatus, EventSummary};
use leadway_engine::model::id::EventId;
use leadway_engine::model::page::{PAGE_ITEMS_MAX, Page};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::summary::Summary;
use crate::remote::{CallError, Remote, persist};

/// How long the gateway may take at least to look at all stored rows.
const PLANNING_PATIENCE: Duration = Duration::from_secs(60);
const INTERVAL: Duration = Duration::from_millis(200);

/// Asks the gateway about the events of one import.
pub(super) struct Inquiry<'a> {
    remote: &'a Remote,
    patience: Duration,
    /// The newest event from before the import; what it brings is newer.
    watermark: Option<EventId>,
}

impl<'a> Inquiry<'a> {
    /// Notes where the import begins.
    pub(super) async fn begin(remote: &'a Remote, patience: Duration) -> Result<Self, CallError> {
        let query = [("limit", Some("1".to_owned()))];
        let page: Page<EventSummary> = remote.get(&["events"], &query).await?;
        Ok(Self {
            remote,
            patience,
            watermark: page.items.first().map(|event| event.id),
        })
    }

    /// Counts rows that were known already, once the gateway has looked at all of them.
    pub(super) async fn settle(&self, summary: &mut Summary) -> anyhow::Result<()> {
        let since = Instant::now();
        while self.is_any_unplanned(summary).await? {
            anyhow::ensure!(
                since.elapsed() < self.patience.max(PLANNING_PATIENCE),
                "all rows are stored, but the gateway has not looked at each of them yet, so that the number of rows \
                 that were known already is not complete"
            );
            tokio::time::sleep(INTERVAL).await;
        }
        let mut known = HashSet::new();
        let mut pages = Pages::new(self, EventStatus::Duplicate);
        while let Some(ids) = pages.next().await? {
            for id in ids {
                match summary.events.get(&id) {
                    // Its batch was sent again; the first try may have got through, so that it repeats only ourselves.
                    Some(true) if self.is_our_own(id).await? => {}
                    Some(_) => {
                        known.insert(id);
                    }
                    None => {}
                }
            }
        }
        summary.already_known = known.len() as u64;
        Ok(())
    }

    async fn is_any_unplanned(&self, summary: &Summary) -> anyhow::Result<bool> {
        let mut pages = Pages::new(self, EventStatus::Accepted);
        while let Some(ids) = pages.next().await? {
            if ids.iter().any(|id| summary.events.contains_key(id)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a repeat's original came after the import began.
    async fn is_our_own(&self, id: EventId) -> anyhow::Result<bool> {
        #[derive(Deserialize)]
        struct Repeat {
            #[serde(default)]
            duplicate_of: Option<EventId>,
        }
        let repeat: Repeat = self.get(&["events", &id.to_string()], &[]).await?;
        Ok(repeat
            .duplicate_of
            .is_some_and(|original| self.is_newer(original)))
    }

    fn is_newer(&self, id: EventId) -> bool {
        self.watermark.is_none_or(|watermark| id > watermark)
    }

    /// Asks until the gateway answers: it may be restarting just now.
    async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, Option<String>)],
    ) -> anyhow::Result<T> {
        let asked = persist(self.patience, async || self.remote.get(path, query).await).await;
        Ok(asked
            .context("the gateway cannot be asked which rows were known already")?
            .answer)
    }
}

/// Pages of events of one status, newest first, down to where the import began.
struct Pages<'a> {
    inquiry: &'a Inquiry<'a>,
    status: EventStatus,
    cursor: Option<String>,
    is_done: bool,
}

impl<'a> Pages<'a> {
    fn new(inquiry: &'a Inquiry<'a>, status: EventStatus) -> Self {
        Self {
            inquiry,
            status,
            cursor: None,
            is_done: false,
        }
    }

    async fn next(&mut self) -> anyhow::Result<Option<Vec<EventId>>> {
        if self.is_done {
            return Ok(None);
        }
        let query = [
            ("status", Some(self.status.as_str().to_owned())),
            ("limit", Some(PAGE_ITEMS_MAX.to_string())),
            ("cursor", self.cursor.take()),
        ];
        let page: Page<EventSummary> = self.inquiry.get(&["events"], &query).await?;
        let ids: Vec<EventId> = page.items.iter().map(|event| event.id).collect();
        let has_reached_start = ids.last().is_some_and(|last| !self.inquiry.is_newer(*last));
        self.is_done = page.next_cursor.is_none() || has_reached_start;
        self.cursor = page.next_cursor;
        Ok(Some(ids))
    }
}
