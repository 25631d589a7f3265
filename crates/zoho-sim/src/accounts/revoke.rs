//! `POST /oauth/v2/token/revoke` and `POST /oauth/v2/revoke/token`: ends a token.

use axum::http::StatusCode;
use serde_json::json;

use super::{ClientKind, credentials, refusal};
use crate::http::{Answer, Call, Query};
use crate::state::Shared;

/// Ends a refresh token with all its access tokens, or a single access token. The token alone is enough.
///
/// unknown: the body of the refusal; `invalid_code` was seen, the status 400 is documented.
pub(crate) fn by_token(shared: &Shared, form: &Query) -> Answer {
    let token = form.get("token").unwrap_or_default();
    let mut accounts = shared.accounts();
    if accounts.end_refresh_token(token) || accounts.end_access_token(token) {
        return success();
    }
    refusal(StatusCode::BAD_REQUEST, "invalid_code")
}

/// The newer path, where the client says who it is by HTTP Basic and of which type its token is
/// (`developer/oauth/revoke-oauth-token.html`).
///
/// unknown: status and words of its refusals.
pub(crate) fn by_client(shared: &Shared, call: &Call, form: &Query) -> Answer {
    let bad = |word| refusal(StatusCode::BAD_REQUEST, word);
    let now = shared.clock.now();
    let mut accounts = shared.accounts();
    let (client_id, secret) = credentials::of(call, form);
    let Some(client) = accounts.client(&client_id) else {
        return bad("invalid_client");
    };
    let needs_secret = client.kind != ClientKind::ClientBased;
    if needs_secret && secret.as_deref() != Some(client.client_secret.as_str()) {
        return bad("invalid_client_secret");
    }
    let token = form.get("token").unwrap_or_default();
    let is_own = accounts
        .inspect(token, now)
        .is_some_and(|found| found.caller.client_id == client_id);
    let is_ended = is_own
        && match form.get("token_type") {
            Some("refresh_token") => accounts.end_refresh_token(token),
            Some("access_token") => accounts.end_access_token(token),
            _ => return bad("invalid_request"),
        };
    if is_ended {
        return success();
    }
    bad("invalid_code")
}

fn success() -> Answer {
    Answer::json(StatusCode::OK, &json!({"status": "success"}))
}
