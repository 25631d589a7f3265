//! What the accounts host tells about itself: the discovery document, its keys, and the list of data centers.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::http::{Answer, Call};
use crate::state::Shared;

/// `GET /.well-known/openid-configuration`.
pub(crate) fn document(call: &Call) -> Answer {
    let at = |path: &str| format!("{}{path}", call.origin);
    // unknown: the document's other keys; those of the fact sheet are given.
    Answer::json(
        StatusCode::OK,
        &json!({
            "issuer": call.origin,
            "authorization_endpoint": at("/oauth/v2/auth"),
            "token_endpoint": at("/oauth/v2/token"),
            "userinfo_endpoint": at("/oauth/v2/userinfo"),
            "revocation_endpoint": at("/oauth/v2/revoke/token"),
            "introspection_endpoint": at("/oauth/v2/introspect"),
            "device_authorization_endpoint": at("/oauth/v3/device/code"),
            "jwks_uri": at("/oauth/v2/keys"),
            "response_types_supported": ["code", "token"],
            "response_modes_supported": ["query", "fragment"],
            "grant_types_supported": ["authorization_code", "implicit", "refresh_token", "client_credentials",
                "urn:ietf:params:oauth:grant-type:device_code"],
            "subject_types_supported": ["public"],
            "scopes_supported": ["openid", "profile", "email", "phone"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic"],
            "revocation_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["plain", "S256"],
        }),
    )
}

/// `GET /oauth/v2/keys`: none, as no ID token is signed here.
pub(crate) fn keys() -> Answer {
    Answer::json(StatusCode::OK, &json!({"keys": []}))
}

/// `GET /oauth/serverinfo`: the accounts servers of the data centers that are played, by location.
pub(crate) fn server_info(shared: &Shared, call: &Call) -> Answer {
    let own = shared.site.data_center();
    let mut locations = Map::new();
    for site in shared.sites() {
        let data_center = site.site.data_center();
        let server = shared.accounts_server(data_center, &call.origin);
        locations.insert(data_center.name().to_owned(), Value::String(server));
    }
    if locations.is_empty() {
        locations.insert(own.name().to_owned(), Value::String(call.origin.clone()));
    }
    Answer::json(
        StatusCode::OK,
        &json!({"result": "success", "locations": locations}),
    )
}
