//! Actions on records: owners, conversions in a job, rich texts.

use serde_json::json;

use crate::support::Wired;

#[tokio::test]
async fn owners_are_changed_with_what_is_related() {
    let wired = Wired::start().await;
    let users = wired.get("/crm/v8/users?type=AllUsers").await.json();
    let other = users["users"][1]["id"].as_str().unwrap().to_owned();
    let account = wired
        .record("Accounts", json!({"Account_Name": "Cedar"}))
        .await;
    let contact = wired
        .record(
            "Contacts",
            json!({"Last_Name": "Ray", "Account_Name": {"id": account}}),
        )
        .await;
    let path = format!("/crm/v8/Accounts/{account}/actions/change_owner");
    let body = json!({"owner": {"id": other}, "notify": true, "related_modules": [{"api_name": "Contacts"}]});
    let got = wired.post(&path, &body).await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["data"][0]["message"]),
        (200, &json!("owner is successfully updated"))
    );
    for record in [
        format!("/crm/v8/Accounts/{account}"),
        format!("/crm/v8/Contacts/{contact}"),
    ] {
        assert_eq!(
            wired.get(&record).await.json()["data"][0]["Owner"]["id"],
            other,
            "{record}"
        );
    }
    let many = json!({"ids": [account, "5"], "owner": {"id": other}});
    let got = wired
        .post("/crm/v8/Accounts/actions/change_owner", &many)
        .await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["data"][1]["code"]),
        (202, &json!("INVALID_DATA"))
    );
    for (body, code) in [
        (json!({"ids": [account]}), "MANDATORY_NOT_FOUND"),
        (json!({"owner": {"id": other}}), "MANDATORY_NOT_FOUND"),
        (
            json!({"ids": [account], "owner": {"id": "5"}}),
            "INVALID_DATA",
        ),
        (json!({"ids": "x", "owner": {"id": other}}), "INVALID_DATA"),
    ] {
        let got = wired
            .post("/crm/v8/Accounts/actions/change_owner", &body)
            .await;
        assert_eq!(
            (got.status.as_u16(), got.json()["code"].as_str()),
            (400, Some(code)),
            "{body}"
        );
    }
}

#[tokio::test]
async fn many_leads_are_converted_by_a_job() {
    let wired = Wired::start().await;
    let mut ids = Vec::new();
    for name in ["A", "B"] {
        let row = json!({"Last_Name": name, "Company": "Cedar", "Email": format!("{name}@cedar.example")});
        ids.push(wired.record("Leads", row).await);
    }
    let path = "/crm/v8/Leads/actions/mass_convert";
    let got = wired
        .post(
            path,
            &json!({"ids": ids, "carry_over_tags": [{"api_name": "Contacts"}]}),
        )
        .await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["code"]),
        (202, &json!("SCHEDULED"))
    );
    let status = format!(
        "{path}?job_id={}",
        got.json()["details"]["job_id"].as_str().unwrap()
    );
    wired
        .post("/__sim/v1/clock/advance", &json!({"seconds": 60}))
        .await;
    let done = wired.get(&status).await.json();
    assert_eq!(
        done["data"][0],
        json!({"Status": "COMPLETED", "Failed_Count": 0, "Not_Converted_Count": 0, "Total_Count": 2, "Converted_Count": 2})
    );
    assert_eq!(
        wired
            .get("/crm/v8/Leads?fields=id&converted=true")
            .await
            .json()["info"]["count"],
        2
    );
    assert_eq!(wired.get(&format!("{path}?job_id=5")).await.status, 400);
    assert_eq!(wired.post(path, &json!({"ids": ["5"]})).await.status, 400);
}

#[tokio::test]
async fn matching_contacts_and_accounts_are_offered_for_a_conversion() {
    let wired = Wired::start().await;
    let lead =
        json!({"Last_Name": "X", "Company": "orchard ltd", "Email": "maya.blake@orchard.example"});
    let lead = wired.record("Leads", lead).await;
    let got = wired
        .get(&format!("/crm/v8/Leads/{lead}/__conversion_options"))
        .await;
    let options = got.json()["__conversion_options"].clone();
    assert_eq!(
        (
            &options["Contacts"][0]["Full_Name"],
            &options["Accounts"][0]["Account_Name"]
        ),
        (&json!("Maya Blake"), &json!("Orchard Ltd"))
    );
    assert_eq!(
        options["preference_field_matched_value"]["Accounts"][0]["matched_lead_value"],
        "orchard ltd"
    );
    let lonely = wired.record("Leads", json!({"Last_Name": "Nobody"})).await;
    assert_eq!(
        wired
            .get(&format!("/crm/v8/Leads/{lonely}/__conversion_options"))
            .await
            .status,
        204
    );
}
