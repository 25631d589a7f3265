//! What Zoho's redirect brings back after the consent page.

use std::collections::HashMap;
use std::fmt;

use secrecy::SecretString;
use url::{Url, form_urlencoded};

use crate::client::{checked, is_loopback};
use crate::{DataCenter, Error, ErrorKind};

const OPERATION: &str = "read authorization redirect";

/// A granted code and where to exchange it. Zoho's codes serve once and live for two to three minutes.
pub struct AuthorizationAnswer {
    /// The code to give to [`exchange_code`](super::exchange_code).
    pub code: SecretString,
    /// The user's data center, where the redirect names one; the code is only good there.
    pub data_center: Option<DataCenter>,
    /// The accounts server at which the code must be exchanged, where the redirect names one: one of Zoho's, or the one
    /// that was told to [`AuthorizationAnswer::from_query_of`].
    pub accounts_url: Option<Url>,
}

impl AuthorizationAnswer {
    /// Reads the query of the redirect, for instance `state=abc&code=1000.a.b&location=eu&accounts-server=https%3A…`.
    ///
    /// The accounts server is taken from Zoho's list of data centers, never from the query alone, since the client
    /// secret will be sent there.
    ///
    /// # Errors
    /// [`ErrorKind::Token`] if the user declined (`access_denied`); [`ErrorKind::Input`] if the state is not the
    /// expected one, the code is missing, or the accounts server is none of Zoho's.
    pub fn from_query(query: &str, expected_state: &str) -> Result<AuthorizationAnswer, Error> {
        AuthorizationAnswer::read(query, expected_state, None)
    }

    /// The same for a connection whose accounts server was set by hand, such as a simulator's. Besides Zoho's own, that
    /// server may be named; and if it is on this very machine, any other on it.
    ///
    /// # Errors
    /// As [`AuthorizationAnswer::from_query`].
    pub fn from_query_of(
        accounts_url: &Url,
        query: &str,
        expected_state: &str,
    ) -> Result<AuthorizationAnswer, Error> {
        AuthorizationAnswer::read(query, expected_state, Some(accounts_url))
    }

    fn read(
        query: &str,
        expected_state: &str,
        own: Option<&Url>,
    ) -> Result<AuthorizationAnswer, Error> {
        let pairs: HashMap<_, _> =
            form_urlencoded::parse(query.trim_start_matches('?').as_bytes()).collect();
        let get = |name: &str| pairs.get(name).map(AsRef::<str>::as_ref);
        if get("state").unwrap_or_default() != expected_state {
            return Err(refused(
                "the state is not the one that was sent; start the authorization again",
            ));
        }
        if let Some(code) = get("error") {
            return Err(
                Error::new(ErrorKind::Token, OPERATION, "the user or Zoho declined")
                    .zoho_code(code),
            );
        }
        let code = get("code").filter(|code| !code.is_empty());
        let code = code
            .ok_or_else(|| refused("the redirect brings no code; start the authorization again"))?;
        let server = get("accounts-server")
            .map(|text| server(text, own))
            .transpose()?;
        let location = get("location").map(str::parse::<DataCenter>).transpose()?;
        let of_server = server.as_ref().and_then(DataCenter::from_accounts_url);
        if let (Some(of_server), Some(location)) = (of_server, location)
            && of_server != location
        {
            return Err(Error::input(
                "location",
                &location.to_string(),
                "it is not the data center of the accounts server beside it; start the authorization again",
            ));
        }
        Ok(AuthorizationAnswer {
            code: code.into(),
            data_center: of_server.or(location),
            accounts_url: server,
        })
    }
}

/// The accounts server of a redirect, if the client secret may be sent there.
fn server(text: &str, own: Option<&Url>) -> Result<Url, Error> {
    let is_allowed = |url: &Url| {
        DataCenter::from_accounts_url(url).is_some()
            || own.is_some_and(|own| {
                own.origin() == url.origin() || (is_loopback(own) && is_loopback(url))
            })
    };
    Url::parse(text)
        .ok()
        .and_then(|url| checked("accounts-server", url).ok())
        .filter(is_allowed)
        .ok_or_else(|| {
            let shown: String = text.chars().take(80).collect();
            Error::input(
                "accounts-server",
                &shown,
                "it is none of Zoho's accounts servers",
            )
        })
}

fn refused(message: &str) -> Error {
    Error::new(ErrorKind::Input, OPERATION, message)
}

impl fmt::Debug for AuthorizationAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationAnswer")
            .field("data_center", &self.data_center)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn zoho_s_sample_redirect_is_read() {
        let query = "state=abc&code=1000.aaaa.bbbb&location=eu&accounts-server=https%3A%2F%2Faccounts.zoho.eu";
        let answer = AuthorizationAnswer::from_query(query, "abc").unwrap();
        assert_eq!(answer.code.expose_secret(), "1000.aaaa.bbbb");
        assert_eq!(answer.data_center, Some(DataCenter::Eu));
    }

    #[test]
    fn forged_and_declined_redirects_are_refused() {
        for query in [
            "code=1000.a.b&state=other",
            "code=1000.a.b",
            "state=abc",
            "state=abc&code=c&accounts-server=https%3A%2F%2Faccounts.zoho.eu.evil.example",
        ] {
            assert_eq!(
                AuthorizationAnswer::from_query(query, "abc")
                    .unwrap_err()
                    .kind(),
                ErrorKind::Input,
                "{query}"
            );
        }
        let mixed = "state=abc&code=c&location=us&accounts-server=https%3A%2F%2Faccounts.zoho.eu";
        let mixed = AuthorizationAnswer::from_query(mixed, "abc").unwrap_err();
        assert!(mixed.to_string().contains("location"), "{mixed}");
        let declined =
            AuthorizationAnswer::from_query("state=abc&error=access_denied", "abc").unwrap_err();
        assert_eq!(
            (declined.kind(), declined.code()),
            (ErrorKind::Token, Some("access_denied"))
        );
    }

    #[test]
    fn a_server_that_was_set_by_hand_may_be_named_and_no_other_beside_zoho_s() {
        let own = Url::parse("http://127.0.0.1:4010").unwrap();
        let read = |server: &str| {
            let query = format!("state=abc&code=c&location=eu&accounts-server={server}");
            AuthorizationAnswer::from_query_of(&own, &query, "abc")
        };
        for server in ["http://127.0.0.1:4010", "http://127.0.0.1:4011"] {
            let answer = read(server).unwrap();
            assert_eq!(answer.data_center, Some(DataCenter::Eu));
            assert!(answer.accounts_url.unwrap().as_str().starts_with(server));
        }
        assert!(read("https://accounts.zoho.eu").is_ok());
        for server in [
            "https://evil.example",
            "http://accounts.zoho.eu",
            "nonsense",
        ] {
            assert!(read(server).is_err(), "{server}");
        }
        let own = Url::parse("https://accounts.proxy.example").unwrap();
        let query = "state=abc&code=c&accounts-server=http%3A%2F%2F127.0.0.1";
        assert!(AuthorizationAnswer::from_query_of(&own, query, "abc").is_err());
    }
}
