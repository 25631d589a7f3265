//! The flow of devices with little input: `POST /oauth/v3/device/code`, the page where a person types the code, and
//! `POST /oauth/v3/device/token` (`accounts/protocol/oauth/devices`).

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::consent_page::{self, Hidden};
use super::give::{self, Wish};
use super::person::{self, Person};
use super::{Accounts, Caller, Client, ClientKind, Scopes, refusal, token};
use crate::html::{Page, escape};
use crate::http::{Answer, Call, Query};
use crate::limits::Limits;
use crate::state::Shared;

/// A request of a device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Device {
    pub(crate) client_id: String,
    pub(crate) user_code: String,
    pub(crate) scopes: Scopes,
    pub(crate) is_offline: bool,
    pub(crate) is_consent_forced: bool,
    pub(crate) expires_at: i64,
    polled_at: Option<i64>,
    decision: Decision,
}

/// What the person has said.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Decision {
    Pending,
    Denied,
    Granted {
        user: u64,
    },
    /// The person lives in another data center; the device has to ask there.
    Elsewhere {
        data_center: String,
    },
}

impl Accounts {
    /// Notes a request and gives its device code and user code.
    fn begin_device(
        &mut self,
        client: &Client,
        form: &Query,
        scopes: Scopes,
        limits: &Limits,
        now: i64,
    ) -> (String, String) {
        self.devices.retain(|_, device| device.expires_at > now);
        let device_code = self.chance.token(client.prefix());
        let user_code = format!("{}-{}", self.chance.capitals(4), self.chance.capitals(4));
        let device = Device {
            client_id: client.client_id.clone(),
            user_code: user_code.clone(),
            scopes,
            is_offline: form.get("access_type") == Some("offline"),
            is_consent_forced: form.get("prompt") == Some("consent"),
            expires_at: now.saturating_add(i64::from(limits.device_code_seconds)),
            polled_at: None,
            decision: Decision::Pending,
        };
        self.devices.insert(device_code.clone(), device);
        (device_code, user_code)
    }

    /// The request that waits for this user code.
    fn waiting_device(&self, user_code: &str, now: i64) -> Option<(String, Device)> {
        let typed = user_code.trim().to_ascii_uppercase();
        let found = self.devices.iter().find(|(_, device)| {
            device.user_code == typed
                && device.expires_at > now
                && matches!(device.decision, Decision::Pending)
        });
        found.map(|(code, device)| (code.clone(), device.clone()))
    }

    /// Takes a granted request out, or says why it cannot be had.
    fn poll_device(
        &mut self,
        device_code: &str,
        client_id: &str,
        limits: &Limits,
        now: i64,
    ) -> Result<(Device, u64), Answer> {
        let word = |word: &str| refusal(StatusCode::OK, word);
        let device = self
            .devices
            .get_mut(device_code)
            .filter(|device| device.client_id == client_id)
            // unknown: what Zoho says to a device code that does not exist.
            .ok_or_else(|| word("invalid_code"))?;
        if device.expires_at <= now {
            return Err(word("expired"));
        }
        let pause = i64::from(limits.device_poll_seconds);
        let is_early = device
            .polled_at
            .is_some_and(|at| at.saturating_add(pause) > now);
        device.polled_at = Some(now);
        if is_early {
            return Err(word("slow_down"));
        }
        match device.decision.clone() {
            Decision::Pending => Err(word("authorization_pending")),
            Decision::Denied => Err(word("access_denied")),
            Decision::Elsewhere { data_center } => Err(Answer::json(
                StatusCode::OK,
                &json!({"error": "other_dc", "user_location": data_center}),
            )),
            Decision::Granted { user } => {
                let device = device.clone();
                self.devices.remove(device_code);
                Ok((device, user))
            }
        }
    }
}

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

/// Grants a request; that of a person from elsewhere moves to the person's data center.
fn grant(
    shared: &Shared,
    device_code: &str,
    device: Device,
    person: &Person,
) -> Result<(), String> {
    let name = person.data_center.name();
    if person.data_center == shared.config.data_center {
        let mut accounts = shared.accounts();
        accounts.note_consent(&device.client_id, person.user, &device.scopes, false);
        drop(accounts);
        settle(shared, device_code, Decision::Granted { user: person.user });
        return Ok(());
    }
    let (_, there) = shared
        .neighbour(name)
        .ok_or("This data center is not played.")?;
    {
        let mut accounts = there.accounts();
        if accounts.client(&device.client_id).is_none() {
            return Err(format!(
                "Invalid Client: it is not switched on for the data center {name}."
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
    settle(
        shared,
        device_code,
        Decision::Elsewhere {
            data_center: name.to_owned(),
        },
    );
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
