//! Currencies of an organisation that works with several.

use serde::{Deserialize, Serialize};

use super::Stamp;

/// One currency. The first one is the base of all exchange rates.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Currency {
    pub(crate) id: u64,
    pub(crate) iso_code: String,
    pub(crate) name: String,
    pub(crate) symbol: String,
    pub(crate) is_symbol_first: bool,
    pub(crate) is_active: bool,
    /// As text with nine decimals.
    pub(crate) exchange_rate: String,
    pub(crate) decimal_separator: String,
    pub(crate) thousand_separator: String,
    pub(crate) decimal_places: String,
    pub(crate) stamp: Stamp,
}
