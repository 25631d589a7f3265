//! The list of calls, and that of features.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::Wired;

fn entry<'a>(answer: &'a Value, path: &str) -> &'a Value {
    let all = answer["__apis"].as_array().unwrap();
    all.iter().find(|entry| entry["path"] == path).unwrap()
}

fn methods(answer: &Value) -> BTreeSet<String> {
    let all = answer["__apis"].as_array().unwrap();
    let operations = all
        .iter()
        .flat_map(|entry| entry["operation_types"].as_array().unwrap());
    operations
        .map(|operation| operation["method"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn every_call_is_listed_with_scope_and_credits() {
    let wired = Wired::start().await;
    let all = wired.get("/crm/v8/__apis").await.json();
    let upserts = entry(&all, "/crm/v8/Leads/upsert");
    assert_eq!(
        upserts["operation_types"],
        json!([{"method": "POST", "oauth_scope": "ZohoCRM.modules.leads.CREATE", "min_credits": 1, "max_credits": 10}])
    );
    let lists = &entry(&all, "/crm/v8/Contacts")["operation_types"][0];
    assert_eq!(
        (&lists["min_credits"], &lists["max_credits"]),
        (&json!(1), &json!(3))
    );
    entry(&all, "/crm/v8/Deals/{{id}}");
    assert_eq!(
        entry(&all, "/crm/v8/settings/fields/{{id}}")["operation_types"][0]["oauth_scope"],
        "ZohoCRM.settings.fields.READ"
    );
}

#[tokio::test]
async fn one_filter_may_choose_among_them() {
    let wired = Wired::start().await;
    let filtered = async |name: &str, comparator: &str, value: &str| {
        let filter = json!({"field": {"api_name": name}, "comparator": comparator, "value": value});
        let encoded: String =
            url::form_urlencoded::byte_serialize(filter.to_string().as_bytes()).collect();
        wired
            .get(&format!("/crm/v8/__apis?filters={encoded}"))
            .await
    };
    let puts = filtered("operation_types.method", "equals", "PUT").await;
    assert_eq!(methods(&puts.json()), BTreeSet::from(["PUT".to_owned()]));
    let scope = "ZohoCRM.modules.leads.DELETE";
    let deletes = filtered("operation_types.oauth_scope", "equals", scope).await;
    assert_eq!(
        methods(&deletes.json()),
        BTreeSet::from(["DELETE".to_owned()])
    );
    assert_eq!(
        filtered("operation_types.method", "equals", "HEAD")
            .await
            .status,
        204
    );
    for (name, comparator) in [("path", "equals"), ("operation_types.method", "contains")] {
        let refused = filtered(name, comparator, "PUT").await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["code"]),
            (400, &json!("INVALID_DATA"))
        );
    }
    assert_eq!(wired.get("/crm/v8/__apis?filters=%7B").await.status, 400);
}

#[tokio::test]
async fn features_tell_what_is_left_of_them() {
    let wired = Wired::start().await;
    let all = wired.get("/crm/v8/__features").await.json();
    assert_eq!(all["info"]["count"], 2);
    let licences = wired.get("/crm/v8/__features/user_licenses").await.json();
    let details = &licences["__features"][0]["details"];
    let total = |key: &str| details[key]["total"].as_u64().unwrap();
    assert_eq!(
        total("limits"),
        total("used_count") + total("available_count")
    );
    let of_leads = wired.get("/crm/v8/__features?module=Leads").await.json();
    assert_eq!(of_leads["__features"][0]["api_name"], "data_enrichment");
    for (path, status) in [
        ("__features/nothing", 204),
        ("__features?api_names=nothing", 204),
        ("__features?module=Nothing", 400),
    ] {
        assert_eq!(
            wired.get(&format!("/crm/v8/{path}")).await.status,
            status,
            "{path}"
        );
    }
}
