//! Zoho's data centers and their hosts.
//!
//! A token is only valid in the data center of the user who granted it, so every connection names one.
//! The hosts come from Zoho's pages `accounts/protocol/oauth/multi-dc.html` and
//! `crm/developer/docs/api/v8/multi-dc.html`; what those pages do not say is `None` here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::Error;

/// The Zoho region that owns an organisation.
///
/// Its text form is Zoho's own `location` word: `us`, `eu`, `in`, `au`, `jp`, `cn`, `ca`, `sa`, `uk`, `ae`.
///
/// ```
/// use zoho::DataCenter;
///
/// let data_center: DataCenter = "eu".parse()?;
/// assert_eq!(data_center.accounts_url().as_str(), "https://accounts.zoho.eu/");
/// # Ok::<(), zoho::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataCenter {
    /// United States, `us`.
    Us,
    /// Europe, `eu`.
    Eu,
    /// India, `in`.
    In,
    /// Australia, `au`.
    Au,
    /// Japan, `jp`.
    Jp,
    /// China, `cn`.
    Cn,
    /// Canada, `ca`.
    Ca,
    /// Saudi Arabia, `sa`.
    Sa,
    /// United Kingdom, `uk`.
    Uk,
    /// United Arab Emirates, `ae`.
    Ae,
}

struct Hosts {
    location: &'static str,
    accounts: &'static str,
    api: Option<&'static str>,
    sandbox: Option<&'static str>,
    developer: Option<&'static str>,
    upload: Option<&'static str>,
}

impl DataCenter {
    /// All data centers, in the order of Zoho's list.
    pub const ALL: [DataCenter; 10] = [
        DataCenter::Us,
        DataCenter::Eu,
        DataCenter::In,
        DataCenter::Au,
        DataCenter::Jp,
        DataCenter::Cn,
        DataCenter::Ca,
        DataCenter::Sa,
        DataCenter::Uk,
        DataCenter::Ae,
    ];

    /// The server of authorization, tokens and revocation.
    #[must_use]
    pub fn accounts_url(self) -> Url {
        origin(self.hosts().accounts)
    }

    /// The server of the CRM and Books APIs for production organisations.
    ///
    /// A token answer's `api_domain` is more authoritative than this. It is `None` where Zoho documents no host.
    #[must_use]
    pub fn api_url(self) -> Option<Url> {
        self.hosts().api.map(origin)
    }

    /// The API server of sandbox organisations, where it is known.
    #[must_use]
    pub fn sandbox_api_url(self) -> Option<Url> {
        self.hosts().sandbox.map(origin)
    }

    /// The API server of developer organisations, where it is known.
    #[must_use]
    pub fn developer_api_url(self) -> Option<Url> {
        self.hosts().developer.map(origin)
    }

    /// The server that takes the files of bulk writes, where it is known.
    #[must_use]
    pub fn upload_url(self) -> Option<Url> {
        self.hosts().upload.map(origin)
    }

    /// The data center whose accounts server has this URL's host.
    ///
    /// Use it on the `accounts-server` that an authorization redirect names, before a client secret is sent there.
    #[must_use]
    pub fn from_accounts_url(url: &Url) -> Option<DataCenter> {
        let is_plain_https = url.scheme() == "https" && url.port().is_none();
        DataCenter::ALL.into_iter().find(|data_center| {
            is_plain_https && url.host_str() == Some(data_center.hosts().accounts)
        })
    }

    fn hosts(self) -> &'static Hosts {
        &HOSTS[self as usize]
    }
}

impl fmt::Display for DataCenter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.hosts().location)
    }
}

impl FromStr for DataCenter {
    type Err = Error;

    fn from_str(text: &str) -> Result<DataCenter, Error> {
        DataCenter::ALL
            .into_iter()
            .find(|data_center| data_center.hosts().location.eq_ignore_ascii_case(text))
            .ok_or_else(|| {
                Error::input(
                    "data center",
                    text,
                    "use one of us, eu, in, au, jp, cn, ca, sa, uk, ae",
                )
            })
    }
}

fn origin(host: &str) -> Url {
    Url::parse(&format!("https://{host}/")).expect("the hosts below are valid")
}

const HOSTS: [Hosts; 10] = [
    hosts(
        "us",
        "accounts.zoho.com",
        "www.zohoapis.com",
        "sandbox.zohoapis.com",
        "developer.zohoapis.com",
        "content.zohoapis.com",
    ),
    hosts(
        "eu",
        "accounts.zoho.eu",
        "www.zohoapis.eu",
        "sandbox.zohoapis.eu",
        "developer.zohoapis.eu",
        "content.zohoapis.eu",
    ),
    hosts(
        "in",
        "accounts.zoho.in",
        "www.zohoapis.in",
        "sandbox.zohoapis.in",
        "developer.zohoapis.in",
        "content.zohoapis.in",
    ),
    hosts(
        "au",
        "accounts.zoho.com.au",
        "www.zohoapis.com.au",
        "sandbox.zohoapis.com.au",
        "developer.zohoapis.com.au",
        "content.zohoapis.com.au",
    ),
    hosts(
        "jp",
        "accounts.zoho.jp",
        "www.zohoapis.jp",
        "sandbox.zohoapis.jp",
        "developer.zohoapis.jp",
        "content.zohoapis.jp",
    ),
    hosts(
        "cn",
        "accounts.zoho.com.cn",
        "www.zohoapis.com.cn",
        "sandbox.zohoapis.com.cn",
        "developer.zohoapis.com.cn",
        "content.zohoapis.com.cn",
    ),
    hosts(
        "ca",
        "accounts.zohocloud.ca",
        "www.zohoapis.ca",
        "sandbox.zohoapis.ca",
        "developer.zohoapis.ca",
        "upload.zohocloud.ca",
    ),
    hosts(
        "sa",
        "accounts.zoho.sa",
        "www.zohoapis.sa",
        "sandbox.zohoapis.sa",
        "developer.zohoapis.sa",
        "files.zoho.sa",
    ),
    // unknown: the sandbox, developer and upload hosts of the United Kingdom. Its API host rests on third-party text.
    Hosts {
        location: "uk",
        accounts: "accounts.zoho.uk",
        api: Some("www.zohoapis.uk"),
        sandbox: None,
        developer: None,
        upload: None,
    },
    // unknown: every host of the United Arab Emirates but the accounts server; the token answer names the API host.
    Hosts {
        location: "ae",
        accounts: "accounts.zoho.ae",
        api: None,
        sandbox: None,
        developer: None,
        upload: None,
    },
];

const fn hosts(
    location: &'static str,
    accounts: &'static str,
    api: &'static str,
    sandbox: &'static str,
    developer: &'static str,
    upload: &'static str,
) -> Hosts {
    Hosts {
        location,
        accounts,
        api: Some(api),
        sandbox: Some(sandbox),
        developer: Some(developer),
        upload: Some(upload),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_location_round_trips_and_its_accounts_host_is_found_again() {
        for data_center in DataCenter::ALL {
            assert_eq!(
                data_center.to_string().parse::<DataCenter>().unwrap(),
                data_center
            );
            assert_eq!(
                DataCenter::from_accounts_url(&data_center.accounts_url()),
                Some(data_center)
            );
        }
    }

    #[test]
    fn a_foreign_accounts_server_is_not_taken_for_zoho() {
        for url in [
            "https://accounts.zoho.com.evil.example/",
            "http://accounts.zoho.com/",
            "https://accounts.zoho.com:8443/",
        ] {
            assert_eq!(
                DataCenter::from_accounts_url(&Url::parse(url).unwrap()),
                None,
                "{url}"
            );
        }
    }

    #[test]
    fn an_unknown_location_names_the_value_and_the_choices() {
        let error = "mars".parse::<DataCenter>().unwrap_err().to_string();
        assert!(
            error.contains("mars") && error.contains("us, eu"),
            "{error}"
        );
    }
}
