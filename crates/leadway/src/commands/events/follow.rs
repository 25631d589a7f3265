//! A list of events that goes on: each event when it comes, and again when its status changes.

use std::collections::HashMap;
use std::time::Duration;

use leadway_engine::model::event::{EventStatus, EventSummary};
use leadway_engine::model::id::EventId;
use leadway_engine::model::page::PAGE_ITEMS_MAX;
use serde_json::Value;

use super::super::listing::{self, PageArgs};
use crate::remote::Remote;
use crate::render;

const INTERVAL: Duration = Duration::from_secs(1);

/// Shows `present`, oldest first, then what the newest page brings, until the process is ended.
pub(super) async fn run(
    remote: &Remote,
    filters: &[(&str, Option<String>)],
    present: Vec<Value>,
    is_json: bool,
) -> anyhow::Result<()> {
    let mut shown = Shown::default();
    let pages = PageArgs {
        limit: PAGE_ITEMS_MAX,
        cursor: None,
    };
    let mut items = present;
    loop {
        for item in shown.news(items)? {
            let text = if is_json {
                format!("{item}\n")
            } else {
                let mut line = super::table();
                line.row(super::cells(&serde_json::from_value(item)?));
                line.plain_rows()
            };
            render::print(&text)?;
        }
        tokio::time::sleep(INTERVAL).await;
        items = listing::fetch(remote, &["events"], filters, &pages)
            .await?
            .items;
    }
}

/// The status of each event as last shown; only of events that the last page held, so it stays small.
#[derive(Default)]
struct Shown(HashMap<EventId, EventStatus>);

impl Shown {
    /// The items of a page that are new or have changed, oldest first.
    fn news(&mut self, page: Vec<Value>) -> anyhow::Result<Vec<Value>> {
        let mut now = HashMap::with_capacity(page.len());
        let mut news = Vec::new();
        for item in page.into_iter().rev() {
            let event: EventSummary = serde_json::from_value(item.clone())?;
            now.insert(event.id, event.status);
            if self.0.get(&event.id) != Some(&event.status) {
                news.push(item);
            }
        }
        self.0 = now;
        Ok(news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn item(id: char, status: &str) -> Value {
        json!({
            "id": format!("evt_01kb0w6v3ve2s8j4x9n7q5m2t{id}"), "received_at": "2026-11-23T10:00:00Z", "source": "web",
            "kind": "identify", "message_id": "m", "status": status
        })
    }

    #[test]
    fn only_what_is_new_or_changed_is_shown() {
        let mut shown = Shown::default();
        let first = shown
            .news(vec![item('b', "accepted"), item('a', "accepted")])
            .unwrap();
        assert_eq!(first, [item('a', "accepted"), item('b', "accepted")]);
        let second = shown
            .news(vec![
                item('c', "accepted"),
                item('b', "delivered"),
                item('a', "accepted"),
            ])
            .unwrap();
        assert_eq!(second, [item('b', "delivered"), item('c', "accepted")]);
    }
}
