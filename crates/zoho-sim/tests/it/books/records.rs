//! Records in their wire shape: contacts, items, files, custom fields, upserts, what people do.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::super::support::got;
use super::{call, created, path, start};

#[tokio::test]
async fn a_contact_has_its_persons_addresses_and_defaults() {
    let wired = start().await;
    let body = json!({
        "contact_name": "Halden Tools", "email": "dropped@halden.example", "payment_terms": 15, "payment_terms_label": "Net 15",
        "contact_persons": [{"first_name": "Ida", "last_name": "Moe", "email": "ida@halden.example", "is_primary_contact": true}],
        "billing_address": {"city": "Halden", "zip": "1767"},
    });
    let answer = call(&wired, Method::POST, "/contacts", Some(&body), &[]).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let json = answer.json();
    assert_eq!(json["message"], "The contact has been added.");
    let contact = &json["contact"];
    let id = contact["contact_id"].as_str().unwrap();
    assert_eq!(answer.headers["location"], format!("/api/v3/contacts/{id}"));
    assert_eq!(contact["email"], "ida@halden.example");
    assert_eq!(contact["contact_type"], "customer");
    assert_eq!(contact["currency_code"], "USD");
    assert_eq!(contact["billing_address"]["city"], "Halden");
    let number = |value: &Value| value.as_str().unwrap().parse::<u64>().unwrap();
    let own = number(&contact["contact_id"]);
    assert_eq!(number(&contact["billing_address"]["address_id"]), own + 1);
    assert_eq!(number(&contact["shipping_address"]["address_id"]), own + 2);
    let at = format!("/contacts/{id}");
    let changed = call(
        &wired,
        Method::PUT,
        &at,
        Some(&json!({"notes": "met at a fair"})),
        &[],
    )
    .await
    .json();
    assert_eq!(changed["message"], "Contact information has been saved.");
    assert_eq!(changed["contact"]["payment_terms"], 15);
    assert_eq!(changed["contact"]["contact_persons"][0]["last_name"], "Moe");

    let person = json!({"contact_id": id, "first_name": "Ole", "email": "ole@halden.example"});
    let person = created(&wired, "/contacts/contactpersons", "contact_person", person).await;
    let primary = format!(
        "/contacts/contactpersons/{}/primary",
        person["contact_person_id"].as_str().unwrap()
    );
    assert_eq!(
        call(&wired, Method::POST, &primary, None, &[]).await.status,
        200
    );
    let read = call(&wired, Method::GET, &at, None, &[]).await.json();
    assert_eq!(read["contact"]["email"], "ole@halden.example");
    assert_eq!(
        read["contact"]["contact_persons"].as_array().unwrap().len(),
        2
    );
    let empty = json!({"contact_persons": []});
    let emptied = call(&wired, Method::PUT, &at, Some(&empty), &[])
        .await
        .json();
    assert_eq!(emptied["contact"]["email"], "");
    let gone = call(&wired, Method::DELETE, &at, None, &[]).await.json();
    assert_eq!(gone["message"], "The customer has been deleted.");
}

#[tokio::test]
async fn bodies_come_as_a_form_and_in_parts_too_and_numbers_stay_exact() {
    let wired = start().await;
    let request = || {
        wired
            .http
            .post(wired.url(&path("/items")))
            .header("Authorization", format!("Zoho-oauthtoken {}", wired.token))
    };
    let form = request().form(&[("JSONString", r#"{"name":"Bolt","rate":0.10}"#)]);
    let answer = got(form.send().await.unwrap()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert!(answer.text.contains(r#""rate":0.10"#), "{}", answer.text);
    let parts = Form::new().text(
        "JSONString",
        r#"{"name":"Nut","rate":79228162514264337593.5439}"#,
    );
    let answer = got(request().multipart(parts).send().await.unwrap()).await;
    assert!(
        answer.text.contains("79228162514264337593.5439"),
        "{}",
        answer.text
    );
    assert_eq!(answer.json()["item"]["account_name"], "Sales");
}

#[tokio::test]
async fn records_are_upserted_by_a_unique_custom_field() {
    let wired = start().await;
    let headers = [
        ("X-Unique-Identifier-Key", "cf_ext_id"),
        ("X-Unique-Identifier-Value", "A-17"),
    ];
    let body = json!({"contact_name": "Upserted"});
    let missing = call(&wired, Method::PUT, "/contacts", Some(&body), &headers).await;
    assert_eq!(missing.status, 404);
    let with_upsert = [headers[0], headers[1], ("X-Upsert", "true")];
    let made = call(&wired, Method::PUT, "/contacts", Some(&body), &with_upsert).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let contact = made.json()["contact"].clone();
    assert_eq!(contact["custom_field_hash"]["cf_ext_id"], "A-17");
    let again = json!({"contact_name": "Upserted twice"});
    let again = call(&wired, Method::PUT, "/contacts", Some(&again), &with_upsert).await;
    assert_eq!(again.status, 200, "{}", again.text);
    assert_eq!(again.json()["contact"]["contact_id"], contact["contact_id"]);
    let rows = call(&wired, Method::GET, "/contacts?cf_ext_id=A-17", None, &[])
        .await
        .json();
    assert_eq!(rows["contacts"][0]["cf_ext_id"], "A-17");
}

#[tokio::test]
async fn files_are_kept_as_bytes_and_mails_are_recorded() {
    let wired = start().await;
    let contact = created(
        &wired,
        "/contacts",
        "contact",
        json!({"contact_name": "Mailed"}),
    )
    .await;
    let id = contact["contact_id"].as_str().unwrap();
    let expense = json!({"account_id": "460000000000000400", "paid_through_account_id": "460000000000000361", "date": "2026-05-04", "amount": 12.5});
    let expense = created(&wired, "/expenses", "expense", expense).await;
    let at = format!(
        "/expenses/{}/receipt",
        expense["expense_id"].as_str().unwrap()
    );
    let parts = Form::new().part(
        "receipt",
        Part::bytes(b"%PDF-\x00\xff".to_vec()).file_name("bill.pdf"),
    );
    let request = wired
        .http
        .post(wired.url(&path(&at)))
        .header("Authorization", format!("Zoho-oauthtoken {}", wired.token))
        .multipart(parts);
    let answer = got(request.send().await.unwrap()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let download = wired
        .http
        .get(wired.url(&path(&at)))
        .header("Authorization", format!("Zoho-oauthtoken {}", wired.token));
    let bytes = download.send().await.unwrap().bytes().await.unwrap();
    assert_eq!(&bytes[..], b"%PDF-\x00\xff");
    assert_eq!(
        call(&wired, Method::DELETE, &at, None, &[]).await.status,
        200
    );
    assert_eq!(call(&wired, Method::GET, &at, None, &[]).await.status, 404);

    let mail = json!({"to_mail_ids": ["a@b.example"], "subject": "Hello", "body": "Words"});
    let sent = call(
        &wired,
        Method::POST,
        &format!("/contacts/{id}/email"),
        Some(&mail),
        &[],
    )
    .await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    let mails = wired.get("/__sim/v1/books/10234695/mails").await.json();
    assert_eq!(mails["data"][0]["body"]["subject"], "Hello");
}

#[tokio::test]
async fn people_write_by_the_control_api_and_a_snapshot_holds_it() {
    let wired = start().await;
    let at = "/__sim/v1/books/10234695/contact";
    let made = wired
        .call(Method::POST, at, Some(&json!({"contact_name": "By hand"})))
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["contact_id"].as_str().unwrap().to_owned();
    let read = format!("/contacts/{id}");
    assert_eq!(
        call(&wired, Method::GET, &read, None, &[]).await.status,
        200
    );
    let snapshot = wired.simulator.snapshot().unwrap();
    let gone = wired
        .call(Method::DELETE, &format!("{at}/{id}"), None)
        .await;
    assert_eq!(gone.status, 200);
    assert_eq!(
        call(&wired, Method::GET, &read, None, &[]).await.status,
        404
    );
    wired.simulator.restore(&snapshot).unwrap();
    assert_eq!(
        call(&wired, Method::GET, &read, None, &[]).await.status,
        200
    );
    wired.simulator.reset().unwrap();
    let refreshed = wired.refresh().await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = got(wired
        .http
        .get(wired.url(&path(&read)))
        .header("Authorization", format!("Zoho-oauthtoken {refreshed}"))
        .send()
        .await
        .unwrap())
    .await;
    assert_eq!(answer.status, 404, "{}", answer.text);
}

#[tokio::test]
async fn states_lead_only_where_they_may_and_groups_are_taxes_too() {
    let wired = start().await;
    let contact = created(
        &wired,
        "/contacts",
        "contact",
        json!({"contact_name": "Stated"}),
    )
    .await;
    let body = json!({"customer_id": contact["contact_id"], "recurrence_name": "Monthly", "recurrence_frequency": "months", "line_items": [{"name": "x", "rate": 1, "quantity": 1}]});
    let made = created(&wired, "/recurringinvoices", "recurring_invoice", body).await;
    let id = made["recurring_invoice_id"].as_str().unwrap();
    for (action, is_done) in [
        ("stop", true),
        ("stop", false),
        ("resume", true),
        ("resume", false),
    ] {
        let at = format!("/recurringinvoices/{id}/status/{action}");
        let answer = call(&wired, Method::POST, &at, None, &[]).await;
        assert_eq!(
            answer.status.is_success(),
            is_done,
            "{action}: {}",
            answer.text
        );
    }
    let tax = |name: &str, share: u32| json!({"tax_name": name, "tax_percentage": share});
    let one = created(&wired, "/settings/taxes", "tax", tax("One", 3)).await;
    let two = created(&wired, "/settings/taxes", "tax", tax("Two", 4)).await;
    let taxes = format!(
        "{},{}",
        one["tax_id"].as_str().unwrap(),
        two["tax_id"].as_str().unwrap()
    );
    let group = json!({"tax_group_name": "Both", "taxes": taxes});
    let group = created(&wired, "/settings/taxgroups", "tax_group", group).await;
    assert_eq!(group["tax_group_percentage"], 7);
    let listed = call(&wired, Method::GET, "/settings/taxes", None, &[])
        .await
        .json();
    let rows = listed["taxes"].as_array().unwrap();
    assert!(
        rows.iter()
            .any(|row| row["tax_id"] == group["tax_group_id"] && row["tax_type"] == "tax_group")
    );
}

#[tokio::test]
async fn journals_must_balance_and_printed_records_are_pdf() {
    let wired = start().await;
    let line = |account: &str, side: &str, amount: &str| {
        let amount: Value = serde_json::from_str(amount).unwrap();
        json!({"account_id": account, "debit_or_credit": side, "amount": amount})
    };
    let (one, other) = ("460000000000000400", "460000000000000388");
    let journal = |lines: Vec<Value>| json!({"journal_date": "2026-05-04", "line_items": lines});
    let odd = journal(vec![
        line(one, "debit", "1.00"),
        line(other, "credit", "1.01"),
    ]);
    assert_eq!(
        call(&wired, Method::POST, "/journals", Some(&odd), &[])
            .await
            .status,
        400
    );
    let same = journal(vec![line(one, "debit", "1"), line(one, "credit", "1")]);
    assert_eq!(
        call(&wired, Method::POST, "/journals", Some(&same), &[])
            .await
            .json()["code"],
        4
    );
    let even = journal(vec![
        line(one, "debit", "1.10"),
        line(other, "credit", "1.10"),
    ]);
    let journal = created(&wired, "/journals", "journal", even).await;
    assert_eq!(journal["status"], "published");
    assert_eq!(journal["journal_type"], "both");
    let at = format!(
        "/journals/{}?accept=pdf",
        journal["journal_id"].as_str().unwrap()
    );
    let file = call(&wired, Method::GET, &at, None, &[]).await;
    assert!(file.text.starts_with("%PDF-1.4"), "{}", file.text);
}

#[tokio::test]
async fn of_several_that_one_call_deletes_all_go_or_none_and_a_refusal_leaves_nothing() {
    let wired = start().await;
    let get = async |at: &str| call(&wired, Method::GET, at, None, &[]).await;
    let contact = async |name: &str| {
        let contact = created(
            &wired,
            "/contacts",
            "contact",
            json!({"contact_name": name}),
        )
        .await;
        contact["contact_id"].as_str().unwrap().to_owned()
    };
    let (first, used) = (contact("First").await, contact("Used").await);
    let person = json!({"contact_id": first, "first_name": "Ida"});
    created(&wired, "/contacts/contactpersons", "contact_person", person).await;
    let invoice = json!({"customer_id": used, "line_items": [{"rate": 5}]});
    let invoice = created(&wired, "/invoices", "invoice", invoice).await;
    let before = get(&format!("/contacts/{first}")).await.text;
    let at = format!("/contacts?contact_ids={first},{used}");
    let refused = call(&wired, Method::DELETE, &at, None, &[]).await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()["code"].clone()),
        (400, json!(3000))
    );
    assert_eq!(get(&format!("/contacts/{first}")).await.text, before);
    let persons = get(&format!("/contacts/{first}/contactpersons"))
        .await
        .json();
    assert_eq!(persons["contact_persons"].as_array().unwrap().len(), 1);
    let same = json!({"contact_name": "first"});
    let same = call(&wired, Method::POST, "/contacts", Some(&same), &[]).await;
    assert_eq!(same.json()["code"], 3062, "its name is still taken");

    // A refused document takes no number, and its quote is not invoiced.
    let quote = json!({"customer_id": first, "line_items": [{"rate": 5}]});
    let quote = created(&wired, "/estimates", "estimate", quote).await;
    let quote = format!("/estimates/{}", quote["estimate_id"].as_str().unwrap());
    let order = json!({"customer_id": first, "line_items": [{"rate": 0}]});
    let order = created(&wired, "/salesorders", "salesorder", order).await;
    // More than can be counted is refused, after the quote was told of its invoice.
    let much = json!({"rate": 0, "salesorder_item_id": order["line_items"][0]["line_item_id"], "quantity": "70000000000000000000000000000"});
    let bad = json!({"customer_id": first, "invoiced_estimate_id": quote.rsplit('/').next(), "line_items": [much, much]});
    let bad = call(&wired, Method::POST, "/invoices", Some(&bad), &[]).await;
    assert_eq!(bad.status, 400, "{}", bad.text);
    let order = format!("/salesorders/{}", order["salesorder_id"].as_str().unwrap());
    assert_eq!(get(&order).await.json()["salesorder"]["status"], "draft");
    assert_eq!(get(&quote).await.json()["estimate"]["status"], "draft");
    let next = json!({"customer_id": first, "line_items": [{"rate": 5}]});
    let next = created(&wired, "/invoices", "invoice", next).await;
    let number = |invoice: &serde_json::Value| -> u64 {
        let number = invoice["invoice_number"]
            .as_str()
            .unwrap()
            .trim_start_matches("INV-");
        number.parse().unwrap()
    };
    assert_eq!(number(&next), number(&invoice) + 1);

    let invoice = invoice["invoice_id"].as_str().unwrap();
    let gone = call(
        &wired,
        Method::DELETE,
        &format!("/invoices/{invoice}"),
        None,
        &[],
    )
    .await;
    assert_eq!(gone.status, 200);
    let other = contact("Other").await;
    let at = format!("/contacts?contact_ids={used},{other}");
    assert_eq!(
        call(&wired, Method::DELETE, &at, None, &[]).await.status,
        200
    );
    for id in [&used, &other] {
        assert_eq!(get(&format!("/contacts/{id}")).await.status, 404);
    }
    assert_eq!(
        contact("Used").await.len(),
        used.len(),
        "its name is free again"
    );
}

#[tokio::test]
async fn a_restored_organisation_still_knows_what_is_taken() {
    let wired = start().await;
    let taken = json!({"name": "Chair", "sku": "C-1", "rate": 5});
    let item = created(&wired, "/items", "item", taken.clone()).await;
    let snapshot = wired.simulator.snapshot().unwrap();
    wired.simulator.reset().unwrap();
    wired.simulator.restore(&snapshot).unwrap();
    for (body, code) in [
        (taken, 1001),
        (json!({"name": "Chair 2", "sku": "C-1", "rate": 5}), 1001),
        (json!({"name": "Chair 2", "rate": 5}), 0),
    ] {
        let answer = call(&wired, Method::POST, "/items", Some(&body), &[]).await;
        assert_eq!(answer.json()["code"], code, "{}", answer.text);
    }
    let at = format!("/items/{}", item["item_id"].as_str().unwrap());
    let renamed = call(
        &wired,
        Method::PUT,
        &at,
        Some(&json!({"name": "Stool"})),
        &[],
    )
    .await;
    assert_eq!(renamed.status, 200, "{}", renamed.text);
    created(
        &wired,
        "/items",
        "item",
        json!({"name": "Chair", "rate": 5}),
    )
    .await;
}

#[tokio::test]
async fn a_receipt_takes_the_place_of_the_receipt_only() {
    let wired = start().await;
    let accounts = call(&wired, Method::GET, "/chartofaccounts", None, &[])
        .await
        .json();
    let account = |name: &str| {
        let accounts = accounts["chartofaccounts"].as_array().unwrap();
        let found = accounts
            .iter()
            .find(|account| account["account_name"] == name);
        found.unwrap()["account_id"].clone()
    };
    let expense = json!({"account_id": account("Office Supplies"), "paid_through_account_id": account("Petty Cash"), "amount": 5, "date": "2026-05-04"});
    let expense = created(&wired, "/expenses", "expense", expense).await;
    let at = format!("/expenses/{}", expense["expense_id"].as_str().unwrap());
    let send = async |word: &str, name: &str| {
        let part = reqwest::multipart::Part::text(name.to_owned()).file_name(format!("{name}.pdf"));
        let form = reqwest::multipart::Form::new().part(word.to_owned(), part);
        let request = wired.http.post(wired.url(&path(&format!("{at}/{word}"))));
        let answer = request
            .bearer_auth(&wired.token)
            .multipart(form)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success());
    };
    send("attachment", "paper").await;
    send("receipt", "first").await;
    send("receipt", "second").await;
    let receipt = format!("{at}/receipt");
    let get = async || call(&wired, Method::GET, &receipt, None, &[]).await;
    assert_eq!(get().await.text, "second");
    let delete = call(&wired, Method::DELETE, &receipt, None, &[]).await;
    assert_eq!(delete.status, 200);
    assert_eq!(get().await.status, 404);
}
