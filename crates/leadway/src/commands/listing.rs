//! Lists that come in pages: how much of them is wanted, and fetching it.

use clap::Args;
use leadway_engine::model::page::{PAGE_ITEMS_MAX, Page};
use serde_json::Value;

use crate::remote::Remote;

/// How much of a list is wanted, and where to begin.
#[derive(Args)]
pub(crate) struct PageArgs {
    /// How many at most, newest first
    #[arg(long, value_name = "N", default_value = "50", value_parser = at_least_one)]
    pub(crate) limit: usize,

    /// Where to continue: what the page before gave
    #[arg(long, value_name = "CURSOR")]
    pub(crate) cursor: Option<String>,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|count| *count > 0)
        .ok_or_else(|| "use a number from 1 on".to_owned())
}

/// Fetches pages until there are `limit` items or no more.
pub(crate) async fn fetch(
    remote: &Remote,
    path: &[&str],
    filters: &[(&str, Option<String>)],
    pages: &PageArgs,
) -> anyhow::Result<Page<Value>> {
    let mut all = Page {
        items: Vec::new(),
        next_cursor: pages.cursor.clone(),
    };
    loop {
        let missing = pages.limit.saturating_sub(all.items.len());
        let mut query = filters.to_vec();
        query.push(("limit", Some(missing.min(PAGE_ITEMS_MAX).to_string())));
        query.push(("cursor", all.next_cursor.take()));
        let page: Page<Value> = remote.get(path, &query).await?;
        all.items.extend(page.items);
        all.next_cursor = page.next_cursor;
        if all.next_cursor.is_none() || all.items.len() >= pages.limit {
            return Ok(all);
        }
    }
}

/// Tells people, not programs, how to see more.
pub(crate) fn hint(page: &Page<Value>) {
    if let Some(cursor) = &page.next_cursor {
        eprintln!("There is more: --cursor {cursor}");
    }
}
