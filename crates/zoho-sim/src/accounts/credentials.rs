//! How a client says who it is: by parameters, or by HTTP Basic. The discovery document names both.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::http::{Call, Query};

/// Id and secret of the client that calls. Parameters win; the id is empty when there is none.
pub(crate) fn of(call: &Call, form: &Query) -> (String, Option<String>) {
    let basic = basic(call);
    let id = form.get("client_id").map(str::to_owned);
    let secret = form.get("client_secret").map(str::to_owned);
    match basic {
        Some((basic_id, basic_secret)) => (
            id.unwrap_or(basic_id),
            secret.or(Some(basic_secret).filter(|secret| !secret.is_empty())),
        ),
        None => (id.unwrap_or_default(), secret),
    }
}

/// Id and secret of an `Authorization: Basic` header.
pub(crate) fn basic(call: &Call) -> Option<(String, String)> {
    let (kind, encoded) = call.header("authorization")?.split_once(' ')?;
    if !kind.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}
