//! Older versions, odd but usual ways to call.

use reqwest::Method;
use serde_json::json;

use crate::support::Wired;

#[tokio::test]
async fn the_second_version_lists_without_fields_and_sorts_by_any() {
    let wired = Wired::start().await;
    for name in ["Beta", "Alpha", "Gamma"] {
        wired.record("Leads", json!({"Last_Name": name})).await;
    }
    let got = wired
        .get("/crm/v2/leads?sort_by=Last_Name&sort_order=asc")
        .await
        .json();
    let names: Vec<_> = got["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["Last_Name"].clone())
        .collect();
    assert_eq!(names, ["Alpha", "Beta", "Gamma"]);
    for version in ["v3", "v4", "v5", "v6", "v7", "v8"] {
        assert_eq!(
            wired.get(&format!("/crm/{version}/Leads")).await.json()["code"],
            "REQUIRED_PARAM_MISSING"
        );
    }
    assert_eq!(
        wired.get("/crm/v9/Leads").await.json()["code"],
        "INVALID_URL_PATTERN"
    );
}

#[tokio::test]
async fn wrong_methods_and_paths_are_answered_as_documented() {
    let wired = Wired::start().await;
    for (method, path, status, code) in [
        (
            Method::PATCH,
            "/crm/v8/Leads",
            400,
            "INVALID_REQUEST_METHOD",
        ),
        (
            Method::GET,
            "/crm/v8/Leads/upsert",
            400,
            "INVALID_REQUEST_METHOD",
        ),
        (Method::POST, "/crm/v8/org", 400, "INVALID_REQUEST_METHOD"),
        (
            Method::OPTIONS,
            "/crm/v8/Leads",
            400,
            "INVALID_REQUEST_METHOD",
        ),
        (
            Method::GET,
            "/crm/v8/Leads/1/2/3/4",
            404,
            "INVALID_URL_PATTERN",
        ),
        (Method::GET, "/crm/v8", 404, "INVALID_URL_PATTERN"),
        (Method::GET, "/elsewhere", 404, "INVALID_URL_PATTERN"),
        (
            Method::GET,
            "/crm/v8/settings/nothing",
            404,
            "INVALID_URL_PATTERN",
        ),
    ] {
        let got = wired.call(method.clone(), path, None).await;
        assert_eq!(
            (got.status.as_u16(), got.json()["code"].as_str()),
            (status, Some(code)),
            "{method} {path}"
        );
    }
    assert_eq!(
        wired.call(Method::HEAD, "/crm/v8/Leads", None).await.status,
        400
    );
}
