//! A request for consent: what it must have, and the way back to the client.

use url::Url;

use crate::accounts::store::Challenge;
use crate::accounts::{Client, ClientKind, Scopes};
use crate::http::{Answer, Query};
use crate::state::Shared;

/// A request for consent that can be shown.
pub(super) struct Request {
    pub(super) client: Client,
    redirect_uri: Url,
    pub(super) scopes: Scopes,
    /// The client gets its access token in the redirect.
    pub(super) is_implicit: bool,
    pub(super) challenge: Option<Challenge>,
}

/// Parameters that travel through the form unchanged.
pub(super) const CARRIED: [&str; 9] = [
    "client_id",
    "response_type",
    "redirect_uri",
    "scope",
    "access_type",
    "prompt",
    "state",
    "code_challenge",
    "code_challenge_method",
];

/// unknown: the words of Zoho's own error page; wrong clients, redirects and scopes never reach the redirect there either.
pub(super) fn request_of(shared: &Shared, query: &Query) -> Result<Request, String> {
    let client_id = query.get("client_id").unwrap_or_default();
    let client = shared.accounts().client(client_id).cloned();
    let client =
        client.ok_or_else(|| format!("Invalid Client: no client has the id `{client_id}`."))?;
    let is_implicit = match (query.get("response_type"), client.kind) {
        (Some("token"), ClientKind::ClientBased) => true,
        (Some("code"), kind) if kind != ClientKind::ClientBased => false,
        _ => {
            return Err(
                "Invalid Response Type: use `response_type=code`, or `token` for a client-based application.".to_owned(),
            );
        }
    };
    let redirect_uri = query.get("redirect_uri").unwrap_or_default();
    if !client
        .redirect_uris
        .iter()
        .any(|known| known == redirect_uri)
    {
        return Err(format!(
            "Invalid Redirect Uri: `{redirect_uri}` is not registered for this client."
        ));
    }
    let redirect_uri =
        Url::parse(redirect_uri).map_err(|error| format!("Invalid Redirect Uri: {error}."))?;
    let scopes = Scopes::parse(query.get("scope").unwrap_or_default());
    if !scopes.are_known() {
        return Err(format!(
            "Invalid OAuth Scope: `{}` does not exist.",
            scopes.first_unknown().unwrap_or_default()
        ));
    }
    Ok(Request {
        challenge: challenge_of(query)?,
        client,
        redirect_uri,
        scopes,
        is_implicit,
    })
}

fn challenge_of(query: &Query) -> Result<Option<Challenge>, String> {
    let Some(text) = query.get("code_challenge") else {
        return Ok(None);
    };
    let is_hashed = match query.get("code_challenge_method") {
        Some("S256") => true,
        None | Some("plain") => false,
        Some(other) => {
            return Err(format!(
                "Invalid Code Challenge Method: `{other}`; use S256 or plain."
            ));
        }
    };
    Ok(Some(Challenge {
        text: text.to_owned(),
        is_hashed,
    }))
}

/// Back to the client; tokens travel in the fragment, which no server sees.
pub(super) fn redirect(request: &Request, form: &Query, pairs: &[(&str, &str)]) -> Answer {
    let mut target = request.redirect_uri.clone();
    let state = form.get("state").map(|state| ("state", state));
    let pairs = state.into_iter().chain(pairs.iter().copied());
    if request.is_implicit {
        let fragment: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        target.set_fragment(Some(&fragment));
    } else {
        target.query_pairs_mut().extend_pairs(pairs);
    }
    Answer::redirect(target.as_str())
}
