//! The simulator misbehaves; the SDK tells the truth about it.

use futures_util::future::join_all;
use serde_json::json;
use zoho::ErrorKind;
use zoho::crm::{Criteria, Crm};

use crate::simulated::{blunt_client, builder, client, fault, served, simulator};

const TOKEN: &str = "/oauth/v2/token";

async fn count_of(crm: &Crm, name: &str) -> u64 {
    crm.count_matching("Leads", &Criteria::equals("Last_Name", name))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_hundred_callers_share_one_refresh() {
    let simulator = simulator().await;
    let client = builder(&simulator).concurrency_max(20).build().unwrap();
    let crm = client.crm();
    let counts = join_all((0..100).map(|_| crm.count("Leads"))).await;
    assert!(counts.iter().all(Result::is_ok), "{counts:?}");
    assert_eq!(served(&simulator, TOKEN).len(), 1);
}

#[tokio::test]
async fn a_token_that_expires_on_the_way_is_refreshed_once_by_all() {
    let simulator = simulator().await;
    let client = builder(&simulator).concurrency_max(20).build().unwrap();
    let crm = client.crm();
    crm.count("Leads").await.unwrap();
    simulator.advance(3601);
    let counts = join_all((0..50).map(|_| crm.count("Leads"))).await;
    assert!(counts.iter().all(Result::is_ok), "{counts:?}");
    assert_eq!(served(&simulator, TOKEN).len(), 2);
}

#[tokio::test]
async fn an_access_token_that_zoho_ends_early_is_no_matter() {
    let simulator = simulator().await;
    let crm = blunt_client(&simulator).crm();
    fault(&simulator, json!({"kind": "expire_token", "times": 1}));
    let written = crm
        .insert("Leads")
        .record(&json!({"Last_Name": "Early"}))
        .unwrap()
        .send()
        .await
        .unwrap();
    assert!(written.is_success());
    assert_eq!(count_of(&crm, "Early").await, 1);
}

#[tokio::test]
async fn an_insert_whose_answer_is_dropped_stays_single() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    fault(
        &simulator,
        json!({"kind": "drop_answer", "module": "Leads", "method": "POST", "times": 1}),
    );
    let error = crm
        .insert("Leads")
        .record(&json!({"Last_Name": "Dropped"}))
        .unwrap()
        .send()
        .await
        .unwrap_err();
    assert!(error.is_outcome_unknown(), "{error:?}");
    assert_eq!(count_of(&crm, "Dropped").await, 1);
}

#[tokio::test]
async fn an_upsert_whose_answer_is_dropped_is_repeated_into_the_same_record() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    fault(
        &simulator,
        json!({"kind": "drop_answer", "module": "Leads", "method": "POST", "times": 1}),
    );
    let record = json!({"Last_Name": "Twice", "Email": "twice@orchard.example"});
    let upsert = crm
        .upsert("Leads")
        .record(&record)
        .unwrap()
        .duplicate_check_fields(["Email"]);
    assert!(upsert.send().await.unwrap().is_success());
    assert_eq!(count_of(&crm, "Twice").await, 1);
    assert_eq!(served(&simulator, "/crm/v8/Leads/upsert").len(), 2);
}

#[tokio::test]
async fn a_call_that_is_refused_at_the_door_is_told_or_repeated() {
    let simulator = simulator().await;
    fault(
        &simulator,
        json!({"kind": "refuse", "method": "GET", "times": 1}),
    );
    client(&simulator).crm().count("Leads").await.unwrap();
    fault(
        &simulator,
        json!({"kind": "refuse", "method": "GET", "times": 1}),
    );
    let error = blunt_client(&simulator)
        .crm()
        .count("Leads")
        .await
        .unwrap_err();
    assert!(
        error.is_transient() && !error.is_outcome_unknown(),
        "{error:?}"
    );
}

#[tokio::test]
async fn failing_servers_are_waited_out() {
    for server_error in [
        json!({"status": 500}),
        json!({"status": 503}),
        json!({"status": 502, "html": true}),
    ] {
        let simulator = simulator().await;
        let mut first = server_error.clone();
        first["kind"] = "server_error".into();
        first["method"] = "GET".into();
        first["times"] = 1.into();
        fault(&simulator, first.clone());
        client(&simulator).crm().count("Leads").await.unwrap();
        fault(&simulator, first);
        let error = blunt_client(&simulator)
            .crm()
            .count("Leads")
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.http_status().map(u64::from)),
            (ErrorKind::Server, server_error["status"].as_u64())
        );
    }
}

#[tokio::test]
async fn too_many_requests_is_waited_out() {
    let simulator = simulator().await;
    fault(
        &simulator,
        json!({"kind": "too_many_requests", "method": "POST", "module": "Leads", "times": 2}),
    );
    let crm = client(&simulator).crm();
    assert!(
        crm.insert("Leads")
            .record(&json!({"Last_Name": "Busy"}))
            .unwrap()
            .send()
            .await
            .unwrap()
            .is_success()
    );
    assert_eq!(count_of(&crm, "Busy").await, 1);
}

#[tokio::test]
async fn a_truncated_answer_is_repeated_for_reads_only() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    fault(
        &simulator,
        json!({"kind": "truncated", "method": "GET", "module": "Leads", "times": 1}),
    );
    crm.count("Leads").await.unwrap();
    fault(
        &simulator,
        json!({"kind": "truncated", "method": "POST", "module": "Leads", "times": 1}),
    );
    let error = crm
        .insert("Leads")
        .record(&json!({"Last_Name": "Cut"}))
        .unwrap()
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BrokenAnswer);
    assert!(error.is_outcome_unknown());
    assert_eq!(count_of(&crm, "Cut").await, 1);
}

#[tokio::test]
async fn a_wrong_client_or_token_needs_a_person() {
    let simulator = simulator().await;
    for (client_id, secret, refresh, code) in [
        (
            "1000.LEADWAYDEMO",
            "leadway-demo-secret",
            "1000.unknown",
            "invalid_code",
        ),
        (
            "1000.UNKNOWN",
            "leadway-demo-secret",
            "1000.leadway-demo-refresh",
            "invalid_client",
        ),
        (
            "1000.LEADWAYDEMO",
            "wrong",
            "1000.leadway-demo-refresh",
            "invalid_client_secret",
        ),
    ] {
        let client = builder(&simulator)
            .refresh_token_grant(client_id, secret.into(), refresh.into())
            .build()
            .unwrap();
        let error = client.token().await.unwrap_err();
        assert!(error.needs_consent() && !error.is_transient(), "{error:?}");
        assert_eq!(error.code(), Some(code));
    }
}

#[tokio::test]
async fn the_eleventh_token_in_ten_minutes_is_throttled() {
    let simulator = simulator().await;
    for _ in 0..10 {
        client(&simulator).token().await.unwrap();
    }
    let late = client(&simulator);
    for _ in 0..3 {
        let error = late.token().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ThrottledToken);
        assert!(error.retry_after().is_some());
    }
    assert_eq!(served(&simulator, TOKEN).len(), 11);
}

#[tokio::test]
async fn a_revoked_refresh_token_is_dead_at_once() {
    let simulator = simulator().await;
    let client = client(&simulator);
    client.crm().count("Leads").await.unwrap();
    let refresh = "1000.leadway-demo-refresh".into();
    zoho::oauth::revoke(&crate::simulated::url(&simulator), &refresh)
        .await
        .unwrap();
    assert!(
        client
            .crm()
            .count("Leads")
            .await
            .unwrap_err()
            .needs_consent()
    );
    let again = zoho::oauth::revoke(&crate::simulated::url(&simulator), &refresh)
        .await
        .unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Token);
}
