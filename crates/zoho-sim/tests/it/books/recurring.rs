//! Documents that are made by the clock.

use reqwest::Method;
use serde_json::{Value, json};

use super::{call, created, start};
use crate::support::Wired;

const DAY: i64 = 24 * 60 * 60;

async fn get(wired: &Wired, path: &str) -> Value {
    let answer = call(wired, Method::GET, path, None, &[]).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

/// Tokens end meanwhile.
async fn advance(wired: &mut Wired, days: i64) {
    let body = json!({"seconds": days * DAY});
    let answer = wired.post("/__sim/v1/clock/advance", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let token = wired.refresh().await.json();
    wired.token = token["access_token"].as_str().unwrap().to_owned();
}

/// Today where the organisation is, moved by days.
async fn day(wired: &Wired, by: i8) -> String {
    let contact = created(
        wired,
        "/contacts",
        "contact",
        json!({"contact_name": format!("Day {by}")}),
    )
    .await;
    let today: jiff::civil::Date = contact["created_time"].as_str().unwrap()[..10]
        .parse()
        .unwrap();
    let moved = today.checked_add(jiff::Span::new().days(by)).unwrap();
    moved.to_string()
}

async fn customer(wired: &Wired) -> Value {
    let contact = json!({"contact_name": "Halden"});
    created(wired, "/contacts", "contact", contact).await["contact_id"].clone()
}

#[tokio::test]
async fn a_recurring_invoice_makes_invoices_until_its_end() {
    let mut wired = start().await;
    let (start, end) = (day(&wired, 2).await, day(&wired, 17).await);
    let body = json!({"recurrence_name": "Rent", "customer_id": customer(&wired).await, "recurrence_frequency": "weeks", "repeat_every": 1,
        "start_date": start, "end_date": end, "line_items": [{"name": "Rent", "rate": 10, "quantity": 3}]});
    let made = created(&wired, "/recurringinvoices", "recurring_invoice", body).await;
    assert_eq!(made["next_invoice_date"], start.as_str());
    let path = format!(
        "/recurringinvoices/{}",
        made["recurring_invoice_id"].as_str().unwrap()
    );
    let invoices = format!("{path}/invoices");
    assert_eq!(get(&wired, &invoices).await["invoice_history"], json!([]));

    advance(&mut wired, 3).await;
    let made = get(&wired, &invoices).await["invoice_history"].clone();
    assert_eq!(made.as_array().unwrap().len(), 1);
    assert_eq!(made[0]["date"], start.as_str());
    assert_eq!(made[0]["total"], 30.0);
    let shown = get(&wired, &path).await["recurring_invoice"].clone();
    assert_eq!(shown["last_sent_date"], start.as_str());
    assert_eq!(shown["unpaid_invoices_balance"], 30.0);

    // Stopped for a week: that week's invoice is never made.
    let stopped = call(
        &wired,
        Method::POST,
        &format!("{path}/status/stop"),
        None,
        &[],
    )
    .await;
    assert_eq!(stopped.status, 201, "{}", stopped.text);
    advance(&mut wired, 7).await;
    let resumed = call(
        &wired,
        Method::POST,
        &format!("{path}/status/resume"),
        None,
        &[],
    )
    .await;
    assert_eq!(resumed.status, 201, "{}", resumed.text);
    assert_eq!(
        get(&wired, &invoices).await["invoice_history"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    advance(&mut wired, 30).await;
    assert_eq!(
        get(&wired, &invoices).await["invoice_history"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let shown = get(&wired, "/recurringinvoices?status=expired").await;
    assert_eq!(shown["recurring_invoices"][0]["recurrence_name"], "Rent");
    assert_eq!(shown["recurring_invoices"][0]["next_invoice_date"], "");
    let all = get(&wired, "/invoices").await;
    assert_eq!(all["invoices"].as_array().unwrap().len(), 2);
}

async fn count(wired: &Wired) -> u64 {
    let shown = wired.get("/__sim/v1/books").await.json();
    shown["data"][0]["records"]["expense"].as_u64().unwrap()
}

#[tokio::test]
async fn bills_and_expenses_recur_and_a_long_time_stays_bounded() {
    let mut wired = start().await;
    let vendor = json!({"contact_name": "Moe", "contact_type": "vendor"});
    let vendor = created(&wired, "/contacts", "contact", vendor).await["contact_id"].clone();
    let start = day(&wired, 0).await;
    let account = get(&wired, "/chartofaccounts?account_name=Rent%20Expense").await;
    let account = account["chartofaccounts"][0]["account_id"].clone();
    let bill = json!({"recurrence_name": "Power", "vendor_id": vendor, "recurrence_frequency": "months", "repeat_every": "1", "start_date": start,
        "line_items": [{"name": "Power", "rate": 7, "quantity": 1, "account_id": account}]});
    created(&wired, "/recurringbills", "recurring_bill", bill).await;
    let expense = json!({"recurrence_name": "Papers", "account_id": account, "recurrence_frequency": "days", "repeat_every": "1",
        "start_date": start, "amount": 2});
    let expense = created(&wired, "/recurringexpenses", "recurring_expense", expense).await;
    let path = format!(
        "/recurringexpenses/{}/expenses",
        expense["recurring_expense_id"].as_str().unwrap()
    );
    // Both begin today.
    assert_eq!(
        get(&wired, &path).await["expensehistory"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        get(&wired, "/bills").await["bills"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    // Five years at once: all of them are made, the last ones when Books is called again.
    advance(&mut wired, 5 * 365).await;
    get(&wired, "/contacts").await;
    get(&wired, "/contacts").await;
    assert_eq!(count(&wired).await, 5 * 365 + 1);
    let bills = get(&wired, "/bills").await["bills"]
        .as_array()
        .unwrap()
        .len();
    assert!((60..=61).contains(&bills), "{bills}");

    let odd = json!({"recurrence_name": "Odd", "account_id": account, "recurrence_frequency": "moons", "repeat_every": "1", "start_date": start, "amount": 2});
    let refused = call(&wired, Method::POST, "/recurringexpenses", Some(&odd), &[]).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
}
