//! The control API.

use serde_json::{Value, json};
use zoho_sim::{ClockStart, Config, Seed};

use crate::support::{CLIENT_ID, Wired};

#[tokio::test]
async fn records_are_handled_as_a_person_would_and_cost_nothing() {
    let wired = Wired::start().await;
    let id = wired.record("Leads", json!({"Last_Name": "Ray"})).await;
    let path = format!("/__sim/v1/records/Leads/{id}");
    assert_eq!(
        wired.put(&path, &json!({"City": "Rome"})).await.json()["City"],
        "Rome"
    );
    assert_eq!(wired.get(&path).await.json()["Last_Name"], "Ray");
    assert_eq!(
        wired.get("/__sim/v1/records/leads").await.json()["count"],
        1
    );
    assert_eq!(wired.delete(&path).await.status, 200);
    assert_eq!(
        wired.get("/__sim/v1/limits").await.json()["credits_used"],
        0
    );
    assert_eq!(
        wired.get("/__sim/v1/journal?path=/__sim").await.json()["journal"],
        json!([])
    );
}

#[tokio::test]
async fn problems_say_what_is_wrong() {
    let wired = Wired::start().await;
    let mut problems = Vec::new();
    for (path, body) in [
        ("/__sim/v1/records/Leads", json!({"Email": "no"})),
        ("/__sim/v1/records/Nothing", json!({})),
        (
            "/__sim/v1/faults",
            json!({"kind": "latency", "milliseconds": 1, "tiems": 2}),
        ),
        (
            "/__sim/v1/faults",
            json!({"kind": "server_error", "status": 404}),
        ),
        (
            "/__sim/v1/faults",
            json!({"kind": "refuse", "probability": 2}),
        ),
        (
            "/__sim/v1/grants",
            json!({"client_id": "1000.NOBODY", "kind": "code", "scopes": ["ZohoCRM.org.READ"]}),
        ),
        ("/__sim/v1/clock/advance", json!({"seconds": -1})),
        ("/__sim/v1/nothing", json!({})),
        ("/__sim/v1/health", json!({})),
    ] {
        let got = wired.post(path, &body).await;
        assert!(got.status.is_client_error());
        assert_eq!(got.headers["content-type"], "application/problem+json");
        problems.push(format!(
            "{path} {} {}",
            got.status.as_u16(),
            got.json()["detail"].as_str().unwrap()
        ));
    }
    insta::assert_snapshot!("problems", problems.join("\n"));
}

#[tokio::test]
async fn the_journal_has_bodies_and_written_records_and_no_secrets() {
    let wired = Wired::start().await;
    wired
        .post(
            "/crm/v8/Leads/upsert",
            &json!({"data": [{"Last_Name": "Ray", "Email": "a@b.co"}]}),
        )
        .await;
    let journal = wired.get("/__sim/v1/journal").await;
    for secret in [
        "leadway-demo-secret",
        "leadway-demo-refresh",
        wired.token.as_str(),
    ] {
        assert!(
            !journal.text.contains(secret),
            "{secret} stands in the journal"
        );
    }
    let entries = journal.json()["journal"].clone();
    let last = entries.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["status"], &last["credits"], &last["client_id"]),
        (&json!(200), &json!(1), &json!(CLIENT_ID))
    );
    assert!(last["request_body"].as_str().unwrap().contains("a@b.co"));
    assert_eq!(last["records_written"][0]["action"], "insert");
    let after = wired
        .get(&format!("/__sim/v1/journal?after={}", last["sequence"]))
        .await
        .json();
    assert_eq!(after["journal"], json!([]));
}

#[tokio::test]
async fn a_reset_brings_the_seed_back() {
    let wired = Wired::start().await;
    let seeded = wired.simulator.records("Contacts").unwrap();
    wired.record("Contacts", json!({"Last_Name": "New"})).await;
    assert_eq!(wired.post("/__sim/v1/reset", &json!({})).await.status, 200);
    let again = wired.simulator.records("Contacts").unwrap();
    let ids = |records: &[Value]| {
        records
            .iter()
            .map(|record| record["id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&seeded), ids(&again));
    assert_eq!(
        wired.get("/crm/v8/org").await.json()["code"],
        "INVALID_TOKEN"
    );
}

#[tokio::test]
async fn two_simulators_of_one_seed_give_the_same_ids_and_tokens() {
    let config = || Config {
        clock: ClockStart::At(1_768_035_600),
        ..Config::default()
    };
    let (left, right) = (Wired::with(config()).await, Wired::with(config()).await);
    assert_eq!(left.token, right.token);
    assert_eq!(
        left.record("Leads", json!({"Last_Name": "A"})).await,
        right.record("Leads", json!({"Last_Name": "A"})).await
    );
    left.simulator.stop().await;
}

#[tokio::test]
async fn a_seed_may_bring_own_fields_unique_ones_and_pipelines() {
    let seed = json!({
        "organisation": {"company_name": "Own", "primary_email": "o@o.example", "zgid": "6", "time_zone": "UTC", "utc_offset_minutes": 0, "id_prefix": 1234567},
        "users": [{"first_name": "A", "last_name": "B", "email": "o@o.example"}],
        "clients": [{"client_id": CLIENT_ID, "client_secret": "leadway-demo-secret"}],
        "refresh_tokens": [{"refresh_token": "1000.leadway-demo-refresh", "client_id": CLIENT_ID, "scopes": ["ZohoCRM.modules.ALL", "ZohoCRM.settings.ALL"]}],
        "pipelines": [{"name": "Long", "stages": ["Qualification", "Closed Won"]}, {"name": "Short", "stages": ["Closed Won"]}],
        "fields": {"Leads": [{"api_name": "External_Id", "data_type": "text", "length": 40, "is_unique": true}, {"api_name": "Score", "data_type": "double"}]},
        "unique_fields": {"Contacts": ["Email"]},
    });
    let seed = Seed::from_json(&seed.to_string()).unwrap();
    let wired = Wired::with(Config {
        seed,
        ..Config::default()
    })
    .await;
    let lead = json!({"data": [{"Last_Name": "A", "External_Id": "e1", "Score": 1.5}], "duplicate_check_fields": ["External_Id"]});
    wired.post("/crm/v8/Leads/upsert", &lead).await;
    let again = wired.post("/crm/v8/Leads/upsert", &lead).await.json();
    assert_eq!(again["data"][0]["duplicate_field"], "External_Id");
    let contact = json!({"data": [{"Last_Name": "A", "Email": "a@b.co"}]});
    wired.post("/crm/v8/Contacts", &contact).await;
    let taken = wired.post("/crm/v8/Contacts", &contact).await;
    assert_eq!(
        (
            taken.status.as_u16(),
            taken.json()["data"][0]["code"].as_str()
        ),
        (400, Some("DUPLICATE_DATA"))
    );
    let deal = |pipeline: Value, stage: &str| json!({"data": [{"Deal_Name": "D", "Pipeline": pipeline, "Stage": stage}]});
    for (body, code) in [
        (deal(Value::Null, "Closed Won"), "MANDATORY_NOT_FOUND"),
        (deal(json!("Short"), "Qualification"), "MAPPING_MISMATCH"),
        (deal(json!("Nothing"), "Qualification"), "INVALID_DATA"),
        (deal(json!("Short"), "Closed Won"), "SUCCESS"),
    ] {
        assert_eq!(
            wired.post("/crm/v8/Deals", &body).await.json()["data"][0]["code"],
            code
        );
    }
}
