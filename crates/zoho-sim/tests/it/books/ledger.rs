//! What documents do to accounts.

use reqwest::Method;
use serde_json::{Value, json};

use super::{call, created, start};
use crate::support::Wired;

async fn get(wired: &Wired, path: &str) -> Value {
    let answer = call(wired, Method::GET, path, None, &[]).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

async fn account(wired: &Wired, name: &str) -> String {
    let found = get(wired, &format!("/chartofaccounts?account_name={name}")).await;
    let id = found["chartofaccounts"][0]["account_id"].as_str();
    id.unwrap().to_owned()
}

/// A bank account, an invoice of 125.00 with 10 % tax, and its payment of 100 there.
async fn scene(wired: &Wired) -> (String, String, String) {
    let bank = json!({"account_name": "House bank", "account_type": "bank"});
    let bank = created(wired, "/bankaccounts", "bankaccount", bank).await;
    let tax = json!({"tax_name": "VAT", "tax_percentage": 25, "tax_type": "tax"});
    let tax = created(wired, "/settings/taxes", "tax", tax).await;
    let contact = json!({"contact_name": "Halden"});
    let contact = created(wired, "/contacts", "contact", contact).await;
    let line = json!({"name": "Chair", "rate": 50, "quantity": 2, "tax_id": tax["tax_id"]});
    let invoice =
        json!({"customer_id": contact["contact_id"], "date": "2026-03-01", "line_items": [line]});
    let invoice = created(wired, "/invoices?send=true", "invoice", invoice).await;
    let payment = json!({"customer_id": contact["contact_id"], "date": "2026-03-02", "payment_mode": "cash", "amount": 130,
        "account_id": bank["account_id"], "invoices": [{"invoice_id": invoice["invoice_id"], "amount_applied": 100}]});
    let payment = created(wired, "/customerpayments", "payment", payment).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (
        text(&bank["account_id"]),
        text(&invoice["invoice_id"]),
        text(&payment["payment_id"]),
    )
}

#[tokio::test]
async fn invoices_and_payments_post_to_accounts() {
    let wired = start().await;
    let (bank, invoice, payment) = scene(&wired).await;
    let shown = get(&wired, &format!("/bankaccounts/{bank}")).await;
    assert_eq!(shown["bankaccount"]["balance"], 130.0);
    assert_eq!(
        shown["bankaccount"]["latest_transaction_date"],
        "2026-03-02"
    );
    let listed = get(&wired, "/bankaccounts").await;
    assert_eq!(listed["bankaccounts"][0]["balance"], 130.0);
    for (name, balance, is_debit) in [
        ("Accounts Receivable", 25.0, true),
        ("Sales", 100.0, false),
        ("Tax Payable", 25.0, false),
        ("Unearned Revenue", 30.0, false),
    ] {
        let id = account(&wired, name).await;
        let shown = get(&wired, &format!("/chartofaccounts/{id}")).await;
        let shown = &shown["chart_of_account"];
        assert_eq!(shown["closing_balance"], balance, "{name}");
        assert_eq!(shown["isdebit"], is_debit, "{name}");
        assert_eq!(shown["is_involved_in_transaction"], true, "{name}");
    }
    let receivable = account(&wired, "Accounts Receivable").await;
    for path in ["transactions", "accounttransactions"] {
        let path = format!("/chartofaccounts/{path}?account_id={receivable}");
        let listed = get(&wired, &path).await;
        let listed = listed["transactions"].as_array().unwrap().clone();
        assert_eq!(listed.len(), 2);
        let of = |id: &str| {
            listed
                .iter()
                .find(|row| row["transaction_id"] == id)
                .unwrap()
        };
        assert_eq!(of(&invoice)["debit_amount"], 125.0);
        assert_eq!(of(&invoice)["transaction_type"], "invoice");
        assert_eq!(of(&invoice)["payee"], "Halden");
        assert_eq!(of(&payment)["credit_amount"], 100.0);
        assert_eq!(of(&payment)["debit_amount"], "");
        assert_eq!(of(&payment)["offset_account_name"], "House bank");
    }
    let after =
        format!("/chartofaccounts/transactions?account_id={receivable}&date_after=2026-03-01");
    assert_eq!(
        get(&wired, &after).await["transactions"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let journal = get(
        &wired,
        &format!("/transactions/{invoice}/journals?entity_type=invoice"),
    )
    .await;
    let lines = journal["journal"]["line_items"].as_array().unwrap();
    let side = |side: &str| -> f64 {
        let of = lines.iter().filter(|line| line["debit_or_credit"] == side);
        of.map(|line| line["amount"].as_f64().unwrap()).sum()
    };
    assert_eq!((side("debit"), side("credit")), (125.0, 125.0));
    let listed = get(&wired, "/banktransactions").await;
    assert_eq!(
        listed["banktransactions"][0]["transaction_type"],
        "customer_payment"
    );
    assert_eq!(listed["banktransactions"][0]["amount"], 130.0);

    // An account with transactions stays; a void invoice posts nothing.
    let sales = account(&wired, "Sales").await;
    for path in [
        format!("/chartofaccounts/{sales}"),
        format!("/bankaccounts/{bank}"),
    ] {
        let refused = call(&wired, Method::DELETE, &path, None, &[]).await;
        assert_eq!(refused.status, 400, "{path}: {}", refused.text);
    }
    let gone = call(
        &wired,
        Method::DELETE,
        &format!("/customerpayments/{payment}"),
        None,
        &[],
    )
    .await;
    assert_eq!(gone.status, 200);
    let void = format!("/invoices/{invoice}/status/void");
    assert_eq!(
        call(&wired, Method::POST, &void, None, &[]).await.status,
        200
    );
    let shown = get(&wired, &format!("/chartofaccounts/{sales}")).await;
    assert_eq!(shown["chart_of_account"]["closing_balance"], 0.0);
    assert_eq!(
        shown["chart_of_account"]["is_involved_in_transaction"],
        false
    );
}

#[tokio::test]
async fn reports_come_from_the_postings() {
    let wired = start().await;
    let (bank, _, _) = scene(&wired).await;
    let rent = account(&wired, "Rent Expense").await;
    let expense = json!({"date": "2026-03-05", "account_id": rent, "paid_through_account_id": bank, "amount": 40});
    created(&wired, "/expenses", "expense", expense).await;
    let period = "from_date=2026-01-01&to_date=2026-12-31";
    let report = get(&wired, &format!("/reports/profitandloss?{period}")).await;
    let steps = report["profit_and_loss"].as_array().unwrap();
    assert_eq!(steps.last().unwrap()["total"], 60.0);
    assert_eq!(
        steps[0]["account_transactions"][0]["name"],
        "Operating Income"
    );
    assert_eq!(steps[0]["account_transactions"][0]["total"], 100.0);
    let line = &steps[0]["account_transactions"][0]["account_transactions"][0];
    assert_eq!(
        (&line["name"], &line["total"]),
        (&json!("Sales"), &json!(100.0))
    );
    let before = get(
        &wired,
        "/reports/profitandloss?from_date=2026-03-02&to_date=2026-03-04",
    )
    .await;
    assert_eq!(before["profit_and_loss"][2]["total"], 0.0);
    let sheet = get(&wired, &format!("/reports/balancesheet?{period}")).await;
    assert_eq!(sheet["balance_sheet"][0]["total"], 115.0);
    assert_eq!(sheet["balance_sheet"][1]["total"], 115.0);
    let trial = get(&wired, &format!("/reports/trialbalance?{period}")).await;
    let sum = |member: &str| -> f64 {
        let rows = trial["trialbalance"].as_array().unwrap();
        rows.iter().filter_map(|row| row[member].as_f64()).sum()
    };
    assert_eq!((sum("debit_total"), sum("credit_total")), (155.0, 155.0));
    let taxes = get(&wired, &format!("/reports/taxsummary?{period}")).await;
    assert_eq!(taxes["tax"][0]["tax_amount"], 25.0);
    let ledger = get(&wired, &format!("/reports/generalledger?{period}")).await;
    let of_bank = ledger["generalledger"].as_array().unwrap();
    let of_bank = of_bank
        .iter()
        .find(|row| row["account_id"] == bank.as_str())
        .unwrap();
    assert_eq!(of_bank["balance"], 90.0);
    let refused = call(
        &wired,
        Method::GET,
        "/reports/trialbalance?to_date=soon",
        None,
        &[],
    )
    .await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["code"]),
        (400, &json!(2))
    );
}

#[tokio::test]
async fn money_moves_between_accounts_by_bank_transactions() {
    let wired = start().await;
    let bank = json!({"account_name": "House bank", "account_type": "bank"});
    let bank = created(&wired, "/bankaccounts", "bankaccount", bank).await;
    let owner = account(&wired, "Owner%27s%20Equity").await;
    let body = json!({"transaction_type": "owner_contribution", "from_account_id": owner, "to_account_id": bank["account_id"],
        "amount": 500, "date": "2026-03-01"});
    let made = created(&wired, "/banktransactions", "banktransaction", body).await;
    assert_eq!(made["to_account_name"], "House bank");
    let id = bank["account_id"].as_str().unwrap();
    let shown = get(&wired, &format!("/bankaccounts/{id}")).await;
    assert_eq!(shown["bankaccount"]["balance"], 500.0);
    let same = json!({"transaction_type": "transfer_fund", "from_account_id": owner, "to_account_id": owner, "amount": 5});
    let refused = call(&wired, Method::POST, "/banktransactions", Some(&same), &[]).await;
    assert_eq!(refused.status, 400);
}
