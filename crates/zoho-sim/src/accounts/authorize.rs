//! `GET /oauth/v2/auth`: the consent page; its form posts the decision back to the same path, which redirects to the client.
//!
//! A person who has consented once and is still known by the cookie of the consent page is sent back at once, unless
//! `prompt=consent` asks again.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};

use super::consent_page::{self, Hidden};
use super::person::{self, Person};
use super::{Caller, CodeRequest, Consent};
use crate::http::{Answer, Call, Query};
use crate::state::Shared;
use request::{CARRIED, Request, redirect, request_of};

mod request;

/// Name of the cookie that says who is signed in.
const COOKIE: &str = "zoho_sim_user";

/// Shows the consent page, or why there is none, or sends back at once who has consented already.
pub(crate) fn show(shared: &Shared, call: &Call) -> Answer {
    let query = &call.query;
    let request = match request_of(shared, query) {
        Ok(request) => request,
        Err(reason) => return error(&reason),
    };
    if query.get("prompt") != Some("consent")
        && let Some(person) = signed_in(shared, call)
        && has_consented(shared, &request, &person)
    {
        return accept(shared, call, query, &request, &person, false);
    }
    let hidden: Vec<Hidden<'_>> = CARRIED
        .iter()
        .filter_map(|name| Some(Hidden(name, query.get(name)?)))
        .collect();
    let people = person::people(shared);
    let page = consent_page::page(
        &request.client,
        &request.scopes,
        &people,
        "/oauth/v2/auth",
        &hidden,
    );
    Answer::html(StatusCode::OK, page)
}

/// Takes the decision and redirects: with `code`, `location`, `accounts-server` and `state`, or with `error=access_denied`.
pub(crate) fn decide(shared: &Shared, call: &Call, form: &Query) -> Answer {
    let request = match request_of(shared, form) {
        Ok(request) => request,
        Err(reason) => return error(&reason),
    };
    if form.get("decision") != Some("accept") {
        return redirect(&request, form, &[("error", "access_denied")]);
    }
    match person::chosen(shared, form.get("user")) {
        Some(person) => accept(shared, call, form, &request, &person, true),
        None => error("There is no such user."),
    }
}

/// `GET /oauth/v2/auth/refresh`: a client in the browser renews its token, as long as its person is signed in and has allowed
/// it (`accounts/protocol/oauth/js-apps/access-expiry.html`).
pub(crate) fn renew(shared: &Shared, call: &Call) -> Answer {
    let request = match request_of(shared, &call.query) {
        Ok(request) if request.is_implicit => request,
        Ok(_) => return error("Invalid Response Type: only `response_type=token` can be renewed."),
        Err(reason) => return error(&reason),
    };
    let person = signed_in(shared, call).filter(|person| {
        has_consented(shared, &request, person) && may_renew(shared, &request, person)
    });
    match person {
        Some(person) => accept(shared, call, &call.query, &request, &person, false),
        // unknown: how Zoho says that the person must be asked again.
        None => redirect(&request, &call.query, &[("error", "access_denied")]),
    }
}

/// Gives the code or the token, in the person's own organisation.
fn accept(
    shared: &Shared,
    call: &Call,
    form: &Query,
    request: &Request,
    person: &Person,
    is_new: bool,
) -> Answer {
    let neighbour: Option<Arc<Shared>> = shared.neighbour(person.site);
    let data_center = person.site.data_center();
    let there: &Shared = neighbour.as_deref().unwrap_or(shared);
    let client_id = &request.client.client_id;
    if there.accounts().client(client_id).is_none() {
        return error(&format!(
            "Invalid Client: it is not switched on for the data center {} of this user.",
            data_center.name()
        ));
    }
    if is_new {
        let is_for_session = form.get("for_session") == Some("true");
        there
            .accounts()
            .note_consent(client_id, person.user, &request.scopes, is_for_session);
    }
    let server = shared.accounts_server(data_center, &call.origin);
    let answer = if request.is_implicit {
        give_token(there, form, request, person, &server)
    } else {
        give_code(there, form, request, person, &server)
    };
    let cookie = format!(
        "{COOKIE}={}; Path=/oauth; HttpOnly; SameSite=Lax",
        person.key()
    );
    match HeaderValue::from_str(&cookie) {
        Ok(cookie) => answer.with_header(header::SET_COOKIE, cookie),
        Err(_) => answer,
    }
}

fn give_code(
    there: &Shared,
    form: &Query,
    request: &Request,
    person: &Person,
    server: &str,
) -> Answer {
    let code_request = CodeRequest {
        client_id: request.client.client_id.clone(),
        user: person.user,
        scopes: request.scopes.clone(),
        redirect_uri: form.get("redirect_uri").map(str::to_owned),
        is_offline: form.get("access_type") == Some("offline"),
        is_consent_forced: form.get("prompt") == Some("consent"),
        challenge: request.challenge.clone(),
    };
    let limits = there.limits();
    let now = there.clock.now();
    let made = there
        .accounts()
        .make_code(code_request, limits.code_seconds, &limits, now);
    let location = person.site.data_center().name();
    match made {
        Ok(code) => redirect(
            request,
            form,
            &[
                ("code", &code),
                ("location", location),
                ("accounts-server", server),
            ],
        ),
        // unknown: where Zoho shows that a client made too many codes; the redirect carries it here.
        Err(_) => redirect(request, form, &[("error", "access_denied")]),
    }
}

/// The token of a client in the browser (`accounts/protocol/oauth/js-apps/access-token.html`).
fn give_token(
    there: &Shared,
    form: &Query,
    request: &Request,
    person: &Person,
    server: &str,
) -> Answer {
    let caller = Caller {
        client_id: request.client.client_id.clone(),
        user: person.user,
        scopes: request.scopes.clone(),
    };
    let limits = there.limits();
    let now = there.clock.now();
    let (made, is_for_session) = {
        let mut accounts = there.accounts();
        let made = accounts.make_access_token(caller, None, &limits, now);
        let consent = accounts.consent(&request.client.client_id, person.user);
        (made, consent.is_some_and(|consent| consent.is_for_session))
    };
    let Ok(token) = made else {
        return redirect(request, form, &[("error", "access_denied")]);
    };
    let expires_in = limits.access_token_seconds.to_string();
    let api_domain = there.api_domain(server);
    let mut pairs = vec![
        ("access_token", token.as_str()),
        ("expires_in", &expires_in),
        ("location", person.site.data_center().name()),
        ("api_domain", &api_domain),
    ];
    if is_for_session {
        pairs.push(("granted_for_session", "true"));
    }
    redirect(request, form, &pairs)
}

/// Who is signed in, by the cookie that the last decision has set.
fn signed_in(shared: &Shared, call: &Call) -> Option<Person> {
    let cookies = call.header(header::COOKIE.as_str())?;
    let key = cookies.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE).then_some(value)
    })?;
    person::chosen(shared, Some(key))
}

fn has_consented(shared: &Shared, request: &Request, person: &Person) -> bool {
    consent_holds(shared, request, person, |_| true)
}

fn may_renew(shared: &Shared, request: &Request, person: &Person) -> bool {
    consent_holds(shared, request, person, |consent| consent.is_for_session)
}

fn consent_holds(
    shared: &Shared,
    request: &Request,
    person: &Person,
    test: impl Fn(&Consent) -> bool,
) -> bool {
    let look = |there: &Shared| {
        let accounts = there.accounts();
        let consent = accounts.consent(&request.client.client_id, person.user);
        consent.is_some_and(|consent| consent.scopes.contain(&request.scopes) && test(consent))
    };
    let neighbour = shared.neighbour(person.site);
    look(neighbour.as_deref().unwrap_or(shared))
}

/// A decision that a page of another origin has sent.
pub(crate) fn foreign() -> Answer {
    let reason = "This decision comes from a page of another origin. Decide on the page that asks.";
    Answer::html(StatusCode::FORBIDDEN, consent_page::error(reason))
}

fn error(reason: &str) -> Answer {
    Answer::html(StatusCode::BAD_REQUEST, consent_page::error(reason))
}
