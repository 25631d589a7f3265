//! `POST /oauth/v2/token`: authorization_code, refresh_token, client_credentials.

use axum::http::StatusCode;

use super::give::{self, Given, Wish};
use super::store::Challenge;
use super::{Caller, Client, Scopes, credentials, refusal};
use crate::http::{Answer, Call, Query};
use crate::pkce;
use crate::state::Shared;

/// Answers a token request, whose parameters may come from the body or from the query string.
pub(crate) fn answer(shared: &Shared, call: &Call, form: &Query) -> Answer {
    let result = match form.get("grant_type") {
        Some("authorization_code") => exchange_code(shared, call, form),
        Some("refresh_token") => refresh(shared, call, form),
        Some("client_credentials") => client_credentials(shared, call, form),
        // unknown: the exact words for a grant type that is missing or not known.
        Some(_) => Err(refusal(StatusCode::OK, "unsupported_grant_type")),
        None => Err(refusal(StatusCode::OK, "invalid_request")),
    };
    match result {
        Ok(given) => given.to_answer(shared, call),
        Err(answer) => answer,
    }
}

/// The client of the request, if its secret is right. A client of another data center does not exist here.
pub(crate) fn client_of(shared: &Shared, call: &Call, form: &Query) -> Result<Client, Answer> {
    let (client_id, secret) = credentials::of(call, form);
    let accounts = shared.accounts();
    let client = accounts
        .client(&client_id)
        .ok_or_else(|| refusal(StatusCode::OK, "invalid_client"))?;
    if secret.as_deref() != Some(client.client_secret.as_str()) {
        return Err(refusal(StatusCode::OK, "invalid_client_secret"));
    }
    Ok(client.clone())
}

fn exchange_code(shared: &Shared, call: &Call, form: &Query) -> Result<Given, Answer> {
    let client = client_of(shared, call, form)?;
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
    // unknown: the word for a wrong verifier.
    if !is_verified(request.challenge.as_ref(), form.get("code_verifier")) {
        return Err(invalid_code());
    }
    let wish = Wish {
        is_offline: request.is_offline,
        is_consent_forced: request.is_consent_forced,
    };
    let caller = Caller {
        client_id: client.client_id,
        user: request.user,
        scopes: request.scopes,
    };
    give::tokens(&mut accounts, caller, wish, &limits, now)
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

fn refresh(shared: &Shared, call: &Call, form: &Query) -> Result<Given, Answer> {
    let client = client_of(shared, call, form)?;
    let limits = shared.limits();
    let mut accounts = shared.accounts();
    let refresh_token = form.get("refresh_token").unwrap_or_default();
    let caller = accounts
        .holder_of_refresh_token(refresh_token, &client.client_id)
        .ok_or_else(|| refusal(StatusCode::OK, "invalid_code"))?;
    let now = shared.clock.now();
    give::access_token(&mut accounts, caller, Some(refresh_token), &limits, now)
}

/// Needs `soid`, such as `ZohoCRM.60007654321`: the service and the organisation's zgid. The scopes may only be of that service.
fn client_credentials(shared: &Shared, call: &Call, form: &Query) -> Result<Given, Answer> {
    let client = client_of(shared, call, form)?;
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
    if !scopes.are_known() || !scopes.names().iter().all(is_of_service) {
        return Err(refusal(StatusCode::OK, "invalid_scope"));
    }
    let limits = shared.limits();
    let caller = Caller {
        client_id: client.client_id,
        user,
        scopes,
    };
    let now = shared.clock.now();
    give::access_token(&mut shared.accounts(), caller, None, &limits, now)
}
