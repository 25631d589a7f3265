//! Credits and places.

use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{Wired, got};

#[tokio::test]
async fn credits_are_counted_announced_and_refused() {
    let wired = Wired::start().await;
    wired
        .put("/__sim/v1/limits", &json!({"credits_max": 20}))
        .await;
    let rows: Vec<_> = (0..91)
        .map(|number| json!({"Last_Name": format!("L{number}")}))
        .collect();
    let first = wired.post("/crm/v8/Leads", &json!({"data": rows})).await;
    assert_eq!(
        first.headers["x-api-credits-remaining"], "10",
        "91 rows cost ten credits"
    );
    let limits = wired.get("/__sim/v1/limits").await.json();
    assert_eq!(
        (&limits["credits_used"], &limits["credits_remaining"]),
        (&json!(10), &json!(10))
    );
    for _ in 0..10 {
        assert_eq!(wired.get("/crm/v8/org").await.status, 200);
    }
    let refused = wired.get("/crm/v8/org").await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()["code"].as_str()),
        (429, Some("TOO_MANY_REQUESTS"))
    );
    wired.simulator.advance(24 * 60 * 60 + 10);
    let wired = Wired {
        token: wired.refresh().await.json()["access_token"]
            .as_str()
            .unwrap()
            .to_owned(),
        ..wired
    };
    let got = wired.get("/crm/v8/org").await;
    assert_eq!(got.status, 200);
    assert!(!got.headers.contains_key("x-api-credits-remaining"));
}

#[tokio::test]
async fn more_calls_at_once_than_places_get_429() {
    let wired = Wired::start().await;
    wired
        .put("/__sim/v1/limits", &json!({"concurrency_max": 3}))
        .await;
    let fault =
        json!({"kind": "latency", "milliseconds": 2_000, "path_prefix": "/crm/", "times": 3});
    assert_eq!(wired.post("/__sim/v1/faults", &fault).await.status, 201);
    let mut calls = JoinSet::new();
    for _ in 0..3 {
        let request = wired
            .http
            .get(wired.url("/crm/v8/org"))
            .bearer_auth(&wired.token);
        calls.spawn(async move { got(request.send().await.unwrap()).await.status.as_u16() });
    }
    let in_flight =
        || async { wired.get("/__sim/v1/limits").await.json()["calls_in_flight"].as_u64() };
    let all_wait = async { while in_flight().await != Some(3) {} };
    tokio::time::timeout(Duration::from_secs(20), all_wait)
        .await
        .unwrap();
    assert_eq!(wired.get("/crm/v8/org").await.status, 429);
    assert_eq!(calls.join_all().await, [200, 200, 200]);
    assert_eq!(in_flight().await, Some(0));
    assert_eq!(wired.get("/crm/v8/org").await.status, 200);
}

#[tokio::test]
async fn heavy_calls_have_fewer_places() {
    let wired = Wired::start().await;
    wired
        .put("/__sim/v1/limits", &json!({"sub_concurrency_max": 0}))
        .await;
    assert_eq!(wired.get("/crm/v8/Leads/search?word=abc").await.status, 429);
    assert_eq!(
        wired.get("/crm/v8/Leads?fields=id&sort_by=id").await.status,
        429
    );
    let rows: Vec<_> = (0..11)
        .map(|number| json!({"Last_Name": format!("L{number}")}))
        .collect();
    assert_eq!(
        wired
            .post("/crm/v8/Leads", &json!({"data": rows}))
            .await
            .status,
        429
    );
    assert_eq!(
        wired
            .post("/crm/v8/Leads", &json!({"data": &rows[..10]}))
            .await
            .status,
        201
    );
    wired
        .put("/__sim/v1/limits", &json!({"sub_concurrency_max": null}))
        .await;
    assert_eq!(
        wired
            .post("/crm/v8/Leads", &json!({"data": rows}))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn calls_cost_what_their_page_says() {
    let wired = Wired::start().await;
    let id = wired.record("Leads", json!({"Last_Name": "Ray"})).await;
    let views = wired
        .get("/crm/v8/settings/custom_views?module=Leads")
        .await
        .json();
    let view = views["custom_views"][0]["id"].as_str().unwrap().to_owned();
    let rows = |count: usize| json!({"data": vec![json!({"Last_Name": "L"}); count]});
    let coql = |limit: usize| json!({"select_query": format!("select Last_Name from Leads where Last_Name is not null limit {limit}")});
    let ids = |count: usize| json!({"tags": [{"name": "t"}], "ids": vec![id.clone(); count]});
    // What is refused for its body is charged as well.
    let nothing = json!({});
    for (method, path, body, credits) in [
        ("GET", "org".to_owned(), None, 1),
        ("GET", "Leads?fields=id".to_owned(), None, 1),
        ("GET", format!("Leads?fields=id&cvid={view}"), None, 3),
        ("POST", "Leads".to_owned(), Some(rows(10)), 1),
        ("POST", "Leads".to_owned(), Some(rows(11)), 2),
        ("POST", "Leads/upsert".to_owned(), Some(rows(100)), 10),
        ("DELETE", format!("Leads?ids={id}"), None, 1),
        ("POST", "coql".to_owned(), Some(coql(200)), 1),
        ("POST", "coql".to_owned(), Some(coql(201)), 2),
        ("POST", "coql".to_owned(), Some(coql(2_000)), 3),
        (
            "POST",
            "Leads/actions/add_tags".to_owned(),
            Some(ids(50)),
            1,
        ),
        (
            "POST",
            "Leads/actions/add_tags".to_owned(),
            Some(ids(51)),
            2,
        ),
        (
            "POST",
            format!("Leads/{id}/actions/convert"),
            Some(nothing.clone()),
            5,
        ),
        (
            "POST",
            format!("Leads/{id}/actions/merge"),
            Some(nothing.clone()),
            50,
        ),
        (
            "POST",
            "settings/modules".to_owned(),
            Some(nothing.clone()),
            500,
        ),
    ] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        wired
            .call(method.clone(), &format!("/crm/v8/{path}"), body.as_ref())
            .await;
        let entry = wired.simulator.journal().pop().unwrap();
        assert_eq!(entry["credits"], credits, "{method} {path}: {entry}");
    }
    for (path, credits) in [("read", 50), ("write", 500)] {
        wired.post(&format!("/crm/bulk/v8/{path}"), &nothing).await;
        let entry = wired.simulator.journal().pop().unwrap();
        assert_eq!(entry["credits"], credits, "{entry}");
    }
}

#[tokio::test]
async fn answers_tell_when_their_token_ends() {
    let wired = Wired::with(zoho_sim::Config {
        clock: zoho_sim::ClockStart::At(1_768_035_600),
        clock_speed: 0.0,
        ..zoho_sim::Config::default()
    })
    .await;
    for path in ["/crm/v8/org", "/crm/v8/Leads"] {
        let got = wired.get(path).await;
        assert_eq!(
            got.headers["x-accesstoken-reset"],
            "2026-01-10T15:30:00+05:30"
        );
    }
}
