//! The CRM API: `/crm/{version}/...`.
//!
//! A call is admitted ([`admit`]: token, path, scope, rights, limits) and then performed ([`perform`]). Which endpoint answers which
//! path and method stands in the `ROUTES` of each area, joined by [`routes`]; each endpoint is one file: parse, check, change
//! the world, print.

mod actions;
mod apis;
pub(crate) mod bulk;
mod composite;
mod contact_roles;
mod context;
mod coql;
mod currencies;
mod duplicate_check;
mod external;
mod features;
mod files;
mod filters;
mod items;
mod lacking;
mod locks;
mod mails;
mod mass;
mod notifications;
mod org;
mod param;
mod print;
pub(crate) mod query;
mod records;
mod recycle_bin;
mod related;
mod rights;
mod route;
mod routes;
mod settings;
mod tags;
mod users;
mod version;

use std::borrow::Cow;

use axum::http::{HeaderName, HeaderValue, Method, header};

use crate::accounts::Caller;
use crate::catalog::{self, Refusal};
use crate::http::{Answer, Call, is_readable, parts_of};
use crate::limits::Permit;
use crate::schema::GeneratedType;
use crate::state::Shared;
use crate::world::World;
pub(crate) use context::Context;
use route::Route;
use routes::Found;
pub(crate) use version::Version;

/// A call that may be performed. It holds its place among the calls in flight until it is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) caller: Caller,
    pub(crate) credits: u64,
    version: Version,
    found: Found,
    token_expires_at: i64,
    /// The world in which the table was found.
    epoch: u64,
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
    let (version, path) = route_path(call)?;
    let token = token_of(call).ok_or_else(catalog::authentication_failure)?;
    let epoch = shared.epoch();
    let now = shared.clock.now();
    let (caller, token_expires_at) = shared
        .accounts()
        .caller(token, now)
        .ok_or_else(catalog::invalid_token)?;
    let found = find(&shared.world(), &caller, &path, &call.method)?;
    if !version.has(found.route.path) {
        return Err(catalog::api_not_supported());
    }
    let (credits, is_heavy) = found.route.cost(call);
    let permit = shared.meter().admit(
        now,
        &caller.client_id,
        credits,
        found.route.places,
        is_heavy,
    );
    let permit = permit.ok_or_else(catalog::too_many_requests)?;
    Ok(Admitted {
        caller,
        credits,
        version,
        found,
        token_expires_at,
        epoch: *epoch,
        _permit: permit,
    })
}

/// Finds the route of a path that the caller's scopes and profile allow.
///
/// unknown: which of several faults Zoho names first.
fn find(
    world: &World,
    caller: &Caller,
    path: &[Cow<'_, str>],
    method: &Method,
) -> Result<Found, Refusal> {
    let path: Vec<&str> = path.iter().map(Cow::as_ref).collect();
    if world.user(caller.user).is_some_and(|user| !user.is_active) {
        return Err(catalog::inactive_user());
    }
    let found = routes::find(world, &path, method)?;
    let module = found.table.map(|table| scope_part(world, table));
    if !found.route.is_allowed_by(&caller.scopes, module.as_deref()) {
        return Err(catalog::scope_mismatch());
    }
    if let Some(table) = found.table {
        let rights = rights::of_route(found.route.verb, found.route.path);
        rights::require(world, caller.user, table, rights)?;
    }
    Ok(found)
}

/// A module as scopes name it: without underscores, and all own modules as one.
fn scope_part(world: &World, table: usize) -> String {
    let module = &world.tables[table].module;
    if module.generated_type == GeneratedType::Custom {
        return "custom".to_owned();
    }
    module.api_name.replace('_', "").to_lowercase()
}

/// Acts and answers.
pub(crate) async fn perform(shared: &Shared, call: &Call, admitted: &Admitted) -> Answer {
    let Found {
        route,
        table,
        params,
    } = &admitted.found;
    if !route.takes_form && !is_readable(&call.body) {
        // unknown: what Zoho says of a body of too many values.
        return catalog::body_too_large().into();
    }
    let version = admitted.version;
    let call = version::request::modern(version, route.path, call);
    let call = call.as_ref();
    let form = if route.takes_form {
        parts_of(call).await
    } else {
        Vec::new()
    };
    let epoch = shared.epoch();
    if *epoch != admitted.epoch {
        // The world was replaced since, and the token with it.
        return catalog::invalid_token().into();
    }
    let in_ids = external::translated(&shared.world(), call, &admitted.found);
    let in_ids = match in_ids {
        Ok(in_ids) => in_ids,
        Err(refusal) => {
            return with_headers(Answer::from(refusal), shared, admitted.token_expires_at);
        }
    };
    let (call, params) = match &in_ids {
        None => (call, params),
        Some((call, params)) => (call, params),
    };
    let context = Context {
        shared,
        call,
        caller: &admitted.caller,
        version,
        table: table.unwrap_or_default(),
        params,
        form: &form,
    };
    let answer = (route.answer)(&context).unwrap_or_else(Answer::from);
    if answer.more_credits > 0 {
        let credits = &mut shared.meter().credits;
        credits.spend(shared.clock.now(), answer.more_credits);
    }
    let answer = version::answer::older(version, route.path, answer);
    with_headers(answer, shared, admitted.token_expires_at)
}

/// Acts on a call within another one, by the same routes and scopes, but without limits of its own. `prepare` may refuse the
/// route, and gives the call as it is to be performed.
fn perform_within(
    outer: &Context<'_>,
    call: &Call,
    prepare: impl FnOnce(&Route) -> Result<Call, Refusal>,
) -> Answer {
    let answer = within(outer, call, prepare).unwrap_or_else(Answer::from);
    answer.with_header(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=response.json"),
    )
}

fn within(
    outer: &Context<'_>,
    call: &Call,
    prepare: impl FnOnce(&Route) -> Result<Call, Refusal>,
) -> Result<Answer, Refusal> {
    let (version, path) = route_path(call)?;
    let found = find(&outer.shared.world(), outer.caller, &path, &call.method)?;
    if !version.has(found.route.path) {
        return Err(catalog::api_not_supported());
    }
    let call = prepare(found.route)?;
    let call = version::request::modern(version, found.route.path, &call);
    let in_ids = external::translated(&outer.shared.world(), &call, &found)?;
    let (call, params) = match &in_ids {
        None => (call.as_ref(), &found.params),
        Some((call, params)) => (call, params),
    };
    let context = Context {
        shared: outer.shared,
        call,
        caller: outer.caller,
        version,
        table: found.table.unwrap_or_default(),
        params,
        form: &[],
    };
    let answer = (found.route.answer)(&context)?;
    Ok(version::answer::older(version, found.route.path, answer))
}

/// The version of a call and its path below.
///
/// unknown: what Zoho answers to a path with broken escapes; here it is one that does not exist.
fn route_path(call: &Call) -> Result<(Version, Vec<Cow<'_, str>>), Refusal> {
    let mut path = call.segments().ok_or_else(catalog::invalid_url_pattern)?;
    let parts: Vec<&str> = path.iter().take(3).map(Cow::as_ref).collect();
    let version = match parts.as_slice() {
        // Bulk jobs and mails have the version behind their area; their routes are written without it.
        ["crm", "bulk" | "email", version] => {
            let version = Version::parse(version);
            path.remove(2);
            path.remove(0);
            version
        }
        ["crm", version, ..] => {
            let version = Version::parse(version);
            path.drain(..2);
            version
        }
        // Files on the content host have the version before the service.
        [version, "crm", ..] => {
            let version = Version::parse(version);
            path.remove(0);
            path[0] = Cow::Borrowed("content");
            version
        }
        _ => None,
    };
    match version {
        Some(version) if !path.is_empty() => Ok((version, path)),
        _ => Err(catalog::invalid_url_pattern()),
    }
}

/// Adds what every answer tells of the organisation's credits and the token.
fn with_headers(answer: Answer, shared: &Shared, token_expires_at: i64) -> Answer {
    let expires_at = print::time(&shared.world(), token_expires_at);
    let answer = match HeaderValue::from_str(&expires_at) {
        Ok(value) => answer.with_header(HeaderName::from_static("x-accesstoken-reset"), value),
        Err(_) => answer,
    };
    match shared.meter().remaining_once_half_used(shared.clock.now()) {
        Some(remaining) => answer.with_header(
            HeaderName::from_static("x-api-credits-remaining"),
            HeaderValue::from(remaining),
        ),
        None => answer,
    }
}
