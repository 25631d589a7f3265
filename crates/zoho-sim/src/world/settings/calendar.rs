//! The calendar of the organisation: business hours, holidays, fiscal year.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The calendar.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Calendar {
    /// Id and hours as given.
    pub(crate) business_hours: Option<(u64, Value)>,
    pub(crate) holidays: Vec<Holiday>,
    pub(crate) fiscal_year: FiscalYear,
}

/// One holiday of the whole organisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Holiday {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// `yyyy-MM-dd`.
    pub(crate) date: String,
}

/// When the fiscal year begins.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FiscalYear {
    pub(crate) id: u64,
    pub(crate) start_month: String,
    pub(crate) display_based_on: String,
}

impl Default for FiscalYear {
    fn default() -> Self {
        Self {
            id: 0,
            start_month: "January".to_owned(),
            display_based_on: "start_month".to_owned(),
        }
    }
}
