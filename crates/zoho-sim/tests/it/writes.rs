//! Insert, update, upsert, delete.

use serde_json::json;

use crate::support::Wired;

#[tokio::test]
async fn upsert_inserts_then_updates_by_email_whatever_its_case() {
    let wired = Wired::start().await;
    let body =
        json!({"data": [{"Last_Name": "Blake", "Company": "Orchard", "Email": "Ada@Example.org"}]});
    let first = wired.post("/crm/v8/Leads/upsert", &body).await;
    assert_eq!(first.status, 200);
    let item = &first.json()["data"][0];
    assert_eq!(
        (item["code"].as_str(), item["action"].as_str()),
        (Some("SUCCESS"), Some("insert"))
    );
    assert!(item["duplicate_field"].is_null());
    let body =
        json!({"data": [{"Last_Name": "Blake", "Email": "ada@example.ORG", "City": "Rome"}]});
    let second = wired.post("/crm/v8/leads/upsert", &body).await.json();
    assert_eq!(second["data"][0]["details"]["id"], item["details"]["id"]);
    assert_eq!(
        (
            second["data"][0]["action"].as_str(),
            second["data"][0]["duplicate_field"].as_str()
        ),
        (Some("update"), Some("Email"))
    );
    let records = wired.simulator.records("Leads").unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(
        (&records[0]["City"], &records[0]["Company"]),
        (&json!("Rome"), &json!("Orchard"))
    );
}

#[tokio::test]
async fn rows_stand_alone_and_keep_their_order() {
    let wired = Wired::start().await;
    let body = json!({"data": [{"Company": "No name"}, {"Last_Name": "Good"}, {"Last_Name": "x".repeat(81)}]});
    let got = wired.post("/crm/v8/Leads", &body).await;
    assert_eq!(got.status, 207);
    let codes: Vec<_> = got.json()["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["code"].clone())
        .collect();
    assert_eq!(codes, ["MANDATORY_NOT_FOUND", "SUCCESS", "INVALID_DATA"]);
}
