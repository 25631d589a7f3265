//! The accounts server: clients, consent, codes, tokens.
//!
//! [`Accounts`] holds the state and the rules; the endpoints are [`authorize`], [`token`] and [`revoke`]. Zoho answers most
//! OAuth errors with HTTP 200 and an `error` key (`zoho.com/accounts/protocol/oauth`).

pub(crate) mod authorize;
pub(crate) mod revoke;
pub(crate) mod scope;
mod store;
pub(crate) mod token;

pub(crate) use scope::{Operation, Scopes};
pub(crate) use store::{Accounts, Caller, Client, CodeRequest};

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::catalog;
use crate::http::{Answer, Call, form_of};
use crate::state::Shared;

/// Answers a call to the accounts host.
pub(crate) async fn answer(shared: &Shared, call: &Call) -> Answer {
    let form = form_of(call).await;
    match (call.path.as_str(), &call.method) {
        ("/oauth/v2/auth", &Method::GET) => authorize::show(shared, &call.query),
        ("/oauth/v2/auth", &Method::POST) => authorize::decide(shared, call, &form),
        ("/oauth/v2/token", &Method::POST) => token::answer(shared, call, &form),
        ("/oauth/v2/token/revoke", &Method::POST | &Method::GET) => revoke::answer(shared, &form),
        ("/oauth/v2/revoke/token", &Method::POST) => revoke::answer(shared, &form),
        // unknown: how the accounts host answers another method.
        (
            "/oauth/v2/auth"
            | "/oauth/v2/token"
            | "/oauth/v2/token/revoke"
            | "/oauth/v2/revoke/token",
            _,
        ) => refusal(StatusCode::OK, "invalid_request"),
        _ => catalog::invalid_url_pattern().into(),
    }
}

/// `{"error": ...}` with the status of the fact sheet.
pub(crate) fn refusal(status: StatusCode, error: &str) -> Answer {
    Answer::json(status, &json!({"error": error}))
}

/// The body that a client gets which asks for tokens too often.
pub(crate) fn throttled() -> Answer {
    let body: Value = json!({
        "error_description": "You have made too many requests continuously. Please try again after some time.",
        "error": "Access Denied",
        "status": "failure",
    });
    Answer::json(StatusCode::BAD_REQUEST, &body)
}
