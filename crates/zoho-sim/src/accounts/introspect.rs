//! `POST /oauth/v2/introspect`: what a token is. Named by the discovery document only.
//!
//! unknown: the keys of Zoho's answer; those of RFC 7662 are given.

use axum::http::StatusCode;
use serde_json::json;

use super::{credentials, refusal};
use crate::http::{Answer, Call, Query};
use crate::state::Shared;

/// Tells a client about a token of its own; any other is not active.
pub(crate) fn answer(shared: &Shared, call: &Call, form: &Query) -> Answer {
    let now = shared.clock.now();
    let Some((client_id, secret)) = credentials::basic(call) else {
        return refusal(StatusCode::UNAUTHORIZED, "invalid_client");
    };
    let accounts = shared.accounts();
    let is_right = accounts
        .client(&client_id)
        .is_some_and(|client| client.client_secret == secret);
    if !is_right {
        return refusal(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let found = accounts
        .inspect(form.get("token").unwrap_or_default(), now)
        .filter(|found| found.caller.client_id == client_id);
    let Some(found) = found else {
        return Answer::json(StatusCode::OK, &json!({"active": false}));
    };
    let mut body = json!({
        "active": true,
        "scope": found.caller.scopes.joined(),
        "client_id": found.caller.client_id,
        "token_type": "Bearer",
        "iss": call.origin,
    });
    if let Some((made_at, ends_at)) = found.life {
        body["iat"] = json!(made_at);
        body["exp"] = json!(ends_at);
    }
    Answer::json(StatusCode::OK, &body)
}
