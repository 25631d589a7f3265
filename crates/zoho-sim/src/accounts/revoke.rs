//! `POST /oauth/v2/token/revoke` and `POST /oauth/v2/revoke/token`: ends a token.

use axum::http::StatusCode;
use serde_json::json;

use super::refusal;
use crate::http::{Answer, Query};
use crate::state::Shared;

/// Ends a refresh token with all its access tokens, or a single access token.
///
/// unknown: the body of the refusal; `invalid_code` was seen, the status 400 is documented. Also unknown: whether client
/// authentication is enforced on the newer path; the token alone is enough here.
pub(crate) fn answer(shared: &Shared, form: &Query) -> Answer {
    let token = form.get("token").unwrap_or_default();
    let mut accounts = shared.accounts();
    if accounts.end_refresh_token(token) || accounts.end_access_token(token) {
        return Answer::json(StatusCode::OK, &json!({"status": "success"}));
    }
    refusal(StatusCode::BAD_REQUEST, "invalid_code")
}
