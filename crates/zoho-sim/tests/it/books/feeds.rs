//! Lines of bank statements.

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

/// A bank account with a statement of three lines: 50 in, 20 out, 7 out.
async fn scene(wired: &Wired) -> (String, Vec<String>) {
    let bank = json!({"account_name": "House bank", "account_type": "bank"});
    let bank = created(wired, "/bankaccounts", "bankaccount", bank).await;
    let bank = bank["account_id"].as_str().unwrap().to_owned();
    let statement = json!({"account_id": bank, "transactions": [
        {"date": "2026-03-03", "debit_or_credit": "debit", "amount": 50, "payee": "Halden"},
        {"date": "2026-03-04", "debit_or_credit": "credit", "amount": 20, "reference_number": "R-1"},
        {"date": "2026-03-05", "debit_or_credit": "credit", "amount": 7},
    ]});
    let imported = post(wired, "/bankstatements", statement).await;
    assert_eq!(imported.status, 201, "{}", imported.text);
    let last = get(
        wired,
        &format!("/bankaccounts/{bank}/statement/lastimported"),
    )
    .await;
    let lines = last["statement"][0]["transactions"].as_array().unwrap();
    let ids = lines
        .iter()
        .map(|line| line["transaction_id"].as_str().unwrap().to_owned());
    (bank, ids.collect())
}

async fn balance(wired: &Wired, bank: &str) -> Value {
    let shown = get(wired, &format!("/bankaccounts/{bank}")).await;
    shown["bankaccount"]["balance"].clone()
}

async fn open(wired: &Wired) -> usize {
    let listed = get(wired, "/banktransactions?status=uncategorized").await;
    listed["banktransactions"].as_array().unwrap().len()
}

#[tokio::test]
async fn lines_wait_until_they_are_categorised_or_excluded() {
    let wired = start().await;
    let (bank, lines) = scene(&wired).await;
    let all = get(&wired, "/banktransactions?filter_by=Status.All").await;
    assert_eq!(all["banktransactions"], json!([]));
    assert_eq!(
        (open(&wired).await, balance(&wired, &bank).await),
        (3, json!(0.0))
    );
    let refused = call(
        &wired,
        Method::DELETE,
        &format!("/banktransactions/{}", lines[0]),
        None,
        &[],
    )
    .await;
    assert_eq!(refused.status, 400);

    // As a transfer from the owner, and back.
    let owner = get(&wired, "/chartofaccounts?account_name=Drawings").await;
    let owner = owner["chartofaccounts"][0]["account_id"].clone();
    let path = format!("/banktransactions/uncategorized/{}/categorize", lines[0]);
    assert_eq!(
        post(&wired, &path, json!({"from_account_id": owner}))
            .await
            .status,
        400
    );
    let body = json!({"transaction_type": "owner_contribution", "from_account_id": owner});
    let done = post(&wired, &path, body.clone()).await;
    assert_eq!(done.status, 201, "{}", done.text);
    assert_eq!(balance(&wired, &bank).await, 50.0);
    assert_eq!(
        post(&wired, &path, body).await.status,
        400,
        "it is categorised"
    );
    let undone = post(
        &wired,
        &format!("/banktransactions/{}/uncategorize", lines[0]),
        json!({}),
    )
    .await;
    assert_eq!(undone.status, 201, "{}", undone.text);
    assert_eq!(
        (open(&wired).await, balance(&wired, &bank).await),
        (3, json!(0.0))
    );

    // As an expense, which posts in its place and goes when that is undone.
    let rent = get(&wired, "/chartofaccounts?account_name=Lodging").await;
    let rent = rent["chartofaccounts"][0]["account_id"].clone();
    let path = format!(
        "/banktransactions/uncategorized/{}/categorize/expenses",
        lines[1]
    );
    let done = post(&wired, &path, json!({"account_id": rent})).await;
    assert_eq!(done.status, 201, "{}", done.text);
    let expenses = get(&wired, "/expenses").await["expenses"].clone();
    assert_eq!(
        (&expenses[0]["total"], &expenses[0]["date"]),
        (&json!(20.0), &json!("2026-03-04"))
    );
    assert_eq!(balance(&wired, &bank).await, -20.0);
    let listed = get(&wired, "/banktransactions").await;
    assert_eq!(listed["banktransactions"].as_array().unwrap().len(), 1);
    post(
        &wired,
        &format!("/banktransactions/{}/uncategorize", lines[1]),
        json!({}),
    )
    .await;
    assert_eq!(get(&wired, "/expenses").await["expenses"], json!([]));

    let path = format!("/banktransactions/uncategorized/{}", lines[2]);
    assert_eq!(
        post(&wired, &format!("{path}/exclude"), json!({}))
            .await
            .status,
        201
    );
    assert_eq!(open(&wired).await, 2);
    assert_eq!(
        post(&wired, &format!("{path}/restore"), json!({}))
            .await
            .status,
        201
    );
    let last = get(
        &wired,
        &format!("/bankaccounts/{bank}/statement/lastimported"),
    )
    .await;
    let statement = last["statement"][0]["statement_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/bankaccounts/{bank}/statement/{statement}");
    assert_eq!(
        call(&wired, Method::DELETE, &path, None, &[]).await.status,
        200
    );
    assert_eq!(open(&wired).await, 0);
}

#[tokio::test]
async fn lines_are_matched_with_what_moved_as_much() {
    let wired = start().await;
    let (bank, lines) = scene(&wired).await;
    let contact = created(
        &wired,
        "/contacts",
        "contact",
        json!({"contact_name": "Halden"}),
    )
    .await;
    let payment = |amount: i64, account: Value| json!({"customer_id": contact["contact_id"], "date": "2026-03-03", "payment_mode": "cash", "amount": amount, "account_id": account});
    let right = created(
        &wired,
        "/customerpayments",
        "payment",
        payment(50, json!(bank)),
    )
    .await;
    let less = created(
        &wired,
        "/customerpayments",
        "payment",
        payment(49, json!(bank)),
    )
    .await;
    let elsewhere = created(
        &wired,
        "/customerpayments",
        "payment",
        payment(50, json!("")),
    )
    .await;
    let path = format!("/banktransactions/uncategorized/{}/match", lines[0]);
    let found = get(&wired, &path).await["matching_transactions"].clone();
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found[0]["transaction_id"], right["payment_id"]);
    assert_eq!(found[0]["is_best_match"], true);
    let with = |payment: &Value| json!({"transactions_to_be_matched": [{"transaction_id": payment["payment_id"], "transaction_type": "customer_payment"}]});
    assert_eq!(post(&wired, &path, with(&less)).await.status, 400);
    let other = post(&wired, &path, with(&elsewhere)).await;
    assert_eq!(
        (other.status.as_u16(), &other.json()["code"]),
        (400, &json!(108004))
    );
    assert_eq!(post(&wired, &path, with(&right)).await.status, 201);
    assert_eq!(
        balance(&wired, &bank).await,
        99.0,
        "a matched line moves nothing"
    );
    assert_eq!(open(&wired).await, 2);
    let undone = post(
        &wired,
        &format!("/banktransactions/{}/unmatch", lines[0]),
        json!({}),
    )
    .await;
    assert_eq!(undone.status, 201, "{}", undone.text);
    assert_eq!(open(&wired).await, 3);
}
