//! The engine against a real simulator and real database files, through its public verbs only.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod config;
mod connections;
mod credits;
mod flow;
mod intake;
mod world;
