//! Bulk read: jobs that end by the clock, and their files.

use std::io::{Cursor, Read as _};

use serde_json::{Value, json};
use zoho_sim::{ClockStart, Config};

use crate::receiver::Receiver;
use crate::support::Wired;

const READ: &str = "/crm/bulk/v8/read";

async fn wired() -> Wired {
    Wired::with(Config {
        clock: ClockStart::At(1_768_035_600),
        clock_speed: 0.0,
        ..Config::default()
    })
    .await
}

async fn create(wired: &Wired, body: Value) -> String {
    let got = wired.post_json(READ, &body).await;
    assert_eq!(got.status, 201, "{}", got.text);
    let item = &got.json()["data"][0];
    assert_eq!(item["code"], "ADDED_SUCCESSFULLY");
    assert_eq!(item["details"]["state"], "ADDED");
    item["details"]["id"].as_str().unwrap().to_owned()
}

async fn job(wired: &Wired, id: &str) -> Value {
    wired.get(&format!("{READ}/{id}")).await.json()["data"][0].clone()
}

/// The lines of the only file of a result.
async fn lines(wired: &Wired, id: &str) -> Vec<String> {
    let (status, headers, bytes) = wired.download(&format!("{READ}/{id}/result")).await;
    assert_eq!(status, 200);
    let name = headers["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.contains(&format!("{id}.zip")), "{name}");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    assert_eq!(archive.len(), 1);
    let mut text = String::new();
    archive
        .by_index(0)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_job_advances_with_the_clock_and_its_file_has_the_columns_asked_for() {
    let wired = wired().await;
    let account = wired
        .record(
            "Accounts",
            json!({"Account_Name": "Müller, Söhne", "Phone": "123"}),
        )
        .await;
    let row = json!({"Last_Name": "Blakeley", "First_Name": "Jo \"J\"", "Email": "jo@example.org",
        "Account_Name": {"id": account}, "Date_of_Birth": "1990-05-01", "Email_Opt_Out": true});
    let blake = wired.record("Contacts", row).await;
    wired
        .record("Contacts", json!({"Last_Name": "Nobody"}))
        .await;
    let mut receiver = Receiver::start(200).await;
    let fields = json!([
        "Last_Name",
        "First_Name",
        "Owner",
        "Owner.last_name",
        "Account_Name",
        "Account_Name.Account_Name",
        "Account_Name.Phone",
        "Date_of_Birth",
        "Email_Opt_Out",
        "Created_Time"
    ]);
    let id = create(
        &wired,
        json!({"callback": {"url": receiver.url, "method": "post"},
            "query": {"module": {"api_name": "Contacts"}, "fields": fields,
                "criteria": {"group_operator": "and", "group": [
                    {"field": {"api_name": "Last_Name"}, "comparator": "equal", "value": "Blakeley"},
                    {"field": {"api_name": "Account_Name.Phone"}, "comparator": "not_equal", "value": "${EMPTY}"}]}}}),
    )
    .await;
    let mut states = Vec::new();
    for _ in 0..6 {
        let state = job(&wired, &id).await["state"].as_str().unwrap().to_owned();
        if states.last() != Some(&state) {
            states.push(state);
        }
        if states.last().is_some_and(|state| state != "COMPLETED") {
            assert!(job(&wired, &id).await.get("result").is_none());
            assert_eq!(wired.get(&format!("{READ}/{id}/result")).await.status, 404);
        }
        wired.simulator.advance(1);
    }
    assert_eq!(states.last().unwrap(), "COMPLETED");
    assert!(
        states.contains(&"ADDED".to_owned()) && states.contains(&"IN PROGRESS".to_owned()),
        "{states:?}"
    );

    let done = job(&wired, &id).await;
    assert_eq!(
        done["result"],
        json!({"page": 1, "per_page": 200_000, "count": 1,
            "download_url": format!("{READ}/{id}/result"), "more_records": false})
    );
    let criteria = &done["query"]["criteria"]["group"][0];
    assert!(criteria["field"]["id"].is_string(), "{criteria}");
    assert_eq!(receiver.next().await["data"][0], done);

    let lines = lines(&wired, &id).await;
    assert_eq!(
        lines[0],
        "id,Last_Name,First_Name,Owner,Owner.last_name,Account_Name,Account_Name.Account_Name,Account_Name.Phone,Date_of_Birth,Email_Opt_Out,Created_Time"
    );
    let users = wired.get("/crm/v8/users").await.json();
    let user = &users["users"][0];
    let (owner, last_name) = (
        user["id"].as_str().unwrap(),
        user["last_name"].as_str().unwrap(),
    );
    assert!(
        lines[1].starts_with(&format!(
            "{blake},Blakeley,\"Jo \"\"J\"\"\",{owner},{last_name},{account},\"Müller, Söhne\",123,1990-05-01,true,2026-01-10T"
        )),
        "{}", lines[1]
    );
    assert_eq!(lines.len(), 2);
}

#[tokio::test]
async fn without_fields_all_columns_come_and_downloads_are_limited() {
    let wired = wired().await;
    wired
        .record("Leads", json!({"Last_Name": "One", "Company": "C", "Annual_Revenue": 5.5, "Tag": [{"name": "a"}]}))
        .await;
    let id = create(
        &wired,
        json!({"query": {"module": {"api_name": "Leads"}, "page": 1}}),
    )
    .await;
    wired.simulator.advance(60);
    let lines = lines(&wired, &id).await;
    let names: Vec<&str> = lines[0].split(',').collect();
    assert_eq!(names[0], "id");
    for name in [
        "Last_Name",
        "Annual_Revenue",
        "Owner",
        "Modified_Time",
        "Tag",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    let at = names
        .iter()
        .position(|name| *name == "Annual_Revenue")
        .unwrap();
    assert_eq!(lines[1].split(',').nth(at), Some("5.5"));
    for _ in 0..9 {
        assert_eq!(wired.download(&format!("{READ}/{id}/result")).await.0, 200);
    }
    assert_eq!(wired.download(&format!("{READ}/{id}/result")).await.0, 429);
    wired.simulator.advance(61);
    assert_eq!(wired.download(&format!("{READ}/{id}/result")).await.0, 200);
}

#[tokio::test]
async fn a_custom_view_narrows_what_is_read() {
    let wired = wired().await;
    for name in ["Xavier", "Yvonne"] {
        wired
            .record("Leads", json!({"Last_Name": name, "Company": "Viewed"}))
            .await;
    }
    let condition = |field: &str, value: &str| json!({"field": {"api_name": field}, "comparator": "equal", "value": value});
    let view = json!({"custom_views": [{"name": "Viewed", "criteria": condition("Company", "Viewed"),
        "fields": [{"api_name": "Last_Name"}]}]});
    let got = wired
        .post("/crm/v8/settings/custom_views?module=Leads", &view)
        .await;
    assert_eq!(got.status, 201, "{}", got.text);
    let view = got.json()["custom_views"][0]["details"]["id"].clone();
    let query = json!({"module": {"api_name": "Leads"}, "fields": ["Last_Name"], "cvid": view});
    let all = create(&wired, json!({"query": query})).await;
    let mut query = query.clone();
    query["criteria"] = condition("Last_Name", "Yvonne");
    let one = create(&wired, json!({"query": query})).await;
    wired.simulator.advance(60);
    assert_eq!(lines(&wired, &all).await.len(), 3);
    assert_eq!(lines(&wired, &one).await.len(), 2);
    let shown = &job(&wired, &one).await["query"];
    assert_eq!(shown["cvid"], view);
    assert_eq!(
        shown["criteria"]["group"][0]["field"]["api_name"],
        "Company"
    );
}

#[tokio::test]
async fn meetings_come_as_a_calendar() {
    let wired = wired().await;
    let row = json!({"Event_Title": "Review; part 1", "Start_DateTime": "2026-01-12T10:00:00+00:00",
        "End_DateTime": "2026-01-12T11:00:00+00:00"});
    wired.record("Events", row).await;
    let id = create(
        &wired,
        json!({"query": {"module": {"api_name": "Events"}}, "file_type": "ics"}),
    )
    .await;
    wired.simulator.advance(60);
    assert_eq!(job(&wired, &id).await["file_type"], "ics");
    let lines = lines(&wired, &id).await;
    for line in [
        "BEGIN:VCALENDAR",
        "DTSTART:20260112T100000Z",
        "SUMMARY:Review\\; part 1",
    ] {
        assert!(lines.iter().any(|known| known == line), "{lines:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let wired = wired().await;
    let contacts = |more: Value| {
        let mut query = json!({"module": {"api_name": "Contacts"}});
        for (key, value) in more.as_object().unwrap() {
            query[key] = value.clone();
        }
        json!({"query": query})
    };
    let test = |field: &str, comparator: &str, value: Value| {
        contacts(
            json!({"criteria": {"field": {"api_name": field}, "comparator": comparator, "value": value}}),
        )
    };
    for (body, code) in [
        (
            json!({"query": {"module": {"api_name": "Nothing"}}}),
            "MODULE_NOT_AVAILABLE",
        ),
        (
            json!({"query": {"module": {"api_name": "Notes"}}}),
            "MODULE_NOT_SUPPORTED",
        ),
        (
            json!({"callback": {"url": "hook", "method": "post"}}),
            "INVALID_CALLBACK_URL",
        ),
        (
            json!({"callback": {"url": "http://hook.example", "method": "get"}}),
            "INVALID_CALLBACK_METHOD",
        ),
        (
            json!({"query": {"module": {"api_name": "Contacts"}}, "file_type": "xls"}),
            "INVALID_DATA",
        ),
        (
            contacts(json!({"fields": ["Nothing"]})),
            "FIELD_NOT_AVAILABLE",
        ),
        (contacts(json!({"page": 51})), "PAGE_RANGE_EXCEEDED"),
        (contacts(json!({"page": 0})), "PAGE_NOT_SUPPORTED"),
        (contacts(json!({"cvid": "1"})), "CVID_NOT_SUPPORTED"),
        (contacts(json!({"page_token": "none"})), "INVALID_DATA"),
        (
            contacts(json!({"criteria": {"group": []}})),
            "INVALID_CRITERIA",
        ),
        (
            test("Nothing", "equal", json!("x")),
            "FIELD_IN_CRITERIA_NOT_AVAILABLE",
        ),
        (
            test("Last_Name", "less_than", json!("x")),
            "FIELD_COMPARATOR_IN_CRITERIA_NOT_SUPPORTED",
        ),
        (
            test("Date_of_Birth", "equal", json!("May")),
            "COMPARATOR_AND_VALUE_IN_CRITERIA_NOT_COMPATIBLE",
        ),
        (
            test("Last_Name", "in", json!(vec!["x"; 201])),
            "VALUE_LIMIT_EXCEEDED_IN_CRITERIA",
        ),
        (
            test("Last_Name", "equal", json!("x".repeat(256))),
            "VALUE_IN_CRITERIA_NOT_SUPPORTED",
        ),
        // The words of version 2.
        (
            json!({"query": {"module": "Contacts"}}),
            "REQUEST_BODY_NOT_SUPPORTED",
        ),
        (
            contacts(
                json!({"criteria": {"api_name": "Last_Name", "comparator": "equal", "value": "x"}}),
            ),
            "INVALID_CRITERIA",
        ),
        (
            contacts(json!({"criteria": {"group": [{}], "field": {"api_name": "Email"}}})),
            "AMBIGUOUS_CRITERIA",
        ),
    ] {
        let got = wired.post_json(READ, &body).await;
        assert_eq!(got.status, 400, "{}", got.text);
        assert_eq!(got.json()["code"], code, "{body}");
    }
    let got = wired.post(READ, &contacts(json!({}))).await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["code"]),
        (415, &json!("MEDIA_TYPE_NOT_SUPPORTED"))
    );
    let got = wired.get(&format!("{READ}/5725767000000999999")).await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["code"]),
        (404, &json!("RESOURCE_NOT_FOUND"))
    );
}

#[tokio::test]
async fn a_job_costs_fifty_credits() {
    let wired = wired().await;
    let used = async || wired.get("/__sim/v1/limits").await.json()["credits_used"].as_u64();
    let before = used().await.unwrap();
    create(&wired, json!({"query": {"module": {"api_name": "Leads"}}})).await;
    assert_eq!(used().await.unwrap() - before, 50);
}
