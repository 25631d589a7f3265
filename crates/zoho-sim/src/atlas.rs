//! Where the data centers of one simulator are, and by which address each is reached.
//!
//! A caller is told of another data center by an address that works for him: the host by which he came with that one's port,
//! or its host name, or Zoho's own names if he came by one of those.

use std::net::SocketAddr;
use std::sync::{Arc, Weak};

use crate::accounts::Client;
use crate::data_center::DataCenter;
use crate::state::Shared;

/// All data centers of one simulator.
#[derive(Debug, Default)]
pub(crate) struct Atlas(pub(crate) Vec<Place>);

/// One data center.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) data_center: DataCenter,
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
    fn place(&self, data_center: DataCenter) -> Option<&Place> {
        self.0.iter().find(|place| place.data_center == data_center)
    }

    /// The data centers, in the order of the configuration.
    pub(crate) fn living(&self) -> Vec<(DataCenter, Arc<Shared>)> {
        self.0
            .iter()
            .filter_map(|place| Some((place.data_center, place.shared.upgrade()?)))
            .collect()
    }

    /// The data center of a name, if it is played here.
    pub(crate) fn named(&self, name: &str) -> Option<(DataCenter, Arc<Shared>)> {
        let place = self
            .0
            .iter()
            .find(|place| place.data_center.name() == name)?;
        Some((place.data_center, place.shared.upgrade()?))
    }

    /// The accounts server of a data center, for somebody who reached `own` by `origin`.
    pub(crate) fn accounts_server(
        &self,
        wanted: DataCenter,
        own: DataCenter,
        origin: &str,
    ) -> String {
        let Origin { scheme, host, port } = Origin::parse(origin);
        if own.hosts().contains(&host) {
            return format!("{scheme}://{}{port}", wanted.accounts_host());
        }
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
    /// All data centers of this simulator; none for a router without a listener.
    pub(crate) fn data_centers(&self) -> Vec<(DataCenter, Arc<Shared>)> {
        self.atlas
            .get()
            .map(|atlas| atlas.living())
            .unwrap_or_default()
    }

    /// Another data center by its name, if it is played here.
    pub(crate) fn neighbour(&self, name: &str) -> Option<(DataCenter, Arc<Shared>)> {
        self.atlas.get()?.named(name)
    }

    /// The accounts server of a data center, by an address that works for whoever came by `origin`.
    pub(crate) fn accounts_server(&self, wanted: DataCenter, origin: &str) -> String {
        let own = self.config.data_center;
        match self.atlas.get() {
            Some(atlas) => atlas.accounts_server(wanted, own, origin),
            None => origin.to_owned(),
        }
    }

    /// Makes clients known in every data center for which they are switched on.
    pub(crate) fn spread_clients(&self) {
        let all = self.data_centers();
        for (_, home) in &all {
            let copies: Vec<(DataCenter, Client)> = {
                let accounts = home.accounts();
                all.iter()
                    .flat_map(|(place, _)| {
                        accounts.copies_for(*place).map(|client| (*place, client))
                    })
                    .collect()
            };
            for (place, client) in copies {
                if let Some((_, shared)) = all.iter().find(|(other, _)| *other == place) {
                    shared.accounts().register(client);
                }
            }
        }
    }
}

/// The address of the API of the data center that was reached by `origin`.
pub(crate) fn api_domain(own: DataCenter, origin: &str) -> String {
    let Origin { scheme, host, port } = Origin::parse(origin);
    if own.hosts().contains(&host) {
        return format!("{scheme}://{}{port}", own.api_host());
    }
    origin.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atlas() -> (Atlas, DataCenter, DataCenter) {
        let (us, eu) = (DataCenter::default(), "eu".parse().unwrap());
        let place = |data_center, host: Option<&str>, port| Place {
            data_center,
            host: host.map(str::to_owned),
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            shared: Weak::new(),
        };
        (
            Atlas(vec![
                place(us, None, 8080),
                place(eu, Some("eu.test"), 8081),
            ]),
            us,
            eu,
        )
    }

    #[test]
    fn another_data_center_is_named_by_an_address_that_works_for_the_caller() {
        let (atlas, us, eu) = atlas();
        let to = |wanted, own, origin| atlas.accounts_server(wanted, own, origin);
        assert_eq!(to(eu, us, "http://127.0.0.1:8080"), "http://eu.test:8081");
        assert_eq!(to(us, eu, "http://eu.test:8081"), "http://127.0.0.1:8080");
        assert_eq!(to(us, eu, "http://docker:8081"), "http://docker:8080");
        assert_eq!(to(us, us, "https://proxy"), "https://proxy");
        assert_eq!(
            to(eu, us, "https://accounts.zoho.com"),
            "https://accounts.zoho.eu"
        );
        assert_eq!(
            to(eu, us, "https://accounts.zoho.com:8443"),
            "https://accounts.zoho.eu:8443"
        );
        assert_eq!(
            api_domain(eu, "https://accounts.zoho.eu:8443"),
            "https://www.zohoapis.eu:8443"
        );
        assert_eq!(api_domain(eu, "http://127.0.0.1:9"), "http://127.0.0.1:9");
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
