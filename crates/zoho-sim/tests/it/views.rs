//! Custom views: those that a module begins with, own ones, and lists of records made of them.

use serde_json::{Value, json};

use crate::support::Wired;

async fn view(wired: &Wired, module: &str, name: &str) -> String {
    let views = wired
        .get(&format!("/crm/v8/settings/custom_views?module={module}"))
        .await
        .json();
    let found = views["custom_views"]
        .as_array()
        .unwrap()
        .iter()
        .find(|view| view["name"] == name)
        .cloned();
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

async fn names(wired: &Wired, cvid: &str) -> Vec<Value> {
    let got = wired
        .get(&format!("/crm/v8/Leads?fields=Last_Name&cvid={cvid}"))
        .await;
    if got.status == 204 {
        return Vec::new();
    }
    assert_eq!(got.status, 200, "{}", got.text);
    let data = got.json()["data"].clone();
    data.as_array()
        .unwrap()
        .iter()
        .map(|row| row["Last_Name"].clone())
        .collect()
}

#[tokio::test]
async fn every_module_begins_with_views() {
    let wired = Wired::start().await;
    let views = wired
        .get("/crm/v8/settings/custom_views?module=Leads")
        .await
        .json();
    assert_eq!(views["info"]["default"], views["custom_views"][0]["id"]);
    assert_eq!(views["custom_views"][0]["system_name"], "ALLVIEWS");
    assert_eq!(views["custom_views"][0]["category"], "public_views");
    let id = view(&wired, "Leads", "My Leads").await;
    let one = wired
        .get(&format!("/crm/v8/settings/custom_views/{id}?module=Leads"))
        .await
        .json();
    let one = &one["custom_views"][0];
    assert_eq!(one["criteria"]["group"][0]["field"]["api_name"], "Owner");
    assert_eq!(one["fields"][0]["api_name"], "Full_Name");
    let page = wired
        .get("/crm/v8/settings/custom_views?module=Deals&per_page=1&page=2")
        .await
        .json();
    assert_eq!(
        (
            page["info"]["count"].clone(),
            page["info"]["more_records"].clone()
        ),
        (json!(1), json!(true))
    );
    let missing = wired.get("/crm/v8/settings/custom_views").await.json();
    assert_eq!(missing["code"], "REQUIRED_PARAM_MISSING");
    assert_eq!(
        wired
            .get("/crm/v8/settings/custom_views/5?module=Leads")
            .await
            .status,
        204
    );
    let module = wired.get("/crm/v8/settings/modules/Leads").await.json();
    assert_eq!(module["modules"][0]["custom_view"]["name"], "All Leads");
}

#[tokio::test]
async fn lists_and_counts_follow_a_view() {
    let wired = Wired::start().await;
    let users = wired.get("/crm/v8/users?type=ActiveUsers").await.json();
    let other = users["users"]
        .as_array()
        .unwrap()
        .iter()
        .find(|user| user["first_name"] == "Ben")
        .unwrap()["id"]
        .clone();
    for row in [
        json!({"Last_Name": "Beta", "City": "Berlin", "Annual_Revenue": 20.0}),
        json!({"Last_Name": "Alpha", "City": "Bern", "Annual_Revenue": 30.0, "Lead_Status": "Junk Lead"}),
        json!({"Last_Name": "Gamma", "City": "Oslo", "Annual_Revenue": 10.0, "Owner": {"id": other}}),
    ] {
        wired.record("Leads", row).await;
    }
    let mine = view(&wired, "Leads", "My Leads").await;
    assert_eq!(names(&wired, &mine).await, ["Alpha", "Beta"]);
    assert_eq!(
        names(&wired, &view(&wired, "Leads", "Junk Leads").await).await,
        ["Alpha"]
    );
    assert_eq!(
        names(&wired, &view(&wired, "Leads", "Today's Leads").await)
            .await
            .len(),
        3
    );
    assert!(
        names(&wired, &view(&wired, "Leads", "Converted Leads").await)
            .await
            .is_empty()
    );

    let body = json!({"custom_views": [{"name": "Cities in B", "fields": [{"api_name": "Last_Name"}, {"api_name": "City", "_pin": true}],
        "criteria": {"field": {"api_name": "City"}, "comparator": "starts_with", "value": "ber", "type": "value"},
        "sort_by": {"api_name": "Annual_Revenue"}, "sort_order": "asc"}]});
    let made = wired
        .post("/crm/v8/settings/custom_views?module=Leads", &body)
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let own = made.json()["custom_views"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(names(&wired, &own).await, ["Beta", "Alpha"]);
    let sort = json!({"custom_views": [{"sort_by": {"api_name": "Annual_Revenue"}, "sort_order": "desc"}]});
    let sorted = wired
        .put(
            &format!("/crm/v8/settings/custom_views/{own}/actions/change_sort?module=Leads"),
            &sort,
        )
        .await;
    assert_eq!(sorted.status, 200, "{}", sorted.text);
    assert_eq!(names(&wired, &own).await, ["Alpha", "Beta"]);
    assert_eq!(
        wired
            .get(&format!("/crm/v8/Leads/actions/count?cvid={own}"))
            .await
            .json()["count"],
        2
    );
    let page = wired
        .get(&format!(
            "/crm/v8/Leads?fields=Last_Name&cvid={own}&per_page=1"
        ))
        .await
        .json();
    assert_eq!(
        (
            page["data"][0]["Last_Name"].clone(),
            page["info"]["more_records"].clone()
        ),
        (json!("Alpha"), json!(true))
    );
    let token = page["info"]["next_page_token"].as_str().unwrap();
    let next = wired
        .get(&format!(
            "/crm/v8/Leads?fields=Last_Name&cvid={own}&per_page=1&page_token={token}"
        ))
        .await
        .json();
    assert_eq!(next["data"][0]["Last_Name"], "Beta");
    let both = wired
        .get(&format!(
            "/crm/v8/Leads?fields=Last_Name&cvid={own}&sort_by=id"
        ))
        .await
        .json();
    assert_eq!(both["code"], "AMBIGUITY_DURING_PROCESSING");
    let unknown = wired
        .get("/crm/v8/Leads?fields=Last_Name&cvid=5")
        .await
        .json();
    assert_eq!(unknown["details"]["param_name"], "cvid");
}

#[tokio::test]
async fn own_views_are_changed_and_deleted_and_those_of_zoho_stay() {
    let wired = Wired::start().await;
    let good = json!({"name": "Mine", "fields": [{"api_name": "Last_Name"}]});
    for (change, code, path) in [
        (
            json!({"name": null}),
            "MANDATORY_NOT_FOUND",
            "$.custom_views[0].name",
        ),
        (
            json!({"fields": [{"api_name": "Nothing"}]}),
            "INVALID_DATA",
            "$.custom_views[0].fields[0].api_name",
        ),
        (
            json!({"criteria": {"field": {"api_name": "City"}, "comparator": "above", "value": "x"}}),
            "INVALID_DATA",
            "$.custom_views[0].criteria",
        ),
        (
            json!({"access_type": "shared"}),
            "DEPENDENT_FIELD_MISSING",
            "$.custom_views[0].shared_to",
        ),
        (
            json!({"name": "All Leads"}),
            "DUPLICATE_DATA",
            "$.custom_views[0].name",
        ),
    ] {
        let mut view = good.clone();
        view.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let got = wired
            .post(
                "/crm/v8/settings/custom_views?module=Leads",
                &json!({"custom_views": [view]}),
            )
            .await
            .json();
        let item = &got["custom_views"][0];
        assert_eq!(
            (item["code"].as_str(), item["details"]["json_path"].as_str()),
            (Some(code), Some(path)),
            "{change}"
        );
    }
    let made = wired
        .post(
            "/crm/v8/settings/custom_views?module=Leads",
            &json!({"custom_views": [good]}),
        )
        .await
        .json();
    let id = made["custom_views"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/crm/v8/settings/custom_views/{id}?module=Leads");
    let renamed = wired
        .put(
            &path,
            &json!({"custom_views": [{"name": "Ours", "access_type": "public"}]}),
        )
        .await;
    assert_eq!(
        renamed.json()["custom_views"][0]["message"],
        "custom view updated"
    );
    let one = wired.get(&path).await.json()["custom_views"][0].clone();
    assert_eq!(
        (&one["name"], &one["access_type"], &one["category"]),
        (&json!("Ours"), &json!("public"), &json!("created_by_me"))
    );
    assert_eq!(
        wired.delete(&path).await.json()["custom_views"][0]["message"],
        "custom view deleted"
    );
    assert_eq!(wired.get(&path).await.status, 204);
    let all = view(&wired, "Leads", "All Leads").await;
    let refused = wired
        .delete(&format!(
            "/crm/v8/settings/custom_views?module=Leads&ids={all}"
        ))
        .await
        .json();
    assert_eq!(refused["custom_views"][0]["code"], "NOT_ALLOWED");
}
