//! The edge with a real engine behind it, over real connections.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod actions;
mod api;
mod bad_input;
mod batch;
mod connect;
mod connect_sessions;
mod console;
mod delivery;
mod doctor;
mod environments;
mod forms;
mod ingestion;
mod token_life;
mod try_it;
mod world;
