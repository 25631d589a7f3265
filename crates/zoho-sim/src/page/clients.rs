//! The API console: clients, a form that registers one, and the codes that a self client gets here.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::{framed, notice};
use crate::accounts::{ClientKind, person};
use crate::control::clients::{self, CODE_MINUTES, GrantKind, NewClient, NewGrant};
use crate::html::escape;
use crate::state::Shared;

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    page(&shared, "")
}

#[derive(Debug, Deserialize)]
pub(super) struct RegisterForm {
    name: String,
    kind: String,
    redirect_uris: String,
    elsewhere: String,
}

/// Registers a client and shows its id and secret.
pub(super) async fn register(
    State(shared): State<Arc<Shared>>,
    Form(form): Form<RegisterForm>,
) -> Response {
    let texts = |text: &str| -> Vec<String> {
        text.split([',', ' ', '\n', '\r'])
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let elsewhere: BTreeMap<String, Option<String>> = texts(&form.elsewhere)
        .into_iter()
        .map(|place| (place, None))
        .collect();
    let new = NewClient {
        name: Some(form.name).filter(|name| !name.trim().is_empty()),
        kind: ClientKind::named(&form.kind).unwrap_or_default(),
        redirect_uris: texts(&form.redirect_uris),
        elsewhere,
        ..NewClient::default()
    };
    answer(
        &shared,
        clients::register(&shared, new).map(|client| {
            format!(
                "<p class=\"notice\">Client id <code>{}</code>, client secret <code>{}</code></p>",
                escape(&client.client_id),
                escape(&client.client_secret)
            )
        }),
    )
}

#[derive(Debug, Deserialize)]
pub(super) struct CodeForm {
    client_id: String,
    scope: String,
    minutes: u32,
    user: String,
}

/// Makes a code and shows it.
pub(super) async fn generate(
    State(shared): State<Arc<Shared>>,
    Form(form): Form<CodeForm>,
) -> Response {
    let grant = NewGrant {
        client_id: form.client_id,
        kind: GrantKind::Code,
        scopes: vec![form.scope],
        user: Some(form.user).filter(|user| !user.is_empty()),
        minutes: Some(form.minutes),
        redirect_uri: None,
    };
    answer(
        &shared,
        clients::give(&shared, grant).map(|(code, place)| {
            format!(
                "<p class=\"notice\">Code <code>{}</code>, good once and for {} minutes, in the data center {}</p>",
                escape(&code),
                form.minutes,
                place.name()
            )
        }),
    )
}

fn answer(shared: &Shared, done: Result<String, crate::control::Problem>) -> Response {
    match done {
        Ok(said) => page(shared, &said).into_response(),
        Err(problem) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            page(shared, &notice(problem.detail())),
        )
            .into_response(),
    }
}

fn page(shared: &Shared, said: &str) -> Html<String> {
    let mut body = format!("<h1>Clients</h1>{said}");
    let mut options = String::new();
    body.push_str(
        "<div class=\"wide\"><table><tr><th>Name</th><th>Client id</th><th>Kind</th><th>Redirect URIs</th><th>Data centers</th></tr>",
    );
    {
        let accounts = shared.accounts();
        for client in accounts.clients() {
            let mut places = vec![client.home.as_str()];
            places.extend(client.elsewhere.keys().map(String::as_str));
            // Writing into a text does not fail.
            let _ = write!(
                body,
                "<tr><td>{}</td><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>",
                escape(&client.name),
                escape(&client.client_id),
                client.kind.name(),
                escape(&client.redirect_uris.join(" ")),
                escape(&places.join(", "))
            );
            let _ = write!(
                options,
                "<option value=\"{}\">{}</option>",
                escape(&client.client_id),
                escape(&client.name)
            );
        }
    }
    body.push_str("</table></div>");
    body.push_str(&code_form(shared, &options));
    body.push_str(&register_form());
    framed("Clients", "/__sim/clients", &body)
}

fn code_form(shared: &Shared, clients: &str) -> String {
    let minutes: String = CODE_MINUTES
        .iter()
        .map(|minutes| format!("<option value=\"{minutes}\">{minutes} minutes</option>"))
        .collect();
    let people: String = person::people(shared)
        .iter()
        .map(|person| {
            format!(
                "<option value=\"{}\">{} ({})</option>",
                person.key(),
                escape(&person.name),
                person.site
            )
        })
        .collect();
    format!(
        "<h2>Generate a code</h2><form class=\"row\" method=\"post\" action=\"/__sim/clients/codes\">\
         <label>Client<select name=\"client_id\">{clients}</select></label>\
         <label>Scope<input name=\"scope\" value=\"ZohoCRM.modules.ALL,ZohoCRM.settings.ALL\"></label>\
         <label>Time<select name=\"minutes\">{minutes}</select></label>\
         <label>User<select name=\"user\">{people}</select></label><button>Create</button></form>"
    )
}

fn register_form() -> String {
    let kinds: String = ClientKind::ALL
        .iter()
        .map(|kind| format!("<option>{}</option>", kind.name()))
        .collect();
    format!(
        "<h2>Register a client</h2><form class=\"row\" method=\"post\" action=\"/__sim/clients\">\
         <label>Name<input name=\"name\"></label><label>Kind<select name=\"kind\">{kinds}</select></label>\
         <label>Redirect URIs<input name=\"redirect_uris\"></label>\
         <label>Also in data centers<input name=\"elsewhere\" placeholder=\"eu, in\"></label><button>Create</button></form>"
    )
}
