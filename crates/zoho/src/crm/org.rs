//! The organisation itself.

use serde::{Deserialize, Serialize};

use super::{Crm, lenient, path};
use crate::call::Call;
use crate::policy::price;
use crate::{Error, ErrorKind};

const OPERATION: &str = "get organisation";

/// What Zoho tells of the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WireOrganization")]
#[non_exhaustive]
pub struct Organization {
    /// Zoho's id of the organisation in the CRM.
    pub id: String,
    /// The number that the upload host and client credentials ask for.
    pub zgid: Option<String>,
    /// Its name.
    pub company_name: String,
    /// Its domain name, such as `org808232144`.
    pub domain_name: Option<String>,
    /// Its time zone, such as `Europe/Berlin`.
    pub time_zone: Option<String>,
    /// Its currency in words, such as `US Dollar - USD`.
    pub currency: Option<String>,
    /// Its currency's sign.
    pub currency_symbol: Option<String>,
    /// Its currency's ISO code.
    pub iso_code: Option<String>,
    /// Its country's code.
    pub country_code: Option<String>,
    /// Its main address.
    pub primary_email: Option<String>,
    /// The edition, such as `enterprise`. unknown: the full list of Zoho's words.
    pub edition: Option<String>,
    /// The users that the licence covers.
    pub users_licensed: Option<u32>,
    /// `production`, `sandbox`, `bigin` or `developer`.
    pub kind: Option<String>,
}

#[derive(Deserialize)]
struct WireOrganization {
    #[serde(deserialize_with = "lenient::or_default")]
    id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    zgid: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    company_name: String,
    domain_name: Option<String>,
    time_zone: Option<String>,
    currency: Option<String>,
    currency_symbol: Option<String>,
    iso_code: Option<String>,
    country_code: Option<String>,
    primary_email: Option<String>,
    license_details: Option<WireLicense>,
    edition: Option<String>,
    users_licensed: Option<u32>,
    #[serde(rename = "type", alias = "kind")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct WireLicense {
    paid_type: Option<String>,
    #[serde(default, deserialize_with = "lenient::number")]
    users_license_purchased: Option<u32>,
}

impl From<WireOrganization> for Organization {
    fn from(wire: WireOrganization) -> Organization {
        let (paid_type, users) = match wire.license_details {
            Some(license) => (license.paid_type, license.users_license_purchased),
            None => (None, None),
        };
        Organization {
            id: wire.id,
            zgid: wire.zgid,
            company_name: wire.company_name,
            domain_name: wire.domain_name,
            time_zone: wire.time_zone,
            currency: wire.currency,
            currency_symbol: wire.currency_symbol,
            iso_code: wire.iso_code,
            country_code: wire.country_code,
            primary_email: wire.primary_email,
            edition: paid_type.or(wire.edition),
            users_licensed: users.or(wire.users_licensed),
            kind: wire.kind,
        }
    }
}

impl Crm {
    /// The organisation that the connection was granted for (`crm/developer/docs/api/v8/get-org-data.html`). Scope:
    /// `ZohoCRM.org.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn org(&self) -> Result<Organization, Error> {
        #[derive(Deserialize)]
        struct Wire {
            org: Vec<Organization>,
        }
        let call = Call::read(path(OPERATION, &["org"])?, price::light(OPERATION));
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        let org = wire.and_then(|wire| wire.org.into_iter().next());
        org.ok_or_else(|| {
            Error::new(
                ErrorKind::Decode,
                OPERATION,
                "the answer names no organisation",
            )
        })
    }
}
