//! What Zoho's redirect brings back after the consent page.

use std::collections::HashMap;
use std::fmt;

use secrecy::SecretString;
use url::{Url, form_urlencoded};

use crate::{DataCenter, Error, ErrorKind};

const OPERATION: &str = "read authorization redirect";

/// A granted code and where to exchange it. Zoho's codes serve once and live for two to three minutes.
pub struct AuthorizationAnswer {
    /// The code to give to [`exchange_code`](super::exchange_code).
    pub code: SecretString,
    /// The user's data center, where the redirect names one; the code is only good there.
    pub data_center: Option<DataCenter>,
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
        let server = match get("accounts-server") {
            Some(text) => {
                let url = Url::parse(text).ok();
                let known = url.as_ref().and_then(DataCenter::from_accounts_url);
                Some(known.ok_or_else(|| {
                    Error::input(
                        "accounts-server",
                        text,
                        "it is none of Zoho's accounts servers",
                    )
                })?)
            }
            None => None,
        };
        let location = get("location").map(str::parse::<DataCenter>).transpose()?;
        Ok(AuthorizationAnswer {
            code: code.into(),
            data_center: server.or(location),
        })
    }
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
        let declined =
            AuthorizationAnswer::from_query("state=abc&error=access_denied", "abc").unwrap_err();
        assert_eq!(
            (declined.kind(), declined.code()),
            (ErrorKind::Token, Some("access_denied"))
        );
    }
}
