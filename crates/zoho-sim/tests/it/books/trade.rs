//! Documents of sales and purchases: totals, numbers, states, payments, credits, refunds, conversion.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::support::{Got, Wired};
use super::{call, created, start};

async fn get(wired: &Wired, at: &str) -> Value {
    call(wired, Method::GET, at, None, &[]).await.json()
}

async fn post(wired: &Wired, at: &str, body: Value) -> Got {
    call(wired, Method::POST, at, Some(&body), &[]).await
}

async fn act(wired: &Wired, at: &str) -> Got {
    call(wired, Method::POST, at, None, &[]).await
}

fn id(record: &Value, member: &str) -> String {
    record[member].as_str().unwrap().to_owned()
}

async fn contact(wired: &Wired, kind: &str) -> String {
    let body = json!({"contact_name": format!("Halden {kind}"), "contact_type": kind, "payment_terms": 15, "payment_terms_label": "Net 15"});
    id(
        &created(wired, "/contacts", "contact", body).await,
        "contact_id",
    )
}

async fn sent_invoice(wired: &Wired, customer: &str, rate: f64) -> String {
    let body = json!({"customer_id": customer, "line_items": [{"name": "Saw", "rate": rate}]});
    let invoice = id(
        &created(wired, "/invoices", "invoice", body).await,
        "invoice_id",
    );
    assert_eq!(
        act(wired, &format!("/invoices/{invoice}/status/sent"))
            .await
            .status,
        200
    );
    invoice
}

#[tokio::test]
async fn an_invoice_takes_what_it_lacks_from_contact_item_and_series() {
    let wired = start().await;
    let customer = contact(&wired, "customer").await;
    let tax = created(
        &wired,
        "/settings/taxes",
        "tax",
        json!({"tax_name": "VAT", "tax_percentage": 20}),
    )
    .await;
    let item =
        json!({"name": "Hammer", "rate": 12.5, "description": "steel", "tax_id": tax["tax_id"]});
    let item = created(&wired, "/items", "item", item).await;
    let body = json!({"customer_id": customer, "date": "2026-05-04", "line_items": [{"item_id": item["item_id"], "quantity": 3}], "shipping_charge": 4, "adjustment": -0.5});
    let invoice = created(&wired, "/invoices", "invoice", body).await;
    assert_eq!(invoice["invoice_number"], "INV-000001");
    assert_eq!(
        (&invoice["status"], &invoice["current_sub_status"]),
        (&json!("draft"), &json!("draft"))
    );
    assert_eq!(
        (&invoice["customer_name"], &invoice["due_date"]),
        (&json!("Halden customer"), &json!("2026-05-19"))
    );
    let line = &invoice["line_items"][0];
    assert_eq!(
        (
            &line["name"],
            &line["description"],
            &line["tax_name"],
            &line["account_name"]
        ),
        (
            &json!("Hammer"),
            &json!("steel"),
            &json!("VAT"),
            &json!("Sales")
        )
    );
    assert_eq!(
        (line["rate"].as_f64(), line["item_total"].as_f64()),
        (Some(12.5), Some(37.5))
    );
    let amounts: Vec<_> = ["sub_total", "tax_total", "total", "balance", "bcy_total"]
        .map(|name| invoice[name].as_f64().unwrap())
        .to_vec();
    assert_eq!(amounts, [37.5, 7.5, 48.5, 48.5, 48.5]);
    assert_eq!(invoice["taxes"][0]["tax_name"], "VAT (20%)");

    // One member keeps the rest; a line that is named goes on, another is new.
    let at = format!("/invoices/{}", id(&invoice, "invoice_id"));
    let kept = call(
        &wired,
        Method::PUT,
        &at,
        Some(&json!({"notes": "thanks"})),
        &[],
    )
    .await
    .json();
    assert_eq!(kept["invoice"]["line_items"], invoice["line_items"]);
    let lines = json!({"line_items": [{"line_item_id": line["line_item_id"], "quantity": 1}, {"name": "Nails", "rate": 2}]});
    let changed = call(&wired, Method::PUT, &at, Some(&lines), &[])
        .await
        .json();
    let changed = &changed["invoice"];
    assert_eq!(
        changed["line_items"][0]["line_item_id"],
        line["line_item_id"]
    );
    assert_eq!(changed["line_items"][0]["name"], "Hammer");
    assert_eq!(
        (changed["sub_total"].as_f64(), changed["total"].as_f64()),
        (Some(14.5), Some(20.5))
    );

    let own = json!({"customer_id": customer, "invoice_number": "INV-000001", "line_items": [{"name": "Saw", "rate": 1}]});
    assert_eq!(
        post(&wired, "/invoices", own.clone()).await.json()["code"],
        4097
    );
    assert_eq!(
        post(&wired, "/invoices?ignore_auto_number_generation=true", own)
            .await
            .json()["code"],
        1001
    );
    let nobody = json!({"customer_id": "17", "line_items": [{"name": "Saw", "rate": 1}]});
    assert_eq!(post(&wired, "/invoices", nobody).await.json()["code"], 1002);
    let huge = json!({"customer_id": customer, "line_items": [{"name": "Saw", "rate": "79228162514264337593543950335", "quantity": 9}]});
    assert_eq!(post(&wired, "/invoices", huge).await.status, 400);
}

#[tokio::test]
async fn payments_settle_invoices_and_can_be_taken_back() {
    let wired = start().await;
    let customer = contact(&wired, "customer").await;
    let (first, second) = (
        sent_invoice(&wired, &customer, 100.0).await,
        sent_invoice(&wired, &customer, 50.0).await,
    );
    let owed = get(&wired, &format!("/contacts/{customer}")).await;
    assert_eq!(
        owed["contact"]["outstanding_receivable_amount"].as_f64(),
        Some(150.0)
    );
    let body = json!({"customer_id": customer, "payment_mode": "cheque", "amount": 130, "date": "2026-05-04", "invoices": [
        {"invoice_id": first, "amount_applied": 100}, {"invoice_id": second, "amount_applied": 20.5}]});
    let payment = created(&wired, "/customerpayments", "payment", body.clone()).await;
    assert_eq!(
        (
            &payment["payment_mode"],
            &payment["account_name"],
            &payment["payment_number"]
        ),
        (&json!("check"), &json!("Undeposited Funds"), &json!("1"))
    );
    assert_eq!(payment["unused_amount"].as_f64(), Some(9.5));
    let state = |invoice: &Value| {
        (
            id(&invoice["invoice"], "status"),
            invoice["invoice"]["balance"].as_f64().unwrap(),
        )
    };
    let (at_first, at_second) = (format!("/invoices/{first}"), format!("/invoices/{second}"));
    assert_eq!(
        state(&get(&wired, &at_first).await),
        ("paid".to_owned(), 0.0)
    );
    assert_eq!(
        state(&get(&wired, &at_second).await),
        ("partially_paid".to_owned(), 29.5)
    );
    let contact = get(&wired, &format!("/contacts/{customer}")).await;
    assert_eq!(
        contact["contact"]["outstanding_receivable_amount"].as_f64(),
        Some(29.5)
    );
    assert_eq!(
        contact["contact"]["unused_credits_receivable_amount"].as_f64(),
        Some(9.5)
    );

    // Too much is refused, and nothing of it is done.
    assert_eq!(post(&wired, "/customerpayments", body).await.status, 400);
    assert_eq!(state(&get(&wired, &at_second).await).1, 29.5);
    // Paid invoices are neither void nor deleted.
    assert_eq!(
        act(&wired, &format!("{at_first}/status/void")).await.status,
        400
    );
    assert_eq!(
        call(&wired, Method::DELETE, &at_first, None, &[])
            .await
            .status,
        400
    );

    let links = get(&wired, &format!("{at_second}/payments")).await;
    let link = id(&links["payments"][0], "invoice_payment_id");
    let gone = call(
        &wired,
        Method::DELETE,
        &format!("{at_second}/payments/{link}"),
        None,
        &[],
    )
    .await;
    assert_eq!(gone.status, 200, "{}", gone.text);
    assert_eq!(
        state(&get(&wired, &at_second).await),
        ("sent".to_owned(), 50.0)
    );
    let at_payment = format!("/customerpayments/{}", id(&payment, "payment_id"));
    assert_eq!(
        get(&wired, &at_payment).await["payment"]["unused_amount"].as_f64(),
        Some(30.0)
    );

    // The advance settles the other invoice, and is not deleted once it was refunded.
    let credits =
        json!({"invoice_payments": [{"payment_id": payment["payment_id"], "amount_applied": 25}]});
    let applied = post(&wired, &format!("{at_second}/credits"), credits).await;
    assert_eq!(applied.status, 200, "{}", applied.text);
    assert_eq!(state(&get(&wired, &at_second).await).1, 25.0);
    let account = get(&wired, "/chartofaccounts").await["chartofaccounts"][0]["account_id"].clone();
    let refund = json!({"date": "2026-05-05", "amount": 5, "from_account_id": account});
    let refunded = post(&wired, &format!("{at_payment}/refunds"), refund.clone()).await;
    assert!(refunded.status.is_success(), "{}", refunded.text);
    assert_eq!(
        post(&wired, &format!("{at_payment}/refunds"), refund)
            .await
            .status,
        400
    );
    assert_eq!(
        call(&wired, Method::DELETE, &at_payment, None, &[])
            .await
            .status,
        400
    );
    let contact = get(&wired, &format!("/contacts/{customer}")).await;
    assert_eq!(
        contact["contact"]["unused_credits_receivable_amount"].as_f64(),
        Some(0.0)
    );
}

#[tokio::test]
async fn credit_notes_are_applied_used_up_and_given_back() {
    let wired = start().await;
    let customer = contact(&wired, "customer").await;
    let invoice = sent_invoice(&wired, &customer, 100.0).await;
    let body = json!({"customer_id": customer, "date": "2026-05-04", "line_items": [{"name": "Saw", "rate": 30}]});
    let note = created(&wired, "/creditnotes", "creditnote", body).await;
    assert_eq!(
        (&note["creditnote_number"], &note["status"]),
        (&json!("CN-00001"), &json!("open"))
    );
    let at = format!("/creditnotes/{}", id(&note, "creditnote_id"));
    let apply = json!({"invoices": [{"invoice_id": invoice, "amount_applied": 30}]});
    let applied = post(&wired, &format!("{at}/invoices"), apply.clone()).await;
    assert_eq!(applied.status, 200, "{}", applied.text);
    assert_eq!(
        post(&wired, &format!("{at}/invoices"), apply).await.status,
        400
    );
    assert_eq!(get(&wired, &at).await["creditnote"]["status"], "closed");
    let of_invoice = get(&wired, &format!("/invoices/{invoice}")).await;
    assert_eq!(
        of_invoice["invoice"]["credits_applied"].as_f64(),
        Some(30.0)
    );
    assert_eq!(of_invoice["invoice"]["balance"].as_f64(), Some(70.0));
    assert_eq!(act(&wired, &format!("{at}/status/void")).await.status, 400);
    let links = get(&wired, &format!("/invoices/{invoice}/creditsapplied")).await;
    let link = id(&links["credits"][0], "creditnotes_invoice_id");
    assert_eq!(
        call(
            &wired,
            Method::DELETE,
            &format!("{at}/invoices/{link}"),
            None,
            &[]
        )
        .await
        .status,
        200
    );
    assert_eq!(
        get(&wired, &format!("/invoices/{invoice}/creditsapplied")).await["credits"],
        json!([])
    );
    assert_eq!(
        get(&wired, &at).await["creditnote"]["balance"].as_f64(),
        Some(30.0)
    );

    let off = act(&wired, &format!("/invoices/{invoice}/writeoff")).await;
    assert_eq!(off.status, 200, "{}", off.text);
    let written = get(&wired, &format!("/invoices/{invoice}")).await;
    assert_eq!(
        (
            written["invoice"]["write_off_amount"].as_f64(),
            &written["invoice"]["status"]
        ),
        (Some(100.0), &json!("paid"))
    );
    act(&wired, &format!("/invoices/{invoice}/writeoff/cancel")).await;
    assert_eq!(
        get(&wired, &format!("/invoices/{invoice}")).await["invoice"]["status"],
        "sent"
    );
}

#[tokio::test]
async fn what_is_late_is_overdue_and_rows_say_so() {
    let wired = start().await;
    let customer = contact(&wired, "customer").await;
    let invoice = sent_invoice(&wired, &customer, 10.0).await;
    let row = get(&wired, "/invoices").await["invoices"][0].clone();
    assert_eq!(
        (&row["due_days"], &row["status"]),
        (&json!("Due in 15 days"), &json!("sent"))
    );
    assert_eq!(row["billing_address"]["zipcode"], "");
    assert!(row["billing_address"].get("zip").is_none());
    wired.simulator.advance(16 * 86_400);
    let token = wired.refresh().await.json()["access_token"].clone();
    let token = token.as_str().unwrap().to_owned();
    let wired = Wired { token, ..wired };
    assert_eq!(
        get(&wired, "/invoices?status=overdue").await["invoices"][0]["invoice_id"],
        invoice.as_str()
    );
    let at = format!("/invoices/{invoice}");
    assert_eq!(act(&wired, &format!("{at}/status/draft")).await.status, 400);
    assert_eq!(act(&wired, &format!("{at}/status/void")).await.status, 200);
    assert_eq!(
        get(&wired, &at).await["invoice"]["balance"].as_f64(),
        Some(10.0)
    );
    let contact = get(&wired, &format!("/contacts/{customer}")).await;
    assert_eq!(
        contact["contact"]["outstanding_receivable_amount"].as_f64(),
        Some(0.0)
    );
    assert_eq!(act(&wired, &format!("{at}/status/draft")).await.status, 200);
    assert_eq!(get(&wired, &at).await["invoice"]["status"], "draft");
}

#[tokio::test]
async fn bills_are_paid_and_credited_by_vendors_papers() {
    let wired = start().await;
    let vendor = contact(&wired, "vendor").await;
    let body = json!({"vendor_id": vendor, "bill_number": "B-7", "line_items": [{"name": "Steel", "rate": 40, "quantity": 2}]});
    let bill = created(&wired, "/bills", "bill", body.clone()).await;
    assert_eq!(
        (&bill["status"], bill["total"].as_f64()),
        (&json!("open"), Some(80.0))
    );
    assert_eq!(post(&wired, "/bills", body).await.json()["code"], 1001);
    let at = format!("/bills/{}", id(&bill, "bill_id"));
    let paid = json!({"vendor_id": vendor, "amount": 60, "bills": [{"bill_id": bill["bill_id"], "amount_applied": 50}]});
    let payment = created(&wired, "/vendorpayments", "vendorpayment", paid).await;
    assert_eq!(payment["balance"].as_f64(), Some(10.0));
    let credit = json!({"vendor_id": vendor, "line_items": [{"name": "Steel", "rate": 25}]});
    let credit = created(&wired, "/vendorcredits", "vendor_credit", credit).await;
    let apply = json!({"bills": [{"bill_id": bill["bill_id"], "amount_applied": 25}]});
    let applied = post(
        &wired,
        &format!("/vendorcredits/{}/bills", id(&credit, "vendor_credit_id")),
        apply,
    )
    .await;
    assert_eq!(applied.status, 201, "{}", applied.text);
    let after = get(&wired, &at).await;
    assert_eq!(
        (&after["bill"]["status"], after["bill"]["balance"].as_f64()),
        (&json!("partially_paid"), Some(5.0))
    );
    let contact = get(&wired, &format!("/contacts/{vendor}")).await;
    assert_eq!(
        contact["contact"]["outstanding_payable_amount"].as_f64(),
        Some(5.0)
    );
    let gone = call(
        &wired,
        Method::DELETE,
        &format!("/vendorpayments/{}", id(&payment, "payment_id")),
        None,
        &[],
    )
    .await;
    assert_eq!(gone.status, 200, "{}", gone.text);
    assert_eq!(
        get(&wired, &at).await["bill"]["balance"].as_f64(),
        Some(55.0)
    );
}

#[tokio::test]
async fn quotes_and_orders_become_invoices_and_bills() {
    let wired = start().await;
    let (customer, vendor) = (
        contact(&wired, "customer").await,
        contact(&wired, "vendor").await,
    );
    let lines = json!([{"name": "Saw", "rate": 5, "quantity": 4}]);
    let quote = created(
        &wired,
        "/estimates",
        "estimate",
        json!({"customer_id": customer, "date": "2026-05-04", "line_items": lines}),
    )
    .await;
    assert_eq!(quote["estimate_number"], "QT-000001");
    let invoice = json!({"customer_id": customer, "invoiced_estimate_id": quote["estimate_id"], "line_items": lines});
    created(&wired, "/invoices", "invoice", invoice).await;
    let at = format!("/estimates/{}", id(&quote, "estimate_id"));
    assert_eq!(get(&wired, &at).await["estimate"]["status"], "invoiced");
    assert_eq!(
        act(&wired, &format!("{at}/status/declined")).await.status,
        400
    );

    let order = created(
        &wired,
        "/purchaseorders",
        "purchaseorder",
        json!({"vendor_id": vendor, "line_items": lines}),
    )
    .await;
    let at = format!("/purchaseorders/{}", id(&order, "purchaseorder_id"));
    for (number, status) in [("B-1", "partially_billed"), ("B-2", "billed")] {
        let line = json!({"name": "Saw", "rate": 5, "quantity": 2, "purchaseorder_item_id": order["line_items"][0]["line_item_id"]});
        let bill = json!({"vendor_id": vendor, "bill_number": number, "line_items": [line]});
        created(&wired, "/bills", "bill", bill).await;
        assert_eq!(get(&wired, &at).await["purchaseorder"]["status"], status);
    }
}
