//! `GET /oauth/v2/auth`: the consent page; its form posts the decision back to the same path.

use axum::http::StatusCode;
use url::Url;

use super::store::Challenge;
use super::{Client, CodeRequest, Scopes};
use crate::html::{Page, escape};
use crate::http::{Answer, Call, Query};
use crate::state::Shared;

/// A request for consent that can be shown.
struct Consent {
    client: Client,
    redirect_uri: Url,
    scopes: Scopes,
}

/// Shows the consent page, or why there is none.
pub(crate) fn show(shared: &Shared, query: &Query) -> Answer {
    match consent_of(shared, query) {
        Ok(consent) => Answer::html(StatusCode::OK, page(shared, &consent, query)),
        Err(reason) => Answer::html(StatusCode::BAD_REQUEST, error_page(&reason)),
    }
}

/// Takes the decision and redirects: with `code`, `location`, `accounts-server` and `state`, or with `error=access_denied`.
pub(crate) fn decide(shared: &Shared, call: &Call, form: &Query) -> Answer {
    let consent = match consent_of(shared, form) {
        Ok(consent) => consent,
        Err(reason) => return Answer::html(StatusCode::BAD_REQUEST, error_page(&reason)),
    };
    let mut target = consent.redirect_uri.clone();
    if let Some(state) = form.get("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    if form.get("decision") != Some("accept") {
        target
            .query_pairs_mut()
            .append_pair("error", "access_denied");
        return Answer::redirect(target.as_str());
    }
    let request = CodeRequest {
        client_id: consent.client.client_id.clone(),
        user: shared.world().first_user_id(),
        scopes: consent.scopes,
        redirect_uri: form.get("redirect_uri").map(str::to_owned),
        is_offline: form.get("access_type") == Some("offline"),
        is_consent_forced: form.get("prompt") == Some("consent"),
        challenge: challenge_of(form),
    };
    let limits = shared.limits();
    let made = shared
        .accounts()
        .make_code(request, &limits, shared.clock.now());
    match made {
        Ok(code) => {
            let mut pairs = target.query_pairs_mut();
            pairs.append_pair("code", &code);
            pairs.append_pair("location", shared.config.data_center.name());
            pairs.append_pair("accounts-server", &call.origin);
        }
        // unknown: where Zoho shows that a client made too many codes; the redirect carries it here.
        Err(_) => {
            target
                .query_pairs_mut()
                .append_pair("error", "access_denied");
        }
    }
    Answer::redirect(target.as_str())
}

fn challenge_of(form: &Query) -> Option<Challenge> {
    let text = form.get("code_challenge")?.to_owned();
    Some(Challenge {
        text,
        is_hashed: form.get("code_challenge_method") == Some("S256"),
    })
}

/// unknown: the words of Zoho's own error page; wrong clients, redirects and scopes never reach the redirect there either.
fn consent_of(shared: &Shared, query: &Query) -> Result<Consent, String> {
    let client_id = query.get("client_id").unwrap_or_default();
    let client = shared.accounts().client(client_id).cloned();
    let client =
        client.ok_or_else(|| format!("Invalid Client: no client has the id `{client_id}`."))?;
    if query.get("response_type") != Some("code") {
        return Err("Invalid Response Type: only `response_type=code` is simulated.".to_owned());
    }
    let redirect_uri = query.get("redirect_uri").unwrap_or_default();
    if !client
        .redirect_uris
        .iter()
        .any(|known| known == redirect_uri)
    {
        return Err(format!(
            "Invalid Redirect Uri: `{redirect_uri}` is not registered for this client."
        ));
    }
    let redirect_uri =
        Url::parse(redirect_uri).map_err(|error| format!("Invalid Redirect Uri: {error}."))?;
    let scopes = Scopes::parse(query.get("scope").unwrap_or_default());
    if !scopes.are_well_formed() {
        return Err(format!("Invalid OAuth Scope: `{}`.", scopes.joined()));
    }
    Ok(Consent {
        client,
        redirect_uri,
        scopes,
    })
}

/// Parameters that travel through the form unchanged.
const CARRIED: [&str; 9] = [
    "client_id",
    "response_type",
    "redirect_uri",
    "scope",
    "access_type",
    "prompt",
    "state",
    "code_challenge",
    "code_challenge_method",
];

fn page(shared: &Shared, consent: &Consent, query: &Query) -> String {
    let (company, person) = {
        let world = shared.world();
        let person = world
            .users
            .first()
            .map(crate::world::User::full_name)
            .unwrap_or_default();
        (world.organisation.company_name.clone(), person)
    };
    let scopes: String = consent
        .scopes
        .names()
        .iter()
        .map(|scope| format!("<li><code>{}</code></li>", escape(scope)))
        .collect();
    let hidden: String = CARRIED
        .iter()
        .filter_map(|name| query.get(name).map(|value| (name, value)))
        .map(|(name, value)| {
            format!(
                "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
                escape(value)
            )
        })
        .collect();
    let body = format!(
        "<section class=\"card\"><h1>{client} would like to access your data</h1>\
         <p>Signed in as {person}, organisation <b>{company}</b> (production).</p><ul>{scopes}</ul>\
         <form method=\"post\" action=\"/oauth/v2/auth\">{hidden}\
         <button name=\"decision\" value=\"accept\">Accept</button> \
         <button class=\"quiet\" name=\"decision\" value=\"deny\">Deny</button></form></section>",
        client = escape(&consent.client.name),
        person = escape(&person),
        company = escape(&company),
    );
    Page::bare("Consent").body(&body)
}

fn error_page(reason: &str) -> String {
    Page::bare("Error").body(&format!(
        "<section class=\"card\"><h1>ERROR</h1><p>{}</p></section>",
        escape(reason)
    ))
}
