//! `GET|POST clients`, `POST grants`, `POST devices`: what Zoho's API console and the consent pages do for a
//! person.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use super::given::parse;
use super::problem::cut;
use crate::accounts::device::{self, Unsettled};
use crate::accounts::{Caller, Client, ClientKind, CodeRequest, Scopes, person};
use crate::data_center::DataCenter;
use crate::state::Shared;

/// Lives that the console offers for a code, in minutes.
pub(crate) const CODE_MINUTES: [u32; 4] = [3, 5, 7, 10];

pub(super) async fn list_clients(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let accounts = shared.accounts();
    let clients: Vec<Value> = accounts.clients().map(print).collect();
    Json(json!({"clients": clients}))
}

/// A client without its secrets.
fn print(client: &Client) -> Value {
    json!({
        "client_id": client.client_id,
        "name": client.name,
        "kind": client.kind,
        "redirect_uris": client.redirect_uris,
        "home": client.home,
        "elsewhere": client.elsewhere.keys().collect::<Vec<_>>(),
    })
}

/// What is known of a client that is to be registered.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewClient {
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<String>,
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) kind: ClientKind,
    #[serde(default)]
    pub(crate) redirect_uris: Vec<String>,
    /// Other data centers for which it is switched on, with its secret there; `null` for the same secret.
    #[serde(default)]
    pub(crate) elsewhere: BTreeMap<String, Option<String>>,
}

/// Registers a client, or changes the one of the same id; an id and a secret that are not given are made up. This is the only
/// answer that shows secrets.
pub(super) async fn create_client(
    State(shared): State<Arc<Shared>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let client = register(&shared, parse(&body)?)?;
    let mut answer = print(&client);
    answer["client_secret"] = json!(client.client_secret);
    answer["elsewhere"] = json!(client.elsewhere);
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Registers a client here, and makes it known where it is switched on. Another environment has the clients of its data center.
pub(crate) fn register(shared: &Shared, new: NewClient) -> Result<Client, Problem> {
    let production = shared.neighbour(shared.site.production());
    let shared = production.as_deref().unwrap_or(shared);
    for uri in &new.redirect_uris {
        new.kind.check_redirect_uri(uri).map_err(|hint| {
            let detail = format!("redirect_uris has `{}`: {hint}", cut(uri));
            Problem::of_field("redirect_uris", detail)
        })?;
    }
    for place in new.elsewhere.keys() {
        let known: Result<DataCenter, _> = place.parse();
        known.map_err(|error| Problem::bad(format!("elsewhere: {error}")))?;
    }
    let client = {
        let mut accounts = shared.accounts();
        let (made_id, made_secret) = accounts.new_client_texts(new.kind);
        let client_id = new.client_id.unwrap_or(made_id);
        let client_secret = match new.kind {
            ClientKind::ClientBased => String::new(),
            _ => new.client_secret.unwrap_or(made_secret),
        };
        let elsewhere = new.elsewhere.into_iter().map(|(place, secret)| {
            let secret = secret.unwrap_or_else(|| client_secret.clone());
            (place, secret)
        });
        let client = Client {
            name: new.name.unwrap_or_else(|| client_id.clone()),
            kind: new.kind,
            redirect_uris: new.redirect_uris,
            home: accounts.home().to_owned(),
            elsewhere: elsewhere.collect(),
            client_secret,
            client_id,
        };
        accounts.register(client.clone());
        client
    };
    shared.spread_clients();
    Ok(client)
}

/// What is to be granted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewGrant {
    pub(crate) client_id: String,
    pub(crate) kind: GrantKind,
    pub(crate) scopes: Vec<String>,
    /// Key (`us-5725767000000001001`) or e-mail of the user; the first one when nothing is said.
    #[serde(default)]
    pub(crate) user: Option<String>,
    /// Life of a code, as the console offers it.
    #[serde(default)]
    pub(crate) minutes: Option<u32>,
    /// Makes the code one of the consent page, which the exchange must name again.
    #[serde(default)]
    pub(crate) redirect_uri: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GrantKind {
    Code,
    RefreshToken,
}

/// Makes a code, as the console of a self client does, or a refresh token at once, in the data center of the user.
pub(super) async fn create_grant(
    State(shared): State<Arc<Shared>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let grant: NewGrant = parse(&body)?;
    let name = match grant.kind {
        GrantKind::Code => "code",
        GrantKind::RefreshToken => "refresh_token",
    };
    let (text, data_center) = give(&shared, grant)?;
    let answer = json!({name: text, "data_center": data_center.name()});
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Makes what is to be granted, and says in which data center it lives.
pub(crate) fn give(shared: &Shared, grant: NewGrant) -> Result<(String, DataCenter), Problem> {
    let scopes = Scopes::parse(&grant.scopes.join(","));
    if !scopes.are_known() {
        return Err(Problem::bad(match scopes.first_unknown() {
            Some(scope) => format!("scopes: there is no scope `{scope}`"),
            None => "scopes: give at least one scope such as `ZohoCRM.modules.ALL`".to_owned(),
        }));
    }
    let minutes = grant.minutes.unwrap_or(CODE_MINUTES[0]);
    if !CODE_MINUTES.contains(&minutes) {
        return Err(Problem::bad("minutes: use 3, 5, 7 or 10"));
    }
    let person = person::chosen(shared, grant.user.as_deref())
        .ok_or_else(|| Problem::not_found("user: there is no such user, or he is not active"))?;
    let neighbour = shared.neighbour(person.site);
    let there: &Shared = neighbour.as_deref().unwrap_or(shared);
    let limits = there.limits();
    let mut accounts = there.accounts();
    if accounts.client(&grant.client_id).is_none() {
        let place = match &neighbour {
            Some(there) => format!(" in the data center {}", there.site.data_center().name()),
            None => String::new(),
        };
        return Err(Problem::not_found(format!(
            "client_id: no client has the id `{}`{place}",
            grant.client_id
        )));
    }
    let text = match grant.kind {
        GrantKind::RefreshToken => {
            let caller = Caller {
                client_id: grant.client_id,
                user: person.user,
                scopes,
            };
            accounts.make_refresh_token(&caller, &limits)
        }
        GrantKind::Code => {
            let request = CodeRequest {
                client_id: grant.client_id,
                user: person.user,
                scopes,
                redirect_uri: grant.redirect_uri,
                is_offline: true,
                is_consent_forced: true,
                challenge: None,
            };
            // The limit is what it was; only where nothing is said the simulator's own life of codes holds.
            let seconds = grant
                .minutes
                .map_or(limits.code_seconds, |minutes| minutes * 60);
            let made = accounts.make_code(request, seconds, &limits, there.clock.now());
            made.map_err(|_| {
                Problem::bad("this client made too many codes in ten minutes; advance the clock or change `codes_per_window_max`")
            })?
        }
    };
    Ok((text, person.site.data_center()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceDecision {
    user_code: String,
    is_accepted: bool,
    #[serde(default)]
    user: Option<String>,
}

/// Decides about the request of a device, as a person on its page does.
pub(super) async fn decide_device(
    State(shared): State<Arc<Shared>>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let decision: DeviceDecision = parse(&body)?;
    let user = decision.user.as_deref();
    match device::settle_by_person(&shared, &decision.user_code, decision.is_accepted, user) {
        Ok(()) => Ok(Json(json!({"status": "ok"}))),
        Err(Unsettled::WrongCode) => Err(Problem::not_found(
            "user_code: no device waits with this code",
        )),
        Err(Unsettled::Refused(reason)) => Err(Problem::bad(reason)),
    }
}
