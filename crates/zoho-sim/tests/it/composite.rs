//! Several calls in one.

use serde_json::{Value, json};

use crate::support::{Got, Wired, got};

async fn send(wired: &Wired, body: &Value) -> Got {
    wired.post("/crm/v8/__composite_requests", body).await
}

fn items(got: &Got) -> Vec<Value> {
    got.json()["__composite_requests"]
        .as_array()
        .unwrap()
        .clone()
}

fn response(item: &Value) -> &Value {
    assert_eq!(item["code"], "SUCCESS", "{item}");
    &item["details"]["response"]
}

#[tokio::test]
async fn sub_requests_refer_to_earlier_answers() {
    let wired = Wired::start().await;
    let got = send(
        &wired,
        &json!({"parallel_execution": false, "__composite_requests": [
            {"sub_request_id": "1", "method": "POST", "uri": "/crm/v8/Leads", "body": {"data": [{"Last_Name": "Boyle", "Company": "One"}]}},
            {"sub_request_id": "2", "method": "PUT", "uri": "/crm/v8/Leads/@{1:$.data[0].details.id}", "body": {"data": [{"Company": "ABC"}]}},
            {"sub_request_id": "3", "method": "GET", "uri": "/crm/v8/Leads/@{2:$.data[0].details.id}", "params": {"fields": "Company"}},
            {"method": "GET", "uri": "/crm/v8/Leads?fields=Company", "params": {"ids": "@{1:$.data[0].details.id}"}},
            {"method": "POST", "uri": "/crm/v8/coql", "body": {"select_query": "select Company from Leads where id = @{1:$.data[0].details.id}"}},
        ]}),
    )
    .await;
    assert_eq!(got.status, 200, "{}", got.text);
    let items = items(&got);
    let statuses: Vec<&Value> = items
        .iter()
        .map(|item| &response(item)["status_code"])
        .collect();
    assert_eq!(statuses, [201, 200, 200, 200, 200]);
    let company = |place: usize| &response(&items[place])["body"]["data"][0]["Company"];
    assert_eq!(
        (company(2), company(3), company(4)),
        (&json!("ABC"), &json!("ABC"), &json!("ABC"))
    );
    assert_eq!(response(&items[3])["body"]["info"]["per_page"], 25);
    assert_eq!(
        response(&items[0])["headers"]["content-type"],
        "application/json;charset=UTF-8"
    );
    assert_eq!(
        items[0]["message"],
        "composite sub request executed successfully"
    );
}

#[tokio::test]
async fn in_parallel_each_waits_for_those_that_it_refers_to() {
    let wired = Wired::start().await;
    let got = send(
        &wired,
        &json!({"__composite_requests": [
            {"sub_request_id": "late", "method": "GET", "uri": "/crm/v8/Leads/@{early:$.data[0].details.id}"},
            {"sub_request_id": "early", "method": "POST", "uri": "/crm/v8/Leads", "body": {"data": [{"Last_Name": "Boyle", "Company": "One"}]}},
            {"sub_request_id": "a", "method": "GET", "uri": "/crm/v8/Leads/@{b:$.data[0].id}"},
            {"sub_request_id": "b", "method": "GET", "uri": "/crm/v8/Leads/@{a:$.data[0].id}"},
        ]}),
    )
    .await;
    assert_eq!(got.status, 207, "{}", got.text);
    let items = items(&got);
    assert_eq!(response(&items[0])["body"]["data"][0]["Last_Name"], "Boyle");
    assert_eq!(response(&items[1])["status_code"], 201);
    assert_eq!(
        (
            &items[2]["code"],
            &items[3]["code"],
            &items[2]["details"]["dependent_data"][0]
        ),
        (
            &json!("LOOPING_FOUND"),
            &json!("LOOPING_FOUND"),
            &json!({"sub_request_id": "a", "referred_sub_request_ids": ["b"]})
        )
    );
}

#[tokio::test]
async fn failures_stay_with_their_sub_request() {
    let wired = Wired::start().await;
    wired
        .record("Leads", json!({"Last_Name": "One", "Company": "c"}))
        .await;
    let get = |uri: &str| json!({"method": "GET", "uri": uri, "params": {"fields": "Last_Name"}});
    for (request, code, details) in [
        (
            json!({"uri": "/crm/v8/Leads"}),
            "MANDATORY_NOT_FOUND",
            json!({"api_name": "method", "json_path": "$.__composite_requests[1].method"}),
        ),
        (
            json!({"method": "GET", "uri": "crm/v8/Leads"}),
            "INVALID_DATA",
            json!({"api_name": "uri", "json_path": "$.__composite_requests[1].uri", "regex": "/crm(/.*)?/v[0-9]+([.][0-9]+)?/.*"}),
        ),
        (
            json!({"method": "GET", "uri": "/crm/v8/Leads", "sub_request_id": "_"}),
            "INVALID_DATA",
            json!({"api_name": "sub_request_id", "json_path": "$.__composite_requests[1].sub_request_id", "regex": "[a-zA-Z0-9][a-zA-Z0-9_]*"}),
        ),
        (
            json!({"method": "GET", "uri": "/crm/v8/Leads", "headers": {"Authorization": "x"}}),
            "INVALID_DATA",
            json!({"api_name": "headers", "json_path": "$.__composite_requests[1].headers", "restricted_headers": ["Authorization"]}),
        ),
        (
            get("/crm/v9/Leads"),
            "NOT_ALLOWED",
            json!({"sub_request_version": 9, "composite_request_version": 8}),
        ),
        (
            get("/crm/v8/Leads/@{9:$.data[0].id}"),
            "INVALID_REFERENCE",
            json!({"api_name": "uri", "json_path": "$.__composite_requests[1].uri", "reference": "@{9:$.data[0].id}"}),
        ),
    ] {
        let body = json!({"__composite_requests": [get("/crm/v8/Leads"), request]});
        let got = send(&wired, &body).await;
        assert_eq!(got.status, 207, "{}", got.text);
        let items = items(&got);
        assert_eq!(response(&items[0])["status_code"], 200);
        assert_eq!(
            (&items[1]["code"], &items[1]["details"]),
            (&json!(code), &details)
        );
    }
    for request in [
        json!({"method": "DELETE", "uri": "/crm/v8/Leads", "params": {"ids": "1"}}),
        json!({"method": "POST", "uri": "/crm/v8/__composite_requests", "body": {}}),
        json!({"method": "POST", "uri": "/crm/bulk/v8/read", "body": {}}),
    ] {
        let got = send(&wired, &json!({"__composite_requests": [request]})).await;
        assert_eq!(
            (got.status.as_u16(), &items(&got)[0]["code"]),
            (400, &json!("NOT_SUPPORTED")),
            "{request}"
        );
    }
    for (request, status, code) in [
        (get("/crm/v8/Nothing"), 400, "INVALID_MODULE"),
        (get("/crm/v8/Leads/1/2/3/4"), 404, "INVALID_URL_PATTERN"),
        (get("/crm/v8/Leads?per_page=26"), 400, "LIMIT_EXCEEDED"),
        (get("/crm/v8/Leads?per_page=25"), 200, ""),
        (
            json!({"method": "GET", "uri": "/crm/v8/Leads", "params": {"fields": "id", "per_page": 26}}),
            400,
            "LIMIT_EXCEEDED",
        ),
        (
            json!({"method": "POST", "uri": "/crm/v8/coql", "body": {"select_query": "select id from Leads where id is not null limit 26"}}),
            400,
            "LIMIT_EXCEEDED",
        ),
        (
            json!({"method": "POST", "uri": "/crm/v8/Leads", "body": {"data": [{"Last_Name": "1", "Company": "c"}, {"Last_Name": "2", "Company": "c"}]}}),
            400,
            "LIMIT_EXCEEDED",
        ),
    ] {
        let got = send(&wired, &json!({"__composite_requests": [request]})).await;
        assert_eq!(got.status, 200, "{}", got.text);
        let items = items(&got);
        let answer = response(&items[0]);
        assert_eq!(answer["status_code"], status, "{request}");
        assert_eq!(
            answer["body"]["code"].as_str().unwrap_or_default(),
            code,
            "{request}"
        );
    }
}

#[tokio::test]
async fn with_rollback_the_first_failure_takes_everything_back() {
    let wired = Wired::start().await;
    let lead = wired
        .record(
            "Leads",
            json!({"Last_Name": "Old", "Company": "Kept", "Email": "kept@x.example"}),
        )
        .await;
    let gone = wired
        .record("Leads", json!({"Last_Name": "Gone", "Company": "Kept"}))
        .await;
    let path = format!("/crm/v8/Leads/{lead}");
    let before = wired.get(&path).await.json();
    let count = wired.simulator.count("Leads").unwrap();
    let changes = wired.get("/__sim/v1/changes").await.json()["changes"].clone();
    wired.simulator.advance(60);
    let body = json!({"rollback_on_fail": true, "__composite_requests": [
        {"method": "POST", "uri": "/crm/v8/Leads", "body": {"data": [{"Last_Name": "New", "Company": "Lost", "Email": "new@x.example"}]}},
        {"method": "PUT", "uri": path, "body": {"data": [{"Company": "Other", "Email": "other@x.example"}]}},
        {"method": "DELETE", "uri": format!("/crm/v8/Leads/{gone}")},
        {"method": "POST", "uri": "/crm/v8/Leads", "body": {"data": [{"Company": "No name"}]}},
        {"method": "GET", "uri": "/crm/v8/Leads", "params": {"fields": "id"}},
    ]});
    let got = send(&wired, &body).await;
    assert_eq!(got.status, 400, "{}", got.text);
    let items = items(&got);
    let codes: Vec<&Value> = items.iter().map(|item| &item["code"]).collect();
    assert_eq!(
        codes,
        [
            "ROLLBACK_PERFORMED",
            "ROLLBACK_PERFORMED",
            "ROLLBACK_PERFORMED",
            "SUCCESS",
            "PROCESSING_STOPPED"
        ]
    );
    assert_eq!(
        items[0]["details"],
        json!({"rollbacked_by_sub_request_index": 3})
    );
    assert_eq!(response(&items[3])["status_code"], 400);
    assert_eq!(wired.get(&path).await.json(), before);
    assert_eq!(wired.simulator.count("Leads").unwrap(), count);
    assert_eq!(wired.get("/crm/v8/Leads/deleted").await.status, 204);
    assert_eq!(
        wired.get("/__sim/v1/changes").await.json()["changes"],
        changes
    );
    // Indexes are as before too.
    for (email, status) in [
        ("kept@x.example", 200),
        ("other@x.example", 204),
        ("new@x.example", 204),
    ] {
        let query =
            json!({"select_query": format!("select id from Leads where Email = '{email}'")});
        assert_eq!(
            wired.post("/crm/v8/coql", &query).await.status,
            status,
            "{email}"
        );
    }
    let query = json!({"select_query": "select id from Leads where Company in ('Lost', 'Other') order by Modified_Time"});
    assert_eq!(wired.post("/crm/v8/coql", &query).await.status, 204);

    let mut whole = body;
    whole["__composite_requests"]
        .as_array_mut()
        .unwrap()
        .remove(3);
    let got = send(&wired, &whole).await;
    assert_eq!(got.status, 200, "{}", got.text);
    assert_eq!(wired.simulator.count("Leads").unwrap(), count);
    assert_eq!(wired.get(&path).await.json()["data"][0]["Company"], "Other");
    let journal = wired.simulator.journal();
    let of_composite: Vec<&Value> = journal
        .iter()
        .filter(|entry| {
            entry["path"]
                .as_str()
                .unwrap()
                .ends_with("__composite_requests")
        })
        .map(|entry| &entry["credits"])
        .collect();
    assert_eq!(of_composite, [1, 2]);
}

#[tokio::test]
async fn the_whole_call_is_checked_first() {
    let wired = Wired::start().await;
    let six = vec![json!({"method": "GET", "uri": "/crm/v8/org"}); 6];
    for (body, code) in [
        (json!([]), "INVALID_DATA"),
        (json!({}), "MANDATORY_NOT_FOUND"),
        (json!({"__composite_requests": {}}), "INVALID_DATA"),
        (json!({"__composite_requests": []}), "INVALID_DATA"),
        (json!({"__composite_requests": six}), "INVALID_DATA"),
        (
            json!({"rollback_on_fail": "yes", "__composite_requests": []}),
            "INVALID_DATA",
        ),
        (
            json!({"rollback_on_fail": true, "parallel_execution": true, "__composite_requests": []}),
            "AMBIGUITY_DURING_PROCESSING",
        ),
    ] {
        let got = send(&wired, &body).await;
        assert_eq!(
            (got.status.as_u16(), &got.json()["code"]),
            (400, &json!(code)),
            "{body}"
        );
    }
    let twice = json!({"sub_request_id": "1", "method": "GET", "uri": "/crm/v8/org"});
    let got = send(&wired, &json!({"__composite_requests": [twice, twice]})).await;
    assert_eq!(got.status, 400);
    assert_eq!(
        items(&got)[1]["details"]["sub_request_indexes"],
        json!([0, 1])
    );
    let token = wired.token_with(&["ZohoCRM.modules.ALL"]).await;
    let body = json!({"__composite_requests": [{"method": "GET", "uri": "/crm/v8/org"}]});
    let post = |token: String| {
        let request = wired.http.post(wired.url("/crm/v8/__composite_requests"));
        request.bearer_auth(token).body(body.to_string()).send()
    };
    assert_eq!(got_status(post(token).await.unwrap()).await, 401);
    let token = wired
        .token_with(&["ZohoCRM.composite_requests.CUSTOM"])
        .await;
    let got = crate::support::got(post(token).await.unwrap()).await;
    assert_eq!(response(&items(&got)[0])["status_code"], 401);
}

async fn got_status(response: reqwest::Response) -> u16 {
    got(response).await.status.as_u16()
}
