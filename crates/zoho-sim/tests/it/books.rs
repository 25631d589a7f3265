//! Zoho Books over HTTP.

mod conversions;
mod errors;
mod examined;
mod feeds;
mod ledger;
mod lists;
mod odd;
mod people;
mod records;
mod recurring;
mod trade;
mod trade_model;
mod walk;

use reqwest::Method;
use serde_json::Value;

use super::support::{Got, Wired, got};

pub(crate) const ORGANISATION: &str = "10234695";

/// A path of Books in the demo organisation.
pub(crate) fn path(path: &str) -> String {
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("/books/v3{path}{sign}organization_id={ORGANISATION}")
}

/// A simulator whose limits a long test does not meet.
pub(crate) async fn start() -> Wired {
    let wired = Wired::start().await;
    let limits = serde_json::json!({"books_calls_per_minute_max": null});
    let answer = wired
        .call(Method::PUT, "/__sim/v1/limits", Some(&limits))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    wired
}

/// Calls Books with a JSON body and headers of its own. The answer is checked against the published files.
pub(crate) async fn call(
    wired: &Wired,
    method: Method,
    at: &str,
    body: Option<&Value>,
    headers: &[(&str, &str)],
) -> Got {
    let mut request = wired
        .http
        .request(method.clone(), wired.url(&path(at)))
        .header("Authorization", format!("Zoho-oauthtoken {}", wired.token));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    let got = got(request.send().await.unwrap()).await;
    crate::oas::books::check(&method, &path(at), got.status.as_u16(), &got.text);
    got
}

/// Creates a record and gives the answer's single record.
pub(crate) async fn created(wired: &Wired, at: &str, key: &str, body: Value) -> Value {
    let answer = call(wired, Method::POST, at, Some(&body), &[]).await;
    let text = &answer.text;
    assert!(answer.status.is_success(), "{at}: {text}");
    answer.json()[key].clone()
}
