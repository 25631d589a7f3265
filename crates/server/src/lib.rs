//! The HTTP edge of the Leadway gateway: events come in, people and programs look and act.
//!
//! [`router`] gives every door of a gateway as one [`axum::Router`]; [`Server`] binds a port and serves it until it
//! is told to stop. A handler reads what came, calls one verb of the [`Engine`](leadway_engine::Engine), and renders
//! the answer: no storing, no mapping and no call to Zoho happens here.

mod answer;
mod api;
mod app;
mod assets;
mod callback;
mod console;
mod demo;
mod extract;
mod hosted;
mod ingest;
mod lifecycle;
mod metrics;
mod options;
mod own_url;
mod probe;
mod problem;
mod router;
mod secret;
mod served_script;
mod time;

pub use lifecycle::Server;
pub use options::{Demo, ServerOptions};
pub use router::{openapi, router};
