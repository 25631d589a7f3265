//! `POST /oauth/v2/token`: authorization_code, refresh_token, client_credentials.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::store::{Challenge, Client, CodeRequest};
use super::{Caller, Scopes, refusal, throttled};
use crate::http::{Answer, Call, Query};
use crate::limits::Limits;
use crate::pkce;
use crate::state::Shared;

/// Answers a token request, whose parameters may come from the body or from the query string.
pub(crate) fn answer(shared: &Shared, call: &Call, form: &Query) -> Answer {
    let result = match form.get("grant_type") {
        Some("authorization_code") => exchange_code(shared, form),
        Some("refresh_token") => refresh(shared, form),
        Some("client_credentials") => client_credentials(shared, form),
        // unknown: the exact words for a grant type that is missing or not known.
        Some(_) => Err(refusal(StatusCode::OK, "unsupported_grant_type")),
        None => Err(refusal(StatusCode::OK, "invalid_request")),
    };
    match result {
        Ok(granted) => Answer::json(StatusCode::OK, &granted.to_json(&call.origin)),
        Err(answer) => answer,
    }
}

struct Granted {
    access_token: String,
    refresh_token: Option<String>,
    scopes: Scopes,
    expires_in: u32,
}

impl Granted {
    fn to_json(&self, origin: &str) -> Value {
        let mut body = json!({"access_token": self.access_token});
        if let Some(token) = &self.refresh_token {
            body["refresh_token"] = json!(token);
        }
        body["scope"] = json!(self.scopes.joined());
        body["api_domain"] = json!(origin);
        body["token_type"] = json!("Bearer");
        body["expires_in"] = json!(self.expires_in);
        body
    }
}

/// The client of the request, if its secret is right.
fn client_of(shared: &Shared, form: &Query) -> Result<Client, Answer> {
    let accounts = shared.accounts();
    let client = form.get("client_id").and_then(|id| accounts.client(id));
    let client = client.ok_or_else(|| refusal(StatusCode::OK, "invalid_client"))?;
    if form.get("client_secret") != Some(client.client_secret.as_str()) {
        return Err(refusal(StatusCode::OK, "invalid_client_secret"));
    }
    Ok(client.clone())
}

fn exchange_code(shared: &Shared, form: &Query) -> Result<Granted, Answer> {
    let client = client_of(shared, form)?;
    let invalid_code = || refusal(StatusCode::OK, "invalid_code");
    let now = shared.clock.now();
    let limits = shared.limits();
    let mut accounts = shared.accounts();
    let request = form
        .get("code")
        .and_then(|code| accounts.take_code(code, now))
        .ok_or_else(invalid_code)?;
    // unknown: what Zoho says to a code of another client; it is treated like an unknown one.
    if request.client_id != client.client_id {
        return Err(invalid_code());
    }
    if request.redirect_uri.is_some() && request.redirect_uri.as_deref() != form.get("redirect_uri")
    {
        return Err(refusal(StatusCode::OK, "invalid_redirect_uri"));
    }
    if !is_verified(request.challenge.as_ref(), form.get("code_verifier")) {
        return Err(invalid_code());
    }
    let CodeRequest {
        user,
        scopes,
        is_offline,
        is_consent_forced,
        ..
    } = request;
    let caller = Caller {
        client_id: client.client_id,
        user,
        scopes,
    };
    // A person who was not asked again gets no second refresh token.
    let is_refresh_given = is_offline
        && (is_consent_forced || !accounts.has_refresh_token(&caller.client_id, caller.user));
    let refresh_token = is_refresh_given.then(|| accounts.make_refresh_token(&caller, &limits));
    let made = accounts.make_access_token(caller.clone(), refresh_token.as_deref(), &limits, now);
    let access_token = made.map_err(|_| throttled())?;
    Ok(granted(access_token, refresh_token, caller.scopes, &limits))
}

fn is_verified(challenge: Option<&Challenge>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(challenge), Some(verifier)) if challenge.is_hashed => {
            pkce::challenge_of(verifier) == challenge.text
        }
        (Some(challenge), Some(verifier)) => challenge.text == verifier,
    }
}

fn refresh(shared: &Shared, form: &Query) -> Result<Granted, Answer> {
    let client = client_of(shared, form)?;
    let limits = shared.limits();
    let mut accounts = shared.accounts();
    let refresh_token = form.get("refresh_token").unwrap_or_default();
    let caller = accounts
        .holder_of_refresh_token(refresh_token, &client.client_id)
        .ok_or_else(|| refusal(StatusCode::OK, "invalid_code"))?;
    let scopes = caller.scopes.clone();
    let made = accounts.make_access_token(caller, Some(refresh_token), &limits, shared.clock.now());
    let access_token = made.map_err(|_| throttled())?;
    Ok(granted(access_token, None, scopes, &limits))
}

/// Needs `soid`, such as `ZohoCRM.60007654321`: the service and the organisation's zgid. The scopes may only be of that service.
fn client_credentials(shared: &Shared, form: &Query) -> Result<Granted, Answer> {
    let client = client_of(shared, form)?;
    let scopes = Scopes::parse(form.get("scope").unwrap_or_default());
    // unknown: the status that goes with missing_org_info.
    let missing_org_info = || refusal(StatusCode::OK, "missing_org_info");
    let (service, zgid) = form
        .get("soid")
        .and_then(|soid| soid.split_once('.'))
        .ok_or_else(missing_org_info)?;
    let (own_zgid, user) = {
        let world = shared.world();
        (world.organisation.zgid.clone(), world.first_user_id())
    };
    if zgid != own_zgid {
        return Err(missing_org_info());
    }
    let is_of_service = |scope: &String| {
        scope
            .split('.')
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(service))
    };
    if !scopes.are_well_formed() || !scopes.names().iter().all(is_of_service) {
        return Err(refusal(StatusCode::OK, "invalid_scope"));
    }
    let limits = shared.limits();
    let caller = Caller {
        client_id: client.client_id,
        user,
        scopes: scopes.clone(),
    };
    let made = shared
        .accounts()
        .make_access_token(caller, None, &limits, shared.clock.now());
    let access_token = made.map_err(|_| throttled())?;
    Ok(granted(access_token, None, scopes, &limits))
}

fn granted(
    access_token: String,
    refresh_token: Option<String>,
    scopes: Scopes,
    limits: &Limits,
) -> Granted {
    Granted {
        access_token,
        refresh_token,
        scopes,
        expires_in: limits.access_token_seconds,
    }
}
