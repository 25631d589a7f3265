//! The running simulator, and the control verbs in Rust.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock;
use crate::config::Config;
use crate::faults::Fault;
use crate::front;
use crate::http::{Door, WireHandle};
use crate::limits::Limits;
use crate::notify;
use crate::rows::{self, Columns};
use crate::state::Shared;

/// How often work that is due is looked for, besides before each request.
const TICK_MS: u64 = 250;

/// How long [`Simulator::stop`] waits for calls in flight.
const DRAIN_SECONDS_MAX: u64 = 5;

/// A simulator that listens. Dropping it stops listening without waiting; [`Simulator::stop`] lets calls in flight end.
#[derive(Debug)]
pub struct Simulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<std::io::Result<()>>,
}

/// The simulator could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; choose another address or stop what uses it")]
    Listen {
        /// The address of the configuration.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The seed describes a world that cannot be.
    #[error("the seed cannot be used: {0}")]
    Seed(String),
}

/// There is no module of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no module `{0}`")]
pub struct UnknownModule(pub String);

impl Simulator {
    /// Starts to listen.
    ///
    /// # Errors
    ///
    /// When the address is taken or not ours, or the seed contradicts itself.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let wanted = config.listen;
        let listening = |source| StartError::Listen {
            address: wanted,
            source,
        };
        let shared =
            Arc::new(Shared::new(config).map_err(|error| StartError::Seed(error.to_string()))?);
        let listener = TcpListener::bind(wanted).await.map_err(listening)?;
        let address = listener.local_addr().map_err(listening)?;
        let (stop, mut stopped) = watch::channel(false);
        tokio::spawn(tick(Arc::clone(&shared), stopped.clone()));
        tokio::spawn(send_callbacks(Arc::clone(&shared), stopped.clone()));
        let service =
            front::router(Arc::clone(&shared)).into_make_service_with_connect_info::<WireHandle>();
        let server = tokio::spawn(
            axum::serve(Door(listener), service)
                .with_graceful_shutdown(async move {
                    // An error means that the handle is gone, which stops the simulator as well.
                    let _ = stopped.wait_for(|is_stopped| *is_stopped).await;
                })
                .into_future(),
        );
        Ok(Self {
            shared,
            address,
            stop,
            server,
        })
    }

    /// The address by which clients reach every host: accounts, API and control. Without a final slash.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that is listened on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same simulator as a router, to be served inside another program. Faults that close a connection without any
    /// answer need the simulator's own listener; inside another one the answer breaks off after its head.
    pub fn router(&self) -> axum::Router {
        front::router(Arc::clone(&self.shared))
    }

    /// All records of a module, oldest first, as the API prints a single record.
    ///
    /// # Errors
    ///
    /// When the organisation has no such module.
    pub fn records(&self, module: &str) -> Result<Vec<Value>, UnknownModule> {
        let world = self.shared.world();
        let table = world
            .table_named(module)
            .ok_or_else(|| UnknownModule(module.to_owned()))?;
        let records = table.by_id(false, None).map(|record| {
            let mut out = Vec::new();
            rows::print_record(&mut out, &world, table, record, &Columns::fields());
            serde_json::from_slice(&out).unwrap_or_default()
        });
        Ok(records.collect())
    }

    /// Number of records of a module.
    ///
    /// # Errors
    ///
    /// When the organisation has no such module.
    pub fn count(&self, module: &str) -> Result<usize, UnknownModule> {
        let world = self.shared.world();
        world
            .table_named(module)
            .map(|table| table.rows.len())
            .ok_or_else(|| UnknownModule(module.to_owned()))
    }

    /// Moves the simulated clock forward: tokens expire and credits come back.
    pub fn advance(&self, seconds: u32) {
        self.shared.advance(seconds);
    }

    /// Simulated time, in seconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.shared.clock.now()
    }

    /// The requests served, oldest first, as `GET /__sim/v1/journal` prints them.
    #[must_use]
    pub fn journal(&self) -> Vec<Value> {
        let offset_minutes = self.shared.world().organisation.utc_offset_minutes;
        self.shared
            .journal()
            .after(0)
            .map(|entry| entry.to_json(offset_minutes))
            .collect()
    }

    /// The callbacks sent, oldest first, as `GET /__sim/v1/callbacks` prints them.
    #[must_use]
    pub fn callbacks(&self) -> Vec<Value> {
        let offset_minutes = self.shared.world().organisation.utc_offset_minutes;
        let sent = self.shared.sent();
        sent.after(0)
            .map(|entry| entry.to_json(offset_minutes))
            .collect()
    }

    /// Adds a fault that stays until its times are used up or it is removed, and gives its id.
    pub fn add_fault(&self, fault: Fault) -> u64 {
        self.shared.faults().add(fault)
    }

    /// Removes one fault; false when there is none of this id.
    pub fn remove_fault(&self, id: u64) -> bool {
        self.shared.faults().remove(Some(id)) > 0
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.shared.faults().remove(None);
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.shared.limits()
    }

    /// Puts other limits in force. What is used already stays used.
    pub fn set_limits(&self, limits: Limits) {
        self.shared.meter().limits = limits;
    }

    /// Puts everything back to the seed, except the clock, which never goes back.
    ///
    /// # Errors
    ///
    /// Never for a seed that [`Simulator::start`] has accepted.
    pub fn reset(&self) -> Result<(), StartError> {
        self.shared
            .reset()
            .map_err(|error| StartError::Seed(error.to_string()))
    }

    /// Stops listening and waits up to five seconds for calls in flight.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let mut server = self.server;
        if tokio::time::timeout(Duration::from_secs(DRAIN_SECONDS_MAX), &mut server)
            .await
            .is_err()
        {
            server.abort();
        }
    }
}

/// Does what is due while nobody calls.
async fn tick(shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stopped.wait_for(|is_stopped| *is_stopped) => return,
            () = clock::pause(TICK_MS) => shared.settle(),
        }
    }
}

/// Sends callbacks until the simulator stops.
async fn send_callbacks(shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    tokio::select! {
        _ = stopped.wait_for(|is_stopped| *is_stopped) => {}
        () = notify::post(shared) => {}
    }
}
