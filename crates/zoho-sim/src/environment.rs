//! Zoho's environments, and what a data center and an environment together name: the place where one organisation lives.

use std::fmt;
use std::str::FromStr;

use crate::config::UnknownName;
use crate::data_center::DataCenter;

/// Kind of an organisation, as `type` of `GET /crm/v8/org` prints it. A grant belongs to one of them, and its tokens are good
/// at the API host of that environment only (SDK environments; `accounts/protocol/oauth`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Environment {
    /// The organisation that a company works with.
    #[default]
    Production,
    /// A copy of its settings to try things in.
    Sandbox,
    /// An organisation for developers of extensions.
    Developer,
}

impl Environment {
    /// Every environment.
    pub(crate) const ALL: [Self; 3] = [Self::Production, Self::Sandbox, Self::Developer];

    /// The name, such as `sandbox`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Sandbox => "sandbox",
            Self::Developer => "developer",
        }
    }
}

/// A data center and one of its environments: `us`, `us-sandbox` or `us-developer`.
///
/// ```
/// let sandbox: zoho_sim::SiteName = "eu-sandbox".parse()?;
/// assert_eq!(sandbox.environment(), zoho_sim::Environment::Sandbox);
/// assert_eq!(sandbox.to_string(), "eu-sandbox");
/// # Ok::<(), zoho_sim::UnknownName>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct SiteName {
    data_center: DataCenter,
    environment: Environment,
}

impl SiteName {
    /// An environment of a data center.
    #[must_use]
    pub fn new(data_center: DataCenter, environment: Environment) -> Self {
        Self {
            data_center,
            environment,
        }
    }

    /// The data center.
    #[must_use]
    pub fn data_center(self) -> DataCenter {
        self.data_center
    }

    /// The environment.
    #[must_use]
    pub fn environment(self) -> Environment {
        self.environment
    }

    /// The data center's production, whose address is that of the accounts server too.
    #[must_use]
    pub fn production(self) -> Self {
        self.data_center.into()
    }

    /// Host of the real API.
    pub(crate) fn api_host(self) -> &'static str {
        match self.environment {
            Environment::Production => self.data_center.api_host(),
            Environment::Sandbox => self.data_center.sandbox_host(),
            Environment::Developer => self.data_center.developer_host(),
        }
    }

    /// Hosts by which the real one is reached.
    pub(crate) fn hosts(self) -> Vec<&'static str> {
        match self.environment {
            Environment::Production => self.data_center.hosts().to_vec(),
            _ => vec![self.api_host()],
        }
    }
}

impl From<DataCenter> for SiteName {
    fn from(data_center: DataCenter) -> Self {
        Self::new(data_center, Environment::Production)
    }
}

impl fmt::Display for SiteName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.data_center.name())?;
        match self.environment {
            Environment::Production => Ok(()),
            other => write!(formatter, "-{}", other.name()),
        }
    }
}

impl FromStr for SiteName {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let Some((data_center, environment)) = text.split_once('-') else {
            return text.parse::<DataCenter>().map(Self::from);
        };
        let known = Environment::ALL
            .into_iter()
            .find(|known| known.name() == environment);
        let environment = known.ok_or_else(|| {
            UnknownName::new(
                "environment",
                environment,
                "sandbox or developer, as in us-sandbox",
            )
        })?;
        Ok(Self::new(data_center.parse()?, environment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_read_and_written_by_name_and_others_are_explained() {
        for name in ["us", "eu-sandbox", "au-developer"] {
            assert_eq!(name.parse::<SiteName>().unwrap().to_string(), name);
        }
        assert_eq!(
            "us-production".parse::<SiteName>().unwrap().to_string(),
            "us"
        );
        let error = "us-moon".parse::<SiteName>().unwrap_err().to_string();
        assert_eq!(
            error,
            "unknown environment `moon`: use sandbox or developer, as in us-sandbox"
        );
        assert!("mars-sandbox".parse::<SiteName>().is_err());
        let sandbox: SiteName = "ca-sandbox".parse().unwrap();
        assert_eq!(sandbox.hosts(), ["sandbox.zohoapis.ca"]);
        assert_eq!(sandbox.production().hosts().len(), 3);
    }
}
