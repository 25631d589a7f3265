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
    upload: &'static str,
}

// unknown: the API host of ae and the upload hosts of uk and ae; they follow the pattern of the others.
static ALL: [Names; 10] = [
    names(
        "us",
        "accounts.zoho.com",
        "www.zohoapis.com",
        "content.zohoapis.com",
    ),
    names(
        "eu",
        "accounts.zoho.eu",
        "www.zohoapis.eu",
        "content.zohoapis.eu",
    ),
    names(
        "in",
        "accounts.zoho.in",
        "www.zohoapis.in",
        "content.zohoapis.in",
    ),
    names(
        "au",
        "accounts.zoho.com.au",
        "www.zohoapis.com.au",
        "content.zohoapis.com.au",
    ),
    names(
        "jp",
        "accounts.zoho.jp",
        "www.zohoapis.jp",
        "content.zohoapis.jp",
    ),
    names(
        "cn",
        "accounts.zoho.com.cn",
        "www.zohoapis.com.cn",
        "content.zohoapis.com.cn",
    ),
    names(
        "ca",
        "accounts.zohocloud.ca",
        "www.zohoapis.ca",
        "upload.zohocloud.ca",
    ),
    names("sa", "accounts.zoho.sa", "www.zohoapis.sa", "files.zoho.sa"),
    names(
        "uk",
        "accounts.zoho.uk",
        "www.zohoapis.uk",
        "content.zohoapis.uk",
    ),
    names(
        "ae",
        "accounts.zoho.ae",
        "www.zohoapis.ae",
        "content.zohoapis.ae",
    ),
];

const fn names(
    name: &'static str,
    accounts: &'static str,
    api: &'static str,
    upload: &'static str,
) -> Names {
    Names {
        name,
        accounts,
        api,
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

    /// Hosts of the real data center: a client that cannot be pointed elsewhere still finds the simulator by them, where
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
