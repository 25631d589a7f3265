//! The running simulator, and the control verbs in Rust.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::atlas::Place;
use crate::clock::{self, Clock};
use crate::config::{Config, Site};
use crate::environment::{Environment, SiteName};
use crate::faults::Fault;
use crate::front;
use crate::limits::Limits;
use crate::listen::{self, Listening, Wanted};
use crate::notify;
use crate::rows::{self, Columns};
use crate::snapshot::{self, SnapshotError};
use crate::state::Shared;
use crate::world::channels::{Event, Subscription};

/// How often work that is due is looked for, besides before each request.
const TICK_MS: u64 = 250;

/// Life of a channel that [`Simulator::watch`] opens: the longest that Zoho grants.
const WATCH_SECONDS: i64 = 7 * 24 * 60 * 60;

/// How long [`Simulator::stop`] waits for calls in flight.
const DRAIN_SECONDS_MAX: u64 = 5;

/// A simulator that listens. Dropping it stops listening without waiting; [`Simulator::stop`] lets calls in flight end.
#[derive(Debug)]
pub struct Simulator {
    /// The first data center, which all verbs mean that name none.
    shared: Arc<Shared>,
    places: Vec<Place>,
    certificate: Option<String>,
    stop: watch::Sender<bool>,
    servers: Vec<JoinHandle<std::io::Result<()>>>,
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
    /// A data center or an environment is wanted twice.
    #[error("the data center {0} is there twice; name each once")]
    Twice(SiteName),
    /// An environment is wanted without the production of its data center.
    #[error("{0} is there without its production, whose accounts server gives its tokens; name {production} before it", production = .0.production())]
    Alone(SiteName),
    /// No certificate could be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(String),
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
    /// When an address is taken or not ours, a data center is there twice, or a seed contradicts itself.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let is_encrypted = config.tls;
        let wanted = sites_of(config)?;
        let shared = Arc::clone(&wanted[0].shared);
        let (stop, stopped) = watch::channel(false);
        for site in &wanted {
            // The state is new, so nothing is there yet.
            let _ = site.shared.stopping.set(stopped.clone());
            tokio::spawn(tick(Arc::clone(&site.shared), stopped.clone()));
            tokio::spawn(send_callbacks(Arc::clone(&site.shared), stopped.clone()));
        }
        let Listening {
            places,
            servers,
            tls,
        } = listen::open(wanted, is_encrypted, &stopped).await?;
        shared.spread_clients();
        Ok(Self {
            shared,
            places,
            certificate: tls.map(|tls| tls.certificate),
            stop,
            servers,
        })
    }

    /// The address by which clients reach every host of the first data center: accounts, API and control. Without a final
    /// slash.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_at(&self.places[0])
    }

    /// The address of a data center, or of an environment's API; `None` when it is not played.
    #[must_use]
    pub fn url_of(&self, site: SiteName) -> Option<String> {
        let place = self.places.iter().find(|place| place.site == site)?;
        Some(self.url_at(place))
    }

    fn url_at(&self, place: &Place) -> String {
        let scheme = if self.certificate.is_some() {
            "https"
        } else {
            "http"
        };
        match &place.host {
            Some(host) => format!("{scheme}://{host}:{}", place.address.port()),
            None => format!("{scheme}://{}", place.address),
        }
    }

    /// The data centers and environments that are played, in the order of the configuration.
    pub fn sites(&self) -> impl Iterator<Item = SiteName> {
        self.places.iter().map(|place| place.site)
    }

    /// The certificate that clients have to trust, in PEM; `None` without [`Config::tls`].
    #[must_use]
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// The address that is listened on for the first data center.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.places[0].address
    }

    /// The first data center as a router, to be served inside another program. Faults that close a connection without any
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

    /// Opens a channel of the first user for a week, by which every change of a module's records is told to `notify_url`, and
    /// gives its id. A client opens one by `POST /crm/v8/actions/watch`.
    ///
    /// # Errors
    ///
    /// When the organisation has no such module.
    pub fn watch(&self, module: &str, notify_url: &str) -> Result<u64, UnknownModule> {
        let mut world = self.shared.world();
        let unknown = || UnknownModule(module.to_owned());
        let table = world.table_named(module).ok_or_else(unknown)?;
        let resource = table.module.api_name.clone();
        let channel_id = world.ids.next();
        let user = world.first_user_id();
        world.channels.put(Subscription {
            channel_id,
            user,
            resource,
            events: vec![Event::All],
            expires_at: self.now() + WATCH_SECONDS,
            notify_url: notify_url.to_owned(),
            token: None,
            returns_values: true,
            is_told_of_related: false,
            selection: None,
            origin: self.url(),
        });
        Ok(channel_id)
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

    /// The whole simulator as one compressed file: worlds, accounts, faults, limits with what is used, and the clock. The
    /// journal is not part of it.
    ///
    /// # Errors
    ///
    /// When the world cannot be written as JSON, which does not happen.
    pub fn snapshot(&self) -> Result<Vec<u8>, SnapshotError> {
        snapshot::take(&self.shared)
    }

    /// Puts a snapshot in the place of everything, also of the clock.
    ///
    /// # Errors
    ///
    /// When the file is no snapshot, of another version, or of other data centers. Nothing has changed then.
    pub fn restore(&self, snapshot: &[u8]) -> Result<(), SnapshotError> {
        snapshot::restore(&self.shared, snapshot)
    }

    /// Puts everything back to the beginning: the seed, and the clock to where it began.
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
        let mut servers = self.servers;
        let all = futures_util::future::join_all(&mut servers);
        if tokio::time::timeout(Duration::from_secs(DRAIN_SECONDS_MAX), all)
            .await
            .is_err()
        {
            for server in servers {
                server.abort();
            }
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

/// The state of each site, by one clock. Each draws its chances from a generator of its own, so that no two give the
/// same token.
fn sites_of(config: Config) -> Result<Vec<Wanted>, StartError> {
    let clock = Arc::new(Clock::new(config.clock, config.clock_speed));
    let own = Site {
        data_center: config.data_center,
        environment: Environment::Production,
        listen: config.listen,
        host: config.host.clone(),
        seed: config.seed.clone(),
    };
    let mut wanted: Vec<Wanted> = Vec::new();
    for (number, site) in std::iter::once(own)
        .chain(config.further.clone())
        .enumerate()
    {
        let name = site.name();
        let is_there = |name: SiteName| wanted.iter().any(|other| other.shared.site == name);
        if is_there(name) {
            return Err(StartError::Twice(name));
        }
        if name != name.production() && !is_there(name.production()) {
            return Err(StartError::Alone(name));
        }
        let distance = u64::try_from(number).unwrap_or(0) << 32;
        let config = Config {
            data_center: site.data_center,
            listen: site.listen,
            host: site.host.clone(),
            seed: site.seed,
            further: Vec::new(),
            chance_seed: config.chance_seed.wrapping_add(distance),
            ..config.clone()
        };
        let shared = Shared::new(name, config, Arc::clone(&clock))
            .map_err(|error| StartError::Seed(error.to_string()))?;
        wanted.push(Wanted {
            shared: Arc::new(shared),
            listen: site.listen,
            host: site.host,
        });
    }
    Ok(wanted)
}
