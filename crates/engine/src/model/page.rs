//! A page of a listing, newest first, with the cursor where the next one continues.

use serde::{Deserialize, Serialize};

/// The most items one page may hold.
pub const PAGE_ITEMS_MAX: usize = 200;

/// One page of a listing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items, newest first.
    pub items: Vec<T>,
    /// Give this as `cursor` to read on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_cursor: Option<String>,
}
