//! Faults in force, and the form that adds one.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{framed, notice, table};
use crate::faults::Fault;
use crate::html::escape;
use crate::state::Shared;

/// A kind of fault: its name, the one parameter that the form offers with a usual value, and what it does.
struct Offer {
    kind: &'static str,
    parameter: &'static str,
    usual: &'static str,
    about: &'static str,
}

const fn offer(
    kind: &'static str,
    parameter: &'static str,
    usual: &'static str,
    about: &'static str,
) -> Offer {
    Offer {
        kind,
        parameter,
        usual,
        about,
    }
}

const OFFERS: [Offer; 13] = [
    offer(
        "latency",
        "milliseconds",
        "2000",
        "the call waits before it is acted on",
    ),
    offer("refuse", "", "", "the connection closes, nothing happened"),
    offer(
        "drop_answer",
        "",
        "",
        "the call is acted on, and no answer comes",
    ),
    offer(
        "server_error",
        "status",
        "503",
        "500, 502 or 503, nothing happened",
    ),
    offer("too_many_requests", "", "", "429, nothing happened"),
    offer("expire_token", "", "", "the access token of the call ends"),
    offer(
        "revoke_token",
        "",
        "",
        "the refresh token behind the call ends",
    ),
    offer(
        "truncated",
        "bytes",
        "20",
        "the call is acted on, its answer breaks off",
    ),
    offer("slow", "pause_ms", "50", "the answer comes in small pieces"),
    offer("callback_lost", "", "", "a callback is never sent"),
    offer(
        "callback_duplicate",
        "copies",
        "2",
        "a callback comes more than once",
    ),
    offer(
        "callback_late",
        "milliseconds",
        "5000",
        "a callback comes late",
    ),
    offer(
        "callback_reorder",
        "",
        "",
        "a callback comes after the next one",
    ),
];

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    page(&shared, "")
}

#[derive(Debug, Deserialize)]
pub(super) struct NewFault {
    kind: String,
    #[serde(default)]
    parameter: String,
    #[serde(default)]
    method: String,
    #[serde(default)]
    path_prefix: String,
    #[serde(default)]
    module: String,
    #[serde(default)]
    times: String,
    #[serde(default)]
    probability: String,
}

/// Adds a fault by the same JSON that the control API reads.
pub(super) async fn add(State(shared): State<Arc<Shared>>, Form(form): Form<NewFault>) -> Response {
    let mut fault = Map::new();
    fault.insert("kind".to_owned(), Value::String(form.kind.clone()));
    let parameter = OFFERS
        .iter()
        .find(|offer| offer.kind == form.kind)
        .map_or("", |offer| offer.parameter);
    for (name, text) in [
        (parameter, &form.parameter),
        ("times", &form.times),
        ("probability", &form.probability),
    ] {
        if !name.is_empty() && !text.trim().is_empty() {
            let number =
                serde_json::from_str(text.trim()).unwrap_or_else(|_| Value::String(text.clone()));
            fault.insert(name.to_owned(), number);
        }
    }
    for (name, text) in [
        ("method", &form.method),
        ("path_prefix", &form.path_prefix),
        ("module", &form.module),
    ] {
        if !text.trim().is_empty() {
            fault.insert(name.to_owned(), Value::String(text.trim().to_owned()));
        }
    }
    match Fault::from_json(Value::Object(fault).to_string().as_bytes()) {
        Ok(fault) => {
            shared.faults().add(fault);
            Redirect::to("/__sim/faults").into_response()
        }
        Err(problem) => (StatusCode::UNPROCESSABLE_ENTITY, page(&shared, &problem)).into_response(),
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Removal {
    id: Option<u64>,
}

/// Removes one fault, or all when no id is given.
pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    Form(removal): Form<Removal>,
) -> Redirect {
    shared.faults().remove(removal.id);
    Redirect::to("/__sim/faults")
}

fn page(shared: &Shared, problem: &str) -> Html<String> {
    let mut body = String::from("<h1>Faults</h1>");
    if !problem.is_empty() {
        body.push_str(&notice(problem));
    }
    let active_faults = shared.faults().active().to_vec();
    let mut rows = String::new();
    for active in &active_faults {
        let fault = serde_json::to_string(&active.fault).unwrap_or_default();
        // Writing into a text does not fail.
        let _ = write!(
            rows,
            "<tr><td>{id}</td><td><code>{}</code></td><td>{}</td><td><form method=\"post\" action=\"/__sim/faults/remove\">\
             <input type=\"hidden\" name=\"id\" value=\"{id}\"><button class=\"quiet\">Remove<span class=\"unseen\"> fault {id}</span></button></form></td></tr>",
            escape(&fault),
            active.hits,
            id = active.id,
        );
    }
    let _ = write!(
        body,
        "<div id=\"live\">{}</div><form method=\"post\" action=\"/__sim/faults/remove\"><p><button class=\"bad\">Remove all</button></p></form>\
         <h2>Switch on</h2><div class=\"cards\">",
        table(
            &["id", "Fault", "Met", ""],
            &rows,
            "Nothing goes wrong on purpose now."
        )
    );
    for offer in &OFFERS {
        print_offer(&mut body, offer);
    }
    let kinds: String = OFFERS
        .iter()
        .map(|offer| format!("<option>{}</option>", offer.kind))
        .collect();
    let _ = write!(
        body,
        "</div><h2>For some calls only</h2><form class=\"row\" method=\"post\" action=\"/__sim/faults\"><label>Kind <select name=\"kind\">{kinds}</select></label>\
         <label>Its number <input name=\"parameter\" placeholder=\"usual\" inputmode=\"numeric\"></label><label>Method <input name=\"method\" placeholder=\"any\"></label>\
         <label>Path begins <input name=\"path_prefix\" placeholder=\"any\"></label><label>Module <input name=\"module\" placeholder=\"any\"></label>\
         <label>Times <input name=\"times\" placeholder=\"always\" inputmode=\"numeric\"></label><label>Probability <input name=\"probability\" placeholder=\"1\" inputmode=\"decimal\"></label>\
         <button>Add</button></form>"
    );
    framed("Faults", "/__sim/faults", &body)
}

/// One kind with its buttons: for the next call, or for all.
fn print_offer(body: &mut String, offer: &Offer) {
    let input = if offer.parameter.is_empty() {
        String::new()
    } else {
        format!(
            "<label>{0} <input name=\"parameter\" value=\"{1}\" inputmode=\"numeric\"></label>",
            offer.parameter, offer.usual
        )
    };
    let _ = write!(
        body,
        "<form class=\"card\" method=\"post\" action=\"/__sim/faults\"><b>{0}</b><br>{1}<input type=\"hidden\" name=\"kind\" value=\"{0}\">{input}\
         <p><button class=\"quiet\" name=\"times\" value=\"1\">Once<span class=\"unseen\"> {0}</span></button> \
         <button class=\"quiet\" name=\"times\" value=\"\">Always<span class=\"unseen\"> {0}</span></button></p></form>",
        offer.kind, offer.about
    );
}
