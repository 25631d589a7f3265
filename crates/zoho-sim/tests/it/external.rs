//! `X-EXTERNAL`: values of a unique field instead of ids.

use serde_json::{Value, json};
use zoho_sim::{Config, Seed};

use crate::support::{Got, Wired, got};

async fn wired() -> Wired {
    let mut seed: Value = serde_json::from_str(include_str!("../../src/seeds/demo.json")).unwrap();
    seed["fields"] = json!({
        "Contacts": [{"api_name": "External_ID", "data_type": "text", "is_unique": true}],
        "Accounts": [{"api_name": "External_Account", "data_type": "text", "is_unique": true}],
        "Products": [{"api_name": "External_Product", "data_type": "text", "is_unique": true}],
    });
    let seed = Seed::from_json(&seed.to_string()).unwrap();
    Wired::with(Config {
        seed,
        ..Config::default()
    })
    .await
}

async fn call(wired: &Wired, method: &str, path: &str, header: &str, body: Option<Value>) -> Got {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let request = wired
        .http
        .request(method, wired.url(path))
        .bearer_auth(&wired.token)
        .header("X-EXTERNAL", header);
    let request = match body {
        Some(body) => request.body(body.to_string()),
        None => request,
    };
    got(request.send().await.unwrap()).await
}

#[tokio::test]
async fn records_are_read_changed_and_deleted_by_external_values() {
    let wired = wired().await;
    const OWN: &str = "Contacts.External_ID";
    let contact = wired
        .record(
            "Contacts",
            json!({"Last_Name": "Ray", "External_ID": "c-1"}),
        )
        .await;
    wired
        .record(
            "Accounts",
            json!({"Account_Name": "Cedar", "External_Account": "a-1"}),
        )
        .await;
    let read = call(&wired, "GET", "/crm/v8/Contacts/c-1", OWN, None).await;
    assert_eq!(read.json()["data"][0]["id"], contact, "{}", read.text);
    assert_eq!(
        call(&wired, "GET", "/crm/v8/Contacts/none", OWN, None)
            .await
            .status,
        204
    );
    let listed = call(
        &wired,
        "GET",
        "/crm/v8/Contacts?fields=id&ids=c-1",
        OWN,
        None,
    )
    .await;
    assert_eq!(listed.json()["info"]["count"], 1);
    let both = "Contacts.External_ID,Contacts.Account_Name.External_Account";
    let body =
        json!({"data": [{"External_ID": "c-1", "City": "x", "Account_Name": {"id": "a-1"}}]});
    let changed = call(&wired, "PUT", "/crm/v8/Contacts", both, Some(body)).await;
    assert_eq!(
        changed.json()["data"][0]["code"],
        "SUCCESS",
        "{}",
        changed.text
    );
    let now = wired
        .get(&format!("/crm/v8/Contacts/{contact}"))
        .await
        .json();
    assert_eq!(now["data"][0]["Account_Name"]["name"], "Cedar");
    let missing = json!({"data": [{"id": "none", "Last_Name": "x"}]});
    let missing = call(&wired, "PUT", "/crm/v8/Contacts", OWN, Some(missing)).await;
    assert_eq!(missing.json()["data"][0]["code"], "INVALID_DATA");
    let new = json!({"data": [{"Last_Name": "New", "External_ID": "c-2"}]});
    assert_eq!(
        call(&wired, "POST", "/crm/v8/Contacts", OWN, Some(new))
            .await
            .status,
        201
    );
    assert_eq!(
        call(&wired, "DELETE", "/crm/v8/Contacts/c-2", OWN, None)
            .await
            .status,
        200
    );
    let odd = call(
        &wired,
        "GET",
        "/crm/v8/Contacts/c-1",
        "Contacts.City_x",
        None,
    )
    .await;
    assert_eq!(
        (odd.status.as_u16(), &odd.json()["code"]),
        (400, &json!("INVALID_DATA"))
    );
}

#[tokio::test]
async fn related_records_are_linked_by_external_values() {
    let wired = wired().await;
    wired
        .record(
            "Contacts",
            json!({"Last_Name": "Ray", "External_ID": "c-1"}),
        )
        .await;
    wired
        .record(
            "Products",
            json!({"Product_Name": "Pump", "External_Product": "p-1"}),
        )
        .await;
    let both = "Contacts.External_ID,Products.External_Product";
    let path = "/crm/v8/Contacts/c-1/Products";
    let body = json!({"data": [{"id": "p-1"}]});
    let linked = call(&wired, "PUT", path, both, Some(body)).await;
    assert_eq!(
        linked.json()["data"][0]["message"],
        "relation added",
        "{}",
        linked.text
    );
    let listed = call(
        &wired,
        "GET",
        &format!("{path}?fields=Product_Name"),
        both,
        None,
    )
    .await;
    assert_eq!(listed.json()["data"][0]["Product_Name"], "Pump");
    assert_eq!(
        call(&wired, "DELETE", &format!("{path}/p-1"), both, None)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn requests_within_a_composite_one_name_external_values_too() {
    let wired = wired().await;
    let row = json!({"Last_Name": "Ray", "External_ID": "c-1"});
    let contact = wired.record("Contacts", row).await;
    let body = json!({"__composite_requests": [{"method": "GET", "uri": "/crm/v8/Contacts/c-1",
        "headers": {"X-EXTERNAL": "Contacts.External_ID"}}]});
    let got = wired.post("/crm/v8/__composite_requests", &body).await;
    let items = got.json()["__composite_requests"].clone();
    let read = &items[0]["details"]["response"]["body"];
    assert_eq!(read["data"][0]["id"], contact, "{}", got.text);
}

#[tokio::test]
async fn external_values_with_signs_stand_in_the_path_with_escapes() {
    let wired = wired().await;
    const OWN: &str = "Contacts.External_ID";
    for (value, path) in [
        ("ada@example.com", "ada%40example.com"),
        ("ada@example.com", "ada@example.com"),
        ("a b", "a%20b"),
        ("a/b", "a%2Fb"),
        ("50%", "50%25"),
        ("größe", "gr%C3%B6%C3%9Fe"),
        ("plain-1", "%70lain%2D1"),
    ] {
        let row = json!({"Last_Name": "Ray", "External_ID": value});
        let contact = wired.record("Contacts", row).await;
        let path = format!("/crm/v8/Contacts/{path}");
        let read = call(&wired, "GET", &path, OWN, None).await;
        assert_eq!(read.status, 200, "{path}: {}", read.text);
        assert_eq!(read.json()["data"][0]["id"], contact, "{path}");
        let deleted = call(&wired, "DELETE", &path, OWN, None).await;
        assert_eq!(deleted.json()["data"][0]["details"]["id"], contact);
    }
}

#[tokio::test]
async fn a_path_with_broken_escapes_does_not_exist() {
    let wired = wired().await;
    for path in ["Contacts/%zz", "Contacts/a%4", "Contacts/%FF", "%C3/1", "%"] {
        let path = format!("/crm/v8/{path}");
        let got = call(&wired, "GET", &path, "Contacts.External_ID", None).await;
        assert_eq!(got.status, 404, "{path}: {}", got.text);
        assert_eq!(got.code(), "INVALID_URL_PATTERN", "{path}");
    }
    let encoded = wired.get("/%63rm/v8/%4Ceads/actions/count").await;
    assert_eq!(
        encoded.status, 401,
        "the path is that of /crm/: {}",
        encoded.text
    );
}
