//! The organisation's own facts, and its pipelines.

use serde::{Deserialize, Serialize};

use crate::config::Edition;

/// The organisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Organisation {
    pub(crate) id: u64,
    pub(crate) zgid: String,
    pub(crate) company_name: String,
    pub(crate) primary_email: String,
    pub(crate) time_zone: String,
    pub(crate) utc_offset_minutes: i32,
    pub(crate) edition: Edition,
    pub(crate) created_at: i64,
    pub(crate) administrator_profile_id: u64,
    pub(crate) standard_profile_id: u64,
    pub(crate) administrator_role_id: u64,
    pub(crate) forecast_ids: [u64; 3],
}

/// A pipeline of deals and its stages, by name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pipeline {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) stages: Vec<String>,
}
