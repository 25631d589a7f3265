//! More scopes for a refresh token that lives (incremental authorization, `accounts/protocol/oauth/incremental-auth`):
//! `POST /oauth/v2/token/scopeenhance` gives a token with which the person is asked at `/oauth/v2/token/addextrascope`.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use super::consent_page::{self, Hidden};
use super::{Accounts, Client, Scopes, person, refusal, token};
use crate::http::{Answer, Call, Query};
use crate::state::Shared;

/// Life of an enhancement token.
const SECONDS: u32 = 600;

/// What an enhancement token is good for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Enhancement {
    client_id: String,
    refresh_token: String,
    expires_at: i64,
}

/// A request for more scopes that can be shown.
struct Request {
    client: Client,
    redirect_uri: Url,
    scopes: Scopes,
    refresh_token: String,
    user: u64,
}

impl Accounts {
    fn enhancement(&self, token: &str, client_id: &str, now: i64) -> Option<&Enhancement> {
        let found = self.enhancements.get(token)?;
        (found.client_id == client_id && found.expires_at > now).then_some(found)
    }
}

/// `POST /oauth/v2/token/scopeenhance`.
pub(crate) fn begin(shared: &Shared, call: &Call, form: &Query) -> Answer {
    let client = match token::client_of(shared, call, form) {
        Ok(client) => client,
        Err(answer) => return answer,
    };
    if form.get("grant_type") != Some("update_scopes_token") {
        return refusal(StatusCode::OK, "unsupported_grant_type");
    }
    let now = shared.clock.now();
    let mut accounts = shared.accounts();
    let refresh_token = form.get("refresh_token").unwrap_or_default();
    let holder = accounts.holder_of_refresh_token(refresh_token, &client.client_id);
    if holder.is_none() {
        return refusal(StatusCode::OK, "invalid_code");
    }
    accounts
        .enhancements
        .retain(|_, found| found.expires_at > now);
    let text = accounts.chance.token(client.prefix());
    let enhancement = Enhancement {
        client_id: client.client_id,
        refresh_token: refresh_token.to_owned(),
        expires_at: now.saturating_add(i64::from(SECONDS)),
    };
    accounts.enhancements.insert(text.clone(), enhancement);
    Answer::json(
        StatusCode::OK,
        &json!({"access_token": text, "token_type": "Bearer", "expires_in": SECONDS}),
    )
}

/// `GET /oauth/v2/token/addextrascope`: asks the person whose token it is, and only for what is new.
pub(crate) fn show(shared: &Shared, query: &Query) -> Answer {
    let request = match request_of(shared, query) {
        Ok(request) => request,
        Err(reason) => return error(&reason),
    };
    let hidden: Vec<Hidden<'_>> = CARRIED
        .iter()
        .filter_map(|name| Some(Hidden(name, query.get(name)?)))
        .collect();
    let mut people = person::people(shared);
    people.retain(|person| person.user == request.user && person.site == shared.site);
    let page = consent_page::page(
        &request.client,
        &request.scopes,
        &people,
        "/oauth/v2/token/addextrascope",
        &hidden,
    );
    Answer::html(StatusCode::OK, page)
}

/// `POST /oauth/v2/token/addextrascope`: takes the decision.
pub(crate) fn decide(shared: &Shared, form: &Query) -> Answer {
    let request = match request_of(shared, form) {
        Ok(request) => request,
        Err(reason) => return error(&reason),
    };
    let mut target = request.redirect_uri.clone();
    if form.get("decision") != Some("accept") {
        target
            .query_pairs_mut()
            .append_pair("error", "access_denied");
        return Answer::redirect(target.as_str());
    }
    let mut accounts = shared.accounts();
    accounts
        .enhancements
        .remove(form.get("enhance_token").unwrap_or_default());
    accounts.widen(&request.refresh_token, &request.scopes);
    accounts.note_consent(
        &request.client.client_id,
        request.user,
        &request.scopes,
        false,
    );
    target
        .query_pairs_mut()
        .append_pair("status", "success")
        .append_pair("scope_enhanced", "true");
    Answer::redirect(target.as_str())
}

/// unknown: where and with which words Zoho refuses such a request; like one for consent, it is answered by a page.
fn request_of(shared: &Shared, query: &Query) -> Result<Request, String> {
    let now = shared.clock.now();
    let accounts = shared.accounts();
    let client_id = query.get("client_id").unwrap_or_default();
    let client = accounts
        .client(client_id)
        .ok_or_else(|| format!("Invalid Client: no client has the id `{client_id}`."))?;
    if query.get("response_type") != Some("update_scopes") {
        return Err("Invalid Response Type: use `response_type=update_scopes`.".to_owned());
    }
    let redirect_uri = query.get("redirect_uri").unwrap_or_default();
    let mut known = client.redirect_uris.iter();
    if !known.any(|known| known == redirect_uri) {
        return Err(format!(
            "Invalid Redirect Uri: `{redirect_uri}` is not registered for this client."
        ));
    }
    let redirect_uri =
        Url::parse(redirect_uri).map_err(|error| format!("Invalid Redirect Uri: {error}."))?;
    let wanted = Scopes::parse(query.get("scope").unwrap_or_default());
    if !wanted.are_known() {
        return Err(format!(
            "Invalid OAuth Scope: `{}` does not exist.",
            wanted.first_unknown().unwrap_or_default()
        ));
    }
    let token = query.get("enhance_token").unwrap_or_default();
    let holder = accounts
        .enhancement(token, client_id, now)
        .and_then(|found| {
            let holder = accounts.holder_of_refresh_token(&found.refresh_token, client_id)?;
            Some((found.refresh_token.clone(), holder))
        });
    let (refresh_token, holder) =
        holder.ok_or("Invalid Token: the enhancement token is wrong, used or too old.")?;
    Ok(Request {
        client: client.clone(),
        redirect_uri,
        scopes: wanted.without(&holder.scopes),
        refresh_token,
        user: holder.user,
    })
}

/// Parameters that travel through the form unchanged.
const CARRIED: [&str; 6] = [
    "client_id",
    "response_type",
    "redirect_uri",
    "scope",
    "enhance_token",
    "logout",
];

fn error(reason: &str) -> Answer {
    Answer::html(StatusCode::BAD_REQUEST, consent_page::error(reason))
}
