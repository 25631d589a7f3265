//! Odd requests: whatever comes, Books answers with JSON of its own and never with a 5xx.

use reqwest::Method;
use serde_json::{Value, json};

use super::{call, created, start};

fn bodies() -> Vec<Value> {
    let mut deep = json!(1);
    for _ in 0..20 {
        deep = json!({"custom_fields": [deep], "line_items": [{}]});
    }
    vec![
        json!(null),
        json!([]),
        json!("text"),
        json!({"line_items": {}, "custom_fields": "x", "contact_persons": [1], "amount": "é", "date": "2026-99-99"}),
        json!({"line_items": [{"rate": -1, "quantity": 79_228_162_514_u64, "amount": "1e28", "account_id": []}], "date": ""}),
        json!({"contact_name": "\u{0}é", "name": "\u{10ffff}", "rate": 1e300, "tax_percentage": -5, "email": "@"}),
        deep,
    ]
}

#[tokio::test]
async fn no_odd_request_breaks_an_operation() {
    let wired = start().await;
    let registry: Value =
        serde_json::from_str(include_str!("../../../src/books/registry.json")).unwrap();
    let body = json!({"contact_name": "Odd", "contact_persons": [{"first_name": "P"}]});
    let contact = created(&wired, "/contacts", "contact", body).await;
    let own = contact["contact_id"].as_str().unwrap();
    let ids = [own, "17", "0", "99999999999999999999", "%C3%A9", "%00", "x"];
    let bodies = bodies();
    let mut calls = 0;
    for (place, operation) in registry["operations"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
    {
        let method: Method = operation["method"].as_str().unwrap().parse().unwrap();
        let id = ids[place % ids.len()];
        let parts: Vec<&str> = operation["path"]
            .as_str()
            .unwrap()
            .split('/')
            .map(|part| match part {
                "{module_name}" => "cm_odd",
                part if part.starts_with('{') => id,
                part => part,
            })
            .collect();
        let query = match place % 4 {
            0 => "?page=0&per_page=0&search_text=%F0%9F%98%80&sort_order=D",
            1 => "?response_option=1&total_less_than=x&date_start=1",
            2 => "?contact_ids=,&invoice_ids=1,1&cf_x_contains=%25&page=999999999",
            _ => "",
        };
        let at = format!("{}{query}", parts.join("/"));
        for body in [
            &bodies[place % bodies.len()],
            &bodies[(place / 7) % bodies.len()],
        ] {
            let sent = (method != Method::GET).then_some(body);
            let answer = call(&wired, method.clone(), &at, sent, &[]).await;
            assert!(
                answer.status.as_u16() < 500,
                "{method} {at} {body}: {}",
                answer.text
            );
            let is_json = serde_json::from_str::<Value>(&answer.text).is_ok();
            assert!(is_json, "{method} {at}: {}", answer.text);
            calls += 1;
        }
    }
    assert!(calls > 1_600);
}
