//! `GET|POST clients`, `POST grants`: what Zoho's API console does for a person.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use super::given::parse;
use crate::accounts::{Caller, Client, CodeRequest, Scopes};
use crate::state::Shared;

pub(super) async fn list_clients(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let accounts = shared.accounts();
    let mut clients: Vec<&Client> = accounts.clients().collect();
    clients.sort_by(|left, right| left.client_id.cmp(&right.client_id));
    let clients: Vec<Value> = clients
        .into_iter()
        .map(|client| json!({"client_id": client.client_id, "name": client.name, "redirect_uris": client.redirect_uris}))
        .collect();
    Json(json!({"clients": clients}))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewClient {
    client_id: Option<String>,
    client_secret: Option<String>,
    name: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
}

/// Registers a client; an id and a secret that are not given are made up. This is the only answer that shows the secret.
pub(super) async fn create_client(
    State(shared): State<Arc<Shared>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let new: NewClient = parse(&body)?;
    for uri in &new.redirect_uris {
        url::Url::parse(uri)
            .map_err(|error| Problem::bad(format!("redirect_uris: `{uri}` is no URL: {error}")))?;
    }
    let mut accounts = shared.accounts();
    let (made_id, made_secret) = accounts.new_client_texts();
    let client_id = new.client_id.unwrap_or(made_id);
    let client = Client {
        name: new.name.unwrap_or_else(|| client_id.clone()),
        client_secret: new.client_secret.unwrap_or(made_secret),
        redirect_uris: new.redirect_uris,
        client_id,
    };
    let answer = json!({
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "name": client.name,
        "redirect_uris": client.redirect_uris,
    });
    accounts.register(client);
    Ok((StatusCode::CREATED, Json(answer)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewGrant {
    client_id: String,
    kind: GrantKind,
    scopes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum GrantKind {
    Code,
    RefreshToken,
}

/// Makes a code, as the console of a self client does, or a refresh token at once.
pub(super) async fn create_grant(
    State(shared): State<Arc<Shared>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let grant: NewGrant = parse(&body)?;
    let scopes = Scopes::parse(&grant.scopes.join(","));
    if !scopes.are_well_formed() {
        return Err(Problem::bad(
            "scopes: give at least one scope such as `ZohoCRM.modules.ALL`",
        ));
    }
    let user = shared.world().first_user_id();
    let limits = shared.limits();
    let mut accounts = shared.accounts();
    if accounts.client(&grant.client_id).is_none() {
        return Err(Problem::not_found(format!(
            "client_id: no client has the id `{}`",
            grant.client_id
        )));
    }
    let caller = Caller {
        client_id: grant.client_id,
        user,
        scopes,
    };
    let answer = match grant.kind {
        GrantKind::RefreshToken => {
            json!({"refresh_token": accounts.make_refresh_token(&caller, &limits)})
        }
        GrantKind::Code => {
            let request = CodeRequest {
                client_id: caller.client_id,
                user,
                scopes: caller.scopes,
                redirect_uri: None,
                is_offline: true,
                is_consent_forced: true,
                challenge: None,
            };
            let code = accounts.make_code(request, &limits, shared.clock.now());
            let code = code.map_err(|_| {
                Problem::bad("this client made too many codes in ten minutes; advance the clock or change `codes_per_window_max`")
            })?;
            json!({"code": code})
        }
    };
    Ok((StatusCode::CREATED, Json(answer)))
}
