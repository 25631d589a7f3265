//! Zoho on localhost: accounts and CRM, played closely enough that real clients cannot tell.
//!
//! [`Simulator::start`] listens on a loopback address and plays every host of a data center on it: the accounts server
//! (`/oauth/v2/...`), the CRM API (`/crm/v8/...` and the older versions), the Books API (`/books/v3/...`) and a control API (`/__sim/v1/...`) with a page for
//! people (`/__sim/`). All state is in memory; ids and tokens repeat from run to run. [`Config::further`] plays several data
//! centers at once, and sandboxes beside them, and [`Config::tls`] serves HTTPS.
//!
//! ```
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use zoho_sim::{Config, Fault, Simulator};
//!
//! let simulator = Simulator::start(Config::default()).await?;
//! let fault = serde_json::from_str::<Fault>(r#"{"kind": "drop_answer", "times": 1}"#)?;
//! simulator.add_fault(fault);
//! // ... point a Zoho client at simulator.url() ...
//! assert!(simulator.records("Leads")?.is_empty());
//! simulator.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! What is simulated how closely stands in `docs/fidelity.md`. This crate is written from Zoho's documentation and shares
//! nothing with the `zoho` crate, so that a mistake in one is not hidden by the same mistake in the other.

// Metadata objects of Zoho have some sixty keys, which `json!` takes one by one.
#![recursion_limit = "256"]

mod accounts;
mod actions;
mod atlas;
mod books;
mod catalog;
mod chance;
mod clock;
mod config;
mod control;
mod crm;
mod data_center;
mod environment;
mod faults;
mod front;
mod html;
mod http;
mod journal;
mod limits;
mod listen;
mod notify;
mod page;
mod pkce;
mod rows;
mod schema;
mod seed;
mod simulator;
mod snapshot;
mod state;
mod turn;
mod world;

pub use clock::ClockStart;
pub use config::{Config, DataCenter, Edition, JournalBounds, Site, UnknownName};
pub use environment::{Environment, SiteName};
pub use faults::{Fault, FaultMatcher, Kind as FaultKind};
pub use limits::Limits;
pub use seed::Seed;
pub use simulator::{Simulator, StartError, UnknownModule};
pub use snapshot::SnapshotError;
