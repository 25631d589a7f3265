//! What the Leadway gateway does: it takes events in, maps them to Zoho records, and delivers each exactly once.
//!
//! Start at [`Engine`], whose methods are the verbs; the way of an event stands in `pipeline.rs`, top-down. The
//! engine knows no HTTP server, no command line and no environment: `leadway-server` and `leadway` are for that.

pub mod action;
pub mod clock;
mod config;
pub mod connection;
mod core;
mod delivery;
mod engine;
pub mod intake;
pub mod mapping;
pub mod model;
mod pipeline;
mod rotate;
mod store;
mod vault;
mod verbs;

pub use config::apply::ConfigError;
pub use engine::{AcceptError, Engine, EngineOptions, OpenError};
pub use rotate::{Rotation, rotate_master_key};
pub use store::StoreError;
pub use verbs::act::Acted;
pub use verbs::connect::{ConnectError, Finished, Grant};
pub use verbs::look::{Health, QueryError};
pub use verbs::replay::{Mend, ReplayError};
