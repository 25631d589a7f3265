//! Which rows were known already. The gateway recognises repeats after it has stored them, so that is asked at the end.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::Context;
use leadway_engine::model::event::{EventStatus, EventSummary};
use leadway_engine::model::id::EventId;
use leadway_engine::model::page::{PAGE_ITEMS_MAX, Page};
use serde::Deserialize;
use tokio::time::Instant;

use super::summary::Summary;
use crate::remote::{CallError, Remote};

/// How long the gateway may take to look at all stored rows.
const PATIENCE: Duration = Duration::from_secs(60);
const INTERVAL: Duration = Duration::from_millis(200);

/// The newest event that the gateway has; what an import brings is newer.
pub(super) async fn newest_event(remote: &Remote) -> Result<Option<EventId>, CallError> {
    let page: Page<EventSummary> = remote
        .get(&["events"], &[("limit", Some("1".to_owned()))])
        .await?;
    Ok(page.items.first().map(|event| event.id))
}

/// Counts rows that were known already, once the gateway has looked at all of them.
pub(super) async fn settle(
    remote: &Remote,
    watermark: Option<&EventId>,
    summary: &mut Summary,
) -> anyhow::Result<()> {
    let since = Instant::now();
    while is_any_unplanned(remote, watermark, summary).await? {
        anyhow::ensure!(
            since.elapsed() < PATIENCE,
            "all rows are stored, but the gateway has not looked at each of them yet, so that the number of rows that \
             were known already is not complete"
        );
        tokio::time::sleep(INTERVAL).await;
    }
    let mut known = HashSet::new();
    let mut pages = Pages::new(remote, EventStatus::Duplicate, watermark);
    while let Some(ids) = pages.next().await? {
        for id in ids {
            match summary.events.get(&id) {
                // Its batch was sent again; the first try may have got through, so that it repeats only ourselves.
                Some(true) if is_our_own(remote, id, watermark).await? => {}
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

async fn is_any_unplanned(
    remote: &Remote,
    watermark: Option<&EventId>,
    summary: &Summary,
) -> anyhow::Result<bool> {
    let mut pages = Pages::new(remote, EventStatus::Accepted, watermark);
    while let Some(ids) = pages.next().await? {
        if ids.iter().any(|id| summary.events.contains_key(id)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a repeat's original came after the import began.
async fn is_our_own(
    remote: &Remote,
    id: EventId,
    watermark: Option<&EventId>,
) -> anyhow::Result<bool> {
    #[derive(Deserialize)]
    struct Original {
        #[serde(default)]
        duplicate_of: Option<EventId>,
    }
    let event: Original = remote.get(&["events", &id.to_string()], &[]).await?;
    Ok(event
        .duplicate_of
        .is_some_and(|original| watermark.is_none_or(|watermark| original > *watermark)))
}

/// Pages of events of one status, newest first, down to where the import began.
struct Pages<'a> {
    remote: &'a Remote,
    status: EventStatus,
    watermark: Option<&'a EventId>,
    cursor: Option<String>,
    is_done: bool,
}

impl<'a> Pages<'a> {
    fn new(remote: &'a Remote, status: EventStatus, watermark: Option<&'a EventId>) -> Self {
        Self {
            remote,
            status,
            watermark,
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
        let page: Page<EventSummary> = self
            .remote
            .get(&["events"], &query)
            .await
            .context("the gateway cannot be asked about the rows")?;
        let ids: Vec<EventId> = page.items.iter().map(|event| event.id).collect();
        let has_reached_start = ids
            .last()
            .is_some_and(|last| self.watermark.is_some_and(|start| last <= start));
        self.is_done = page.next_cursor.is_none() || has_reached_start;
        self.cursor = page.next_cursor;
        Ok(Some(ids))
    }
}
