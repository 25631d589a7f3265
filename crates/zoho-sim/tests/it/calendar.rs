//! Territories, dependencies of picklists, the calendar and assignment rules.

use serde_json::{Value, json};
use zoho_sim::{Config, Seed};

use crate::support::{Wired, got};

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn territories_form_a_hierarchy_and_have_users() {
    let wired = Wired::start().await;
    let path = "/crm/v8/settings/territories";
    assert_eq!(wired.get(path).await.status, 204);
    let body = json!({"territories": [{"name": "World", "account_rule_criteria": {"field": {"api_name": "Account_Name"}, "comparator": "starts_with", "value": "A"}}]});
    let made = wired.post(path, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let world = text(&made.json()["territories"][0]["details"]["id"]);
    let body = json!({"territories": [
        {"name": "Europe", "reporting_to": {"id": world}},
        {"name": "world"},
        {"name": "Odd", "deal_rule_criteria": {"field": {"api_name": "Nothing"}, "comparator": "equal", "value": "A"}},
    ]});
    let made = wired.post(path, &body).await;
    assert_eq!(made.status, 207);
    let codes: Vec<Value> = made.json()["territories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["code"].clone())
        .collect();
    assert_eq!(codes, ["SUCCESS", "DUPLICATE_DATA", "INVALID_DATA"]);
    let europe = text(&made.json()["territories"][0]["details"]["id"]);
    let circle = json!({"territories": [{"reporting_to": {"id": europe}}]});
    let refused = wired.put(&format!("{path}/{world}"), &circle).await.json();
    assert_eq!(refused["territories"][0]["code"], "INVALID_DATA");
    let children = wired
        .get(&format!("{path}/{world}/__child_territories"))
        .await
        .json();
    assert_eq!(children["territories"][0]["name"], "Europe");
    assert_eq!(
        wired.delete(&format!("{path}/{world}")).await.json()["territories"][0]["code"],
        "NOT_ALLOWED"
    );

    let me = text(&wired.get("/crm/v8/users?type=CurrentUser").await.json()["users"][0]["id"]);
    let of_user = format!("/crm/v8/users/{me}/territories");
    assert_eq!(wired.get(&of_user).await.status, 204);
    let added = wired
        .put(&of_user, &json!({"territories": [{"id": europe}]}))
        .await;
    assert_eq!(added.status, 200, "{}", added.text);
    let mine = wired.get(&of_user).await.json();
    assert_eq!(
        (
            &mine["territories"][0]["Name"],
            &mine["territories"][0]["Reporting_To"]["Name"]
        ),
        (&json!("Europe"), &json!("World"))
    );
    let counts = wired
        .get(&format!("{path}/actions/associated_users_count"))
        .await
        .json();
    assert_eq!(counts["associated_users_count"][1]["count"], "1");
    assert_eq!(
        wired.delete(&format!("{of_user}/{europe}")).await.status,
        200
    );
    assert_eq!(
        wired.delete(&format!("{of_user}/{europe}")).await.status,
        400
    );
    assert_eq!(
        wired
            .delete(&format!("{path}?ids={europe},{world}"))
            .await
            .status,
        200
    );
    assert_eq!(wired.get(path).await.status, 204);
}

#[tokio::test]
async fn picklists_depend_on_each_other() {
    let wired = Wired::start().await;
    let layout = text(
        &wired
            .get("/crm/v8/settings/layouts?module=Leads")
            .await
            .json()["layouts"][0]["id"],
    );
    let fields = wired
        .get("/crm/v8/settings/fields?module=Leads")
        .await
        .json();
    let option = |name: &str, number: usize| {
        let fields = fields["fields"].as_array().unwrap();
        let field = fields
            .iter()
            .find(|field| field["api_name"] == name)
            .unwrap();
        field["pick_list_values"][number]["id"].clone()
    };
    let path = format!("/crm/v8/settings/layouts/{layout}/map_dependency");
    let all = format!("{path}?module=Leads");
    assert_eq!(wired.get(&all).await.status, 204);
    let body = json!({"map_dependency": [{"parent": {"api_name": "Lead_Source"}, "child": {"api_name": "Industry"},
        "pick_list_values": [{"id": option("Lead_Source", 1), "maps": [{"id": option("Industry", 1)}, {"id": option("Industry", 2)}]}]}]});
    let made = wired.post(&all, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(
        wired.post(&all, &body).await.json()["map_dependency"][0]["code"],
        "DUPLICATE_DATA"
    );
    let id = text(&made.json()["map_dependency"][0]["details"]["id"]);
    let one = format!("{path}/{id}?module=Leads");
    let less = json!({"map_dependency": [{"pick_list_values": [{"id": option("Lead_Source", 1), "maps": [{"id": option("Industry", 1), "_delete": true}]}]}]});
    assert_eq!(wired.put(&one, &less).await.status, 200);
    let got = wired.get(&one).await.json();
    let maps = got["map_dependency"][0]["pick_list_values"][0]["maps"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!((maps.len(), &maps[0]["id"]), (1, &option("Industry", 2)));
    let value = |name: &str, number: usize| {
        let fields = fields["fields"].as_array().unwrap().iter();
        let mut fields = fields.filter(|field| field["api_name"] == name);
        fields.next().unwrap()["pick_list_values"][number]["reference_value"].clone()
    };
    let lead = |industry: usize, features: Value| {
        json!({"data": [{"Last_Name": "Ray", "Lead_Source": value("Lead_Source", 1), "Industry": value("Industry", industry)}],
            "apply_feature_execution": features})
    };
    let asked = json!([{"name": "global_map_dependency"}]);
    let refused = wired.post("/crm/v8/Leads", &lead(1, asked.clone())).await;
    let refused = refused.json()["data"][0].clone();
    assert_eq!(
        (&refused["code"], &refused["details"]),
        (
            &json!("MAPPING_MISMATCH"),
            &json!({"api_name": "Industry", "json_path": "$.data[0].Industry", "mapped_field": "Lead_Source"})
        )
    );
    for (industry, features) in [(2, asked), (1, json!([]))] {
        let made = wired.post("/crm/v8/Leads", &lead(industry, features)).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    let odd = json!({"map_dependency": [{"parent": {"api_name": "Company"}, "child": {"api_name": "Industry"}, "pick_list_values": []}]});
    assert_eq!(
        wired.post(&all, &odd).await.json()["map_dependency"][0]["code"],
        "INVALID_DATA"
    );
    assert_eq!(wired.delete(&one).await.status, 200);
    assert_eq!(wired.get(&one).await.status, 204);
}

#[tokio::test]
async fn the_calendar_is_kept() {
    let wired = Wired::start().await;
    let hours = "/crm/v8/settings/business_hours";
    assert_eq!(wired.get(hours).await.status, 204);
    let body = json!({"business_hours": {"week_starts_on": "Monday", "type": "custom", "business_days": ["Monday", "Friday"],
        "same_as_everyday": true, "daily_timing": ["09:00", "17:30"]}});
    let made = wired.post(hours, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(
        wired.get(hours).await.json()["business_hours"]["daily_timing"][1],
        "17:30"
    );
    let odd = json!({"business_hours": {"week_starts_on": "Monday", "type": "custom", "business_days": ["Moonday"]}});
    assert_eq!(
        wired.put(hours, &odd).await.json()["business_hours"]["code"],
        "INVALID_DATA"
    );

    let holidays = "/crm/v8/settings/holidays";
    let body = json!({"holidays": [{"name": "New Year", "date": "2027-01-01", "type": "business_holiday"}, {"name": "Never", "date": "2027-02-30", "type": "business_holiday"}]});
    let made = wired.post(holidays, &body).await;
    assert_eq!(made.status, 207, "{}", made.text);
    let id = text(&made.json()["holidays"][0]["details"]["id"]);
    assert_eq!(
        wired.get(&format!("{holidays}?year=2026")).await.status,
        204
    );
    let renamed = json!({"holidays": [{"name": "First Day"}]});
    assert_eq!(
        wired
            .put(&format!("{holidays}/{id}"), &renamed)
            .await
            .status,
        200
    );
    let got = wired.get(&format!("{holidays}?year=2027")).await.json();
    assert_eq!(
        (&got["holidays"][0]["name"], &got["holidays"][0]["year"]),
        (&json!("First Day"), &json!(2027))
    );
    assert_eq!(wired.delete(&format!("{holidays}/{id}")).await.status, 200);

    let year = "/crm/v8/settings/fiscal_year";
    assert_eq!(
        wired.get(year).await.json()["fiscal_year"]["start_month"],
        "January"
    );
    let april = json!({"fiscal_year": {"start_month": "April", "display_based_on": "end_month"}});
    assert_eq!(wired.put(year, &april).await.status, 200);
    assert_eq!(
        wired.get(year).await.json()["fiscal_year"]["display_based_on"],
        "end_month"
    );
}

#[tokio::test]
async fn assignment_rules_and_addresses_are_listed() {
    let mut seed: Value = serde_json::from_str(include_str!("../../src/seeds/demo.json")).unwrap();
    seed["assignment_rules"] = json!([{"name": "By city", "module": "Leads", "default_owner": "ben.okafor@leadway.example"}]);
    let config = Config {
        seed: Seed::from_json(&seed.to_string()).unwrap(),
        ..Config::default()
    };
    let wired = Wired::with(config).await;
    let path = "/crm/v8/settings/automation/assignment_rules";
    let rules = wired.get(&format!("{path}?module=Leads")).await.json();
    assert_eq!(
        rules["assignment_rules"][0]["default_assignee"]["name"],
        "Ben Okafor"
    );
    let id = text(&rules["assignment_rules"][0]["id"]);
    assert_eq!(
        wired.get(&format!("{path}/{id}?module=Leads")).await.json(),
        rules
    );
    assert_eq!(
        wired.get(&format!("{path}?module=Contacts")).await.status,
        204
    );
    let from = wired
        .get("/crm/v8/settings/emails/actions/from_addresses")
        .await
        .json();
    assert_eq!(
        from["from_addresses"][0]["email"],
        "ada.ray@leadway.example"
    );
}

#[tokio::test]
async fn users_of_a_territory_are_told_added_and_taken_out() {
    let wired = Wired::start().await;
    let path = "/crm/v8/settings/territories";
    let made = wired
        .post(path, &json!({"territories": [{"name": "World"}]}))
        .await;
    let territory = text(&made.json()["territories"][0]["details"]["id"]);
    let users = wired.get("/crm/v8/users").await.json()["users"].clone();
    let (first, second) = (text(&users[0]["id"]), text(&users[1]["id"]));
    let of = format!("{path}/{territory}/users");
    assert_eq!(wired.get(&of).await.status, 204);
    let body = json!({"users": [{"id": first}, {"id": "5"}]});
    let added = wired.put(&of, &body).await;
    assert_eq!(added.status, 207, "{}", added.text);
    assert_eq!(
        added.json()["users"][1]["details"]["json_path"],
        "$.users[1].id"
    );
    assert_eq!(
        wired
            .put(&format!("{of}/{second}"), &json!({}))
            .await
            .status,
        200
    );
    let listed = wired.get(&of).await.json();
    assert_eq!(
        (&listed["info"]["count"], &listed["users"][1]["email"]),
        (&json!(2), &users[1]["email"])
    );
    let mine = wired
        .get(&format!("/crm/v8/users/{second}/territories"))
        .await;
    assert_eq!(mine.json()["territories"][0]["Name"], "World");
    assert_eq!(
        wired
            .delete(&format!("{of}?ids={first},{first}"))
            .await
            .status,
        207
    );
    assert_eq!(wired.get(&format!("{of}/{first}")).await.status, 204);
    assert_eq!(wired.get(&format!("{of}/{second}")).await.status, 200);
    assert_eq!(wired.delete(&format!("{of}/{second}")).await.status, 200);
    assert_eq!(wired.delete(&format!("{of}/{second}")).await.status, 400);
    let nowhere = wired.get(&format!("{path}/5/users")).await.json();
    assert_eq!(nowhere["details"]["resource_path_index"], 2);
}

#[tokio::test]
async fn users_tell_when_they_are_away() {
    let wired = Wired::start().await;
    let all = "/crm/v8/settings/users_unavailability";
    assert_eq!(wired.get(all).await.status, 204);
    let users = wired.get("/crm/v8/users").await.json()["users"].clone();
    let (first, second) = (text(&users[0]["id"]), text(&users[1]["id"]));
    let absence = |user: &str, from: &str, to: &str| json!({"users_unavailability": [{"user": {"id": user}, "from": from, "to": to, "comments": "By the sea"}]});
    let made = wired
        .post(
            all,
            &absence(
                &first,
                "2026-12-01T09:00:00+05:30",
                "2026-12-03T18:00:00+05:30",
            ),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(
        made.json()["users_unavailability"][0]["message"],
        "Unavailability Hours saved successfully"
    );
    let id = text(&made.json()["users_unavailability"][0]["details"]["id"]);
    let one = format!("{all}/{id}");
    for (body, code, path) in [
        (
            absence("5", "2026-12-01T09:00:00Z", "2026-12-02T09:00:00Z"),
            "INVALID_DATA",
            "$.users_unavailability[0].user",
        ),
        (
            absence(&first, "2026-12-01", "2026-12-02T09:00:00Z"),
            "INVALID_DATA",
            "$.users_unavailability[0].from",
        ),
        (
            absence(&first, "2026-12-03T09:00:00Z", "2026-12-02T09:00:00Z"),
            "INVALID_DATA",
            "$.users_unavailability[0].to",
        ),
        (
            json!({"users_unavailability": [{"user": {"id": first}}]}),
            "MANDATORY_NOT_FOUND",
            "$.users_unavailability[0].from",
        ),
    ] {
        let request = wired.http.post(wired.url(all)).bearer_auth(&wired.token);
        let refused = got(request.body(body.to_string()).send().await.unwrap()).await;
        let refused = refused.json()["users_unavailability"][0].clone();
        assert_eq!(
            (&refused["code"], &refused["details"]["json_path"]),
            (&json!(code), &json!(path)),
            "{body}"
        );
    }
    let longer = json!({"users_unavailability": [{"to": "2026-12-05T18:00:00+05:30", "all_day": true, "comments": null}]});
    assert_eq!(wired.put(&one, &longer).await.status, 200);
    let kept = wired.get(&one).await.json()["users_unavailability"][0].clone();
    assert_eq!(
        (
            &kept["user"]["id"],
            &kept["from"],
            &kept["to"],
            &kept["all_day"],
            &kept["comments"]
        ),
        (
            &json!(first),
            &json!("2026-12-01T09:00:00+05:30"),
            &json!("2026-12-05T18:00:00+05:30"),
            &json!(true),
            &Value::Null
        )
    );

    let status = async |query: &str| {
        let request = wired.http.get(format!("{}?{query}", wired.url(all)));
        let answer = got(request.bearer_auth(&wired.token).send().await.unwrap()).await;
        (answer.status.as_u16(), answer.code())
    };
    let filter = |time: &str| {
        format!(
            "filters={{\"field\":{{\"api_name\":\"from\"}},\"comparator\":\"less_than\",\"value\":\"{time}\"}}"
        )
    };
    let role = text(&users[0]["role"]["id"]);
    for (query, wanted, code) in [
        (filter("2027-01-01T00:00:00Z"), 200, ""),
        (filter("2026-01-01T00:00:00Z"), 204, ""),
        ("filters=x".to_owned(), 400, "UNABLE_TO_PARSE_DATA_TYPE"),
        (format!("role_ids={role}"), 200, ""),
        ("role_ids=5".to_owned(), 204, ""),
        ("territory_ids=5".to_owned(), 204, ""),
        ("group_ids=x".to_owned(), 400, "INVALID_DATA"),
    ] {
        assert_eq!(status(&query).await, (wanted, code.to_owned()), "{query}");
    }
    let moved = json!({"users_unavailability": [{"id": id, "user": {"id": second}}, {"id": "5"}]});
    let moved = wired.put(all, &moved).await;
    assert_eq!(moved.status, 207, "{}", moved.text);
    assert_eq!(wired.delete(&one).await.status, 200);
    assert_eq!(wired.get(&one).await.status, 204);
    assert_eq!(wired.delete(&one).await.status, 400);
}
