//! Limits, what is used of them, and a form that changes them.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::{Map, Value};

use super::{framed, notice};
use crate::control::limits;
use crate::html::escape;
use crate::state::Shared;

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    page(&shared, "")
}

/// An empty input switches its limit off.
pub(super) async fn change(
    State(shared): State<Arc<Shared>>,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    let changes: Map<String, Value> = form
        .into_iter()
        .map(|(name, text)| {
            let text = text.trim();
            let value = if text.is_empty() {
                Ok(Value::Null)
            } else {
                serde_json::from_str(text)
            };
            (
                name,
                value.unwrap_or_else(|_| Value::String(text.to_owned())),
            )
        })
        .collect();
    match limits::change(&shared, changes) {
        Ok(()) => Redirect::to("/__sim/limits").into_response(),
        Err(problem) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            page(&shared, problem.detail()),
        )
            .into_response(),
    }
}

fn page(shared: &Shared, problem: &str) -> Html<String> {
    let printed = limits::limits(shared);
    let mut body = String::from("<h1>Limits</h1>");
    if !problem.is_empty() {
        body.push_str(&notice(problem));
    }
    body.push_str("<div id=\"live\"><div class=\"cards\">");
    for (name, value) in printed
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_object())
    {
        let value = if value.is_null() {
            "∞".to_owned()
        } else {
            value.to_string()
        };
        // Writing into a text does not fail.
        let _ = write!(
            body,
            "<div class=\"card\">{}<strong>{value}</strong></div>",
            escape(&name.replace('_', " "))
        );
    }
    body.push_str("</div></div><h2>Change</h2><p class=\"muted\">Empty switches a limit off.</p><form method=\"post\"><div class=\"fields\">");
    for (name, value) in printed["limits"].as_object().into_iter().flatten() {
        let value = if value.is_null() {
            String::new()
        } else {
            value.to_string()
        };
        let _ = write!(
            body,
            "<label>{0}<input name=\"{0}\" value=\"{value}\" inputmode=\"numeric\"></label>",
            escape(name)
        );
    }
    body.push_str("</div><p><button>Save</button></p></form>");
    framed("Limits", "/__sim/limits", &body)
}
