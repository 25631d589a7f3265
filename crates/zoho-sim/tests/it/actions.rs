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

#[tokio::test]
async fn duplicates_become_one_record_that_has_all_that_named_them() {
    let wired = Wired::start().await;
    let master = wired
        .record("Contacts", json!({"Last_Name": "Ray", "Phone": "1"}))
        .await;
    let child = wired
        .record(
            "Contacts",
            json!({"Last_Name": "Ray", "Phone": "2", "Email": "ray@cedar.example"}),
        )
        .await;
    let deal = json!({"Deal_Name": "D", "Stage": "Qualification", "Contact_Name": {"id": child}});
    let deal = wired.record("Deals", deal).await;
    let note = json!({"data": [{"Note_Content": "x"}]});
    wired
        .post(&format!("/crm/v8/Contacts/{child}/Notes"), &note)
        .await;
    let path = format!("/crm/v8/Contacts/{master}/actions/merge");
    for (body, code, place) in [
        (
            json!({"merge": [{}]}),
            "MANDATORY_NOT_FOUND",
            "$.merge[0].data",
        ),
        (
            json!({"merge": [{"data": [{"id": master}]}]}),
            "DUPLICATE_DATA",
            "$.merge[0].data[0].id",
        ),
        (
            json!({"merge": [{"data": [{"id": "5"}]}]}),
            "INVALID_DATA",
            "$.merge[0].data[0].id",
        ),
        (
            json!({"merge": [{"data": [{"id": child, "_fields": [{"api_name": "No"}]}]}]}),
            "INVALID_DATA",
            "$.merge[0].data[0]._fields[0].api_name",
        ),
        (
            json!({"merge": [{"data": [{}, {}, {}]}]}),
            "LIMIT_EXCEEDED",
            "$.merge[0].data",
        ),
    ] {
        let got = wired.post(&path, &body).await;
        let item = got.json()["merge"][0].clone();
        assert_eq!(
            (
                got.status.as_u16(),
                item["code"].as_str(),
                item["details"]["json_path"].as_str()
            ),
            (400, Some(code), Some(place)),
            "{body}"
        );
    }
    let body = json!({"merge": [{"data": [{"id": child, "_fields": [{"api_name": "Email"}]}]}]});
    let got = wired.post(&path, &body).await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["merge"][0]["code"]),
        (201, &json!("SCHEDULED"))
    );
    let job = got.json()["merge"][0]["details"]["job_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let status = || async {
        wired.get(&format!("{path}?job_id={job}")).await.json()["merge"][0]["status"].clone()
    };
    wired
        .post("/__sim/v1/clock/advance", &json!({"seconds": 60}))
        .await;
    assert_eq!(status().await, "COMPLETED");
    let merged = wired
        .get(&format!("/crm/v8/Contacts/{master}"))
        .await
        .json()["data"][0]
        .clone();
    assert_eq!(
        (&merged["Email"], &merged["Phone"]),
        (&json!("ray@cedar.example"), &json!("1"))
    );
    assert_eq!(
        wired.get(&format!("/crm/v8/Deals/{deal}")).await.json()["data"][0]["Contact_Name"]["id"],
        master
    );
    assert_eq!(
        wired
            .get(&format!("/crm/v8/Contacts/{master}/Notes?fields=id"))
            .await
            .json()["info"]["count"],
        1
    );
    assert_eq!(
        wired.get(&format!("/crm/v8/Contacts/{child}")).await.status,
        204
    );
    assert_eq!(wired.get(&format!("{path}?job_id=5")).await.status, 204);
    let task = wired.record("Tasks", json!({"Subject": "x"})).await;
    let refused = wired
        .post(&format!("/crm/v8/Tasks/{task}/actions/merge"), &body)
        .await;
    assert_eq!(refused.json()["code"], "NOT_ALLOWED");
}

#[tokio::test]
async fn a_record_goes_through_a_blueprint_step_by_step() {
    let mut seed: serde_json::Value =
        serde_json::from_str(include_str!("../../src/seeds/demo.json")).unwrap();
    seed["blueprints"] = json!([{
        "name": "Lead process", "module": "Leads", "field": "Lead_Status", "transitions": [
            {"name": "Call", "from": "Not Contacted", "to": "Contacted", "fields": [{"api_name": "Phone", "is_mandatory": true}, {"api_name": "City"}]},
            {"name": "Close", "from": "Contacted", "to": "Lost Lead"},
        ],
    }]);
    let seed = zoho_sim::Seed::from_json(&seed.to_string()).unwrap();
    let wired = Wired::with(zoho_sim::Config {
        seed,
        ..zoho_sim::Config::default()
    })
    .await;
    let lead = wired
        .record(
            "Leads",
            json!({"Last_Name": "Ray", "Lead_Status": "Not Contacted"}),
        )
        .await;
    let path = format!("/crm/v8/Leads/{lead}/actions/blueprint");
    let got = wired.get(&path).await;
    let blueprint = got.json()["blueprint"].clone();
    assert_eq!(
        (
            &blueprint["process_info"]["field_value"],
            &blueprint["transitions"][0]["name"]
        ),
        (&json!("Not Contacted"), &json!("Call")),
        "{}",
        got.text
    );
    assert_eq!(
        blueprint["transitions"][0]["next_transitions"][0]["name"],
        "Close"
    );
    assert_eq!(blueprint["transitions"][0]["fields"][0]["mandatory"], true);
    let step = blueprint["transitions"][0]["id"].clone();
    let take = |step: &serde_json::Value, data: serde_json::Value| json!({"blueprint": [{"transition_id": step, "data": data}]});
    let missing = wired
        .put(&path, &take(&step, json!({"City": "Rome"})))
        .await;
    assert_eq!(
        (
            missing.status.as_u16(),
            &missing.json()["details"]["api_name"]
        ),
        (400, &json!("Phone"))
    );
    let wrong = wired.put(&path, &take(&json!("5"), json!({}))).await;
    assert_eq!(wrong.json()["message"], "invalid transition");
    let mass = json!({"data": [{"Lead_Status": "Lost Lead"}], "ids": [lead], "over_write": true});
    let mass = wired.post("/crm/v8/Leads/actions/mass_update", &mass).await;
    assert_eq!(mass.json()["data"][0]["code"], "RECORD_IN_BLUEPRINT");
    let taken = wired
        .put(
            &path,
            &take(&step, json!({"Phone": "1", "Notes": "called"})),
        )
        .await;
    assert_eq!(
        taken.json()["message"],
        "transition updated successfully",
        "{}",
        taken.text
    );
    let now = wired.get(&format!("/crm/v8/Leads/{lead}")).await.json()["data"][0].clone();
    assert_eq!(
        (&now["Lead_Status"], &now["Phone"]),
        (&json!("Contacted"), &json!("1"))
    );
    let told = wired
        .get(&format!("/crm/v8/Leads/{lead}/__timeline"))
        .await
        .json();
    assert_eq!(told["__timeline"][0]["source"], "blueprint");
    let free = wired.record("Leads", json!({"Last_Name": "Free"})).await;
    let free = wired
        .get(&format!("/crm/v8/Leads/{free}/actions/blueprint"))
        .await;
    assert_eq!(
        (free.status.as_u16(), &free.json()["code"]),
        (400, &json!("RECORD_NOT_IN_PROCESS"))
    );
}

#[tokio::test]
async fn records_are_shared_with_users() {
    let wired = Wired::start().await;
    let users = wired.get("/crm/v8/users?type=AllUsers").await.json();
    let (owner, other) = (
        users["users"][0]["id"].clone(),
        users["users"][1]["id"].clone(),
    );
    let lead = wired.record("Leads", json!({"Last_Name": "Ray"})).await;
    let path = format!("/crm/v8/Leads/{lead}/actions/share");
    assert_eq!(wired.delete(&path).await.status, 400);
    let share = |user: &serde_json::Value, permission: &str| json!({"share": [{"user": {"id": user}, "permission": permission, "share_related_records": true}]});
    let got = wired.post(&path, &share(&other, "read_only")).await;
    assert_eq!(
        got.json()["share"][0]["message"],
        "record will be shared successfully",
        "{}",
        got.text
    );
    for (body, code) in [
        (share(&other, "read_only"), "DUPLICATE_DATA"),
        (share(&owner, "read_only"), "DUPLICATE_DATA"),
        (share(&json!("5"), "read_only"), "INVALID_DATA"),
        (share(&other, "all"), "INVALID_DATA"),
    ] {
        assert_eq!(
            wired.post(&path, &body).await.json()["share"][0]["code"],
            code,
            "{body}"
        );
    }
    assert_eq!(
        wired.put(&path, &share(&other, "read_write")).await.status,
        200
    );
    let got = wired.get(&path).await.json();
    assert_eq!(
        (
            &got["share"][0]["permission"],
            &got["share"][0]["user"]["id"]
        ),
        (&json!("read_write"), &other)
    );
    assert_eq!(
        wired.delete(&path).await.json()["share"]["message"],
        "Sharing Revoked"
    );
    assert_eq!(wired.get(&path).await.json()["share"], json!([]));
}

#[tokio::test]
async fn meetings_are_cancelled_once_and_preferences_are_kept() {
    let wired = Wired::start().await;
    let event = json!({"Event_Title": "Meet", "Start_DateTime": "2090-01-01T10:00:00+00:00", "End_DateTime": "2090-01-01T11:00:00+00:00"});
    let event = wired.record("Events", event).await;
    let path = format!("/crm/v8/Events/{event}/actions/cancel");
    assert_eq!(
        wired.post(&path, &json!({"data": [{}]})).await.json()["data"][0]["code"],
        "MANDATORY_NOT_FOUND"
    );
    let body = json!({"data": [{"send_cancelling_mail": true}]});
    assert_eq!(wired.post(&path, &body).await.status, 200);
    assert_eq!(
        wired.get(&format!("/crm/v8/Events/{event}")).await.json()["data"][0]["$event_cancelled"],
        true
    );
    assert_eq!(wired.post(&path, &body).await.status, 403);

    let path = "/crm/v8/settings/duplicate_check_preference?module=Leads";
    assert_eq!(wired.get(path).await.status, 204);
    let bad = json!({"duplicate_check_preference": {"type": "mapped_module_records"}});
    assert_eq!(
        wired.post(path, &bad).await.json()["duplicate_check_preference"]["code"],
        "DEPENDENT_FIELD_MISSING"
    );
    let body = json!({"duplicate_check_preference": {"type": "mapped_module_records", "type_configurations": [{
        "mapped_module": {"api_name": "Contacts"},
        "field_mappings": [{"current_field": {"api_name": "Email"}, "mapped_field": {"api_name": "Email"}}],
    }]}});
    let got = wired.post(path, &body).await;
    assert_eq!(
        got.json()["duplicate_check_preference"]["code"],
        "SUCCESS",
        "{}",
        got.text
    );
    let kept = wired.get(path).await.json();
    assert_eq!(
        kept["duplicate_check_preference"]["type_configurations"][0]["mapped_module"]["api_name"],
        "Contacts"
    );
    assert_eq!(wired.delete(path).await.status, 200);
    assert_eq!(wired.get(path).await.status, 204);
}

#[tokio::test]
async fn jobs_over_a_custom_view_update_give_away_and_delete() {
    let wired = Wired::start().await;
    for name in ["A", "B", "C"] {
        wired.record("Leads", json!({"Last_Name": name})).await;
    }
    let views = wired
        .get("/crm/v8/settings/custom_views?module=Leads")
        .await
        .json();
    let views = views["custom_views"].as_array().unwrap();
    let all = views
        .iter()
        .find(|view| view["system_name"] == "ALLVIEWS")
        .unwrap();
    let view = all["id"].as_str().unwrap();
    let run = |path: &'static str, body: serde_json::Value| {
        let wired = &wired;
        async move {
            let path = format!("/crm/v8/Leads/actions/{path}");
            let got = wired.post(&path, &body).await;
            let job = got.json()["data"][0]["details"]["job_id"]
                .as_str()
                .unwrap_or_else(|| panic!("{}", got.text))
                .to_owned();
            if !path.ends_with("owner") {
                let again = wired.post(&path, &body).await;
                let status = if path.ends_with("update") { 202 } else { 400 };
                assert_eq!(again.status, status);
                assert_eq!(again.json()["data"][0]["code"], "ALREADY_SCHEDULED");
            }
            let status = format!("{path}?job_id={job}");
            let waiting = wired.get(&status).await.json()["data"][0]["Status"].clone();
            assert!(waiting == "SCHEDULED" || waiting == "RUNNING", "{waiting}");
            wired
                .post("/__sim/v1/clock/advance", &json!({"seconds": 60}))
                .await;
            let data = wired.get(&status).await.json()["data"][0].clone();
            (got.status.as_u16(), data)
        }
    };
    let row = json!({"data": [{"City": "Oslo"}], "cvid": view, "over_write": true});
    let (status, done) = run("mass_update", row).await;
    assert_eq!(
        (status, done),
        (
            200,
            json!({"Status": "COMPLETED", "Failed_Count": 0, "Updated_Count": 3, "Not_Updated_Count": 0, "Total_Count": 3})
        )
    );
    let users = wired.get("/crm/v8/users?type=AllUsers").await.json();
    let other = users["users"][1]["id"].clone();
    let (status, done) = run(
        "mass_change_owner",
        json!({"cvid": view, "owner": {"id": other}}),
    )
    .await;
    assert_eq!((status, &done["Updated_Count"]), (202, &json!(3)));
    let (_, done) = run("mass_delete", json!({"cvid": view})).await;
    assert_eq!(done["Deleted_Count"], 3);
    let empty = wired
        .post("/crm/v8/Leads/actions/mass_delete", &json!({"cvid": view}))
        .await;
    assert_eq!(empty.json()["code"], "NO_RECORDS_FOUND");
    let both = wired
        .post(
            "/crm/v8/Leads/actions/mass_delete",
            &json!({"cvid": view, "ids": ["5"]}),
        )
        .await;
    assert_eq!(both.json()["code"], "NO_RECORDS_FOUND");
}
