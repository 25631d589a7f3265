//! Documents made from others, several at once, debit notes, retainers, trips.

use reqwest::Method;
use serde_json::{Value, json};

use super::{call, created, start};
use crate::support::{Got, Wired};

async fn get(wired: &Wired, path: &str) -> Value {
    let answer = call(wired, Method::GET, path, None, &[]).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

async fn post(wired: &Wired, path: &str, body: Value) -> Got {
    call(wired, Method::POST, path, Some(&body), &[]).await
}

fn id<'v>(record: &'v Value, member: &str) -> &'v str {
    record[member].as_str().unwrap()
}

async fn customer(wired: &Wired, name: &str) -> Value {
    let contact = created(wired, "/contacts", "contact", json!({"contact_name": name})).await;
    contact["contact_id"].clone()
}

async fn document(wired: &Wired, path: &str, key: &str, customer: &Value, quantity: i64) -> Value {
    let line = json!({"name": "Chair", "rate": 10, "quantity": quantity});
    let body = json!({"customer_id": customer, "date": "2026-03-01", "line_items": [line]});
    created(wired, path, key, body).await
}

#[tokio::test]
async fn quotes_and_orders_are_invoiced_by_their_ids() {
    let wired = start().await;
    let customer = customer(&wired, "Halden").await;
    let one = document(&wired, "/estimates", "estimate", &customer, 1).await;
    let two = document(&wired, "/estimates", "estimate", &customer, 2).await;
    let (one, two) = (id(&one, "estimate_id"), id(&two, "estimate_id"));
    let made = post(
        &wired,
        &format!("/invoices/fromestimates?estimate_ids={one},{two}"),
        json!({}),
    )
    .await;
    assert_eq!(made.status, 200, "{}", made.text);
    let invoices = get(&wired, "/invoices?sort_column=total").await["invoices"].clone();
    assert_eq!(
        (&invoices[0]["total"], &invoices[1]["total"]),
        (&json!(10.0), &json!(20.0))
    );
    let shown = get(&wired, &format!("/estimates/{one}")).await;
    assert_eq!(shown["estimate"]["status"], "invoiced");
    // All or none: one of them was invoiced already.
    let three = document(&wired, "/estimates", "estimate", &customer, 3).await;
    let three = id(&three, "estimate_id");
    let refused = post(
        &wired,
        &format!("/invoices/fromestimates?estimate_ids={three},{one}"),
        json!({}),
    )
    .await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert_eq!(
        get(&wired, "/invoices").await["invoices"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let unknown = post(&wired, "/invoices/fromestimates?estimate_ids=17", json!({})).await;
    assert_eq!(unknown.status, 404);

    let order = document(&wired, "/salesorders", "salesorder", &customer, 5).await;
    let order = id(&order, "salesorder_id");
    let path = format!("/invoices/fromsalesorder?salesorder_id={order}");
    assert_eq!(
        post(&wired, &path, json!({})).await.status,
        400,
        "drafts are not confirmed"
    );
    post(
        &wired,
        &format!("/salesorders/{order}/status/open"),
        json!({}),
    )
    .await;
    let made = post(&wired, &path, json!({})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let invoice = made.json()["invoice"].clone();
    assert_eq!(invoice["total"], 50.0);
    let status = || async {
        get(&wired, &format!("/salesorders/{order}")).await["salesorder"]["status"].clone()
    };
    assert_eq!(status().await, "invoiced");

    // What the invoice takes is counted anew when its lines change.
    let mut line = invoice["line_items"][0].clone();
    line["quantity"] = json!(2);
    let path = format!("/invoices/{}", id(&invoice, "invoice_id"));
    let changed = call(
        &wired,
        Method::PUT,
        &path,
        Some(&json!({"line_items": [line]})),
        &[],
    )
    .await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(status().await, "partially_invoiced");
    let rest = post(
        &wired,
        &format!("/invoices/fromsalesorder?salesorder_id={order}"),
        json!({}),
    )
    .await;
    assert_eq!(rest.json()["invoice"]["total"], 30.0);
    assert_eq!(status().await, "invoiced");
}

#[tokio::test]
async fn several_documents_are_acted_on_at_once_or_none() {
    let wired = start().await;
    let customer = customer(&wired, "Halden").await;
    let one = document(&wired, "/invoices", "invoice", &customer, 1).await;
    let two = document(&wired, "/invoices", "invoice", &customer, 2).await;
    let (one, two) = (id(&one, "invoice_id"), id(&two, "invoice_id"));
    let status = |of: &str| {
        let path = format!("/invoices/{of}");
        let wired = &wired;
        async move { get(wired, &path).await["invoice"]["status"].clone() }
    };
    let sent = post(
        &wired,
        &format!("/invoices/status/sent?invoice_ids={one},{two}"),
        json!({}),
    )
    .await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    assert_eq!(
        sent.json()["message"],
        "The invoices have been marked as sent."
    );
    assert_ne!(status(one).await, "draft");
    assert_ne!(status(two).await, "draft");
    let payment = json!({"customer_id": customer, "date": "2026-03-02", "payment_mode": "cash", "amount": 5,
        "invoices": [{"invoice_id": two, "amount_applied": 5}]});
    created(&wired, "/customerpayments", "payment", payment).await;
    let refused = post(
        &wired,
        &format!("/invoices/status/void?invoice_ids={one},{two}"),
        json!({}),
    )
    .await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert_ne!(status(one).await, "void");
    let void = post(
        &wired,
        &format!("/invoices/status/void?invoice_ids={one}"),
        json!({}),
    )
    .await;
    assert_eq!(void.status, 200);
    assert_eq!(status(one).await, "void");

    let accounts = get(&wired, "/chartofaccounts?account_name=Lodging").await;
    let account = id(&accounts["chartofaccounts"][0], "account_id").to_owned();
    post(
        &wired,
        &format!("/chartofaccounts/inactive?account_ids={account}"),
        json!({}),
    )
    .await;
    let shown = get(&wired, &format!("/chartofaccounts/{account}")).await;
    assert_eq!(shown["chart_of_account"]["is_active"], false);
    let path = format!("/chartofaccounts/bulkdelete?account_ids={account}");
    assert_eq!(
        call(&wired, Method::DELETE, &path, None, &[]).await.status,
        200
    );
    let gone = call(
        &wired,
        Method::GET,
        &format!("/chartofaccounts/{account}"),
        None,
        &[],
    )
    .await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn debit_notes_are_invoices_of_their_own_kind() {
    let wired = start().await;
    let halden = customer(&wired, "Halden").await;
    let other = customer(&wired, "Moe").await;
    let invoice = document(&wired, "/invoices", "invoice", &halden, 1).await;
    let line = json!({"name": "Rise", "rate": 3, "quantity": 1});
    let mut body = json!({"customer_id": halden, "type": "debit_note", "line_items": [line]});
    let missing = post(&wired, "/invoices", body.clone()).await;
    assert_eq!(missing.status, 400, "{}", missing.text);
    assert!(missing.text.contains("reference_invoice_id"));
    body["reference_invoice_id"] = invoice["invoice_id"].clone();
    body["customer_id"] = other;
    assert_eq!(post(&wired, "/invoices", body.clone()).await.status, 400);
    body["customer_id"] = halden;
    let note = created(&wired, "/invoices", "invoice", body).await;
    assert_eq!(note["invoice_number"], "CDN-00001");
    let notes = get(&wired, "/invoices?filter_by=Type.DebitNote").await;
    assert_eq!(notes["page_context"]["applied_filter"], "Type.DebitNote");
    assert_eq!(notes["invoices"].as_array().unwrap().len(), 1);
    assert_eq!(notes["invoices"][0]["invoice_number"], "CDN-00001");
    assert_eq!(
        get(&wired, "/invoices").await["invoices"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn what_is_paid_of_a_retainer_is_drawn_for_invoices() {
    let wired = start().await;
    let customer = customer(&wired, "Halden").await;
    let retainer = json!({"customer_id": customer, "line_items": [{"description": "Work to come", "rate": 100, "quantity": 1}]});
    let retainer = created(&wired, "/retainerinvoices", "retainerinvoice", retainer).await;
    let retainer = id(&retainer, "retainerinvoice_id");
    post(
        &wired,
        &format!("/retainerinvoices/{retainer}/status/sent"),
        json!({}),
    )
    .await;
    let mut payment = json!({"customer_id": customer, "date": "2026-03-02", "payment_mode": "cash", "amount": 101, "retainerinvoice_id": retainer});
    assert_eq!(
        post(&wired, "/customerpayments", payment.clone())
            .await
            .status,
        400
    );
    payment["amount"] = json!(100);
    let payment = created(&wired, "/customerpayments", "payment", payment).await;
    let shown = || async {
        get(&wired, &format!("/retainerinvoices/{retainer}")).await["retainerinvoice"].clone()
    };
    let paid = shown().await;
    assert_eq!(
        (&paid["status"], &paid["balance"], &paid["payment_made"]),
        (&json!("paid"), &json!(0.0), &json!(100.0))
    );

    let invoice = document(&wired, "/invoices", "invoice", &customer, 7).await;
    let draw = |amount: i64| json!({"invoice_payments": [{"invoice_id": invoice["invoice_id"], "amount_applied": amount}]});
    let path = format!("/retainerinvoices/{retainer}/invoices");
    assert_eq!(post(&wired, &path, draw(101)).await.status, 400);
    let drawn = post(&wired, &path, draw(70)).await;
    assert_eq!(drawn.status, 200, "{}", drawn.text);
    let of = get(&wired, &format!("/invoices/{}", id(&invoice, "invoice_id"))).await;
    assert_eq!(of["invoice"]["status"], "paid");
    assert_eq!(shown().await["payment_drawn"], 70.0);
    let left = get(
        &wired,
        &format!("/customerpayments/{}", id(&payment, "payment_id")),
    )
    .await;
    assert_eq!(left["payment"]["unused_amount"], 30.0);
}

#[tokio::test]
async fn trips_cost_by_their_distance() {
    let wired = start().await;
    let account = |name: &str| {
        let path = format!("/chartofaccounts?account_name={name}");
        let wired = &wired;
        async move { get(wired, &path).await["chartofaccounts"][0]["account_id"].clone() }
    };
    let (car, cash) = (
        account("Automobile%20Expense").await,
        account("Petty%20Cash").await,
    );
    let trip = json!({"date": "2026-03-02", "account_id": car, "paid_through_account_id": cash, "mileage_rate": 0.35});
    let with = |more: Value| {
        let mut trip = trip.clone();
        trip.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        trip
    };
    let read =
        with(json!({"mileage_type": "odometer", "start_reading": 1000, "end_reading": 1120}));
    let read = created(&wired, "/expenses", "expense", read).await;
    assert_eq!(
        (&read["total"], &read["distance"]),
        (&json!(42.0), &json!("120"))
    );
    let told = with(json!({"mileage_type": "manual", "distance": "10", "mileage_unit": "km"}));
    assert_eq!(
        created(&wired, "/expenses", "expense", told).await["total"],
        3.5
    );
    let back = with(json!({"mileage_type": "odometer", "start_reading": 10, "end_reading": 1}));
    assert_eq!(post(&wired, "/expenses", back).await.status, 400);
}

#[tokio::test]
async fn purchase_orders_stay_in_their_order() {
    let wired = start().await;
    let vendor = json!({"contact_name": "Moe", "contact_type": "vendor"});
    let vendor = created(&wired, "/contacts", "contact", vendor).await["contact_id"].clone();
    let mut ids = Vec::new();
    for quantity in [1, 2] {
        let order = json!({"vendor_id": vendor, "line_items": [{"name": "Oak", "rate": 4, "quantity": quantity}]});
        let order = created(&wired, "/purchaseorders", "purchaseorder", order).await;
        ids.push(id(&order, "purchaseorder_id").to_owned());
    }
    let ascending = get(&wired, "/purchaseorders?sort_order=A").await;
    let descending = get(&wired, "/purchaseorders?sort_order=D").await;
    assert_eq!(ascending["purchaseorders"], descending["purchaseorders"]);
    assert_eq!(ascending["page_context"]["sort_order"], "D");
    let path = format!(
        "/bills/editpage/frompurchaseorders?purchaseorder_ids={}",
        ids.join(",")
    );
    let bill = get(&wired, &path).await;
    assert_eq!(bill["bill"]["vendor_id"], vendor);
    let lines = bill["bill"]["line_items"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    assert!(
        lines
            .iter()
            .all(|line| line["purchaseorder_item_id"].is_string())
    );
}
