//! What goes wrong on purpose.

use serde_json::{Value, json};

use crate::support::{Wired, got};

async fn fault(wired: &Wired, fault: Value) -> u64 {
    let got = wired.post("/__sim/v1/faults", &fault).await;
    assert_eq!(got.status, 201, "{}", got.text);
    got.json()["id"].as_u64().unwrap()
}

async fn upsert(wired: &Wired, email: &str) -> Result<reqwest::Response, reqwest::Error> {
    let body = json!({"data": [{"Last_Name": "Ray", "Email": email}]}).to_string();
    wired
        .http
        .post(wired.url("/crm/v8/Leads/upsert"))
        .bearer_auth(&wired.token)
        .body(body)
        .send()
        .await
}

#[tokio::test]
async fn a_refused_call_breaks_the_connection_and_changes_nothing() {
    let wired = Wired::start().await;
    fault(
        &wired,
        json!({"kind": "refuse", "module": "leads", "method": "post", "times": 1}),
    )
    .await;
    let error = upsert(&wired, "a@b.co").await.unwrap_err();
    assert!(error.status().is_none(), "no answer may come: {error:?}");
    assert_eq!(wired.simulator.count("Leads"), Ok(0));
    assert_eq!(
        upsert(&wired, "a@b.co").await.unwrap().status(),
        200,
        "the fault happened once"
    );
}

#[tokio::test]
async fn a_dropped_answer_breaks_the_connection_after_the_write() {
    let wired = Wired::start().await;
    fault(
        &wired,
        json!({"kind": "drop_answer", "path_prefix": "/crm/v8/Leads/upsert", "times": 1}),
    )
    .await;
    let error = upsert(&wired, "a@b.co").await.unwrap_err();
    assert!(error.status().is_none(), "no answer may come: {error:?}");
    assert_eq!(wired.simulator.count("Leads"), Ok(1));
    let entry = wired.simulator.journal().pop().unwrap();
    assert_eq!(
        (&entry["status"], &entry["faults"]),
        (&Value::Null, &json!(["drop_answer"]))
    );
}

#[tokio::test]
async fn a_truncated_answer_promises_more_than_comes() {
    let wired = Wired::start().await;
    fault(&wired, json!({"kind": "truncated", "bytes": 7, "times": 1})).await;
    let response = upsert(&wired, "a@b.co").await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.content_length().unwrap() > 7);
    assert!(response.bytes().await.is_err());
    assert_eq!(wired.simulator.count("Leads"), Ok(1));
}

#[tokio::test]
async fn slow_and_late_answers_are_whole() {
    let wired = Wired::start().await;
    fault(
        &wired,
        json!({"kind": "slow", "piece_bytes": 64, "pause_ms": 1}),
    )
    .await;
    fault(&wired, json!({"kind": "latency", "milliseconds": 20})).await;
    let got = got(upsert(&wired, "a@b.co").await.unwrap()).await;
    let entry = wired.simulator.journal().pop().unwrap();
    assert_eq!(entry["faults"], json!(["slow", "latency"]));
    assert!(
        entry["duration_us"].as_u64().unwrap() >= 20_000,
        "the call waited inside the simulator"
    );
    assert_eq!(got.json()["data"][0]["code"], "SUCCESS");
}

#[tokio::test]
async fn server_errors_and_throttling_change_nothing() {
    let wired = Wired::start().await;
    for (kind, status, is_json) in [
        (json!({"kind": "server_error", "times": 1}), 500, true),
        (
            json!({"kind": "server_error", "status": 502, "is_html": true, "times": 1}),
            502,
            false,
        ),
        (
            json!({"kind": "server_error", "status": 503, "times": 1}),
            503,
            true,
        ),
        (json!({"kind": "too_many_requests", "times": 1}), 429, true),
    ] {
        fault(&wired, kind).await;
        let got = got(upsert(&wired, "a@b.co").await.unwrap()).await;
        assert_eq!(got.status.as_u16(), status);
        let content_type = got.headers["content-type"].to_str().unwrap();
        assert_eq!(
            content_type.starts_with("application/json"),
            is_json,
            "{content_type}"
        );
    }
    assert_eq!(wired.simulator.count("Leads"), Ok(0));
}

#[tokio::test]
async fn an_expired_token_stays_expired() {
    let wired = Wired::start().await;
    fault(&wired, json!({"kind": "expire_token", "times": 1})).await;
    for _ in 0..2 {
        let got = got(upsert(&wired, "a@b.co").await.unwrap()).await;
        assert_eq!(
            (got.status.as_u16(), got.json()["code"].as_str()),
            (401, Some("INVALID_TOKEN"))
        );
    }
    assert!(wired.refresh().await.json()["access_token"].is_string());
}

#[tokio::test]
async fn faults_are_listed_removed_and_meet_by_chance() {
    let wired = Wired::start().await;
    let id = fault(
        &wired,
        json!({"kind": "too_many_requests", "path_prefix": "/crm/", "probability": 0.5}),
    )
    .await;
    let mut refused = 0;
    for _ in 0..40 {
        refused += u32::from(wired.get("/crm/v8/org").await.status == 429);
    }
    assert!((8..=32).contains(&refused), "{refused} of 40");
    let listed = wired.get("/__sim/v1/faults").await.json();
    assert_eq!(
        (&listed["faults"][0]["id"], &listed["faults"][0]["hits"]),
        (&json!(id), &json!(refused))
    );
    assert_eq!(
        wired.delete(&format!("/__sim/v1/faults/{id}")).await.status,
        200
    );
    assert_eq!(
        wired.delete(&format!("/__sim/v1/faults/{id}")).await.status,
        404
    );
    fault(&wired, json!({"kind": "refuse"})).await;
    assert_eq!(
        wired.delete("/__sim/v1/faults").await.json(),
        json!({"deleted": 1})
    );
    assert_eq!(wired.get("/crm/v8/org").await.status, 200);
}

#[tokio::test]
async fn a_revoked_grant_gives_no_more_tokens() {
    let wired = Wired::start().await;
    fault(
        &wired,
        json!({"kind": "revoke_token", "path_prefix": "/crm/", "times": 1}),
    )
    .await;
    let got = got(upsert(&wired, "a@b.co").await.unwrap()).await;
    assert_eq!(
        (got.status.as_u16(), got.json()["code"].as_str()),
        (401, Some("INVALID_TOKEN"))
    );
    assert_eq!(wired.refresh().await.json()["error"], "invalid_code");
}

#[tokio::test]
async fn a_refresh_can_meet_a_revoked_grant_too() {
    let wired = Wired::start().await;
    fault(
        &wired,
        json!({"kind": "revoke_token", "path_prefix": "/oauth/"}),
    )
    .await;
    assert_eq!(wired.refresh().await.json()["error"], "invalid_code");
    assert_eq!(
        wired.get("/crm/v8/org").await.json()["code"],
        "INVALID_TOKEN",
        "its access tokens have ended as well"
    );
}

#[tokio::test]
async fn calls_pass_before_a_fault_that_skips_some() {
    let wired = Wired::start().await;
    fault(
        &wired,
        json!({"kind": "server_error", "path_prefix": "/crm/v8/org", "skip": 2, "times": 1}),
    )
    .await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(wired.get("/crm/v8/org").await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 500, 200]);
}
