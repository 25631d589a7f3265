//! Where a simulator listens: one or several data centers, plain or encrypted, told apart by address or by host name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, header};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use crate::atlas::{Atlas, Place, split_port};
use crate::front;
use crate::http::{Door, Tls, WireHandle};
use crate::simulator::StartError;
use crate::state::Shared;

/// A data center that wants to listen.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) shared: Arc<Shared>,
    pub(crate) listen: SocketAddr,
    pub(crate) host: Option<String>,
}

/// What listens.
#[derive(Debug)]
pub(crate) struct Listening {
    /// In the order in which they were wanted.
    pub(crate) places: Vec<Place>,
    pub(crate) servers: Vec<JoinHandle<std::io::Result<()>>>,
    pub(crate) tls: Option<Tls>,
}

/// One listener with the data centers behind it.
struct Listener {
    tcp: TcpListener,
    wanted: SocketAddr,
    address: SocketAddr,
    members: Vec<usize>,
}

/// Listens for all data centers until `stopped`.
pub(crate) async fn open(
    wanted: Vec<Wanted>,
    is_encrypted: bool,
    stopped: &watch::Receiver<bool>,
) -> Result<Listening, StartError> {
    let mut listeners: Vec<Listener> = Vec::new();
    let mut places = Vec::new();
    for (number, site) in wanted.iter().enumerate() {
        let position = match shared_listener(&listeners, site) {
            Some(position) => position,
            None => {
                listeners.push(bind(site.listen).await?);
                listeners.len() - 1
            }
        };
        listeners[position].members.push(number);
        places.push(Place {
            site: site.shared.site,
            host: site.host.clone(),
            address: listeners[position].address,
            shared: Arc::downgrade(&site.shared),
        });
    }
    let tls = is_encrypted.then(|| certificate_for(&places)).transpose()?;
    let atlas = Arc::new(Atlas(places.clone()));
    for site in &wanted {
        // Set once: nobody else knows this data center yet.
        let _ = site.shared.atlas.set(Arc::clone(&atlas));
    }
    let doors: Vec<Router> = wanted
        .iter()
        .map(|site| front::router(Arc::clone(&site.shared)))
        .collect();
    let servers = listeners.into_iter().map(|listener| {
        let router = router_of(&listener, &wanted, &doors);
        serve(listener.tcp, tls.clone(), router, stopped.clone())
    });
    Ok(Listening {
        servers: servers.collect(),
        places,
        tls,
    })
}

/// The listener that a data center with a host name shares with another: the same address, or no port of its own.
fn shared_listener(listeners: &[Listener], site: &Wanted) -> Option<usize> {
    site.host.as_ref()?;
    listeners.iter().position(|listener| {
        let is_same = listener.address == site.listen || listener.wanted == site.listen;
        is_same || (site.listen.port() == 0 && listener.wanted.ip() == site.listen.ip())
    })
}

async fn bind(wanted: SocketAddr) -> Result<Listener, StartError> {
    let listening = |source| StartError::Listen {
        address: wanted,
        source,
    };
    let tcp = TcpListener::bind(wanted).await.map_err(listening)?;
    let address = tcp.local_addr().map_err(listening)?;
    Ok(Listener {
        tcp,
        wanted,
        address,
        members: Vec::new(),
    })
}

fn certificate_for(places: &[Place]) -> Result<Tls, StartError> {
    let mut hosts = vec!["localhost".to_owned(), "*.localhost".to_owned()];
    let mut addresses = vec![
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::LOCALHOST),
    ];
    for place in places {
        hosts.extend(place.host.clone());
        hosts.extend(place.site.hosts().into_iter().map(str::to_owned));
        let ip = place.address.ip();
        if !ip.is_unspecified() {
            addresses.push(ip);
        }
    }
    hosts.sort();
    hosts.dedup();
    addresses.sort();
    addresses.dedup();
    Tls::new(&hosts, &addresses).map_err(|error| StartError::Certificate(error.to_string()))
}

fn serve(
    tcp: TcpListener,
    tls: Option<Tls>,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<std::io::Result<()>> {
    let door = Door { listener: tcp, tls };
    let service = router.into_make_service_with_connect_info::<WireHandle>();
    let server = axum::serve(door, service).with_graceful_shutdown(async move {
        // An error means that the handle is gone, which stops the simulator as well.
        let _ = stopped.wait_for(|is_stopped| *is_stopped).await;
    });
    tokio::spawn(server.into_future())
}

/// Which data center a host name means, for one listener.
#[derive(Debug)]
struct Signpost {
    /// Who answers when no name decides.
    first: Router,
    by_host: Vec<(String, Router)>,
}

/// The routes behind a listener. A single data center needs no signpost.
fn router_of(listener: &Listener, wanted: &[Wanted], doors: &[Router]) -> Router {
    let first = listener
        .members
        .first()
        .map_or_else(Router::new, |number| doors[*number].clone());
    if wanted.len() == 1 {
        return first;
    }
    let mut by_host = Vec::new();
    for (number, site) in wanted.iter().enumerate() {
        if let Some(host) = site
            .host
            .as_ref()
            .filter(|_| listener.members.contains(&number))
        {
            by_host.push((host.to_ascii_lowercase(), doors[number].clone()));
        }
        // Zoho's own names mean their site, whatever the port.
        for host in site.shared.site.hosts() {
            by_host.push((host.to_owned(), doors[number].clone()));
        }
    }
    let signpost = Arc::new(Signpost { first, by_host });
    Router::new().fallback(dispatch).with_state(signpost)
}

async fn dispatch(State(signpost): State<Arc<Signpost>>, request: Request) -> Response<Body> {
    let host = host_of(request.headers());
    let by_name = signpost.by_host.iter().find(|(name, _)| *name == host);
    let router = by_name.map_or(&signpost.first, |(_, router)| router);
    match router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn host_of(headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    let (host, _) = split_port(host.unwrap_or_default());
    host.to_ascii_lowercase()
}
