//! The recycle bin: what is in it, and how it is left.

use serde_json::{Value, json};

use crate::support::Wired;

#[tokio::test]
async fn deleted_records_are_listed_restored_and_erased() {
    let wired = Wired::start().await;
    let path = "/crm/v8/settings/recycle_bin";
    assert_eq!(wired.get(path).await.status, 204);
    let mut ids = Vec::new();
    for (module, name) in [("Leads", "Ada"), ("Contacts", "Ben"), ("Leads", "Cid")] {
        let id = wired.record(module, json!({"Last_Name": name})).await;
        wired.delete(&format!("/crm/v8/{module}/{id}")).await;
        ids.push(id);
    }
    let names = |value: &Value| -> Vec<String> {
        let rows = value["recycle_bin"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| row["display_name"].as_str().unwrap().to_owned())
            .collect()
    };
    let listed = wired
        .get(&format!(
            "{path}?sort_by=display_name&sort_order=asc&per_page=2"
        ))
        .await
        .json();
    assert_eq!(
        (names(&listed), &listed["info"]["more_records"]),
        (vec!["Ada".into(), "Ben".into()], &json!(true))
    );
    assert_eq!(listed["recycle_bin"][1]["module"]["api_name"], "Contacts");
    let filter = json!({"group_operator": "AND", "group": [
        {"field": {"api_name": "module"}, "comparator": "equal", "value": {"api_name": "Leads"}},
        {"field": {"api_name": "display_name"}, "comparator": "starts_with", "value": "c"},
    ]});
    let encoded: String =
        url::form_urlencoded::byte_serialize(filter.to_string().as_bytes()).collect();
    assert_eq!(
        names(&wired.get(&format!("{path}?filters={encoded}")).await.json()),
        ["Cid"]
    );
    assert_eq!(
        wired.get(&format!("{path}/actions/count")).await.json()["count"],
        3
    );
    assert_eq!(
        wired.get(&format!("{path}?filters=x")).await.json()["code"],
        "INVALID_DATA"
    );
    assert_eq!(
        names(&wired.get(&format!("{path}/{}", ids[0])).await.json()),
        ["Ada"]
    );

    let restored = wired
        .post(&format!("{path}/{}/actions/restore", ids[0]), &json!({}))
        .await;
    assert_eq!(
        restored.json()["recycle_bin"][0]["code"],
        "SUCCESS",
        "{}",
        restored.text
    );
    assert_eq!(
        wired.get(&format!("/crm/v8/Leads/{}", ids[0])).await.status,
        200
    );
    let body = json!({"recycle_bin": [{"id": ids[1]}, {"id": ids[0]}]});
    let restored = wired.post(&format!("{path}/actions/restore"), &body).await;
    assert_eq!(
        (
            restored.status.as_u16(),
            &restored.json()["recycle_bin"][1]["code"]
        ),
        (207, &json!("INVALID_DATA"))
    );
    let erased = wired.delete(&format!("{path}?ids={},5", ids[2])).await;
    assert_eq!(
        (
            erased.status.as_u16(),
            &erased.json()["recycle_bin"][0]["code"]
        ),
        (207, &json!("SUCCESS"))
    );
    assert_eq!(wired.get(path).await.status, 204);
    assert_eq!(
        wired.delete(path).await.json()["code"],
        "EXPECTED_PARAM_MISSING"
    );
    assert_eq!(
        wired
            .get("/crm/v8/Leads/deleted?type=permanent")
            .await
            .json()["info"]["count"],
        1
    );
}

#[tokio::test]
async fn a_note_waits_for_its_parent_and_the_bin_can_be_emptied() {
    let wired = Wired::start().await;
    let lead = wired.record("Leads", json!({"Last_Name": "Ada"})).await;
    let note = json!({"data": [{"Note_Content": "x"}]});
    let note = wired
        .post(&format!("/crm/v8/Leads/{lead}/Notes"), &note)
        .await
        .json()["data"][0]["details"]["id"]
        .clone();
    let note = note.as_str().unwrap();
    wired.delete(&format!("/crm/v8/Notes/{note}")).await;
    wired.delete(&format!("/crm/v8/Leads/{lead}")).await;
    let path = "/crm/v8/settings/recycle_bin";
    let alone = wired
        .post(&format!("{path}/{note}/actions/restore"), &json!({}))
        .await;
    assert_eq!(
        alone.json()["recycle_bin"][0]["code"],
        "CANNOT_RESTORE_WITHOUT_PARENT"
    );
    wired
        .post(&format!("{path}/{lead}/actions/restore"), &json!({}))
        .await;
    assert_eq!(
        wired
            .post(&format!("{path}/{note}/actions/restore"), &json!({}))
            .await
            .status,
        200
    );
    wired.delete(&format!("/crm/v8/Leads/{lead}")).await;
    let emptied = wired
        .post(&format!("{path}/actions/empty"), &json!({}))
        .await;
    assert_eq!(emptied.json()["message"], "recyclebin is cleared");
    assert_eq!(wired.get(path).await.status, 204);
}
