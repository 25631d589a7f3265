//! Insert, update, upsert, delete.

use serde_json::{Value, json};

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

async fn first_item(wired: &Wired, module: &str, row: Value) -> Value {
    let got = wired
        .post(&format!("/crm/v8/{module}"), &json!({"data": [row]}))
        .await;
    got.json()["data"][0].clone()
}

#[tokio::test]
async fn values_are_checked_by_type() {
    let wired = Wired::start().await;
    let long = "x".repeat(81);
    let mut lines = Vec::new();
    for (field, value) in [
        ("Last_Name", json!(5)),
        ("Last_Name", json!(long)),
        ("Last_Name", json!("")),
        ("Email", json!("nobody")),
        ("Phone", json!("12/34")),
        ("No_of_Employees", json!("12")),
        ("No_of_Employees", json!(12.5)),
        ("No_of_Employees", json!(1_234_567_890)),
        ("Annual_Revenue", json!("12.5")),
        ("Annual_Revenue", json!(1e17)),
        ("Email_Opt_Out", json!("true")),
        ("Lead_Source", json!(["Partner"])),
        ("Lead_Source", json!("Something new")),
        ("Lead_Source", json!("-None-")),
        ("Owner", json!({"id": "5725767000000000001"})),
        ("Owner", json!({"email": "ben.okafor@leadway.example"})),
        ("Tag", json!("vip")),
        ("Layout", json!({"id": "1"})),
        ("Unknown_Field", json!({"a": 1})),
        ("Created_Time", json!("yesterday")),
    ] {
        let mut row = json!({"Last_Name": "Ray"});
        row[field] = value.clone();
        let item = first_item(&wired, "Leads", row).await;
        let details = if item["status"] == "error" {
            item["details"].to_string()
        } else {
            String::new()
        };
        let shown: String = value.to_string().chars().take(40).collect();
        lines.push(format!(
            "{field} = {shown}: {} {details}",
            item["code"].as_str().unwrap()
        ));
    }
    for (field, value) in [
        ("Account_Name", json!({"id": "5725767000000999999"})),
        ("Account_Name", json!("Orchard Ltd")),
        ("Closing_Date", json!("2026-02-30")),
        ("Probability", json!(101)),
        ("Stage", json!("Nowhere")),
    ] {
        let mut row = json!({"Deal_Name": "D", "Stage": "Qualification"});
        row[field] = value.clone();
        let item = first_item(&wired, "Deals", row).await;
        lines.push(format!(
            "{field} = {value}: {} {}",
            item["code"].as_str().unwrap(),
            item["details"]
        ));
    }
    insta::assert_snapshot!("values", lines.join("\n"));
}

#[tokio::test]
async fn updates_change_only_what_they_name_and_null_clears() {
    let wired = Wired::start().await;
    let id = wired
        .record(
            "Leads",
            json!({"Last_Name": "Ray", "City": "Rome", "Phone": "123"}),
        )
        .await;
    let number: u64 = id.parse().unwrap();
    let body = json!({"data": [{"id": number, "City": null}, {"City": "x"}, {"id": "5725767000999999999", "City": "x"}, {"id": id, "Last_Name": null}]});
    let got = wired.put("/crm/v8/Leads", &body).await;
    assert_eq!(got.status, 207);
    let codes: Vec<Value> = got.json()["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["code"].clone())
        .collect();
    assert_eq!(
        codes,
        [
            "SUCCESS",
            "MANDATORY_NOT_FOUND",
            "INVALID_DATA",
            "MANDATORY_NOT_FOUND"
        ]
    );
    let record = wired.simulator.records("Leads").unwrap().remove(0);
    assert_eq!(
        (&record["City"], &record["Phone"], &record["Last_Name"]),
        (&Value::Null, &json!("123"), &json!("Ray"))
    );
    let missing = wired
        .put(
            "/crm/v8/Leads/5725767000999999999",
            &json!({"data": [{"City": "x"}]}),
        )
        .await;
    assert_eq!(
        (
            missing.status.as_u16(),
            missing.json()["details"]["resource_path_index"].as_u64()
        ),
        (400, Some(1))
    );
}

#[tokio::test]
async fn a_record_changed_after_the_given_time_is_left_alone() {
    let wired = Wired::start().await;
    let id = wired.record("Leads", json!({"Last_Name": "Ray"})).await;
    let update = |time: &'static str| {
        let request = wired
            .http
            .put(wired.url(&format!("/crm/v8/Leads/{id}")))
            .bearer_auth(&wired.token);
        request
            .header("If-Unmodified-Since", time)
            .body(json!({"data": [{"City": "Rome"}]}).to_string())
            .send()
    };
    let late = crate::support::got(update("2020-01-01T00:00:00+00:00").await.unwrap()).await;
    assert_eq!(
        (
            late.status.as_u16(),
            late.json()["data"][0]["code"].as_str()
        ),
        (412, Some("ALREADY_MODIFIED"))
    );
    assert_eq!(
        update("2090-01-01T00:00:00+00:00").await.unwrap().status(),
        200
    );
}

#[tokio::test]
async fn deals_take_their_probability_from_the_stage() {
    let wired = Wired::start().await;
    let id = wired
        .record(
            "Deals",
            json!({"Deal_Name": "D", "Stage": "Qualification", "Amount": 1000}),
        )
        .await;
    let read =
        || async { wired.get(&format!("/crm/v8/Deals/{id}")).await.json()["data"][0].clone() };
    let deal = read().await;
    assert_eq!(
        (&deal["Probability"], &deal["Expected_Revenue"]),
        (&json!(10), &json!(100.0))
    );
    assert_eq!(deal["Pipeline"], "Standard (Standard)");
    wired
        .put(
            &format!("/crm/v8/Deals/{id}"),
            &json!({"data": [{"Stage": "Closed Won"}]}),
        )
        .await;
    let deal = read().await;
    assert_eq!(
        (&deal["Probability"], &deal["Expected_Revenue"]),
        (&json!(100), &json!(1000.0))
    );
}

#[tokio::test]
async fn deletes_answer_for_each_id() {
    let wired = Wired::start().await;
    let id = wired.record("Leads", json!({"Last_Name": "Ray"})).await;
    let got = wired
        .delete(&format!("/crm/v8/Leads?ids={id},5725767000999999999"))
        .await;
    assert_eq!(got.status, 207);
    assert_eq!(
        (
            &got.json()["data"][0]["message"],
            &got.json()["data"][1]["message"]
        ),
        (&json!("record deleted"), &json!("record not deleted"))
    );
    for (path, code) in [
        (format!("/crm/v8/Leads?ids={id}"), None),
        ("/crm/v8/Leads".to_owned(), Some("REQUIRED_PARAM_MISSING")),
        (
            "/crm/v8/Leads?ids=a,b".to_owned(),
            Some("UNABLE_TO_PARSE_DATA_TYPE"),
        ),
        (format!("/crm/v8/Leads/{id}"), Some("INVALID_DATA")),
    ] {
        let got = wired.delete(&path).await;
        assert_eq!(
            (got.status.as_u16(), got.json()["code"].as_str()),
            (400, code),
            "{path}"
        );
    }
}

#[tokio::test]
async fn bodies_that_are_no_rows_are_refused_inside_data() {
    let wired = Wired::start().await;
    let many: Vec<Value> = (0..101)
        .map(|number| json!({"Last_Name": format!("L{number}")}))
        .collect();
    for (body, code) in [
        ("{\"data\":[".to_owned(), "INVALID_DATA"),
        ("[]".to_owned(), "INVALID_DATA"),
        ("{}".to_owned(), "MANDATORY_NOT_FOUND"),
        (json!({"data": {}}).to_string(), "INVALID_DATA"),
        (json!({"data": []}).to_string(), "INVALID_DATA"),
        (json!({"data": [5]}).to_string(), "INVALID_DATA"),
        (json!({"data": many}).to_string(), "LIMIT_EXCEEDED"),
        (
            json!({"data": [{"Last_Name": "Ray"}], "trigger": ["odd"]}).to_string(),
            "INVALID_DATA",
        ),
        (
            json!({"data": [{"Last_Name": "Ray"}], "duplicate_check_fields": ["City"]}).to_string(),
            "INVALID_DATA",
        ),
    ] {
        let request = wired
            .http
            .post(wired.url("/crm/v8/Leads/upsert"))
            .bearer_auth(&wired.token)
            .body(body.clone());
        let got = crate::support::got(request.send().await.unwrap()).await;
        let answer = got.json();
        assert_eq!(
            (got.status.as_u16(), answer["data"][0]["code"].as_str()),
            (400, Some(code)),
            "{body}"
        );
    }
    assert_eq!(wired.simulator.count("Leads"), Ok(0));

    let body = json!({"data": [{"Last_Name": "Ray"}], "duplicate_check_fields": ["Email", "City"]});
    let got = wired.post("/crm/v8/Leads/upsert", &body).await;
    assert_eq!(
        got.json()["data"][0]["details"],
        json!({"supported_values": ["Email"], "api_name": "duplicate_check_fields", "json_path": "$.duplicate_check_fields[1]"})
    );

    let list = "0,".repeat(600_000);
    let body = format!("{{\"data\":[{{\"Last_Name\":[{list}0]}}]}}");
    let request = wired.http.post(wired.url("/crm/v8/Leads"));
    let request = request.bearer_auth(&wired.token).body(body);
    assert_eq!(request.send().await.unwrap().status(), 413);
}

#[tokio::test]
async fn an_upsert_of_a_module_that_has_none_is_refused_as_a_whole() {
    let wired = Wired::start().await;
    for module in ["Tasks", "Events", "Calls", "Notes"] {
        let path = format!("/crm/v8/{module}/upsert");
        let got = wired
            .post(&path, &json!({"data": [{"Subject": "S"}]}))
            .await;
        assert_eq!(
            (got.status.as_u16(), &got.json()["code"]),
            (400, &json!("NOT_SUPPORTED")),
            "{module}: {}",
            got.text
        );
    }
}
