//! Zoho's data centers and the host names by which the real ones are reached.

use std::str::FromStr;

use crate::config::UnknownName;

/// Region of Zoho that owns an organisation, by the name that `location` carries after consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DataCenter(&'static Names);

/// Names of one data center (<https://www.zoho.com/crm/developer/docs/api/v8/multi-dc.html>).
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Names {
    name: &'static str,
    accounts: &'static str,
    api: &'static str,
    sandbox: &'static str,
    developer: &'static str,
    upload: &'static str,
}

// unknown: the API host of ae, and the upload, sandbox and developer hosts of uk and ae; they follow the pattern of the others.
static ALL: [Names; 10] = [
    names(
        "us",
        "accounts.zoho.com",
        "www.zohoapis.com",
        "sandbox.zohoapis.com",
        "developer.zohoapis.com",
        "content.zohoapis.com",
    ),
    names(
        "eu",
        "accounts.zoho.eu",
        "www.zohoapis.eu",
        "sandbox.zohoapis.eu",
        "developer.zohoapis.eu",
        "content.zohoapis.eu",
    ),
    names(
        "in",
        "accounts.zoho.in",
        "www.zohoapis.in",
        "sandbox.zohoapis.in",
        "developer.zohoapis.in",
        "content.zohoapis.in",
    ),
    names(
        "au",
        "accounts.zoho.com.au",
        "www.zohoapis.com.au",
        "sandbox.zohoapis.com.au",
        "developer.zohoapis.com.au",
        "content.zohoapis.com.au",
    ),
    names(
        "jp",
        "accounts.zoho.jp",
        "www.zohoapis.jp",
        "sandbox.zohoapis.jp",
        "developer.zohoapis.jp",
        "content.zohoapis.jp",
    ),
    names(
        "cn",
        "accounts.zoho.com.cn",
        "www.zohoapis.com.cn",
        "sandbox.zohoapis.com.cn",
        "developer.zohoapis.com.cn",
        "content.zohoapis.com.cn",
    ),
    names(
        "ca",
        "accounts.zohocloud.ca",
        "www.zohoapis.ca",
        "sandbox.zohoapis.ca",
        "developer.zohoapis.ca",
        "upload.zohocloud.ca",
    ),
    names(
        "sa",
        "accounts.zoho.sa",
        "www.zohoapis.sa",
        "sandbox.zohoapis.sa",
        "developer.zohoapis.sa",
        "files.zoho.sa",
    ),
    names(
        "uk",
        "accounts.zoho.uk",
        "www.zohoapis.uk",
        "sandbox.zohoapis.uk",
        "developer.zohoapis.uk",
        "content.zohoapis.uk",
    ),
    names(
        "ae",
        "accounts.zoho.ae",
        "www.zohoapis.ae",
        "sandbox.zohoapis.ae",
        "developer.zohoapis.ae",
        "content.zohoapis.ae",
    ),
];

const fn names(
    name: &'static str,
    accounts: &'static str,
    api: &'static str,
    sandbox: &'static str,
    developer: &'static str,
    upload: &'static str,
) -> Names {
    Names {
        name,
        accounts,
        api,
        sandbox,
        developer,
        upload,
    }
}

impl DataCenter {
    /// The name, such as `us`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// Every data center that is known.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        ALL.iter().map(Self)
    }

    /// Host of the real accounts server.
    pub(crate) fn accounts_host(self) -> &'static str {
        self.0.accounts
    }

    /// Host of the real API.
    pub(crate) fn api_host(self) -> &'static str {
        self.0.api
    }

    /// Host of the real API of sandboxes.
    pub(crate) fn sandbox_host(self) -> &'static str {
        self.0.sandbox
    }

    /// Host of the real API of developers' organisations.
    pub(crate) fn developer_host(self) -> &'static str {
        self.0.developer
    }

    /// Hosts of the real data center's production: a client that cannot be pointed elsewhere still finds the simulator by them, where
    /// the machine's own table of hosts leads them to it.
    pub(crate) fn hosts(self) -> [&'static str; 3] {
        [self.0.accounts, self.0.api, self.0.upload]
    }
}

impl Default for DataCenter {
    fn default() -> Self {
        Self(&ALL[0])
    }
}

impl FromStr for DataCenter {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::all()
            .find(|known| known.name() == text)
            .ok_or_else(|| {
                UnknownName::new(
                    "data center",
                    text,
                    "us, eu, in, au, jp, cn, ca, sa, uk or ae",
                )
            })
    }
}
