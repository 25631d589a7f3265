//! Channels, and the callbacks that tell of changes.

use serde_json::{Value, json};
use zoho_sim::{ClockStart, Config};

use crate::receiver::Receiver;
use crate::support::Wired;

const WATCH: &str = "/crm/v8/actions/watch";
/// 2026-01-10T09:00:00Z.
const START: i64 = 1_768_035_600;

async fn wired() -> Wired {
    Wired::with(Config {
        clock: ClockStart::At(START),
        ..Config::default()
    })
    .await
}

fn watch(url: &str, events: &[&str], more: Value) -> Value {
    let mut entry = json!({"channel_id": "1000000068001", "events": events, "notify_url": url,
        "token": "s3cret", "notify_on_related_action": false});
    for (key, value) in more.as_object().unwrap() {
        entry[key] = value.clone();
    }
    json!({"watch": [entry]})
}

async fn subscribe(wired: &Wired, body: &Value) {
    let got = wired.post(WATCH, body).await;
    assert_eq!(got.status, 201, "{}", got.text);
}

async fn insert(wired: &Wired, module: &str, rows: Value) -> Vec<String> {
    let got = wired
        .post(&format!("/crm/v8/{module}"), &json!({"data": rows}))
        .await;
    let items = got.json()["data"].as_array().unwrap().clone();
    let id = |item: &Value| item["details"]["id"].as_str().unwrap().to_owned();
    items.iter().map(id).collect()
}

/// The list of callbacks, once so many are noted: that happens when the receiver has answered.
async fn sent(wired: &Wired, count: usize) -> Value {
    while wired.simulator.callbacks().len() < count {
        tokio::task::yield_now().await;
    }
    wired.get("/__sim/v1/callbacks").await.json()
}

#[tokio::test]
async fn a_change_by_api_or_by_a_person_is_told_with_its_fields_and_values() {
    let wired = wired().await;
    let mut receiver = Receiver::start(200).await;
    let url = format!("{}?k=v&key1=a%20b", receiver.url);
    let more = json!({"return_affected_field_values": true});
    subscribe(&wired, &watch(&url, &["Leads.all"], more)).await;

    let ids = insert(
        &wired,
        "Leads",
        json!([{"Last_Name": "One", "Company": "C"}, {"Last_Name": "Two", "Company": "C"}]),
    )
    .await;
    let told = receiver.next().await;
    assert_eq!(told["operation"], "insert");
    assert_eq!(told["ids"], json!(ids), "one callback for one call");
    assert_eq!(told["affected_fields"], json!([]));
    assert_eq!(told["query_params"], json!({"k": "v", "key1": "a b"}));
    assert_eq!(told["module"], "Leads");
    assert_eq!(told["channel_id"], "1000000068001");
    assert_eq!(told["token"], "s3cret");
    let uri = told["resource_uri"].as_str().unwrap();
    assert_eq!(uri, wired.url("/crm/v2/Leads"));
    assert!(told["server_time"].as_i64().unwrap() >= START * 1000);

    let row = json!({"Mobile": "123456789", "Company": "C"});
    wired
        .put(&format!("/__sim/v1/records/Leads/{}", ids[0]), &row)
        .await;
    let told = receiver.next().await;
    assert_eq!(told["operation"], "update");
    assert_eq!(told["affected_fields"], json!([{&ids[0]: ["Mobile"]}]));
    assert_eq!(
        told["affected_values"],
        json!([{"record_id": ids[0], "values": {"Mobile": "123456789"}}])
    );

    wired.delete(&format!("/crm/v8/Leads?ids={}", ids[1])).await;
    let told = receiver.next().await;
    assert_eq!(
        (&told["operation"], &told["ids"]),
        (&json!("delete"), &json!([ids[1]]))
    );

    let sent = sent(&wired, 3).await;
    assert_eq!(sent["sent"], 3);
    assert_eq!(sent["callbacks"][2]["status"], 200);
    assert_eq!(sent["callbacks"][2]["body"], told);
}

#[tokio::test]
async fn only_watched_modules_operations_and_fields_are_told() {
    let wired = wired().await;
    let mut receiver = Receiver::start(500).await;
    let condition = json!([{"type": "field_selection", "module": {"api_name": "Deals"},
        "field_selection": {"group_operator": "or", "group": [
            {"field": {"api_name": "Description"}},
            {"group_operator": "and", "group": [
                {"field": {"api_name": "Amount"}}, {"field": {"api_name": "Next_Step"}}]}]}}]);
    let more = json!({"notification_condition": condition});
    subscribe(
        &wired,
        &watch(&receiver.url, &["Deals.edit", "Leads.delete"], more),
    )
    .await;
    let deal = insert(
        &wired,
        "Deals",
        json!([{"Deal_Name": "D", "Stage": "Qualification", "Amount": 5}]),
    )
    .await
    .remove(0);
    let change = async |row: Value| {
        let got = wired
            .put(&format!("/crm/v8/Deals/{deal}"), &json!({"data": [row]}))
            .await;
        assert_eq!(got.status, 200, "{}", got.text);
    };
    change(json!({"Amount": 6})).await;
    change(json!({"Amount": 7, "Next_Step": "call"})).await;
    change(json!({"Description": "text"})).await;
    insert(
        &wired,
        "Leads",
        json!([{"Last_Name": "One", "Company": "C"}]),
    )
    .await;

    // Callbacks of one channel come in order, so what comes next shows that nothing else was to come before.
    let told = receiver.next().await;
    let fields = told["affected_fields"][0][&deal]
        .as_array()
        .unwrap()
        .clone();
    assert!(
        fields.contains(&json!("Amount")) && fields.contains(&json!("Next_Step")),
        "{told}"
    );
    assert!(told.get("affected_values").is_none());
    let told = receiver.next().await;
    assert_eq!(told["affected_fields"], json!([{&deal: ["Description"]}]));
    assert_eq!(receiver.already(), None);

    let listed = wired.get(&format!("{WATCH}?module=Deals")).await.json();
    let group = &listed["watch"][0]["notification_condition"][0]["field_selection"]["group"];
    assert_eq!(group[0]["field"]["api_name"], "Description");
    assert!(group[0]["field"]["id"].is_string() && group[0]["group"].is_null());
}

#[tokio::test]
async fn a_change_of_a_related_record_is_told_unless_switched_off() {
    let wired = wired().await;
    let mut receiver = Receiver::start(200).await;
    let more = json!({"notify_on_related_action": null});
    subscribe(&wired, &watch(&receiver.url, &["Accounts.all"], more)).await;
    let account = insert(&wired, "Accounts", json!([{"Account_Name": "A"}]))
        .await
        .remove(0);
    assert_eq!(receiver.next().await["operation"], "insert");
    insert(
        &wired,
        "Contacts",
        json!([{"Last_Name": "L", "Account_Name": {"id": account}}]),
    )
    .await;
    let told = receiver.next().await;
    assert_eq!(told["module"], "Accounts");
    assert_eq!(
        (&told["operation"], &told["ids"]),
        (&json!("update"), &json!([account]))
    );
}

#[tokio::test]
async fn channels_live_an_hour_or_what_they_ask_for_up_to_a_week() {
    let wired = wired().await;
    let url = "http://127.0.0.1:9/hook";
    let expiry = async |version: &str, asked: &str| {
        let more = if asked.is_empty() {
            json!({})
        } else {
            json!({"channel_expiry": asked})
        };
        let path = format!("/crm/{version}/actions/watch");
        let got = wired.post(&path, &watch(url, &["Leads.all"], more)).await;
        let event = &got.json()["watch"][0]["details"]["events"][0];
        assert_eq!(event["resource_name"], "Leads");
        event["channel_expiry"].as_str().unwrap().to_owned()
    };
    let hour: jiff::Timestamp = expiry("v8", "").await.parse().unwrap();
    assert!((START + 3_600..START + 3_660).contains(&hour.as_second()));
    for (version, asked, is_granted) in [
        ("v8", "2026-01-17T08:00:00+00:00", true),
        ("v8", "2026-01-17T09:30:00+00:00", false),
        ("v3", "2026-01-12T09:00:00+00:00", false),
        ("v3", "2026-01-11T08:30:00+00:00", true),
    ] {
        let got: jiff::Timestamp = expiry(version, asked).await.parse().unwrap();
        let asked: jiff::Timestamp = asked.parse().unwrap();
        assert_eq!(got == asked, is_granted, "{version} {asked}: {got}");
        if !is_granted {
            assert!(got.as_second() < START + 3_700);
        }
    }
    wired.simulator.advance(86_400);
    let fresh = wired.refresh().await.json()["access_token"].clone();
    let wired = Wired {
        token: fresh.as_str().unwrap().to_owned(),
        ..wired
    };
    assert_eq!(wired.get(WATCH).await.status, 204);
    let renewal = json!({"watch": [{"channel_id": 1_000_000_068_001_u64, "channel_expiry": "2026-01-12T09:00:00+00:00"}]});
    let got = wired.patch(WATCH, &renewal).await;
    assert_eq!(got.status, 400);
    assert_eq!(got.json()["watch"][0]["code"], "NOT_SUBSCRIBED");
}

#[tokio::test]
async fn channels_are_changed_thinned_out_and_closed() {
    let wired = wired().await;
    let url = "http://127.0.0.1:9/hook";
    subscribe(
        &wired,
        &watch(url, &["Leads.create", "Leads.edit", "Deals.all"], json!({})),
    )
    .await;
    let rows = wired.get(WATCH).await.json();
    assert_eq!(
        rows["info"],
        json!({"per_page": 200, "count": 2, "page": 1, "more_records": false})
    );
    assert_eq!(
        rows["watch"][0]["events"],
        json!(["Leads.create", "Leads.edit"])
    );
    assert_eq!(
        wired
            .get(&format!("{WATCH}?page=2&per_page=1"))
            .await
            .json()["watch"][0]["resource_name"],
        "Deals"
    );

    let change = json!({"watch": [{"channel_id": "1000000068001", "token": "new",
        "channel_expiry": "2026-01-12T09:00:00+00:00"}]});
    let got = wired.patch(WATCH, &change).await;
    assert_eq!(
        got.json()["watch"][0]["message"],
        "Successfully updated the subscribe details"
    );
    let rows = wired
        .get(&format!("{WATCH}?channel_id=1000000068001"))
        .await
        .json();
    for row in rows["watch"].as_array().unwrap() {
        assert_eq!(
            (&row["token"], &row["notify_url"]),
            (&json!("new"), &json!(url))
        );
        let expiry: jiff::Timestamp = row["channel_expiry"].as_str().unwrap().parse().unwrap();
        assert_eq!(expiry, "2026-01-12T09:00:00Z".parse().unwrap());
    }

    let thin = json!({"watch": [{"channel_id": "1000000068001", "_delete_events": true,
        "events": ["Leads.edit", "Deals.all"]}]});
    let got = wired.patch(WATCH, &thin).await;
    assert_eq!(
        got.json()["watch"][0]["message"],
        "Successfully removed the subscribe details"
    );
    let rows = wired.get(WATCH).await.json();
    assert_eq!(rows["info"]["count"], 1);
    assert_eq!(rows["watch"][0]["events"], json!(["Leads.create"]));

    let body = watch(url, &["Contacts.all"], json!({"token": null}));
    assert_eq!(wired.put(WATCH, &body).await.status, 200);
    let rows = wired.get(WATCH).await.json();
    assert_eq!(
        (
            &rows["watch"][0]["resource_name"],
            &rows["watch"][0]["token"]
        ),
        (&json!("Contacts"), &Value::Null)
    );

    let got = wired
        .delete(&format!("{WATCH}?channel_ids=1000000068001,77"))
        .await;
    assert_eq!(got.status, 207);
    assert_eq!(
        got.json()["watch"][0]["message"],
        "Successfully un-subscribed from actions-watch"
    );
    assert_eq!(got.json()["watch"][1]["code"], "NOT_SUBSCRIBED");
    assert_eq!(wired.get(WATCH).await.status, 204);
    assert_eq!(
        wired.delete(WATCH).await.json()["code"],
        "REQUIRED_PARAM_MISSING"
    );
}

#[tokio::test]
async fn entries_are_checked_one_by_one() {
    let wired = wired().await;
    let url = "https://hook.example/zoho";
    let field = |field: Value| {
        json!({"notification_condition": [{"type": "field_selection", "module": {"api_name": "Deals"},
            "field_selection": {"field": field}}]})
    };
    let stage = wired
        .get("/crm/v8/settings/fields?module=Deals")
        .await
        .json();
    let amount = stage["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["api_name"] == "Amount");
    let amount = amount.unwrap()["id"].clone();
    for (more, code, details) in [
        (
            json!({"channel_id": null}),
            "MANDATORY_NOT_FOUND",
            json!({"api_name": "channel_id", "json_path": "$.watch[0].channel_id"}),
        ),
        (
            json!({"notify_url": null}),
            "MANDATORY_NOT_FOUND",
            json!({"api_name": "notify_url", "json_path": "$.watch[0].notify_url"}),
        ),
        (
            json!({"events": null}),
            "MANDATORY_NOT_FOUND",
            json!({"api_name": "events", "json_path": "$.watch[0].events"}),
        ),
        (
            json!({"events": ["Leads.write"]}),
            "INVALID_DATA",
            json!({"api_name": "events", "json_path": "$.watch[0].events"}),
        ),
        (
            json!({"events": ["Notes.all"]}),
            "INVALID_DATA",
            json!({"api_name": "events", "json_path": "$.watch[0].events"}),
        ),
        (
            json!({"notify_url": "ftp://hook"}),
            "INVALID_DATA",
            json!({"api_name": "notify_url", "json_path": "$.watch[0].notify_url"}),
        ),
        (
            json!({"token": "t".repeat(51)}),
            "INVALID_DATA",
            json!({"api_name": "token", "json_path": "$.watch[0].token", "maximum_length": 50}),
        ),
        (
            json!({"channel_expiry": "soon"}),
            "INVALID_DATA",
            json!({"api_name": "channel_expiry", "json_path": "$.watch[0].channel_expiry", "expected_data_type": "datetime"}),
        ),
        (
            field(json!({})),
            "EXPECTED_FIELD_MISSING",
            json!({"expected_fields": [
            {"api_name": "api_name", "json_path": "$.watch[0].notification_condition[0].field_selection.field.api_name"},
            {"api_name": "id", "json_path": "$.watch[0].notification_condition[0].field_selection.field.id"}]}),
        ),
        (
            field(json!({"api_name": "Stage", "id": amount})),
            "AMBIGUITY_DURING_PROCESSING",
            Value::Null,
        ),
    ] {
        let got = wired.post(WATCH, &watch(url, &["Leads.all"], more)).await;
        assert_eq!(got.status, 400, "{}", got.text);
        let item = &got.json()["watch"][0];
        assert_eq!(item["code"], code, "{item}");
        assert!(details.is_null() || item["details"] == details, "{item}");
    }
    let got = wired.post(WATCH, &json!({})).await;
    assert_eq!(got.json()["code"], "MANDATORY_NOT_FOUND");
    let mixed =
        json!({"watch": [watch(url, &["Leads.all"], json!({}))["watch"][0], {"channel_id": 5}]});
    let got = wired.post(WATCH, &mixed).await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["watch"][0]["code"]),
        (207, &json!("SUCCESS"))
    );
}

#[tokio::test]
async fn callbacks_can_be_lost_doubled_late_and_overtaken() {
    let wired = wired().await;
    let mut receiver = Receiver::start(200).await;
    subscribe(&wired, &watch(&receiver.url, &["Leads.create"], json!({}))).await;
    let insert = async || {
        insert(
            &wired,
            "Leads",
            json!([{"Last_Name": "One", "Company": "C"}]),
        )
        .await
    };
    let fault = async |fault: Value| {
        let got = wired.post("/__sim/v1/faults", &fault).await;
        assert_eq!(got.status, 201, "{}", got.text);
    };

    fault(json!({"kind": "callback_lost", "module": "Leads", "times": 1})).await;
    fault(json!({"kind": "callback_lost", "module": "Deals"})).await;
    insert().await;
    let second = insert().await;
    assert_eq!(receiver.next().await["ids"], json!(second));

    fault(json!({"kind": "callback_duplicate", "times": 1})).await;
    let third = insert().await;
    assert_eq!(receiver.next().await["ids"], json!(third));
    assert_eq!(receiver.next().await["ids"], json!(third));

    for kind in ["callback_reorder", "callback_late"] {
        fault(json!({"kind": kind, "times": 1})).await;
        let (held, free) = (insert().await, insert().await);
        assert_eq!(receiver.next().await["ids"], json!(free), "{kind}");
        assert_eq!(receiver.next().await["ids"], json!(held), "{kind}");
    }

    let sent = sent(&wired, 1).await;
    assert_eq!(sent["callbacks"][0]["is_lost"], true);
    assert_eq!(sent["callbacks"][0]["faults"], json!(["callback_lost"]));
}

#[tokio::test]
async fn a_receiver_that_is_away_is_noted_and_others_are_told() {
    let wired = wired().await;
    let mut receiver = Receiver::start(200).await;
    let away = json!({"watch": [
        watch("http://127.0.0.1:9/away", &["Leads.all"], json!({"channel_id": 1}))["watch"][0],
        watch(&receiver.url, &["Leads.all"], json!({"channel_id": 2}))["watch"][0]]});
    subscribe(&wired, &away).await;
    insert(
        &wired,
        "Leads",
        json!([{"Last_Name": "One", "Company": "C"}]),
    )
    .await;
    assert_eq!(receiver.next().await["channel_id"], "2");
    let is_failed = |entry: &Value| entry["sender"] == "1" && entry["error"].is_string();
    // The answer to the failed one may still be on its way.
    while !wired.simulator.callbacks().iter().any(is_failed) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn notifications_need_their_own_scope() {
    let wired = wired().await;
    let token = wired.token_with(&["ZohoCRM.modules.ALL"]).await;
    let got = wired
        .http
        .get(wired.url(WATCH))
        .header("Authorization", format!("Bearer {token}"))
        .send()
        .await
        .unwrap();
    assert_eq!(got.status(), 401);
}
