//! The page on which a person grants a connection.

use url::Url;

use super::Pkce;
use crate::Error;
use crate::client::checked;

/// Builds the URL of Zoho's consent page (`accounts/protocol/oauth/web-apps/authorization.html`).
///
/// ```
/// use zoho::{DataCenter, oauth::AuthorizationUrl};
///
/// let url = AuthorizationUrl::new(DataCenter::Eu.accounts_url(), "1000.ABC", "https://gateway.example/callback")
///     .scope("ZohoCRM.modules.ALL")
///     .scope("ZohoCRM.settings.READ")
///     .state("a-random-text")
///     .offline()
///     .consent()
///     .build()?;
/// assert!(url.as_str().starts_with("https://accounts.zoho.eu/oauth/v2/auth?"));
/// assert!(url.query().is_some_and(|query| query.contains("access_type=offline")));
/// # Ok::<(), zoho::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AuthorizationUrl {
    accounts_url: Url,
    client_id: String,
    redirect_uri: String,
    scopes: Vec<String>,
    state: Option<String>,
    challenge: Option<String>,
    is_offline: bool,
    asks_consent: bool,
}

impl AuthorizationUrl {
    /// The redirect URI must be exactly one that is registered for the client in the API console.
    #[must_use]
    pub fn new(
        accounts_url: Url,
        client_id: impl Into<String>,
        redirect_uri: impl Into<String>,
    ) -> AuthorizationUrl {
        AuthorizationUrl {
            accounts_url,
            client_id: client_id.into(),
            redirect_uri: redirect_uri.into(),
            scopes: Vec::new(),
            state: None,
            challenge: None,
            is_offline: false,
            asks_consent: false,
        }
    }

    /// Asks for one more scope, such as `ZohoCRM.modules.ALL`.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> AuthorizationUrl {
        self.scopes.push(scope.into());
        self
    }

    /// Asks for more scopes.
    #[must_use]
    pub fn scopes(
        mut self,
        scopes: impl IntoIterator<Item = impl Into<String>>,
    ) -> AuthorizationUrl {
        self.scopes.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// A text that Zoho returns with the redirect. Make it unguessable and compare it, against forged redirects.
    #[must_use]
    pub fn state(mut self, state: impl Into<String>) -> AuthorizationUrl {
        self.state = Some(state.into());
        self
    }

    /// Ties the code to this program.
    #[must_use]
    pub fn pkce(mut self, pkce: &Pkce) -> AuthorizationUrl {
        self.challenge = Some(pkce.challenge());
        self
    }

    /// Asks for a refresh token; without this Zoho gives an access token for an hour only.
    #[must_use]
    pub fn offline(mut self) -> AuthorizationUrl {
        self.is_offline = true;
        self
    }

    /// Shows the consent page even to a user who has consented before. Together with `offline` this is what makes Zoho
    /// give a new refresh token.
    #[must_use]
    pub fn consent(mut self) -> AuthorizationUrl {
        self.asks_consent = true;
        self
    }

    /// Puts the URL together.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if there is no scope, the redirect URI is no http(s) URL, or the
    /// accounts server is neither https nor loopback.
    pub fn build(self) -> Result<Url, Error> {
        let mut url = checked("accounts_url", self.accounts_url)?;
        let redirect = Url::parse(&self.redirect_uri)
            .ok()
            .filter(|uri| matches!(uri.scheme(), "http" | "https"));
        if redirect.is_none() {
            return Err(Error::input(
                "redirect_uri",
                &self.redirect_uri,
                "use the http(s) URL registered for the client",
            ));
        }
        if self.scopes.is_empty() {
            return Err(Error::input("scope", "", "ask for at least one scope"));
        }
        url.set_path("/oauth/v2/auth");
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", &self.scopes.join(","))
            .append_pair(
                "access_type",
                if self.is_offline { "offline" } else { "online" },
            );
        if self.asks_consent {
            query.append_pair("prompt", "consent");
        }
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        if let Some(challenge) = &self.challenge {
            query
                .append_pair("code_challenge", challenge)
                .append_pair("code_challenge_method", "S256");
        }
        drop(query);
        Ok(url)
    }
}
