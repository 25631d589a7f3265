//! Ends a grant.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::token_answer::post_form;
use crate::client::checked;
use crate::transport::{Transport, TransportSettings, host_of};
use crate::{Error, ErrorKind};

const OPERATION: &str = "revoke token";
const PATH: &str = "/oauth/v2/token/revoke";

/// Revokes a refresh token, which kills its access tokens at once (`crm/developer/docs/api/v8/revoke-tokens.html`).
///
/// # Errors
/// [`ErrorKind::Token`] if Zoho does not know the token (any more); transport errors.
pub async fn revoke(accounts_url: &Url, refresh_token: &SecretString) -> Result<(), Error> {
    let accounts_url = checked("accounts_url", accounts_url.clone())?;
    let transport = Transport::new(&TransportSettings::default())?;
    // Zoho's page puts the token into the query; it goes in the body here, since URLs end in logs.
    // unknown: that Zoho reads it there too, as its token endpoint does with all parameters.
    let form = [("token", refresh_token.expose_secret())];
    let answer = post_form(&transport, OPERATION, &accounts_url, PATH, &form).await?;

    #[derive(Default, Deserialize)]
    struct Wire {
        status: Option<String>,
        error: Option<String>,
    }
    let wire: Wire = serde_json::from_slice(&answer.body).unwrap_or_default();
    if wire.status.as_deref() == Some("success") {
        return Ok(());
    }
    // unknown: the body of a refused revocation; `error` is read where it is there.
    let kind = match (answer.status, &wire.error) {
        (500.., _) => ErrorKind::Server,
        (400..=499, _) | (_, Some(_)) => ErrorKind::Token,
        _ => ErrorKind::BrokenAnswer,
    };
    let error = Error::new(
        kind,
        OPERATION,
        "the accounts server did not revoke the token",
    )
    .at("POST", &host_of(&accounts_url), PATH)
    .status(answer.status);
    Err(match wire.error {
        Some(code) => error.zoho_code(code),
        None => error,
    })
}
