//! The accounts server of a data center: clients, consent, codes, tokens.
//!
//! [`Accounts`] holds the state and the rules; each endpoint is a file. Zoho answers most OAuth errors with HTTP 200 and an
//! `error` key (`zoho.com/accounts/protocol/oauth`).

pub(crate) mod authorize;
mod client;
mod consent_page;
mod credentials;
pub(crate) mod device;
mod discovery;
mod enhance;
mod give;
mod identity;
mod introspect;
pub(crate) mod person;
mod revoke;
pub(crate) mod scope;
mod store;
pub(crate) mod token;

pub(crate) use client::{Client, ClientKind};
pub(crate) use scope::{Operation, Scopes};
pub(crate) use store::{Accounts, Caller, CodeRequest, Consent};

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::environment::Environment;
use crate::http::{Answer, Call, Query, form_of, is_foreign};
use crate::state::Shared;
use crate::{catalog, crm};

/// Whether a path belongs to the accounts host.
pub(crate) fn has_path(path: &str) -> bool {
    path.starts_with("/oauth/") || path.starts_with("/.well-known/")
}

/// Answers a call to the accounts host.
pub(crate) async fn answer(shared: &Shared, call: &Call) -> Answer {
    let form = form_of(call).await;
    // Other environments have an API host only; the accounts server of the data center is theirs too.
    if shared.site.environment() != Environment::Production {
        return catalog::invalid_url_pattern().into();
    }
    let environment = environment_of(shared, call, &form);
    let shared = environment.as_deref().unwrap_or(shared);
    let is_get = call.method == Method::GET;
    let is_post = call.method == Method::POST;
    if is_post && DECISIONS.contains(&call.path.as_str()) && is_foreign(&call.headers) {
        return authorize::foreign();
    }
    match call.path.as_str() {
        "/oauth/v2/auth" if is_get => authorize::show(shared, call),
        "/oauth/v2/auth" if is_post => authorize::decide(shared, call, &form),
        "/oauth/v2/auth/refresh" if is_get => authorize::renew(shared, call),
        "/oauth/v2/token" if is_post => token::answer(shared, call, &form),
        "/oauth/v2/token/revoke" if is_post || is_get => revoke::by_token(shared, &form),
        "/oauth/v2/token/scopeenhance" if is_post => enhance::begin(shared, call, &form),
        "/oauth/v2/token/addextrascope" if is_get => enhance::show(shared, &call.query),
        "/oauth/v2/token/addextrascope" if is_post => enhance::decide(shared, &form),
        "/oauth/v2/revoke/token" if is_post => revoke::by_client(shared, call, &form),
        "/oauth/v2/introspect" if is_post => introspect::answer(shared, call, &form),
        "/oauth/v2/keys" if is_get => discovery::keys(),
        "/oauth/v2/userinfo" if is_get || is_post => identity::claims(shared, call),
        "/oauth/user/info" if is_get => identity::profile(shared, call),
        "/oauth/v3/device" if is_get => device::show(shared, &call.query),
        "/oauth/v3/device" if is_post => device::decide(shared, &form),
        "/oauth/v3/device/code" if is_post => device::begin(shared, call, &form),
        "/oauth/v3/device/token" if is_post => device::poll(shared, call, &form),
        "/oauth/serverinfo" if is_get => discovery::server_info(shared, call),
        "/.well-known/openid-configuration" if is_get => discovery::document(call),
        path if PATHS.contains(&path) => refusal(StatusCode::OK, "invalid_request"),
        _ => catalog::invalid_url_pattern().into(),
    }
}

/// The environment whose organisation a code, a token or an `soid` of the request belongs to; none for production.
fn environment_of(shared: &Shared, call: &Call, form: &Query) -> Option<Arc<Shared>> {
    let named = ["code", "refresh_token", "token", "enhance_token"];
    let brought: Vec<&str> = named.iter().filter_map(|name| form.get(name)).collect();
    let bearer = crm::token_of(call);
    let zgid = form.get("soid").and_then(|soid| soid.split_once('.'));
    shared.environment_where(|there| {
        let is_zgid = |(_, zgid): (&str, &str)| there.world().organisation.zgid == zgid;
        let accounts = there.accounts();
        let knows_any = brought
            .iter()
            .copied()
            .chain(bearer)
            .any(|text| accounts.knows(text));
        drop(accounts);
        knows_any || zgid.is_some_and(is_zgid)
    })
}

/// Where people decide by a form. unknown: how Zoho keeps other pages from sending it for them.
const DECISIONS: [&str; 3] = [
    "/oauth/v2/auth",
    "/oauth/v2/token/addextrascope",
    "/oauth/v3/device",
];

/// Paths that exist. unknown: how the accounts host answers another method.
const PATHS: [&str; 16] = [
    "/oauth/v2/auth",
    "/oauth/v2/auth/refresh",
    "/oauth/v2/token",
    "/oauth/v2/token/revoke",
    "/oauth/v2/token/scopeenhance",
    "/oauth/v2/token/addextrascope",
    "/oauth/v2/revoke/token",
    "/oauth/v2/introspect",
    "/oauth/v2/keys",
    "/oauth/v2/userinfo",
    "/oauth/user/info",
    "/oauth/v3/device",
    "/oauth/v3/device/code",
    "/oauth/v3/device/token",
    "/oauth/serverinfo",
    "/.well-known/openid-configuration",
];

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
