//! Version 1 of the REST API: one file for each noun.

pub(crate) mod actions;
pub(crate) mod authorizations;
pub(crate) mod config;
pub(crate) mod connect_sessions;
pub(crate) mod connections;
pub(crate) mod dead_letters;
pub(crate) mod deliveries;
pub(crate) mod events;
pub(crate) mod import;
pub(crate) mod overview;
pub(crate) mod replays;
