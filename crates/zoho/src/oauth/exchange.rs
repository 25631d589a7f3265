//! Trades a code for tokens.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::token_answer::{self, TOKEN_PATH};
use crate::Error;
use crate::client::checked;
use crate::transport::{Transport, TransportSettings};

const OPERATION: &str = "exchange code";

/// What the token endpoint needs to trade a code.
pub struct CodeExchange {
    /// The accounts server that the redirect named; a code is only good at its own data center.
    pub accounts_url: Url,
    /// The client's id.
    pub client_id: String,
    /// The client's secret at this data center.
    pub client_secret: SecretString,
    /// The code. It serves once and lives for two to three minutes.
    pub code: SecretString,
    /// The same text as in the authorization URL; `None` for a code that a Self Client generated in the API console.
    pub redirect_uri: Option<String>,
    /// The verifier, if the authorization URL carried a challenge.
    pub code_verifier: Option<SecretString>,
}

/// What a code brought.
pub struct Granted {
    /// A first access token.
    pub access_token: SecretString,
    /// The refresh token. `None` unless the page was asked with `offline`, and with `consent` after the first time.
    pub refresh_token: Option<SecretString>,
    /// The granted scopes.
    pub scopes: Vec<String>,
    /// The API server of the organisation, where the answer names a usable one.
    pub api_domain: Option<Url>,
    /// The lifetime of the access token.
    pub expires_in: Duration,
}

/// Trades a code for tokens, in one attempt, since a code serves only once.
///
/// # Errors
/// [`Error::needs_consent`] for a used, expired or foreign code or a wrong client; transport errors.
pub async fn exchange_code(exchange: CodeExchange) -> Result<Granted, Error> {
    let accounts_url = checked("accounts_url", exchange.accounts_url)?;
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("client_id", exchange.client_id.as_str()),
        ("client_secret", exchange.client_secret.expose_secret()),
        ("code", exchange.code.expose_secret()),
    ];
    form.extend(
        exchange
            .redirect_uri
            .as_deref()
            .map(|uri| ("redirect_uri", uri)),
    );
    form.extend(
        exchange
            .code_verifier
            .as_ref()
            .map(|verifier| ("code_verifier", verifier.expose_secret())),
    );
    let transport = Transport::new(&TransportSettings::default())?;
    let answer =
        token_answer::post_form(&transport, OPERATION, &accounts_url, TOKEN_PATH, &form).await?;
    let granted = token_answer::read(OPERATION, &accounts_url, &answer)?;
    let api_domain = granted
        .api_domain
        .as_deref()
        .and_then(|text| Url::parse(text).ok());
    Ok(Granted {
        access_token: granted.access_token,
        refresh_token: granted.refresh_token,
        scopes: granted.scopes,
        api_domain: api_domain.and_then(|url| checked("api_domain", url).ok()),
        expires_in: granted.lifetime,
    })
}

impl fmt::Debug for CodeExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeExchange")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Granted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Granted")
            .field("scopes", &self.scopes)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}
