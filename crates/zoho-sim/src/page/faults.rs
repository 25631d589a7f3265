//! Faults in force, and the form that adds one.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{framed, notice};
use crate::faults::Fault;
use crate::html::escape;
use crate::state::Shared;

/// Kinds with the one parameter that the form offers for each.
const KINDS: [(&str, &str); 8] = [
    ("latency", "milliseconds"),
    ("refuse", ""),
    ("drop_answer", ""),
    ("server_error", "status"),
    ("too_many_requests", ""),
    ("expire_token", ""),
    ("truncated", "bytes"),
    ("slow", "pause_ms"),
];

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    page(&shared, "")
}

#[derive(Debug, Deserialize)]
pub(super) struct NewFault {
    kind: String,
    parameter: String,
    method: String,
    path_prefix: String,
    module: String,
    times: String,
    probability: String,
}

/// Adds a fault by the same JSON that the control API reads.
pub(super) async fn add(State(shared): State<Arc<Shared>>, Form(form): Form<NewFault>) -> Response {
    let mut fault = Map::new();
    fault.insert("kind".to_owned(), Value::String(form.kind.clone()));
    let parameter = KINDS
        .iter()
        .find(|(kind, _)| *kind == form.kind)
        .map_or("", |(_, parameter)| parameter);
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
    body.push_str("<div id=\"live\"><div class=\"wide\"><table><thead><tr><th>id</th><th>Fault</th><th>Met</th><th></th></tr></thead><tbody>");
    let active_faults = shared.faults().active().to_vec();
    if active_faults.is_empty() {
        body.push_str(
            "<tr><td colspan=\"4\" class=\"muted\">Nothing goes wrong on purpose now.</td></tr>",
        );
    }
    for active in &active_faults {
        let fault = serde_json::to_string(&active.fault).unwrap_or_default();
        // Writing into a text does not fail.
        let _ = write!(
            body,
            "<tr><td>{id}</td><td><code>{}</code></td><td>{}</td><td><form method=\"post\" action=\"/__sim/faults/remove\">\
             <input type=\"hidden\" name=\"id\" value=\"{id}\"><button class=\"quiet\">Remove</button></form></td></tr>",
            escape(&fault),
            active.hits,
            id = active.id,
        );
    }
    body.push_str("</tbody></table></div></div><form method=\"post\" action=\"/__sim/faults/remove\"><p><button class=\"bad\">Remove all</button></p></form>");
    let kinds: String = KINDS
        .iter()
        .map(|(kind, parameter)| {
            let hint = if parameter.is_empty() {
                String::new()
            } else {
                format!(" ({parameter})")
            };
            format!("<option value=\"{kind}\">{kind}{hint}</option>")
        })
        .collect();
    let _ = write!(
        body,
        "<h2>Add</h2><form class=\"row\" method=\"post\" action=\"/__sim/faults\"><label>Kind <select name=\"kind\">{kinds}</select></label>\
         <label>Parameter <input name=\"parameter\"></label><label>Method <input name=\"method\" placeholder=\"any\"></label>\
         <label>Path begins <input name=\"path_prefix\" placeholder=\"any\"></label><label>Module <input name=\"module\" placeholder=\"any\"></label>\
         <label>Times <input name=\"times\" placeholder=\"always\"></label><label>Probability <input name=\"probability\" placeholder=\"1\"></label>\
         <button>Add</button></form>"
    );
    framed("Faults", "/__sim/faults", &body)
}
