//! Older versions, odd but usual ways to call.

use reqwest::Method;
use serde_json::{Value, json};

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

/// Each difference that a version has from the next one, seen in an answer.
#[tokio::test]
async fn each_version_has_its_own_words() {
    let wired = Wired::start().await;
    wired.record("Leads", json!({"Last_Name": "Ray"})).await;
    let key = |value: &Value, name: &str| value.get(name).is_some();
    for (version, major) in [
        ("v2", 2),
        ("v2.1", 2),
        ("v3", 3),
        ("v4", 4),
        ("v5", 5),
        ("v6", 6),
        ("v7", 7),
        ("v8", 8),
    ] {
        let listed = wired
            .get(&format!(
                "/crm/{version}/Leads?fields=Last_Name,{}",
                if major < 4 {
                    "$converted"
                } else {
                    "Converted__s"
                }
            ))
            .await
            .json();
        let row = &listed["data"][0];
        assert_eq!(key(row, "$converted"), major < 4, "{version}: {listed}");
        assert_eq!(key(row, "Converted__s"), major >= 4, "{version}: {listed}");
        let info = &listed["info"];
        for name in ["sort_by", "next_page_token", "page_token_expiry"] {
            assert_eq!(key(info, name), major > 2, "{version} {name}: {info}");
        }
        assert_eq!(info["more_records"], false);
        let modules = wired
            .get(&format!("/crm/{version}/settings/modules"))
            .await
            .json();
        let module = &modules["modules"][0];
        assert_eq!(key(module, "visible"), major < 5, "{version}: {module}");
        assert_eq!(key(module, "status"), major >= 5, "{version}: {module}");
        let users = wired.get(&format!("/crm/{version}/users")).await.json();
        let user = &users["users"][0];
        assert_eq!(key(user, "name_format"), major == 2, "{version}: {user}");
        assert_eq!(key(user, "name_format__s"), major > 2, "{version}: {user}");
    }
}

#[tokio::test]
async fn duplicates_are_told_in_few_words_by_the_second_version() {
    let wired = Wired::start().await;
    let seed = json!({
        "organisation": {"company_name": "Own", "primary_email": "o@o.example", "zgid": "6", "time_zone": "UTC", "utc_offset_minutes": 0, "id_prefix": 1234567},
        "users": [{"first_name": "A", "last_name": "B", "email": "o@o.example"}],
        "clients": [{"client_id": crate::support::CLIENT_ID, "client_secret": crate::support::CLIENT_SECRET}],
        "refresh_tokens": [{"refresh_token": crate::support::REFRESH_TOKEN, "client_id": crate::support::CLIENT_ID, "scopes": ["ZohoCRM.modules.ALL"]}],
        "unique_fields": {"Leads": ["Email"]},
    });
    assert_eq!(wired.post("/__sim/v1/seed", &seed).await.status, 200);
    let wired = Wired {
        token: wired.refresh().await.json()["access_token"]
            .as_str()
            .unwrap()
            .to_owned(),
        ..wired
    };
    let row = json!({"data": [{"Last_Name": "Ray", "Email": "a@b.co"}]});
    wired.post("/crm/v8/Leads", &row).await;
    for (version, is_short) in [("v2", true), ("v3", false), ("v8", false)] {
        let got = wired
            .post(&format!("/crm/{version}/Leads"), &row)
            .await
            .json();
        let item = &got["data"][0];
        assert_eq!(item["code"], "DUPLICATE_DATA");
        assert_eq!(
            item["details"].get("duplicate_record").is_none(),
            is_short,
            "{version}: {item}"
        );
    }
}

#[tokio::test]
async fn endpoints_that_came_later_and_limits_that_grew() {
    let wired = Wired::start().await;
    let id = wired
        .record("Leads", json!({"Last_Name": "Ray", "Company": "Orchard"}))
        .await;
    for (method, path, first) in [
        (Method::POST, format!("Leads/{id}/actions/clone"), 7),
        (
            Method::GET,
            format!("Leads/{id}/actions/fetch_full_data?fields=Last_Name"),
            8,
        ),
        (Method::GET, "settings/recycle_bin".to_owned(), 8),
    ] {
        for major in 2..=8 {
            let body = json!({"data": [{"Last_Name": "Again"}]});
            let body = (method == Method::POST).then_some(&body);
            let got = wired
                .call(method.clone(), &format!("/crm/v{major}/{path}"), body)
                .await;
            let is_refused = got.text.contains("API_NOT_SUPPORTED");
            assert_eq!(is_refused, major < first, "v{major} {path}: {}", got.text);
        }
    }
    for (version, limit, is_allowed) in [("v2", 200, true), ("v2.1", 201, false), ("v3", 201, true)]
    {
        let query = json!({"select_query": format!("select Last_Name from Leads where Last_Name is not null limit {limit}")});
        let got = wired.post(&format!("/crm/{version}/coql"), &query).await;
        assert_eq!(got.status == 200, is_allowed, "{version}: {}", got.text);
    }
    for (version, accounts) in [("v2", json!("text")), ("v8", json!("object"))] {
        let account = wired
            .record(
                "Accounts",
                json!({"Account_Name": format!("For {version}")}),
            )
            .await;
        let lead = wired
            .record("Leads", json!({"Last_Name": "Ray", "Company": "Orchard"}))
            .await;
        let reference = if version == "v2" {
            json!(account)
        } else {
            json!({"id": account})
        };
        let order = json!({"data": [{"Accounts": reference}]});
        let got = wired
            .post(
                &format!("/crm/{version}/Leads/{lead}/actions/convert"),
                &order,
            )
            .await;
        assert_eq!(got.status, 200, "{version}: {}", got.text);
        let item = &got.json()["data"][0];
        let said = if version == "v2" {
            &item["Accounts"]
        } else {
            &item["details"]["Accounts"]
        };
        let kind = if said.is_string() { "text" } else { "object" };
        assert_eq!(json!(kind), accounts, "{item}");
        let told = if version == "v2" { said } else { &said["id"] };
        assert_eq!(told, &json!(account), "{item}");
    }
}

#[tokio::test]
async fn areas_that_are_not_built_answer_as_features_that_are_not_enabled() {
    let wired = Wired::start().await;
    for path in [
        "/crm/v8/settings/portals",
        "/crm/v8/Services__s",
        "/crm/bulk/v8/backup",
        "/crm/email/v8/settings/compose",
        "/crm/v8/Leads/5725767000000001001/__email_drafts",
    ] {
        let got = wired.get(path).await;
        assert_eq!(
            (got.status.as_u16(), got.json()["code"].clone()),
            (403, Value::from("FEATURE_NOT_ENABLED")),
            "{path}"
        );
    }
}
