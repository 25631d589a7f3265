//! Tags of modules and of records.

use serde_json::{Value, json};

use crate::support::{Got, Wired};

fn codes(got: &Got, key: &str) -> Vec<String> {
    let items = got.json()[key].as_array().unwrap().clone();
    items
        .iter()
        .map(|item| item["code"].as_str().unwrap().to_owned())
        .collect()
}

async fn tag(wired: &Wired, name: &str) -> String {
    let body = json!({"tags": [{"name": name}]});
    let got = wired
        .post("/crm/v8/settings/tags?module=Leads", &body)
        .await;
    assert_eq!(got.status, 201, "{}", got.text);
    got.json()["tags"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn tags_are_made_renamed_listed_and_deleted() {
    let wired = Wired::start().await;
    let path = "/crm/v8/settings/tags?module=Leads";
    let body = json!({"tags": [
        {"name": "vip", "color_code": "#F48435"}, {"name": "VIP"}, {}, {"name": "x".repeat(26)}, {"name": "a,b"},
        {"name": "c", "color_code": "#000000"}, {"name": 5},
    ]});
    let got = wired.post(path, &body).await;
    assert_eq!(got.status, 207);
    assert_eq!(
        codes(&got, "tags"),
        [
            "SUCCESS",
            "DUPLICATE_DATA",
            "MANDATORY_NOT_FOUND",
            "INVALID_DATA",
            "INVALID_DATA",
            "INVALID_DATA",
            "INVALID_DATA"
        ]
    );
    let id = got.json()["tags"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let renamed = json!({"tags": [{"name": "Very important"}]});
    let got = wired
        .put(
            &format!("/crm/v8/settings/tags/{id}?module=Leads"),
            &renamed,
        )
        .await;
    assert_eq!(
        got.json()["tags"][0]["message"],
        "tags updated successfully",
        "{}",
        got.text
    );
    let many = json!({"tags": [{"id": id, "color_code": "#57B1FD"}, {"id": "5", "name": "x"}]});
    assert_eq!(
        codes(&wired.put(path, &many).await, "tags"),
        ["SUCCESS", "INVALID_DATA"]
    );
    let listed = wired.get(&format!("{path}&my_tags=true")).await.json();
    assert_eq!(
        (&listed["tags"][0]["name"], &listed["tags"][0]["color_code"]),
        (&json!("Very important"), &json!("#57B1FD"))
    );
    assert_eq!(listed["info"], json!({"count": 1, "allowed_count": 200}));
    assert_eq!(
        wired
            .get("/crm/v8/settings/tags?module=Nothing")
            .await
            .json()["code"],
        "INVALID_MODULE"
    );
    let deleted = wired.delete(&format!("/crm/v8/settings/tags/{id}")).await;
    assert_eq!(
        deleted.json()["tags"]["message"],
        "tags deleted successfully"
    );
    assert_eq!(
        wired
            .delete(&format!("/crm/v8/settings/tags/{id}"))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn records_get_and_lose_tags() {
    let wired = Wired::start().await;
    let one = wired
        .record("Leads", json!({"Last_Name": "A", "Tag": [{"name": "old"}]}))
        .await;
    let two = wired.record("Leads", json!({"Last_Name": "B"})).await;
    let body = json!({"tags": [{"name": "new"}], "ids": [one, two, "5"]});
    let got = wired.post("/crm/v8/Leads/actions/add_tags", &body).await;
    assert_eq!(
        (got.status.as_u16(), codes(&got, "data")),
        (
            207,
            vec!["SUCCESS".into(), "SUCCESS".into(), "INVALID_DATA".into()]
        )
    );
    assert_eq!(
        (&got.json()["success_count"], &got.json()["locked_count"]),
        (&json!("2"), &json!("0"))
    );
    assert_eq!(got.json()["data"][0]["details"]["tags"][1]["name"], "new");
    let names = |value: &Value| -> Vec<String> {
        let tags = value["data"][0]["Tag"].as_array().unwrap().clone();
        tags.iter()
            .map(|tag| tag["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let read = || async { names(&wired.get(&format!("/crm/v8/Leads/{one}")).await.json()) };
    assert_eq!(read().await, ["old", "new"]);
    let path = format!("/crm/v8/Leads/{one}/actions");
    let over = json!({"tags": [{"name": "only"}], "over_write": true});
    assert_eq!(
        wired.post(&format!("{path}/add_tags"), &over).await.status,
        200
    );
    assert_eq!(read().await, ["only"]);
    let many: Vec<Value> = (0..10)
        .map(|number| json!({"name": format!("t{number}")}))
        .collect();
    let got = wired
        .post(&format!("{path}/add_tags"), &json!({"tags": many}))
        .await;
    assert_eq!(
        (got.status.as_u16(), codes(&got, "data")),
        (400, vec!["LIMIT_EXCEEDED".into()])
    );
    assert_eq!(
        wired
            .post(
                &format!("{path}/remove_tags"),
                &json!({"tags": [{"name": "ONLY"}]})
            )
            .await
            .status,
        200
    );
    assert!(read().await.is_empty());
    let missing = wired
        .post(
            "/crm/v8/Leads/actions/remove_tags",
            &json!({"tags": [{"name": "x"}]}),
        )
        .await;
    assert_eq!(missing.json()["code"], "MANDATORY_NOT_FOUND");
    let older = wired
        .call(
            reqwest::Method::POST,
            &format!("/crm/v2/Leads/actions/add_tags?ids={two}&tag_names=a,b"),
            None,
        )
        .await;
    assert_eq!(
        older.json()["data"][0]["details"]["tags"],
        json!(["new", "a", "b"])
    );
}

#[tokio::test]
async fn tags_are_counted_merged_and_deleted_by_a_job() {
    let wired = Wired::start().await;
    let (kept, gone) = (tag(&wired, "kept").await, tag(&wired, "gone").await);
    let both = wired
        .record(
            "Leads",
            json!({"Last_Name": "A", "Tag": [{"name": "kept"}, {"name": "gone"}]}),
        )
        .await;
    wired
        .record(
            "Leads",
            json!({"Last_Name": "B", "Tag": [{"name": "gone"}]}),
        )
        .await;
    let count = |id: String| {
        let path = format!("/crm/v8/settings/tags/{id}/actions/records_count?module=Leads");
        let wired = &wired;
        async move { wired.get(&path).await.json()["count"].clone() }
    };
    assert_eq!(count(gone.clone()).await, "2");
    let path = format!("/crm/v8/settings/tags/{kept}/actions/merge");
    let merged = wired
        .post(&path, &json!({"tags": [{"conflict_id": gone}]}))
        .await;
    assert_eq!(merged.status, 200, "{}", merged.text);
    assert_eq!(count(kept.clone()).await, "2");
    assert_eq!(
        wired
            .post(&path, &json!({"tags": [{"conflict_id": kept}]}))
            .await
            .status,
        400
    );

    let path = "/crm/v8/settings/tags/actions/mass_delete";
    let body = json!({"mass_delete": [{"module": {"api_name": "Leads"}, "tags": [{"id": kept}]}]});
    let got = wired.post(path, &body).await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["code"]),
        (202, &json!("SCHEDULED"))
    );
    let job = got.json()["details"]["job_id"].as_str().unwrap().to_owned();
    let status = format!("{path}?job_id={job}");
    wired
        .post("/__sim/v1/clock/advance", &json!({"seconds": 60}))
        .await;
    let done = wired.get(&status).await.json();
    assert_eq!(
        (
            &done["mass_delete"][0]["status"],
            &done["mass_delete"][0]["deleted_count"]
        ),
        (&json!("COMPLETED"), &json!(1))
    );
    assert_eq!(
        wired.get(&format!("/crm/v8/Leads/{both}")).await.json()["data"][0]["Tag"],
        json!([])
    );
    assert_eq!(wired.get(&format!("{path}?job_id=5")).await.status, 400);
    assert_eq!(wired.post(path, &body).await.json()["code"], "INVALID_DATA");
}

#[tokio::test]
async fn what_settings_change_in_records_stands_in_their_timelines() {
    let wired = Wired::start().await;
    let row = json!({"Last_Name": "A", "Tag": [{"name": "old"}]});
    let lead = wired.record("Leads", row).await;
    let tags = wired.get("/crm/v8/settings/tags?module=Leads").await.json();
    let tag = tags["tags"][0]["id"].as_str().unwrap().to_owned();
    wired.delete(&format!("/crm/v8/settings/tags/{tag}")).await;
    let told = wired
        .get(&format!("/crm/v8/Leads/{lead}/__timeline"))
        .await
        .json();
    let latest = &told["__timeline"][0];
    assert_eq!(latest["action"], "updated", "{told}");
    assert_eq!(latest["field_history"][0]["api_name"], "Tag");

    let meeting = json!({"Event_Title": "Talk", "Start_DateTime": "2100-01-01T10:00:00+00:00",
        "End_DateTime": "2100-01-01T11:00:00+00:00"});
    let meeting = wired.record("Events", meeting).await;
    let path = format!("/crm/v8/Events/{meeting}/actions/cancel");
    let body = json!({"data": [{"send_cancelling_mail": false}]});
    assert_eq!(wired.post(&path, &body).await.status, 200);
    let changes = wired.get("/__sim/v1/changes?module=Events").await.json();
    let changes = changes["changes"].as_array().unwrap().clone();
    assert_eq!(changes.last().unwrap()["id"], meeting.as_str());
    assert_eq!(changes.last().unwrap()["action"], "update");
}

#[tokio::test]
async fn names_of_tags_are_judged_alike_whichever_way_they_come() {
    let wired = Wired::start().await;
    let lead = wired.record("Leads", json!({"Last_Name": "A"})).await;
    let plain = tag(&wired, "plain").await;
    let rename = format!("/crm/v8/settings/tags/{plain}?module=Leads");
    let long = "x".repeat(26);
    for bad in ["a<b", "a>b", "a,b", "a \u{1F525}", " ", long.as_str()] {
        let tags = json!({"tags": [{"name": bad}]});
        let made = wired
            .post("/crm/v8/settings/tags?module=Leads", &tags)
            .await;
        let renamed = wired.put(&rename, &tags).await.json();
        let added = wired
            .post(&format!("/crm/v8/Leads/{lead}/actions/add_tags"), &tags)
            .await
            .json();
        let made = &made.json()["tags"][0];
        for other in [&renamed["tags"][0], &added] {
            assert_eq!(
                (&other["code"], &other["details"]),
                (&made["code"], &made["details"]),
                "{bad}"
            );
        }
        assert_eq!(made["details"]["json_path"], "$.tags[0].name", "{bad}");
        let row = json!({"data": [{"Last_Name": "B", "Tag": [{"name": bad}]}]});
        let written = wired.post("/crm/v8/Leads", &row).await.json();
        let told = &written["data"][0];
        assert_eq!(
            (&told["code"], &told["details"]["json_path"]),
            (&json!("INVALID_DATA"), &json!("$.data[0].Tag")),
            "{bad}"
        );
        let maximum = if bad == long { json!(25) } else { json!(null) };
        assert_eq!(told["details"]["maximum_length"], maximum, "{bad}");
    }
    let listed = wired.get("/crm/v8/settings/tags?module=Leads").await.json();
    assert_eq!(listed["info"]["count"], 1);
    assert_eq!(listed["tags"][0]["name"], "plain");
}

#[tokio::test]
async fn a_module_has_two_hundred_tags_at_most() {
    let wired = Wired::start().await;
    let path = "/crm/v8/settings/tags?module=Leads";
    for hundred in ["a", "b"] {
        let count = if hundred == "a" { 100 } else { 98 };
        let tags: Vec<Value> = (0..count)
            .map(|number| json!({"name": format!("{hundred}{number}")}))
            .collect();
        assert_eq!(wired.post(path, &json!({"tags": tags})).await.status, 201);
    }
    let count = || async { wired.get(path).await.json()["info"]["count"].clone() };
    let row = |names: &[&str]| {
        let tags: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
        json!({"data": [{"Last_Name": "A", "Tag": tags}]})
    };
    // Nothing is made of a row of which not all tags find room.
    let full = wired
        .post("/crm/v8/Leads", &row(&["a1", "new", "newer", "newest"]))
        .await;
    let details = json!({"api_name": "Tag", "json_path": "$.data[0].Tag", "maximum_length": 200});
    assert_eq!(
        (
            &full.json()["data"][0]["code"],
            &full.json()["data"][0]["details"]
        ),
        (&json!("LIMIT_EXCEEDED"), &details)
    );
    assert_eq!(count().await, 198);
    let leads = wired.get("/crm/v8/Leads?fields=Last_Name").await;
    assert_eq!(leads.status, 204);
    // A name that comes twice, or is known, takes no room.
    let lead = wired
        .post("/crm/v8/Leads", &row(&["new", "NEW", "newer", "a1"]))
        .await;
    assert_eq!(lead.status, 201, "{}", lead.text);
    let lead = lead.json()["data"][0]["details"]["id"].clone();
    let lead = lead.as_str().unwrap();
    assert_eq!(count().await, 200);
    let read = wired.get(&format!("/crm/v8/Leads/{lead}")).await.json();
    let names: Vec<Value> = read["data"][0]["Tag"].as_array().unwrap().clone();
    let names: Vec<&Value> = names.iter().map(|tag| &tag["name"]).collect();
    assert_eq!(names, ["new", "newer", "a1"]);

    let one = |name: &str| json!({"tags": [{"name": name}]});
    let add = format!("/crm/v8/Leads/{lead}/actions/add_tags");
    let refused = [
        wired.post(path, &one("more")).await.json()["tags"][0].clone(),
        wired.post(&add, &one("more")).await.json()["data"][0].clone(),
    ];
    for refused in refused {
        assert_eq!(
            (&refused["code"], &refused["details"]["maximum_length"]),
            (&json!("LIMIT_EXCEEDED"), &json!(200))
        );
    }
    let updated = wired
        .put(&format!("/crm/v8/Leads/{lead}"), &row(&["more"]))
        .await;
    assert_eq!(updated.json()["data"][0]["code"], "LIMIT_EXCEEDED");
    assert_eq!(wired.post(&add, &one("a2")).await.status, 200);
    assert_eq!(count().await, 200);
    // Other modules have tags of their own.
    let contact = wired.post("/crm/v8/Contacts", &row(&["more"])).await;
    assert_eq!(contact.status, 201, "{}", contact.text);
}
