//! How a simulator is set up: address, edition, data center, seed, clock and limits.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::clock::ClockStart;
pub use crate::data_center::DataCenter;
use crate::environment::{Environment, SiteName};
use crate::limits::Limits;
use crate::seed::Seed;

/// What [`Simulator::start`](crate::Simulator::start) needs to know. The default listens on a free loopback port and holds
/// the demo seed with the limits of the Enterprise edition.
///
/// ```
/// let config = zoho_sim::Config { seed: zoho_sim::Seed::empty(), ..zoho_sim::Config::default() };
/// assert_eq!(config.listen.port(), 0);
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Edition of the simulated organisation; it decides credits and concurrency.
    pub edition: Edition,
    /// Data center that the organisation lives in, as printed in the redirect after consent.
    pub data_center: DataCenter,
    /// Host name by which the data center is reached; without one it is reached by its address.
    pub host: Option<String>,
    /// Further names by which the control API and the page may be called, such as that of a container. Without any they are
    /// called by an address, as localhost, and by the host names of the data centers.
    pub hosts: Vec<String>,
    /// Further data centers, sandboxes and developers' organisations, each with an organisation of its own.
    pub further: Vec<Site>,
    /// Serves HTTPS with a certificate that is made at the start: see
    /// [`Simulator::certificate`](crate::Simulator::certificate).
    pub tls: bool,
    /// What the world holds at the start and after a reset.
    pub seed: Seed,
    /// Where the simulated clock begins.
    pub clock: ClockStart,
    /// Simulated seconds for each real one: 1 follows real time, 0 freezes the clock until it is moved.
    pub clock_speed: f64,
    /// Seed of the generator behind token texts and the probability of faults.
    pub chance_seed: u64,
    /// Limits at the start and after a reset; `None` takes those of the edition.
    pub limits: Option<Limits>,
    /// Simulated seconds until a search finds what was written, at the start and after a reset.
    pub search_delay_seconds: u32,
    /// How much the journal keeps.
    pub journal: JournalBounds,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            edition: Edition::default(),
            data_center: DataCenter::default(),
            host: None,
            hosts: Vec::new(),
            further: Vec::new(),
            tls: false,
            seed: Seed::demo(),
            clock: ClockStart::default(),
            clock_speed: 1.0,
            chance_seed: 1,
            limits: None,
            search_delay_seconds: 0,
            journal: JournalBounds::default(),
        }
    }
}

/// A further data center with its own accounts server and API, or a further environment of one, which has an API only: its
/// tokens come from the accounts server of its data center. Each has an organisation of its own.
///
/// ```
/// let eu = zoho_sim::Site::new("eu".parse()?);
/// let config = zoho_sim::Config { further: vec![eu], ..zoho_sim::Config::default() };
/// # Ok::<(), zoho_sim::UnknownName>(())
/// ```
#[derive(Debug, Clone)]
pub struct Site {
    /// Which one; each may be there once.
    pub data_center: DataCenter,
    /// Another environment than production stands beside its data center's production.
    pub environment: Environment,
    /// Address to listen on. Port 0 takes a free one. A data center with a host name may share the address of another.
    pub listen: SocketAddr,
    /// Host name by which the data center is reached; without one it is reached by its address.
    pub host: Option<String>,
    /// What its world holds at the start and after a reset.
    pub seed: Seed,
}

impl Site {
    /// A data center on a free loopback port, whose organisation has one user and nothing else.
    #[must_use]
    pub fn new(data_center: DataCenter) -> Self {
        Self {
            data_center,
            environment: Environment::Production,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            host: None,
            seed: Seed::elsewhere(data_center),
        }
    }

    /// A sandbox or a developer's organisation on a free loopback port, beside the production of a data center that begins
    /// with `production`: a sandbox has its settings and users and none of its records, a developer's organisation has its
    /// users only.
    #[must_use]
    pub fn beside(production: &Seed, name: SiteName) -> Self {
        Self {
            environment: name.environment(),
            seed: production.beside(name.environment()),
            ..Self::new(name.data_center())
        }
    }

    pub(crate) fn name(&self) -> SiteName {
        SiteName::new(self.data_center, self.environment)
    }
}

/// Bounds of the journal. The oldest entries go first.
#[derive(Debug, Clone, Copy)]
pub struct JournalBounds {
    /// Entries kept.
    pub entries_max: usize,
    /// Bytes kept of each body; longer ones are cut.
    pub body_bytes_max: usize,
    /// Bytes of all bodies and paths together.
    pub total_bytes_max: usize,
}

impl Default for JournalBounds {
    fn default() -> Self {
        Self {
            entries_max: 2_000,
            body_bytes_max: 16 * 1024,
            total_bytes_max: 8 * 1024 * 1024,
        }
    }
}

/// Edition of the organisation (<https://www.zoho.com/crm/developer/docs/api/v8/api-limits.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Edition {
    /// Up to three users, 5,000 credits, 5 calls at once.
    Free,
    /// 50,000 credits and 250 for each user, 10 calls at once.
    Standard,
    /// 50,000 credits and 500 for each user, 15 calls at once.
    Professional,
    /// 50,000 credits and 1,000 for each user, 20 calls at once.
    #[default]
    Enterprise,
    /// 50,000 credits and 2,000 for each user, 25 calls at once.
    Ultimate,
}

impl Edition {
    /// The name as `paid_type` of the organisation prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Standard => "standard",
            Self::Professional => "professional",
            Self::Enterprise => "enterprise",
            Self::Ultimate => "ultimate",
        }
    }
}

impl FromStr for Edition {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        [
            Self::Free,
            Self::Standard,
            Self::Professional,
            Self::Enterprise,
            Self::Ultimate,
        ]
        .into_iter()
        .find(|edition| edition.name() == text)
        .ok_or_else(|| {
            UnknownName::new(
                "edition",
                text,
                "free, standard, professional, enterprise or ultimate",
            )
        })
    }
}

/// A setting has a value that is not one of the known names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    setting: &'static str,
    value: String,
    known: &'static str,
}

impl UnknownName {
    pub(crate) fn new(setting: &'static str, value: &str, known: &'static str) -> Self {
        Self {
            setting,
            value: value.to_owned(),
            known,
        }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "unknown {} `{}`: use {}",
            self.setting, self.value, self.known
        )
    }
}

impl std::error::Error for UnknownName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions_and_data_centers_are_read_by_name_and_others_are_explained() {
        assert_eq!("ultimate".parse(), Ok(Edition::Ultimate));
        assert_eq!("eu".parse::<DataCenter>().map(DataCenter::name), Ok("eu"));
        let error = "mars".parse::<DataCenter>().unwrap_err().to_string();
        assert_eq!(
            error,
            "unknown data center `mars`: use us, eu, in, au, jp, cn, ca, sa, uk or ae"
        );
    }
}
