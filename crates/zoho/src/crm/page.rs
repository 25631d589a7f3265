//! One page of a listing.

use serde::{Deserialize, Serialize};

use super::lenient;

/// The records of one page, and what Zoho tells of the listing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page<T> {
    /// The records; none if nothing was found.
    pub records: Vec<T>,
    /// Where this page stands in the listing.
    pub info: PageInfo,
}

/// Zoho's `info` object. What an answer leaves out is zero, false or `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageInfo {
    /// The number of this page, from 1.
    #[serde(deserialize_with = "lenient::or_default")]
    pub page: u32,
    /// Most records on a page.
    #[serde(deserialize_with = "lenient::or_default")]
    pub per_page: u32,
    /// Records on this page.
    #[serde(deserialize_with = "lenient::or_default")]
    pub count: u32,
    /// True if pages follow.
    #[serde(deserialize_with = "lenient::or_default")]
    pub more_records: bool,
    /// Continues the listing, for 24 hours and with the same parameters.
    pub next_page_token: Option<String>,
    /// The page before.
    pub previous_page_token: Option<String>,
    /// When the tokens end, as Zoho sent it.
    pub page_token_expiry: Option<String>,
    /// The field that the listing is sorted by.
    pub sort_by: Option<String>,
    /// `asc` or `desc`.
    pub sort_order: Option<String>,
}

impl<T> Page<T> {
    pub(super) fn empty() -> Page<T> {
        Page {
            records: Vec::new(),
            info: PageInfo::default(),
        }
    }
}

#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(super) struct WirePage<T> {
    data: Vec<T>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    info: PageInfo,
}

impl<T> From<Option<WirePage<T>>> for Page<T> {
    fn from(wire: Option<WirePage<T>>) -> Page<T> {
        match wire {
            Some(wire) => Page {
                records: wire.data,
                info: wire.info,
            },
            None => Page::empty(),
        }
    }
}
