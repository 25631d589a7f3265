//! Get, list, deleted, count.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use zoho_sim::{Config, Seed};

use crate::support::{Got, Wired};

async fn leads(wired: &Wired, count: usize) {
    for start in (0..count).step_by(100) {
        let rows: Vec<Value> = (start..count.min(start + 100))
            .map(|number| json!({"Last_Name": format!("L{number}")}))
            .collect();
        assert_eq!(
            wired
                .post("/crm/v8/Leads", &json!({"data": rows}))
                .await
                .status,
            201
        );
    }
}

fn refusal(got: &Got) -> (u16, Value) {
    (got.status.as_u16(), got.json()["code"].clone())
}

#[tokio::test]
async fn a_list_has_the_named_fields_and_the_id_newest_first() {
    let wired = Wired::start().await;
    leads(&wired, 3).await;
    let got = wired
        .get("/crm/v8/Leads?fields=Last_Name,No_Such_Field")
        .await
        .json();
    let names: Vec<&Value> = got["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["Last_Name"])
        .collect();
    assert_eq!(names, ["L2", "L1", "L0"]);
    assert_eq!(got["data"][0].as_object().unwrap().len(), 2);
    let mut info = got["info"].clone();
    assert_eq!(info["next_page_token"].take(), Value::Null);
    insta::assert_json_snapshot!("list_info", info);
}

#[tokio::test]
async fn page_tokens_walk_through_everything_once_and_back() {
    let wired = Wired::start().await;
    leads(&wired, 45).await;
    for sort in [
        "",
        "&sort_by=Modified_Time",
        "&sort_by=Created_Time&sort_order=asc",
    ] {
        let base = format!("/crm/v8/Leads?fields=Last_Name&per_page=10{sort}");
        let mut seen = BTreeSet::new();
        let mut page = wired.get(&base).await.json();
        let first_page = page["data"].clone();
        for number in 1.. {
            assert_eq!(page["info"]["page"], json!(number));
            for row in page["data"].as_array().unwrap() {
                assert!(
                    seen.insert(row["id"].as_str().unwrap().to_owned()),
                    "a record came twice"
                );
            }
            if number == 2 {
                let token = page["info"]["previous_page_token"].as_str().unwrap();
                let back = wired
                    .get(&format!("{base}&page_token={token}"))
                    .await
                    .json();
                assert_eq!(back["data"], first_page);
            }
            let Some(token) = page["info"]["next_page_token"].as_str() else {
                break;
            };
            assert!(token.len() <= 96);
            page = wired
                .get(&format!("{base}&page_token={token}"))
                .await
                .json();
        }
        assert_eq!(seen.len(), 45);
    }
}

#[tokio::test]
async fn refusals_of_a_list_are_those_of_the_documentation() {
    let wired = Wired::start().await;
    leads(&wired, 3).await;
    let token = wired
        .get("/crm/v8/Leads?fields=Last_Name&per_page=1")
        .await
        .json()["info"]["next_page_token"]
        .clone();
    let token = token.as_str().unwrap();
    let many: Vec<String> = (0..51).map(|number| format!("F{number}")).collect();
    for (path, code) in [
        ("/crm/v8/Leads".to_owned(), "REQUIRED_PARAM_MISSING"),
        (
            format!("/crm/v8/Leads?fields={}", many.join(",")),
            "LIMIT_EXCEEDED",
        ),
        ("/crm/v8/Nothing?fields=id".to_owned(), "INVALID_MODULE"),
        (
            "/crm/v8/Leads?fields=id&sort_by=Last_Name".to_owned(),
            "INVALID_DATA",
        ),
        (
            "/crm/v8/Leads?fields=id&per_page=201".to_owned(),
            "INVALID_DATA",
        ),
        (
            "/crm/v8/Leads?fields=id&page=11".to_owned(),
            "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
        ),
        (
            format!("/crm/v8/Leads?fields=Last_Name&per_page=1&page=2&page_token={token}"),
            "AMBIGUITY_DURING_PROCESSING",
        ),
        (
            format!("/crm/v8/Leads?fields=Last_Name&per_page=2&page_token={token}"),
            "TOKEN_BOUND_DATA_MISMATCH",
        ),
    ] {
        assert_eq!(
            refusal(&wired.get(&path).await),
            (400, json!(code)),
            "{path}"
        );
    }
    wired.simulator.advance(24 * 60 * 60);
    let wired = Wired {
        token: wired.refresh().await.json()["access_token"]
            .as_str()
            .unwrap()
            .to_owned(),
        ..wired
    };
    let late = wired
        .get(&format!(
            "/crm/v8/Leads?fields=Last_Name&per_page=1&page_token={token}"
        ))
        .await;
    assert_eq!(refusal(&late), (400, json!("EXPIRED_VALUE")));
}

#[tokio::test]
async fn nothing_found_is_204_and_nothing_newer_is_304() {
    let wired = Wired::start().await;
    assert_eq!(wired.get("/crm/v8/Leads?fields=id").await.status, 204);
    leads(&wired, 1).await;
    let since = |time: &str| {
        let request = wired.http.get(wired.url("/crm/v8/Leads?fields=id"));
        request
            .bearer_auth(&wired.token)
            .header("If-Modified-Since", time.to_owned())
            .send()
    };
    assert_eq!(
        since("2090-01-01T00:00:00+05:30").await.unwrap().status(),
        304
    );
    assert_eq!(
        since("2020-01-01T00:00:00+05:30").await.unwrap().status(),
        200
    );
    assert_eq!(
        since("Sat, 10 Jan 2026 09:00:00 GMT")
            .await
            .unwrap()
            .status(),
        400
    );
}

#[tokio::test]
async fn one_record_has_all_fields_with_computed_ones_and_system_keys() {
    let wired = Wired::start().await;
    let id = wired
        .record("Leads", json!({"First_Name": "Ada", "Last_Name": "Ray", "No_of_Employees": 12, "Tag": [{"name": "vip"}]}))
        .await;
    let record = &wired.get(&format!("/crm/v8/Leads/{id}")).await.json()["data"][0];
    assert_eq!(
        (&record["Full_Name"], &record["No_of_Employees"]),
        (&json!("Ada Ray"), &json!(12))
    );
    assert_eq!(
        (&record["Email"], &record["Email_Opt_Out"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(
        (&record["Owner"]["name"], &record["Tag"][0]["name"]),
        (&json!("Ada Ray"), &json!("vip"))
    );
    assert_eq!(record["$approval_state"], json!("approved"));
    let some = wired
        .get(&format!("/crm/v8/Leads/{id}?fields=Last_Name"))
        .await
        .json();
    assert_eq!(some["data"][0], json!({"Last_Name": "Ray", "id": id}));
}

#[tokio::test]
async fn an_id_that_cannot_be_is_400_and_one_that_is_not_there_204() {
    let wired = Wired::start().await;
    assert_eq!(
        refusal(&wired.get("/crm/v8/Leads/abc").await),
        (400, json!("INVALID_DATA"))
    );
    assert_eq!(
        refusal(&wired.get("/crm/v8/Leads/1111111000000001001").await),
        (400, json!("INVALID_DATA"))
    );
    assert_eq!(
        wired.get("/crm/v8/Leads/5725767000999999999").await.status,
        204
    );
}

#[tokio::test]
async fn deleted_records_are_listed_and_become_permanent_after_sixty_days() {
    let wired = Wired::start().await;
    let id = wired.record("Leads", json!({"Last_Name": "Gone"})).await;
    assert_eq!(wired.get("/crm/v8/Leads/deleted").await.status, 204);
    wired.delete(&format!("/crm/v8/Leads?ids={id}")).await;
    let row = wired.get("/crm/v8/Leads/deleted").await.json()["data"][0].clone();
    assert_eq!(
        (&row["id"], &row["type"], &row["display_name"]),
        (&json!(id), &json!("recycle"), &json!("Gone"))
    );
    assert_eq!(
        refusal(&wired.get("/crm/v8/Leads/deleted?type=odd").await),
        (400, json!("PATTERN_NOT_MATCHED"))
    );
    wired.simulator.advance(60 * 24 * 60 * 60);
    let wired = Wired {
        token: wired.refresh().await.json()["access_token"]
            .as_str()
            .unwrap()
            .to_owned(),
        ..wired
    };
    let row = wired
        .get("/crm/v8/Leads/deleted?type=permanent")
        .await
        .json()["data"][0]
        .clone();
    assert_eq!(
        (&row["type"], &row["display_name"]),
        (&json!("permanent"), &Value::Null)
    );
}

#[tokio::test]
async fn what_is_deleted_for_good_early_is_listed_for_120_days_from_then() {
    const DAY: u32 = 24 * 60 * 60;
    let mut wired = Wired::start().await;
    let id = wired.record("Leads", json!({"Last_Name": "Gone"})).await;
    wired.delete(&format!("/crm/v8/Leads?ids={id}")).await;
    let erased = wired
        .delete(&format!("/crm/v8/settings/recycle_bin/{id}"))
        .await;
    assert_eq!(erased.status, 200, "{}", erased.text);
    for (days, status) in [(119, 200), (1, 204)] {
        wired.simulator.advance(days * DAY);
        let token = wired.refresh().await.json()["access_token"].clone();
        wired.token = token.as_str().unwrap().to_owned();
        let got = wired.get("/crm/v8/Leads/deleted").await;
        assert_eq!(got.status, status, "{days}: {}", got.text);
    }
}

#[tokio::test]
async fn counts_are_numbers() {
    let wired = Wired::start().await;
    leads(&wired, 7).await;
    assert_eq!(
        wired.get("/crm/v8/Leads/actions/count").await.json(),
        json!({"count": 7})
    );
    let got = wired
        .get("/crm/v8/Leads/actions/count?criteria=(Last_Name:equals:L3)")
        .await;
    assert_eq!(got.json(), json!({"count": 1}));
    assert_eq!(
        refusal(
            &wired
                .get("/crm/v8/Accounts/actions/count?email=a@b.co")
                .await
        ),
        (400, json!("FIELD_TYPE_UNAVAILABLE"))
    );
}

#[tokio::test]
async fn rich_texts_are_cut_everywhere_but_in_full_data() {
    let mut seed: Value = serde_json::from_str(include_str!("../../src/seeds/demo.json")).unwrap();
    seed["fields"]["Leads"] =
        json!([{"api_name": "Story", "data_type": "textarea", "length": 50_000}]);
    let wired = Wired::with(Config {
        seed: Seed::from_json(&seed.to_string()).unwrap(),
        ..Config::default()
    })
    .await;
    let story = "é".repeat(900);
    let id = wired
        .record("Leads", json!({"Last_Name": "Long", "Story": story}))
        .await;
    let cut = wired.get(&format!("/crm/v8/Leads/{id}")).await.json();
    assert_eq!(
        cut["data"][0]["Story"].as_str().unwrap().chars().count(),
        500
    );
    for path in [
        format!("Leads/{id}/actions/fetch_full_data"),
        format!("Leads/actions/fetch_full_data?ids={id}&fields=Story,Last_Name"),
    ] {
        let full = wired.get(&format!("/crm/v8/{path}")).await.json();
        assert_eq!(full["data"], json!([{"Story": story, "id": id}]), "{path}");
    }
    for (path, expected) in [
        (
            "Leads/actions/fetch_full_data?fields=Story",
            (400, json!("REQUIRED_PARAM_MISSING")),
        ),
        (
            "Leads/actions/fetch_full_data?fields=Story&ids=x",
            (400, json!("INVALID_DATA")),
        ),
    ] {
        assert_eq!(
            refusal(&wired.get(&format!("/crm/v8/{path}")).await),
            expected,
            "{path}"
        );
    }
    let none = wired
        .get("/crm/v8/Leads/5725767000099999999/actions/fetch_full_data")
        .await;
    assert_eq!(none.status, 204);
}
