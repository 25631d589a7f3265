//! The CRM API: `/crm/{version}/...`.
//!
//! A call is admitted ([`admit`]: token, path, scope, limits) and then performed ([`perform`]). Which endpoint answers which
//! path and method stands in [`endpoint`]; each endpoint is one file: parse, check, change the world, print.

mod endpoint;
mod org;
mod param;
mod records;
mod settings;
mod users;
mod version;

use axum::http::{HeaderName, HeaderValue, header};

use crate::accounts::Caller;
use crate::catalog::{self, Refusal};
use crate::http::{Answer, Call};
use crate::limits::Permit;
use crate::state::Shared;
use endpoint::{Endpoint, Target};
pub(crate) use version::Version;

/// A call that may be performed. It holds its place among the calls in flight until it is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) caller: Caller,
    pub(crate) credits: u64,
    pub(crate) version: Version,
    endpoint: Endpoint,
    _permit: Permit,
}

/// The access token of a call, from `Zoho-oauthtoken` or `Bearer`.
pub(crate) fn token_of(call: &Call) -> Option<&str> {
    let (kind, token) = call
        .header(header::AUTHORIZATION.as_str())?
        .split_once(' ')?;
    let is_known =
        kind.eq_ignore_ascii_case("Zoho-oauthtoken") || kind.eq_ignore_ascii_case("Bearer");
    Some(token.trim()).filter(|token| is_known && !token.is_empty())
}

/// Lets a call in: token, then path and method, then scope, then credits and places.
pub(crate) fn admit(shared: &Shared, call: &Call) -> Result<Admitted, Refusal> {
    let segments = call.segments();
    let (version, path) = match segments.as_slice() {
        ["crm", version, path @ ..] if !path.is_empty() => (
            Version::parse(version).ok_or_else(catalog::invalid_url_pattern)?,
            path,
        ),
        _ => return Err(catalog::invalid_url_pattern()),
    };
    let token = token_of(call).ok_or_else(catalog::authentication_failure)?;
    let now = shared.clock.now();
    let (caller, _) = shared
        .accounts()
        .caller(token, now)
        .ok_or_else(catalog::invalid_token)?;
    let endpoint = endpoint::find(&shared.world(), path, &call.method)?;
    if !endpoint.is_allowed_by(&caller.scopes) {
        return Err(catalog::scope_mismatch());
    }
    let rows = endpoint.rows_in(call);
    let credits = endpoint.credits(rows);
    let is_heavy = endpoint.is_heavy(call, rows);
    let permit = shared
        .meter()
        .admit(now, &caller.client_id, credits, is_heavy);
    let permit = permit.ok_or_else(catalog::too_many_requests)?;
    Ok(Admitted {
        caller,
        credits,
        version,
        endpoint,
        _permit: permit,
    })
}

/// Acts and answers.
pub(crate) fn perform(shared: &Shared, call: &Call, admitted: &Admitted) -> Answer {
    let result: Result<Answer, Refusal> = match &admitted.endpoint.target {
        Target::Modules => settings::modules::list(shared),
        Target::Module(name) => settings::modules::get(shared, name),
        Target::Fields => settings::fields::list(shared, call),
        Target::Field(id) => settings::fields::get(shared, call, id),
        Target::Layouts => settings::layouts::list(shared, call),
        Target::Layout(id) => settings::layouts::get(shared, call, id),
        Target::RelatedLists => settings::related_lists::list(shared, call),
        Target::Pipelines => settings::pipelines::list(shared, call),
        Target::Users => users::list(shared, call, admitted),
        Target::User(id) => users::get(shared, id),
        Target::UserCount => users::count(shared),
        Target::Organisation => org::get(shared),
        Target::List(table) => records::list::answer(shared, call, admitted, *table),
        Target::Get(table, id) => records::get::answer(shared, call, *table, id),
        Target::Insert(table) => Ok(records::insert::answer(shared, call, admitted, *table)),
        Target::UpdateMany(table) => Ok(records::update::many(shared, call, admitted, *table)),
        Target::UpdateOne(table, id) => {
            Ok(records::update::one(shared, call, admitted, *table, id))
        }
        Target::Upsert(table) => Ok(records::upsert::answer(shared, call, admitted, *table)),
        Target::DeleteMany(table) => records::delete::many(shared, call, admitted, *table),
        Target::DeleteOne(table, id) => records::delete::one(shared, admitted, *table, id),
        Target::Deleted(table) => records::deleted::answer(shared, call, *table),
        Target::Search(table) => records::search::answer(shared, call, *table),
        Target::Count(table) => records::count::answer(shared, call, *table),
    };
    let answer = result.unwrap_or_else(Answer::from);
    match shared.meter().remaining_once_half_used(shared.clock.now()) {
        Some(remaining) => answer.with_header(
            HeaderName::from_static("x-api-credits-remaining"),
            HeaderValue::from(remaining),
        ),
        None => answer,
    }
}
