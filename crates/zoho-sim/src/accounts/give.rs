//! Gives tokens, and prints the answer that carries them.

use axum::http::StatusCode;
use serde_json::json;

use super::{Accounts, Caller, Scopes, throttled};
use crate::http::{Answer, Call};
use crate::limits::Limits;
use crate::state::Shared;

/// What a client asked for besides scopes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    /// A refresh token too.
    pub(crate) is_offline: bool,
    /// The person was asked again, so a new refresh token is given even where one lives.
    pub(crate) is_consent_forced: bool,
}

/// Tokens that were given.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
    pub(crate) scopes: Scopes,
    pub(crate) expires_in: u32,
}

impl Given {
    pub(crate) fn to_answer(&self, shared: &Shared, call: &Call) -> Answer {
        let mut body = json!({"access_token": self.access_token});
        if let Some(token) = &self.refresh_token {
            body["refresh_token"] = json!(token);
        }
        body["scope"] = json!(self.scopes.joined());
        body["api_domain"] = json!(shared.api_domain(&call.origin));
        body["token_type"] = json!("Bearer");
        body["expires_in"] = json!(self.expires_in);
        Answer::json(StatusCode::OK, &body)
    }
}

/// An access token, and a refresh token where one is due: a person who was not asked again gets no second one.
pub(crate) fn tokens(
    accounts: &mut Accounts,
    caller: Caller,
    wish: Wish,
    limits: &Limits,
    now: i64,
) -> Result<Given, Answer> {
    let is_refresh_given = wish.is_offline
        && (wish.is_consent_forced || !accounts.has_refresh_token(&caller.client_id, caller.user));
    let refresh_token = is_refresh_given.then(|| accounts.make_refresh_token(&caller, limits));
    let mut given = access_token(accounts, caller, refresh_token.as_deref(), limits, now)?;
    given.refresh_token = refresh_token;
    Ok(given)
}

/// An access token alone, from a refresh token where there is one.
pub(crate) fn access_token(
    accounts: &mut Accounts,
    caller: Caller,
    refresh_token: Option<&str>,
    limits: &Limits,
    now: i64,
) -> Result<Given, Answer> {
    let scopes = caller.scopes.clone();
    let made = accounts.make_access_token(caller, refresh_token, limits, now);
    Ok(Given {
        access_token: made.map_err(|_| throttled())?,
        refresh_token: None,
        scopes,
        expires_in: limits.access_token_seconds,
    })
}
