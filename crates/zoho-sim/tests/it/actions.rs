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

#[tokio::test]
async fn a_locked_record_is_neither_changed_nor_deleted() {
    let wired = Wired::start().await;
    let lead = wired.record("Leads", json!({"Last_Name": "Ray"})).await;
    let path = format!("/crm/v8/Leads/{lead}/Locking_Information__s");
    assert_eq!(wired.get(&path).await.status, 204);
    let missing = wired.post(&path, &json!({"data": [{}]})).await;
    assert_eq!(missing.json()["data"][0]["code"], "MANDATORY_NOT_FOUND");
    let reason = json!({"data": [{"Locked_Reason__s": "audit"}]});
    let locked = wired.post(&path, &reason).await;
    assert_eq!(locked.status, 201, "{}", locked.text);
    let lock = locked.json()["data"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        wired.post(&path, &reason).await.json()["data"][0]["code"],
        "RECORD_LOCKED"
    );
    let got = wired.get(&format!("{path}/{lock}")).await.json();
    assert_eq!(
        (
            &got["data"][0]["Locked_Reason__s"],
            &got["data"][0]["Locked_For__s"]["id"]
        ),
        (&json!("audit"), &json!(lead))
    );
    let record = wired.get(&format!("/crm/v8/Leads/{lead}")).await.json();
    assert_eq!(
        (
            &record["data"][0]["Locked__s"],
            &record["data"][0]["$locked_for_me"]
        ),
        (&json!(true), &json!(true))
    );

    let update = json!({"data": [{"id": lead, "City": "Rome"}]});
    let refused = wired.put("/crm/v8/Leads", &update).await.json();
    assert_eq!(
        refused["data"][0]["details"],
        json!({"api_name": "id", "json_path": "$.data[0].id", "action": "record_locking"})
    );
    let many = wired.delete(&format!("/crm/v8/Leads?ids={lead}")).await;
    assert_eq!(many.json()["data"][0]["code"], "RECORD_LOCKED");
    assert_eq!(
        wired.delete(&format!("/crm/v8/Leads/{lead}")).await.json()["code"],
        "RECORD_LOCKED"
    );
    let tagged = wired
        .post(
            &format!("/crm/v8/Leads/{lead}/actions/add_tags"),
            &json!({"tags": [{"name": "x"}]}),
        )
        .await;
    assert_eq!(tagged.json()["locked_count"], "1");
    let convert = wired
        .post(
            &format!("/crm/v8/Leads/{lead}/actions/convert"),
            &json!({"data": [{}]}),
        )
        .await;
    assert_eq!(convert.json()["code"], "RECORD_LOCKED");

    let changed = wired
        .put(
            &format!("{path}/{lock}"),
            &json!({"data": [{"Locked_Reason__s": "other"}]}),
        )
        .await;
    assert_eq!(changed.json()["data"][0]["message"], "record updated");
    assert_eq!(
        wired.delete(&format!("{path}/{lock}")).await.json()["data"][0]["message"],
        "record deleted"
    );
    assert_eq!(wired.put("/crm/v8/Leads", &update).await.status, 200);
}

#[tokio::test]
async fn the_timeline_tells_changes_with_old_and_new_values() {
    let wired = Wired::start().await;
    let lead = wired
        .record("Leads", json!({"Last_Name": "Ray", "City": "Rome"}))
        .await;
    for city in ["Oslo", "Bern"] {
        wired
            .put(
                &format!("/crm/v8/Leads/{lead}"),
                &json!({"data": [{"City": city}]}),
            )
            .await;
    }
    let path = format!("/crm/v8/Leads/{lead}/__timeline");
    let first = wired.get(&format!("{path}?per_page=2")).await.json();
    assert_eq!(
        first["__timeline"][0]["field_history"][0]["_value"],
        json!({"new": "Bern", "old": "Oslo"})
    );
    assert_eq!(
        (
            &first["__timeline"][0]["source"],
            &first["__timeline"][0]["action"]
        ),
        (&json!("crm_api"), &json!("updated"))
    );
    let token = first["info"]["next_page_token"].as_str().unwrap();
    let second = wired
        .get(&format!("{path}?page_token={token}"))
        .await
        .json();
    assert_eq!(
        (
            &second["__timeline"][0]["action"],
            &second["__timeline"][0]["source"]
        ),
        (&json!("added"), &json!("crm_ui"))
    );
    assert_eq!(second["info"]["more_records"], false);
    let both = wired
        .get(&format!("{path}?page_token={token}&per_page=2"))
        .await;
    assert_eq!(both.json()["code"], "AMBIGUITY_DURING_PROCESSING");
    let filter = "%7B%22field%22%3A%7B%22api_name%22%3A%22source%22%7D%2C%22comparator%22%3A%22equal%22%2C%22value%22%3A%22crm_ui%22%7D";
    assert_eq!(
        wired.get(&format!("{path}?filters={filter}")).await.json()["info"]["count"],
        1
    );
    let detailed = wired
        .get(&format!(
            "{path}?include_inner_details=field_history.data_type,field_history.field_label"
        ))
        .await;
    assert_eq!(
        detailed.json()["__timeline"][0]["field_history"][0]["data_type"],
        "text"
    );
    let unknown = wired
        .get("/crm/v8/Leads/5725767000999999999/__timeline")
        .await;
    assert_eq!(
        (unknown.status.as_u16(), &unknown.json()["code"]),
        (400, &json!("INVALID_DATA"))
    );
}

#[tokio::test]
async fn many_records_are_updated_and_deleted_by_id() {
    let wired = Wired::start().await;
    let one = wired
        .record("Leads", json!({"Last_Name": "A", "City": "Rome"}))
        .await;
    let two = wired.record("Leads", json!({"Last_Name": "B"})).await;
    let path = "/crm/v8/Leads/actions/mass_update";
    let body = |row: serde_json::Value, over_write: bool| json!({"data": [row], "ids": [one, two], "over_write": over_write});
    assert_eq!(
        wired
            .post(path, &body(json!({"City": "Oslo"}), false))
            .await
            .status,
        200
    );
    let city = |id: String| {
        let wired = &wired;
        async move { wired.get(&format!("/crm/v8/Leads/{id}")).await.json()["data"][0]["City"].clone() }
    };
    assert_eq!(
        (city(one.clone()).await, city(two.clone()).await),
        (json!("Rome"), json!("Oslo"))
    );
    let got = wired.post(path, &body(json!({"City": "Bern"}), true)).await;
    assert_eq!(got.json()["data"][0]["message"], "record updated");
    assert_eq!(city(one.clone()).await, "Bern");
    for (body, code) in [
        (
            body(json!({"City": "x", "State": "y"}), true),
            "LIMIT_EXCEEDED",
        ),
        (body(json!({"Email": "a@b.co"}), true), "INVALID_DATA"),
    ] {
        let got = wired.post(path, &body).await;
        assert_eq!(
            (got.status.as_u16(), got.json()["data"][0]["code"].as_str()),
            (400, Some(code)),
            "{body}"
        );
    }
    for (body, code) in [
        (json!({"data": [{"City": "x"}]}), "EXPECTED_FIELD_MISSING"),
        (json!({"ids": [one]}), "MANDATORY_NOT_FOUND"),
        (
            json!({"data": [{"City": "x"}], "cvid": "5"}),
            "INVALID_DATA",
        ),
    ] {
        assert_eq!(wired.post(path, &body).await.json()["code"], code, "{body}");
    }
    assert_eq!(wired.get(&format!("{path}?job_id=5")).await.status, 404);

    let path = "/crm/v8/Leads/actions/mass_delete";
    let got = wired.post(path, &json!({"ids": [one, "5"]})).await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["data"][0]["message"]),
        (207, &json!("record is deleted"))
    );
    assert_eq!(wired.simulator.count("Leads"), Ok(1));
    let owner = wired.get("/crm/v8/Leads/actions/mass_change_owner").await;
    assert_eq!(
        (owner.status.as_u16(), &owner.json()["code"]),
        (404, &json!("REQUIRED_PARAM_MISSING"))
    );
    assert_eq!(
        wired
            .get("/crm/v8/Leads/actions/mass_change_owner?job_id=5")
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn contact_roles_are_kept_in_order() {
    let wired = Wired::start().await;
    let path = "/crm/v8/Contacts/roles";
    let listed = wired.get(path).await.json();
    assert_eq!(
        (
            &listed["contact_roles"][0]["name"],
            listed["contact_roles"].as_array().unwrap().len()
        ),
        (&json!("Decision Maker"), 7)
    );
    let body = json!({"contact_roles": [{"name": "Sponsor", "sequence_number": 1}, {"name": "sponsor"}, {"name": "x".repeat(51)}]});
    let got = wired.post(path, &body).await;
    assert_eq!(got.status, 207, "{}", got.text);
    let id = got.json()["contact_roles"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let first = wired.get(path).await.json()["contact_roles"][0].clone();
    assert_eq!(first["name"], "Sponsor");
    let change = json!({"contact_roles": [{"name": "Patron", "sequence_number": 8}]});
    assert_eq!(
        wired.put(&format!("{path}/{id}"), &change).await.status,
        200
    );
    let got = wired.get(&format!("{path}/{id}")).await.json();
    assert_eq!(
        (
            &got["contact_roles"][0]["name"],
            &got["contact_roles"][0]["sequence_number"]
        ),
        (&json!("Patron"), &json!(8))
    );
    assert_eq!(
        wired.delete(&format!("{path}/{id}")).await.json()["contact_roles"][0]["message"],
        "contact role deleted"
    );
    assert_eq!(wired.get(&format!("{path}/{id}")).await.status, 204);
    assert_eq!(wired.delete(&format!("{path}?ids={id}")).await.status, 400);
    assert_eq!(wired.get("/crm/v8/Contacts?fields=id").await.status, 200);
}
