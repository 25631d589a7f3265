//! Refusals: authentication, scopes, organisations, paths, bodies, limits.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::support::{Got, Wired, got};
use super::{call, path, start};

async fn refused(wired: &Wired, method: Method, at: &str, body: Option<&Value>) -> (u16, i64) {
    let answer = call(wired, method, at, body, &[]).await;
    (
        answer.status.as_u16(),
        answer.json()["code"].as_i64().unwrap(),
    )
}

/// Calls a path as it is, with the token.
async fn bearing(wired: &Wired, at: &str) -> Got {
    let request = wired.http.get(wired.url(at));
    let request = request.header("Authorization", format!("Zoho-oauthtoken {}", wired.token));
    got(request.send().await.unwrap()).await
}

#[tokio::test]
async fn callers_without_a_token_or_scope_or_organisation_are_refused() {
    let mut wired = start().await;
    let bare = got(wired
        .http
        .get(wired.url(&path("/contacts")))
        .send()
        .await
        .unwrap())
    .await;
    assert_eq!(
        (bare.status.as_u16(), bare.json()["code"].clone()),
        (401, json!(14))
    );
    assert!(!bare.headers.contains_key("x-rate-limit-limit"));
    let at = |query: &str| format!("/books/v3/contacts{query}");
    for (query, status, code) in [
        ("", 400, 2),
        ("?organization_id=abc", 400, 2),
        ("?organization_id=1", 400, 6041),
    ] {
        let answer = bearing(&wired, &at(query)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["code"].clone()),
            (status, json!(code))
        );
    }
    let organisations = bearing(&wired, "/books/v3/organizations").await.json();
    assert_eq!(
        organisations["organizations"][0]["organization_id"],
        "10234695"
    );
    wired.token = wired.token_with(&["ZohoBooks.contacts.READ"]).await;
    assert_eq!(
        refused(&wired, Method::GET, "/contacts", None).await,
        (200, 0)
    );
    assert_eq!(
        refused(&wired, Method::GET, "/items", None).await,
        (401, 57)
    );
    let body = json!({"contact_name": "x"});
    assert_eq!(
        refused(&wired, Method::POST, "/contacts", Some(&body)).await,
        (401, 57)
    );
    wired.token = "1000.nothing".to_owned();
    assert_eq!(
        refused(&wired, Method::GET, "/contacts", None).await,
        (401, 57)
    );
}

#[tokio::test]
async fn paths_methods_ids_and_bodies_are_refused_with_their_codes() {
    let wired = start().await;
    let long = "x".repeat(201);
    let cases = [
        (Method::GET, "/settings/branches", None, (404, 5)),
        (Method::GET, "/nothing", None, (404, 5)),
        (Method::PATCH, "/contacts", None, (405, 5)),
        (Method::GET, "/contacts/17", None, (404, 1002)),
        (Method::GET, "/contacts/17/comments", None, (404, 1002)),
        (Method::POST, "/contacts", Some(json!({})), (400, 4)),
        (
            Method::POST,
            "/contacts",
            Some(json!({"contact_name": long})),
            (400, 15),
        ),
        (
            Method::POST,
            "/contacts",
            Some(json!({"contact_name": "Orchard Ltd"})),
            (400, 3062),
        ),
        (
            Method::POST,
            "/contacts",
            Some(json!({"contact_name": "y", "payment_terms": "Net 15"})),
            (400, 2),
        ),
        (
            Method::POST,
            "/contacts",
            Some(json!({"contact_name": "y", "contact_type": "friend"})),
            (400, 2),
        ),
        (Method::POST, "/contacts", Some(json!([])), (400, 2)),
        (
            Method::POST,
            "/items",
            Some(json!({"name": "Desk lamp", "rate": 1})),
            (400, 1001),
        ),
        (
            Method::GET,
            "/contacts?filter_by=Status.Odd",
            None,
            (400, 2),
        ),
        (
            Method::GET,
            "/contacts?sort_column=shoe_size",
            None,
            (400, 2),
        ),
        (Method::GET, "/contacts?page=x", None, (400, 2)),
        (
            Method::GET,
            "/contacts?last_modified_time=2026-01-01T00:00:00Z",
            None,
            (400, 2),
        ),
    ];
    for (method, at, body, expected) in cases {
        assert_eq!(
            refused(&wired, method, at, body.as_ref()).await,
            expected,
            "{at} {body:?}"
        );
    }
}

#[tokio::test]
async fn limits_of_a_minute_a_day_and_at_once_are_kept_and_told() {
    let mut wired = Wired::start().await;
    let limits = json!({"books_calls_per_minute_max": 2, "books_calls_per_day_max": 4});
    wired
        .call(Method::PUT, "/__sim/v1/limits", Some(&limits))
        .await;
    let first = call(&wired, Method::GET, "/contacts", None, &[]).await;
    assert_eq!(first.headers["x-rate-limit-limit"], "4");
    assert_eq!(first.headers["x-rate-limit-remaining"], "3");
    let reset: i64 = first.headers["x-rate-limit-reset"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=86_400).contains(&reset));
    assert_eq!(
        refused(&wired, Method::GET, "/contacts", None).await,
        (200, 0)
    );
    assert_eq!(
        refused(&wired, Method::GET, "/contacts", None).await,
        (429, 44)
    );
    wired.simulator.advance(61);
    for expected in [(200, 0), (200, 0), (429, 45)] {
        assert_eq!(
            refused(&wired, Method::GET, "/contacts", None).await,
            expected
        );
        wired.simulator.advance(61);
    }
    wired.simulator.advance(86_400);
    wired.token = wired.refresh().await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        refused(&wired, Method::GET, "/contacts", None).await,
        (200, 0)
    );
    let none = json!({"books_concurrency_max": 0});
    wired
        .call(Method::PUT, "/__sim/v1/limits", Some(&none))
        .await;
    assert_eq!(
        refused(&wired, Method::GET, "/contacts", None).await,
        (429, 1070)
    );
}

#[tokio::test]
async fn faults_meet_books_too() {
    let wired = start().await;
    let fault = |fault: Value| {
        let fault = serde_json::from_value(fault).unwrap();
        wired.simulator.add_fault(fault);
    };
    fault(json!({"kind": "too_many_requests", "times": 1}));
    assert_eq!(
        refused(&wired, Method::GET, "/contacts", None).await,
        (429, 44)
    );
    fault(json!({"kind": "server_error", "times": 1}));
    assert_eq!(
        refused(&wired, Method::GET, "/contacts", None).await,
        (500, 1000)
    );
    fault(json!({"kind": "server_error", "status": 502, "is_html": true, "times": 1}));
    let page = call(&wired, Method::GET, "/contacts", None, &[]).await;
    assert!(page.text.starts_with("<html>"), "{}", page.text);
    fault(json!({"kind": "drop_answer", "times": 1}));
    let request = wired
        .http
        .post(wired.url(&path("/contacts")))
        .header("Authorization", format!("Zoho-oauthtoken {}", wired.token))
        .json(&json!({"contact_name": "Dropped"}));
    assert!(request.send().await.is_err());
    let found = call(
        &wired,
        Method::GET,
        "/contacts?contact_name=Dropped",
        None,
        &[],
    )
    .await
    .json();
    assert_eq!(found["contacts"].as_array().unwrap().len(), 1);
}

/// A slow call that has been let in.
async fn slow(
    wired: &Wired,
    method: Method,
    at: &str,
    body: Value,
) -> tokio::task::JoinHandle<Got> {
    let fault = json!({"kind": "latency", "milliseconds": 1_000, "path_prefix": "/books/", "method": method.as_str(), "times": 1});
    assert_eq!(wired.post("/__sim/v1/faults", &fault).await.status, 201);
    let request = wired.http.request(method, wired.url(&path(at)));
    let request = request.bearer_auth(&wired.token).json(&body);
    let call = tokio::spawn(async move { got(request.send().await.unwrap()).await });
    let in_flight =
        || async { wired.get("/__sim/v1/limits").await.json()["calls_in_flight"].as_u64() };
    while in_flight().await != Some(1) {}
    call
}

#[tokio::test]
async fn a_call_that_a_reset_overtakes_is_not_acted_on_in_the_new_world() {
    let mut wired = start().await;
    let late = slow(
        &wired,
        Method::POST,
        "/contacts",
        json!({"contact_name": "Late"}),
    )
    .await;
    assert_eq!(wired.post("/__sim/v1/reset", &json!({})).await.status, 200);
    let late = late.await.unwrap();
    assert_eq!(
        (late.status.as_u16(), late.json()["code"].clone()),
        (401, json!(57))
    );
    wired.token = wired.refresh().await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let found = call(
        &wired,
        Method::GET,
        "/contacts?contact_name=Late",
        None,
        &[],
    )
    .await;
    assert_eq!(found.json()["contacts"], json!([]));
}

#[tokio::test]
async fn a_slow_call_holds_its_place_among_those_at_once() {
    let wired = start().await;
    let limits = json!({"books_concurrency_max": 1});
    wired
        .call(Method::PUT, "/__sim/v1/limits", Some(&limits))
        .await;
    let first = slow(
        &wired,
        Method::POST,
        "/contacts",
        json!({"contact_name": "Slow"}),
    )
    .await;
    assert_eq!(
        refused(&wired, Method::GET, "/contacts", None).await,
        (429, 1070)
    );
    assert_eq!(first.await.unwrap().status, 201);
    assert_eq!(
        refused(&wired, Method::GET, "/contacts", None).await,
        (200, 0)
    );
}
