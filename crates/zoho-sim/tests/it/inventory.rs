//! Quotes, orders and invoices made from each other.

use serde_json::{Value, json};

use crate::support::Wired;

async fn quote(wired: &Wired) -> String {
    let chair = wired
        .record(
            "Products",
            json!({"Product_Name": "Chair", "Unit_Price": 40}),
        )
        .await;
    let quote = json!({
        "Subject": "Chairs", "Team": "North", "Tag": [{"name": "vip"}],
        "Quoted_Items": [{"Product_Name": {"id": chair}, "Quantity": 3, "Discount": 20, "Line_Tax": [{"name": "VAT", "percentage": 10}]}],
    });
    wired.record("Quotes", quote).await
}

async fn convert(wired: &Wired, module: &str, id: &str, to: &[Value]) -> (u16, Value) {
    let targets: Vec<Value> = to.iter().map(|module| json!({"module": module})).collect();
    let got = wired
        .post(
            &format!("/crm/v8/{module}/{id}/actions/convert"),
            &json!({"data": [{"convert_to": targets}]}),
        )
        .await;
    let body = got.json();
    let item = body.get("data").map_or(&body, |data| &data[0]);
    (got.status.as_u16(), item.clone())
}

#[tokio::test]
async fn a_quote_becomes_an_order_and_the_order_an_invoice_with_all_lines() {
    let wired = Wired::start().await;
    let quote = quote(&wired).await;
    let (status, item) = convert(
        &wired,
        "Quotes",
        &quote,
        &[json!({"api_name": "Sales_Orders"})],
    )
    .await;
    assert_eq!(status, 200, "{item}");
    assert_eq!(
        item["message"],
        "The record has been converted successfully"
    );
    let order = item["details"]["Sales_Orders"]["id"].as_str().unwrap();
    let shown = wired
        .get(&format!("/crm/v8/Sales_Orders/{order}"))
        .await
        .json();
    let shown = &shown["data"][0];
    assert_eq!(shown["Quote_Name"], json!({"name": "Chairs", "id": quote}));
    assert_eq!(
        (&shown["Grand_Total"], &shown["Tag"][0]["name"]),
        (&json!(110.0), &json!("vip"))
    );
    assert_eq!(shown["Ordered_Items"][0]["Quantity"], 3.0);

    let (_, item) = convert(
        &wired,
        "Sales_Orders",
        order,
        &[json!({"api_name": "Invoices"})],
    )
    .await;
    let invoice = item["details"]["Invoices"]["id"].as_str().unwrap();
    let shown = wired
        .get(&format!("/crm/v8/Invoices/{invoice}"))
        .await
        .json();
    assert_eq!(shown["data"][0]["Sales_Order"]["id"], *order);
    assert_eq!(shown["data"][0]["Invoiced_Items"][0]["Net_Total"], 110.0);
}

#[tokio::test]
async fn wrong_conversions_are_refused_with_their_place() {
    let wired = Wired::start().await;
    let quote = quote(&wired).await;
    let orders = wired
        .get("/crm/v8/settings/modules/Sales_Orders")
        .await
        .json();
    let invoices = wired.get("/crm/v8/settings/modules/Invoices").await.json();
    let (orders, invoices) = (&orders["modules"][0]["id"], &invoices["modules"][0]["id"]);
    for (to, code, path) in [
        (vec![], "MANDATORY_NOT_FOUND", "$.data[0].convert_to"),
        (
            vec![json!({"api_name": "Leads"})],
            "INVALID_DATA",
            "$.data[0].convert_to[0].module.api_name",
        ),
        (
            vec![json!({"id": "1"})],
            "INVALID_DATA",
            "$.data[0].convert_to[0].module.id",
        ),
        (
            vec![json!({"id": orders}), json!({"id": orders})],
            "INVALID_DATA",
            "$.data[0].convert_to[1].module",
        ),
    ] {
        let (status, item) = convert(&wired, "Quotes", &quote, &to).await;
        assert_eq!(
            (status, &item["code"], &item["details"]["json_path"]),
            (400, &json!(code), &json!(path))
        );
    }
    let both = json!({"api_name": "Sales_Orders", "id": invoices});
    let (_, item) = convert(&wired, "Quotes", &quote, &[both]).await;
    assert_eq!(item["code"], "AMBIGUITY_DURING_PROCESSING");
    let (_, item) = convert(&wired, "Quotes", &quote, &[json!({})]).await;
    assert_eq!(item["code"], "EXPECTED_FIELD_MISSING");
    convert(&wired, "Quotes", &quote, &[json!({"id": orders})]).await;
    let (status, item) = convert(&wired, "Quotes", &quote, &[json!({"id": orders})]).await;
    assert_eq!(
        (status, &item["code"]),
        (400, &json!("ID_ALREADY_CONVERTED"))
    );
}

#[tokio::test]
async fn many_quotes_are_converted_by_a_job() {
    let wired = Wired::start().await;
    let ids = [quote(&wired).await, quote(&wired).await];
    convert(
        &wired,
        "Quotes",
        &ids[0],
        &[json!({"api_name": "Sales_Orders"})],
    )
    .await;
    let job = json!({"ids": ids, "convert_to": [{"module": {"api_name": "Sales_Orders"}, "carry_over_tags": false}]});
    let scheduled = wired
        .post("/crm/v8/Quotes/actions/mass_convert", &job)
        .await;
    assert_eq!(scheduled.status, 202);
    let job = scheduled.json()["details"]["job_id"]
        .as_str()
        .unwrap()
        .to_owned();
    wired.simulator.advance(60);
    let status = wired
        .get(&format!("/crm/v8/Quotes/actions/mass_convert?job_id={job}"))
        .await;
    assert_eq!(
        status.json(),
        json!({"total_count": 2, "converted_count": 1, "not_converted_count": 1, "failed_count": 0, "status": "COMPLETED"})
    );
    let orders = wired.get("/crm/v8/Sales_Orders?fields=Tag").await.json();
    assert_eq!(orders["data"][0]["Tag"], json!([]));
}
