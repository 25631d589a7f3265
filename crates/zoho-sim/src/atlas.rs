//! Where the data centers and environments of one simulator are, and by which address each is reached.
//!
//! A caller is told of another data center by an address that works for him: the host by which he came with that one's port,
//! or its host name, or Zoho's own names if he came by one of those.

use std::net::SocketAddr;
use std::sync::{Arc, Weak};

use crate::accounts::Client;
use crate::data_center::DataCenter;
use crate::environment::{Environment, SiteName};
use crate::state::Shared;

/// All data centers of one simulator, and their environments.
#[derive(Debug, Default)]
pub(crate) struct Atlas(pub(crate) Vec<Place>);

/// One environment of a data center.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) site: SiteName,
    pub(crate) host: Option<String>,
    pub(crate) address: SocketAddr,
    pub(crate) shared: Weak<Shared>,
}

/// Scheme, host and port by which a call came.
struct Origin<'a> {
    scheme: &'a str,
    host: &'a str,
    /// With its colon, or empty.
    port: &'a str,
}

impl<'a> Origin<'a> {
    fn parse(origin: &'a str) -> Self {
        let (scheme, authority) = origin.split_once("://").unwrap_or(("http", origin));
        let (host, port) = split_port(authority);
        Self { scheme, host, port }
    }
}

/// Host and port of an authority; the port keeps its colon. The colons of a bare IPv6 address are no ports.
pub(crate) fn split_port(authority: &str) -> (&str, &str) {
    let Some((host, port)) = authority.rfind(':').map(|at| authority.split_at(at)) else {
        return (authority, "");
    };
    let is_port = port[1..].bytes().all(|byte| byte.is_ascii_digit());
    let is_host = host.ends_with(']') || !host.contains([':', '[']);
    if is_port && is_host {
        (host, port)
    } else {
        (authority, "")
    }
}

impl Atlas {
    fn place(&self, site: SiteName) -> Option<&Place> {
        self.0.iter().find(|place| place.site == site)
    }

    /// The sites, in the order of the configuration.
    pub(crate) fn living(&self) -> Vec<Arc<Shared>> {
        self.0
            .iter()
            .filter_map(|place| place.shared.upgrade())
            .collect()
    }

    /// A site, if it is played here.
    pub(crate) fn at(&self, site: SiteName) -> Option<Arc<Shared>> {
        self.place(site)?.shared.upgrade()
    }

    /// The address of a site, for somebody who reached `own` by `origin`, which is none of Zoho's own names.
    fn address(&self, wanted: SiteName, own: SiteName, origin: &str) -> String {
        let Origin { scheme, host, .. } = Origin::parse(origin);
        let Some(place) = self.place(wanted).filter(|_| wanted != own) else {
            return origin.to_owned();
        };
        // A name of one data center says nothing about another that has none.
        let is_own_name = |place: &Place| place.host.as_deref() == Some(host);
        let address = place.address.ip().to_string();
        let host = match &place.host {
            Some(name) => name,
            None if self.place(own).is_some_and(is_own_name) => &address,
            None => host,
        };
        format!("{scheme}://{host}:{}", place.address.port())
    }
}

impl Shared {
    /// All sites of this simulator; none for a router without a listener.
    pub(crate) fn sites(&self) -> Vec<Arc<Shared>> {
        self.atlas
            .get()
            .map(|atlas| atlas.living())
            .unwrap_or_default()
    }

    /// All sites but this one.
    pub(crate) fn others(&self) -> impl Iterator<Item = Arc<Shared>> {
        let sites = self.sites().into_iter();
        sites.filter(|shared| shared.site != self.site)
    }

    /// Another site, if it is played here; `None` for this one.
    pub(crate) fn neighbour(&self, site: SiteName) -> Option<Arc<Shared>> {
        if site == self.site {
            return None;
        }
        self.atlas.get()?.at(site)
    }

    /// Another environment of this data center for which something holds.
    pub(crate) fn environment_where(&self, holds: impl Fn(&Shared) -> bool) -> Option<Arc<Shared>> {
        let data_center = self.site.data_center();
        self.others()
            .find(|other| other.site.data_center() == data_center && holds(other))
    }

    /// The accounts server of a data center, by an address that works for whoever came by `origin`.
    pub(crate) fn accounts_server(&self, wanted: DataCenter, origin: &str) -> String {
        let Origin { scheme, host, port } = Origin::parse(origin);
        if self.site.hosts().contains(&host) {
            return format!("{scheme}://{}{port}", wanted.accounts_host());
        }
        self.address_of(wanted.into(), self.site, origin)
    }

    /// The address of this site's API, for somebody who reached the accounts server of its data center by `origin`.
    pub(crate) fn api_domain(&self, origin: &str) -> String {
        let Origin { scheme, host, port } = Origin::parse(origin);
        let production = self.site.production();
        if production.hosts().contains(&host) {
            return format!("{scheme}://{}{port}", self.site.api_host());
        }
        self.address_of(self.site, production, origin)
    }

    fn address_of(&self, wanted: SiteName, reached: SiteName, origin: &str) -> String {
        match self.atlas.get() {
            Some(atlas) => atlas.address(wanted, reached, origin),
            None => origin.to_owned(),
        }
    }

    /// Makes clients known in every data center for which they are switched on, and in the environments of each.
    pub(crate) fn spread_clients(&self) {
        let (homes, beside): (Vec<_>, Vec<_>) = self
            .sites()
            .into_iter()
            .partition(|shared| shared.site.environment() == Environment::Production);
        for home in &homes {
            for there in homes.iter().filter(|there| there.site != home.site) {
                let data_center = there.site.data_center();
                let copies: Vec<Client> = home.accounts().copies_for(data_center).collect();
                there.register_all(copies);
            }
        }
        for there in beside {
            if let Some(home) = there.neighbour(there.site.production()) {
                let copies: Vec<Client> = home.accounts().clients().cloned().collect();
                there.register_all(copies);
            }
        }
    }

    fn register_all(&self, clients: Vec<Client>) {
        let mut accounts = self.accounts();
        for client in clients {
            accounts.register(client);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atlas() -> (Atlas, SiteName, SiteName, SiteName) {
        let site = |name: &str| name.parse::<SiteName>().unwrap();
        let (us, eu, sandbox) = (site("us"), site("eu"), site("us-sandbox"));
        let place = |site, host: Option<&str>, port| Place {
            site,
            host: host.map(str::to_owned),
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            shared: Weak::new(),
        };
        let places = vec![
            place(us, None, 8080),
            place(eu, Some("eu.test"), 8081),
            place(sandbox, None, 8082),
        ];
        (Atlas(places), us, eu, sandbox)
    }

    #[test]
    fn another_site_is_named_by_an_address_that_works_for_the_caller() {
        let (atlas, us, eu, sandbox) = atlas();
        let to = |wanted, own, origin| atlas.address(wanted, own, origin);
        assert_eq!(to(eu, us, "http://127.0.0.1:8080"), "http://eu.test:8081");
        assert_eq!(to(us, eu, "http://eu.test:8081"), "http://127.0.0.1:8080");
        assert_eq!(to(us, eu, "http://docker:8081"), "http://docker:8080");
        assert_eq!(to(sandbox, us, "http://docker:8080"), "http://docker:8082");
        assert_eq!(to(us, us, "https://proxy"), "https://proxy");
    }

    #[test]
    fn ports_are_told_from_the_colons_of_an_address() {
        assert_eq!(split_port("a.b:80"), ("a.b", ":80"));
        assert_eq!(split_port("[::1]:80"), ("[::1]", ":80"));
        for bare in ["a.b", "::1", "[::1]", "a:b", ""] {
            assert_eq!(split_port(bare), (bare, ""));
        }
    }
}
