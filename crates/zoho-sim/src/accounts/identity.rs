//! `GET /oauth/user/info` and `GET /oauth/v2/userinfo`: who has granted the token.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Operation, Scopes, refusal};
use crate::crm;
use crate::http::{Answer, Call};
use crate::state::Shared;
use crate::world::User;

/// The profile with the keys that sign-in libraries read. Needs `AaaServer.profile.READ`.
pub(crate) fn profile(shared: &Shared, call: &Call) -> Answer {
    let may = |scopes: &Scopes| scopes.allow("AaaServer.profile", None, Operation::Read);
    about_user(shared, call, may, |user| {
        json!({
            "First_Name": user.first_name,
            "Email": user.email,
            "Last_Name": user.last_name,
            "Display_Name": user.full_name(),
            "ZUID": user.zuid,
        })
    })
}

/// The same by the words of OpenID Connect. unknown: which claims Zoho gives.
pub(crate) fn claims(shared: &Shared, call: &Call) -> Answer {
    let may = |scopes: &Scopes| {
        let names = ["openid", "email", "profile"];
        scopes
            .names()
            .iter()
            .any(|scope| names.contains(&scope.as_str()))
            || scopes.allow("AaaServer.profile", None, Operation::Read)
    };
    about_user(shared, call, may, |user| {
        json!({
            "sub": user.zuid.to_string(),
            "name": user.full_name(),
            "first_name": user.first_name,
            "last_name": user.last_name,
            "email": user.email,
            "email_verified": true,
        })
    })
}

/// unknown: status and words of the refusals; `INVALID_OAUTHTOKEN` and `INVALID_OAUTHSCOPE` were seen.
fn about_user(
    shared: &Shared,
    call: &Call,
    may: impl Fn(&Scopes) -> bool,
    print: impl Fn(&User) -> Value,
) -> Answer {
    let now = shared.clock.now();
    let caller = crm::token_of(call).and_then(|token| shared.accounts().caller(token, now));
    let Some((caller, _)) = caller else {
        return refusal(StatusCode::UNAUTHORIZED, "INVALID_OAUTHTOKEN");
    };
    if !may(&caller.scopes) {
        return refusal(StatusCode::UNAUTHORIZED, "INVALID_OAUTHSCOPE");
    }
    match shared.world().user(caller.user) {
        Some(user) => Answer::json(StatusCode::OK, &print(user)),
        None => refusal(StatusCode::UNAUTHORIZED, "INVALID_OAUTHTOKEN"),
    }
}
