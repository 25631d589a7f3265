//! The flow of devices with little input: `POST /oauth/v3/device/code`, the page where a person types the code, and
//! `POST /oauth/v3/device/token` (`accounts/protocol/oauth/devices`).

use axum::http::StatusCode;
use serde_json::json;

use super::consent_page::{self, Hidden};
use super::give::{self, Wish};
use super::person::{self, Person};
use super::{Caller, ClientKind, Scopes, refusal, token};
use crate::html::{Page, escape};
use crate::http::{Answer, Call, Query};
use crate::state::Shared;

mod waiting;

pub(crate) use waiting::{Decision, Device};

/// `POST /oauth/v3/device/code`.
pub(crate) fn begin(shared: &Shared, call: &Call, form: &Query) -> Answer {
    let now = shared.clock.now();
    let limits = shared.limits();
    let mut accounts = shared.accounts();
    let client = form
        .get("client_id")
        .and_then(|id| accounts.client(id))
        .cloned();
    // unknown: what Zoho says to a client of another kind; it is treated like one that does not exist.
    let Some(client) = client.filter(|client| client.kind == ClientKind::NonBrowser) else {
        return refusal(StatusCode::OK, "invalid_client");
    };
    if form.get("grant_type") != Some("device_request") {
        return refusal(StatusCode::OK, "unsupported_grant_type");
    }
    let scopes = Scopes::parse(form.get("scope").unwrap_or_default());
    if !scopes.are_known() {
        return refusal(StatusCode::OK, "invalid_scope");
    }
    let (device_code, user_code) = accounts.begin_device(&client, form, scopes, &limits, now);
    let page = format!("{}/oauth/v3/device", call.origin);
    // unknown: the unit of the two times; a client in use reads milliseconds.
    Answer::json(
        StatusCode::OK,
        &json!({
            "user_code": user_code,
            "device_code": device_code,
            "verification_url": page,
            "verification_uri_complete": format!("{page}?user_code={user_code}"),
            "interval": u64::from(limits.device_poll_seconds) * 1000,
            "expires_in": u64::from(limits.device_code_seconds) * 1000,
        }),
    )
}

/// `POST /oauth/v3/device/token`.
pub(crate) fn poll(shared: &Shared, call: &Call, form: &Query) -> Answer {
    let polled = || {
        let client = token::client_of(shared, call, form)?;
        if form.get("grant_type") != Some("device_token") {
            return Err(refusal(StatusCode::OK, "unsupported_grant_type"));
        }
        let now = shared.clock.now();
        let limits = shared.limits();
        let mut accounts = shared.accounts();
        let code = form.get("code").unwrap_or_default();
        let (device, user) = accounts.poll_device(code, &client.client_id, &limits, now)?;
        let caller = Caller {
            client_id: client.client_id,
            user,
            scopes: device.scopes,
        };
        let wish = Wish {
            is_offline: device.is_offline,
            is_consent_forced: device.is_consent_forced,
        };
        give::tokens(&mut accounts, caller, wish, &limits, now)
    };
    match polled() {
        Ok(given) => given.to_answer(shared, call),
        Err(answer) => answer,
    }
}

/// `GET /oauth/v3/device`: asks for the user code, then for consent.
pub(crate) fn show(shared: &Shared, query: &Query) -> Answer {
    let Some(user_code) = query.get("user_code") else {
        return Answer::html(StatusCode::OK, ask_for_code(""));
    };
    let now = shared.clock.now();
    let waiting = shared.accounts().waiting_device(user_code, now);
    let Some((_, device)) = waiting else {
        return wrong_code();
    };
    let client = shared.accounts().client(&device.client_id).cloned();
    let Some(client) = client else {
        return wrong_code();
    };
    let hidden = [Hidden("user_code", &device.user_code)];
    let people = person::people(shared);
    let page = consent_page::page(
        &client,
        &device.scopes,
        &people,
        "/oauth/v3/device",
        &hidden,
    );
    Answer::html(StatusCode::OK, page)
}

/// `POST /oauth/v3/device`: takes the decision.
pub(crate) fn decide(shared: &Shared, form: &Query) -> Answer {
    let user_code = form.get("user_code").unwrap_or_default();
    let is_accepted = form.get("decision") == Some("accept");
    match settle_by_person(shared, user_code, is_accepted, form.get("user")) {
        Ok(()) if is_accepted => said("Access granted. The device goes on by itself."),
        Ok(()) => said("Access denied. You may close this page."),
        Err(Unsettled::WrongCode) => wrong_code(),
        Err(Unsettled::Refused(reason)) => {
            Answer::html(StatusCode::BAD_REQUEST, consent_page::error(&reason))
        }
    }
}

/// Why a decision has no effect.
#[derive(Debug)]
pub(crate) enum Unsettled {
    WrongCode,
    Refused(String),
}

/// Takes a person's decision about the request of a user code.
pub(crate) fn settle_by_person(
    shared: &Shared,
    user_code: &str,
    is_accepted: bool,
    user: Option<&str>,
) -> Result<(), Unsettled> {
    let now = shared.clock.now();
    let waiting = shared.accounts().waiting_device(user_code, now);
    let (device_code, device) = waiting.ok_or(Unsettled::WrongCode)?;
    if !is_accepted {
        settle(shared, &device_code, Decision::Denied);
        return Ok(());
    }
    let person = person::chosen(shared, user)
        .ok_or_else(|| Unsettled::Refused("There is no such user.".to_owned()))?;
    grant(shared, &device_code, device, &person).map_err(Unsettled::Refused)
}

/// Grants a request; that of a person from elsewhere moves to the person's organisation.
fn grant(
    shared: &Shared,
    device_code: &str,
    device: Device,
    person: &Person,
) -> Result<(), String> {
    let data_center = person.site.data_center();
    if person.site == shared.site {
        let mut accounts = shared.accounts();
        accounts.note_consent(&device.client_id, person.user, &device.scopes, false);
        drop(accounts);
        settle(shared, device_code, Decision::Granted { user: person.user });
        return Ok(());
    }
    let there = shared
        .neighbour(person.site)
        .ok_or("This data center is not played.")?;
    {
        let mut accounts = there.accounts();
        if accounts.client(&device.client_id).is_none() {
            return Err(format!(
                "Invalid Client: it is not switched on for the data center {}.",
                data_center.name()
            ));
        }
        accounts.note_consent(&device.client_id, person.user, &device.scopes, false);
        let granted = Device {
            polled_at: None,
            decision: Decision::Granted { user: person.user },
            ..device
        };
        accounts.devices.insert(device_code.to_owned(), granted);
    }
    if data_center == shared.site.data_center() {
        // Another environment has the same accounts server, which finds the request there.
        shared.accounts().devices.remove(device_code);
        return Ok(());
    }
    let data_center = data_center.name().to_owned();
    settle(shared, device_code, Decision::Elsewhere { data_center });
    Ok(())
}

fn settle(shared: &Shared, device_code: &str, decision: Decision) {
    if let Some(device) = shared.accounts().devices.get_mut(device_code) {
        device.decision = decision;
    }
}

fn ask_for_code(problem: &str) -> String {
    Page::bare("Device").body(&format!(
        "<section class=\"card\"><h1>Enter the code of your device</h1>{problem}\
         <form method=\"get\" action=\"/oauth/v3/device\"><label>Code<input name=\"user_code\" autocomplete=\"off\" autofocus></label>\
         <p><button>Continue</button></p></form></section>"
    ))
}

fn wrong_code() -> Answer {
    let problem = "<p class=\"notice\">This code is wrong, used or too old.</p>";
    Answer::html(StatusCode::BAD_REQUEST, ask_for_code(problem))
}

fn said(text: &str) -> Answer {
    let body = format!(
        "<section class=\"card\"><h1>{}</h1></section>",
        escape(text)
    );
    Answer::html(StatusCode::OK, Page::bare("Device").body(&body))
}
