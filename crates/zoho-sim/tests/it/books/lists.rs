//! Lists: pages, order, filters, views, changes since a time.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::support::Wired;
use super::{call, created, start};

async fn names(wired: &Wired, query: &str) -> Vec<String> {
    let answer = call(wired, Method::GET, &format!("/contacts{query}"), None, &[]).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    let rows = answer.json()["contacts"].clone();
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row["contact_name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn lists_have_pages_an_order_and_filters() {
    let wired = start().await;
    for name in ["Alpha", "beta", "Gamma"] {
        let body = json!({"contact_name": name, "contact_persons": [{"first_name": "P", "email": format!("{name}@x.example")}]});
        created(&wired, "/contacts", "contact", body).await;
    }
    let own = [
        "Alpha",
        "beta",
        "Gamma",
        "Nordlicht GmbH",
        "Orchard Ltd",
        "Paper & Pine",
    ];
    assert_eq!(names(&wired, "").await, own);
    assert_eq!(
        names(&wired, "?sort_order=D&per_page=2").await,
        ["Paper & Pine", "Orchard Ltd"]
    );
    assert_eq!(
        names(&wired, "?per_page=2&page=2").await,
        ["Gamma", "Nordlicht GmbH"]
    );
    assert!(names(&wired, "?page=9").await.is_empty());
    assert_eq!(names(&wired, "?contact_name=BETA").await, ["beta"]);
    assert_eq!(names(&wired, "?contact_name_startswith=a").await, ["Alpha"]);
    assert_eq!(names(&wired, "?contact_name_contains=mm").await, ["Gamma"]);
    assert_eq!(names(&wired, "?email=alpha@x.example").await, ["Alpha"]);
    assert_eq!(
        names(&wired, "?contact_type=vendor").await,
        ["Paper & Pine"]
    );
    assert_eq!(names(&wired, "?search_text=quist").await, ["Orchard Ltd"]);
    assert_eq!(
        names(&wired, "?shoe_size=44&status=odd").await,
        own,
        "unknown names filter nothing"
    );
    let page = call(
        &wired,
        Method::GET,
        "/contacts?per_page=500&contact_name_contains=a",
        None,
        &[],
    )
    .await
    .json();
    let context = &page["page_context"];
    assert_eq!(context["per_page"], 200);
    assert_eq!(context["has_more_page"], false);
    assert_eq!(context["report_name"], "Contacts");
    assert_eq!(context["sort_order"], "A");
    assert_eq!(
        context["search_criteria"],
        json!([{"column_name": "contact_name", "search_text": "a", "comparator": "contains"}])
    );
    let more = call(&wired, Method::GET, "/contacts?per_page=1", None, &[])
        .await
        .json();
    assert_eq!(more["page_context"]["has_more_page"], true);
    let only = call(
        &wired,
        Method::GET,
        "/contacts?response_option=2",
        None,
        &[],
    )
    .await
    .json();
    assert_eq!(only["contacts"], Value::Null);
    let accounts = call(&wired, Method::GET, "/chartofaccounts", None, &[])
        .await
        .json();
    assert_eq!(accounts["page_context"]["per_page"], 5_000);
    assert_eq!(accounts["chartofaccounts"].as_array().unwrap().len(), 49);
}

#[tokio::test]
async fn changes_are_found_from_their_second_on() {
    let wired = start().await;
    wired.simulator.advance(10);
    let contact = created(
        &wired,
        "/contacts",
        "contact",
        json!({"contact_name": "Late"}),
    )
    .await;
    let time = contact["last_modified_time"].as_str().unwrap();
    assert_eq!(time.len(), 24, "{time}");
    let since = format!("?last_modified_time={}", time.replace('+', "%2B"));
    assert_eq!(names(&wired, &since).await, ["Late"]);
    wired.simulator.advance(10);
    let other = names(&wired, "?contact_name=Orchard%20Ltd").await;
    assert_eq!(other, ["Orchard Ltd"]);
    let rows = call(
        &wired,
        Method::GET,
        "/contacts?contact_name=Orchard%20Ltd",
        None,
        &[],
    )
    .await
    .json();
    let id = rows["contacts"][0]["contact_id"].as_str().unwrap();
    let at = format!("/contacts/{id}/inactive");
    assert_eq!(call(&wired, Method::POST, &at, None, &[]).await.status, 200);
    assert_eq!(names(&wired, &since).await, ["Late", "Orchard Ltd"]);
    assert_eq!(
        names(&wired, "?filter_by=Status.Inactive").await,
        ["Orchard Ltd"]
    );
    assert!(
        !names(&wired, "?filter_by=Status.Active")
            .await
            .contains(&"Orchard Ltd".to_owned())
    );
}
