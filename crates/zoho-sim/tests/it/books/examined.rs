//! Books looked at by somebody else: ways through several documents, odd values, many at once.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::super::support::{Got, Wired, got};
use super::{call, created, path, start};

async fn get(wired: &Wired, at: &str) -> Value {
    call(wired, Method::GET, at, None, &[]).await.json()
}

async fn send(wired: &Wired, method: Method, at: &str, body: Value) -> Got {
    call(wired, method, at, Some(&body), &[]).await
}

/// Status and code of an action without a body.
async fn act(wired: &Wired, at: &str) -> (u16, Value) {
    let answer = call(wired, Method::POST, at, None, &[]).await;
    (answer.status.as_u16(), answer.json()["code"].clone())
}

fn id(record: &Value, name: &str) -> String {
    let id = record[name].as_str();
    id.unwrap_or_else(|| panic!("{name} in {record}"))
        .to_owned()
}

async fn contact(wired: &Wired, name: &str, kind: &str) -> String {
    let body = json!({"contact_name": name, "contact_type": kind});
    id(
        &created(wired, "/contacts", "contact", body).await,
        "contact_id",
    )
}

/// A member of a record as it is written.
fn written(text: &str, name: &str) -> String {
    let at = text
        .find(&format!("\"{name}\":"))
        .unwrap_or_else(|| panic!("no {name} in {text}"));
    let rest = text[at..].split_once(':').unwrap().1;
    rest.split([',', '}']).next().unwrap().to_owned()
}

#[tokio::test]
async fn a_sales_order_is_invoiced_by_its_lines_until_nothing_is_left() {
    let wired = start().await;
    let customer = contact(&wired, "Halden", "customer").await;
    let order = json!({"customer_id": customer, "line_items": [{"name": "Lamp", "rate": 10, "quantity": 3}, {"name": "Cable", "rate": 2, "quantity": 1}]});
    let order = created(&wired, "/salesorders", "salesorder", order).await;
    let at = format!("/salesorders/{}", id(&order, "salesorder_id"));
    assert_eq!(order["status"], "draft");
    assert_eq!(
        act(&wired, &format!("{at}/status/open")).await,
        (201, json!(0))
    );
    let lines: Vec<String> = order["line_items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| id(line, "line_item_id"))
        .collect();
    let invoice = async |line: &str, quantity: f64| {
        let body = json!({"customer_id": customer, "line_items": [{"name": "Of order", "rate": 10, "quantity": quantity, "salesorder_item_id": line}]});
        id(
            &created(&wired, "/invoices", "invoice", body).await,
            "invoice_id",
        )
    };
    let status = async || get(&wired, &at).await["salesorder"]["status"].clone();
    let first = invoice(&lines[0], 1.0).await;
    assert_eq!(status().await, "partially_invoiced");
    assert_eq!(act(&wired, &format!("{at}/status/void")).await.0, 400);
    let second = invoice(&lines[0], 2.0).await;
    assert_eq!(status().await, "partially_invoiced");
    invoice(&lines[1], 1.0).await;
    assert_eq!(status().await, "invoiced");
    for invoice in [first, second] {
        let deleted = call(
            &wired,
            Method::DELETE,
            &format!("/invoices/{invoice}"),
            None,
            &[],
        )
        .await;
        assert_eq!(deleted.status, 200);
        assert_eq!(status().await, "partially_invoiced");
    }
    let listed = get(&wired, "/salesorders?status=partially_invoiced").await;
    assert_eq!(listed["salesorders"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_group_of_taxes_is_summed_and_told_apart_in_its_members() {
    let wired = start().await;
    let customer = contact(&wired, "Halden", "customer").await;
    let tax = async |name: &str, percentage: f64, kind: &str| {
        let body = json!({"tax_name": name, "tax_percentage": percentage, "tax_type": kind});
        id(
            &created(&wired, "/settings/taxes", "tax", body).await,
            "tax_id",
        )
    };
    let (state, city) = (
        tax("State", 5.5, "tax").await,
        tax("City", 2.25, "tax").await,
    );
    let top = tax("Top", 10.0, "compound_tax").await;
    let group = async |name: &str, taxes: String| {
        let body = json!({"tax_group_name": name, "taxes": taxes});
        let group = created(&wired, "/settings/taxgroups", "tax_group", body).await;
        (
            id(&group, "tax_group_id"),
            group["tax_group_percentage"].as_f64(),
        )
    };
    let (both, percentage) = group("Both", format!("{state},{city}")).await;
    assert_eq!(percentage, Some(7.75));
    let listed = get(&wired, "/settings/taxes").await;
    let listed = listed["taxes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|tax| tax["tax_id"] == both.as_str())
        .cloned();
    assert_eq!(listed.unwrap()["tax_type"], "tax_group");
    let body = json!({"customer_id": customer, "line_items": [{"name": "Lamp", "rate": 19.99, "quantity": 3, "tax_id": both}]});
    let answer = send(&wired, Method::POST, "/invoices", body).await;
    let invoice = &answer.json()["invoice"];
    // 59.97: 5.5 % are 3.29835, 2.25 % are 1.349325.
    assert_eq!(invoice["line_items"][0]["tax_type"], "tax_group");
    assert_eq!(
        invoice["line_items"][0]["tax_percentage"].as_f64(),
        Some(7.75)
    );
    let taxes: Vec<(Value, Option<f64>)> = invoice["taxes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tax| (tax["tax_name"].clone(), tax["tax_amount"].as_f64()))
        .collect();
    assert_eq!(
        taxes,
        [
            (json!("State (5.5%)"), Some(3.30)),
            (json!("City (2.25%)"), Some(1.35))
        ]
    );
    assert_eq!(written(&answer.text, "tax_total"), "4.65");
    assert_eq!(written(&answer.text, "total"), "64.62");
    let (stacked, _) = group("Stacked", format!("{state},{top}")).await;
    let body = json!({"customer_id": customer, "line_items": [{"name": "Lamp", "rate": 100, "tax_id": stacked}]});
    let answer = send(&wired, Method::POST, "/invoices", body).await;
    assert_eq!(
        written(&answer.text, "tax_total"),
        "16.05",
        "10 % of 105.50 on top"
    );
    for (taxes, code) in [("17", 400), ("", 400)] {
        let body = json!({"tax_group_name": "Odd", "taxes": taxes});
        assert_eq!(
            send(&wired, Method::POST, "/settings/taxgroups", body)
                .await
                .status
                .as_u16(),
            code,
            "{taxes}"
        );
    }
    let gone = call(
        &wired,
        Method::DELETE,
        &format!("/settings/taxgroups/{stacked}"),
        None,
        &[],
    )
    .await;
    assert_eq!(gone.status, 200);
    let body = json!({"customer_id": customer, "line_items": [{"name": "Lamp", "rate": 100, "tax_id": stacked}]});
    assert_eq!(
        send(&wired, Method::POST, "/invoices", body).await.json()["code"],
        2
    );
}

#[tokio::test]
async fn an_approval_goes_from_draft_to_yes_or_no_and_owes_nothing_meanwhile() {
    let wired = start().await;
    let customer = contact(&wired, "Halden", "customer").await;
    let body = json!({"customer_id": customer, "line_items": [{"name": "Lamp", "rate": 40}]});
    let invoice = created(&wired, "/invoices", "invoice", body.clone()).await;
    let at = format!("/invoices/{}", id(&invoice, "invoice_id"));
    let status = async || get(&wired, &at).await["invoice"]["status"].clone();
    let owed = async || {
        get(&wired, &format!("/contacts/{customer}")).await["contact"]["outstanding_receivable_amount"].as_f64()
    };
    assert_eq!(
        act(&wired, &format!("{at}/approve")).await.0,
        400,
        "nobody has asked"
    );
    assert_eq!(act(&wired, &format!("{at}/reject")).await.0, 400);
    assert_eq!(act(&wired, &format!("{at}/submit")).await, (200, json!(0)));
    assert_eq!(
        (status().await, owed().await),
        (json!("pending_approval"), Some(0.0))
    );
    assert_eq!(act(&wired, &format!("{at}/submit")).await.0, 400);
    assert_eq!(act(&wired, &format!("{at}/reject")).await, (200, json!(0)));
    assert_eq!(status().await, "rejected");
    assert_eq!(act(&wired, &format!("{at}/submit")).await, (200, json!(0)));
    assert_eq!(act(&wired, &format!("{at}/approve")).await, (200, json!(0)));
    assert_eq!(
        (status().await, owed().await),
        (json!("approved"), Some(0.0))
    );
    assert_eq!(
        act(&wired, &format!("{at}/status/sent")).await,
        (200, json!(0))
    );
    assert_eq!((status().await, owed().await), (json!("sent"), Some(40.0)));
    let payment = json!({"customer_id": customer, "amount": 40, "date": "2026-05-04", "payment_mode": "cash", "invoices": [{"invoice_id": invoice["invoice_id"], "amount_applied": 40}]});
    created(&wired, "/customerpayments", "payment", payment).await;
    assert_eq!(
        act(&wired, &format!("{at}/submit")).await.0,
        400,
        "it is paid"
    );
    for word in ["cancel", "readytopush"] {
        act(&wired, &format!("{at}/status/{word}")).await;
        assert_eq!(
            (status().await, owed().await),
            (json!("paid"), Some(0.0)),
            "{word}"
        );
    }
}

#[tokio::test]
async fn recurring_documents_are_stopped_and_resumed_once() {
    let wired = start().await;
    let (customer, vendor) = (
        contact(&wired, "Halden", "customer").await,
        contact(&wired, "Moe", "vendor").await,
    );
    let accounts = get(&wired, "/chartofaccounts").await;
    let account = |name: &str| {
        let accounts = accounts["chartofaccounts"].as_array().unwrap();
        accounts
            .iter()
            .find(|account| account["account_name"] == name)
            .unwrap()["account_id"]
            .clone()
    };
    let lines = json!([{"name": "Lamp", "rate": 5, "quantity": 2, "account_id": account("Office Supplies")}]);
    let often = |mut body: Value| {
        body["start_date"] = json!("2026-05-04");
        body["recurrence_frequency"] = json!("months");
        body["repeat_every"] = json!(1);
        body
    };
    let cases = [
        (
            "/recurringinvoices",
            "recurring_invoice",
            json!({"recurrence_name": "Rent", "customer_id": customer, "line_items": lines}),
        ),
        (
            "/recurringbills",
            "recurring_bill",
            json!({"recurrence_name": "Rent", "vendor_id": vendor, "line_items": lines}),
        ),
        (
            "/recurringexpenses",
            "recurring_expense",
            json!({"recurrence_name": "Rent", "account_id": account("Office Supplies"), "paid_through_account_id": account("Petty Cash"), "amount": 5}),
        ),
    ];
    for (at, key, body) in cases {
        let record = created(&wired, at, key, often(body)).await;
        assert_eq!(record["status"], "active", "{key}");
        let one = format!("{at}/{}", id(&record, &format!("{key}_id")));
        let status = async || get(&wired, &one).await[key]["status"].clone();
        assert_eq!(
            act(&wired, &format!("{one}/status/resume")).await.0,
            400,
            "{key} is active"
        );
        assert_eq!(
            act(&wired, &format!("{one}/status/stop")).await.1,
            json!(0),
            "{key}"
        );
        assert_eq!(status().await, "stopped");
        assert_eq!(
            act(&wired, &format!("{one}/status/stop")).await.0,
            400,
            "{key} is stopped"
        );
        assert_eq!(
            act(&wired, &format!("{one}/status/resume")).await.1,
            json!(0),
            "{key}"
        );
        assert_eq!(status().await, "active");
    }
}

#[tokio::test]
async fn a_payment_is_of_one_currency_and_at_its_own_rate() {
    let wired = start().await;
    let customer = contact(&wired, "Halden", "customer").await;
    let currency = json!({"currency_code": "XAA", "currency_symbol": "A", "price_precision": 0, "currency_format": "1,234,567"});
    let currency = created(&wired, "/settings/currencies", "currency", currency).await;
    let lines = json!([{"name": "Lamp", "rate": 99.6}]);
    let body = |rate: Value| json!({"customer_id": customer, "currency_id": currency["currency_id"], "exchange_rate": rate, "line_items": lines});
    for rate in [json!(0), json!(-1), json!("x"), json!([])] {
        assert_eq!(
            send(&wired, Method::POST, "/invoices", body(rate.clone()))
                .await
                .json()["code"],
            2,
            "{rate}"
        );
    }
    let invoice = created(
        &wired,
        "/invoices?send=true",
        "invoice",
        body(json!("0.125")),
    )
    .await;
    assert_eq!(
        (invoice["total"].as_f64(), invoice["exchange_rate"].as_f64()),
        (Some(100.0), Some(0.125))
    );
    let at_home = json!({"customer_id": customer, "line_items": [{"rate": 5}]});
    let at_home = created(&wired, "/invoices?send=true", "invoice", at_home).await;
    let part = |invoice: &Value, amount: u32| json!({"invoice_id": invoice["invoice_id"], "amount_applied": amount});
    let pay = |amount: u32, parts: Value| json!({"customer_id": customer, "amount": amount, "date": "2026-05-04", "payment_mode": "cash", "invoices": parts});
    let both = pay(105, json!([part(&invoice, 100), part(&at_home, 5)]));
    let both = send(&wired, Method::POST, "/customerpayments", both).await;
    assert_eq!(both.status, 400, "{}", both.text);
    let payment = pay(100, json!([part(&invoice, 100)]));
    let payment = send(&wired, Method::POST, "/customerpayments", payment).await;
    assert_eq!(payment.status, 201, "{}", payment.text);
    assert_eq!(payment.json()["payment"]["currency_code"], "XAA");
    let at = format!("/invoices/{}", id(&invoice, "invoice_id"));
    assert_eq!(get(&wired, &at).await["invoice"]["status"], "paid");
    let payment = format!(
        "/customerpayments/{}",
        id(&payment.json()["payment"], "payment_id")
    );
    assert_eq!(
        call(&wired, Method::DELETE, &payment, None, &[])
            .await
            .status,
        200
    );
    let open = get(&wired, &at).await["invoice"].clone();
    assert_eq!(
        (open["status"].clone(), open["balance"].as_f64()),
        (json!("sent"), Some(100.0))
    );
}

#[tokio::test]
async fn numbers_that_are_given_at_once_are_all_different() {
    let wired = start().await;
    let limits = json!({"books_concurrency_max": null});
    wired
        .call(Method::PUT, "/__sim/v1/limits", Some(&limits))
        .await;
    let customer = contact(&wired, "Halden", "customer").await;
    let body = json!({"customer_id": customer, "line_items": [{"rate": 1}]});
    let calls = (0..40).map(|number| {
        let own = number % 8 == 7;
        let mut body = body.clone();
        let mut at = "/invoices".to_owned();
        if own {
            // Numbers ahead of the series, which it has to pass over.
            body["invoice_number"] = json!(format!("INV-{:06}", number * 2 + 10));
            at = "/invoices?ignore_auto_number_generation=true".to_owned();
        }
        let request = wired
            .http
            .post(wired.url(&path(&at)))
            .bearer_auth(&wired.token)
            .json(&body);
        tokio::spawn(async move { got(request.send().await.unwrap()).await })
    });
    let calls: Vec<_> = calls.collect();
    let mut numbers = BTreeSet::new();
    let mut refused = 0;
    for call in calls {
        let answer = call.await.unwrap();
        match answer.status.as_u16() {
            201 => assert!(numbers.insert(id(&answer.json()["invoice"], "invoice_number"))),
            _ => {
                assert_eq!(answer.json()["code"], 1001, "{}", answer.text);
                refused += 1;
            }
        }
    }
    assert_eq!(numbers.len() + refused, 40);
    assert!(numbers.len() >= 35, "{refused}");
}

#[tokio::test]
async fn odd_values_are_refused_or_kept_exactly() {
    let wired = start().await;
    let customer = contact(&wired, "Halden", "customer").await;
    let raw = async |at: &str, body: String| {
        let request = wired
            .http
            .post(wired.url(&path(at)))
            .bearer_auth(&wired.token);
        let answer = got(request
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .unwrap())
        .await;
        crate::oas::books::check(
            &Method::POST,
            &path(at),
            answer.status.as_u16(),
            &answer.text,
        );
        answer
    };
    let invoice =
        |lines: &str| format!("{{\"customer_id\":\"{customer}\",\"line_items\":{lines}}}");
    for (lines, expected) in [
        (r#"[{"rate":-5}]"#, 400),
        (r#"[{"rate":5,"quantity":-1}]"#, 400),
        (r#"[{"rate":1e30}]"#, 400),
        (
            r#"[{"rate":79228162514264337593543950335,"quantity":2}]"#,
            400,
        ),
        (r#"[{"rate":1e28,"quantity":1e28}]"#, 400),
        (r#"[{"rate":"5,00"}]"#, 400),
        (r#"[{"rate":true}]"#, 400),
        (r#"[{"rate":[]}]"#, 400),
        (r#"[{"rate":5,"quantity":{}}]"#, 400),
        (r#"[{"rate":5,"discount":-1}]"#, 400),
        (r#"[{"rate":5,"discount":"101%"}]"#, 400),
        (r#"[{"rate":5,"tax_id":"17"}]"#, 400),
        (r#"[{"item_id":"17"}]"#, 404),
        (r#"[{"account_id":"17"}]"#, 400),
        (r#"[[]]"#, 400),
        (r#"[1]"#, 400),
        (r#""lines""#, 400),
        (r#"[{"rate":0.1,"quantity":3}]"#, 201),
        (r#"[{"rate":"2.385","quantity":"2"}]"#, 201),
        (
            r#"[{"rate":10,"quantity":-1},{"rate":10,"quantity":2}]"#,
            201,
        ),
    ] {
        let answer = raw("/invoices", invoice(lines)).await;
        assert_eq!(answer.status.as_u16(), expected, "{lines}: {}", answer.text);
    }
    let exact = raw("/invoices", invoice(r#"[{"rate":0.1,"quantity":3}]"#)).await;
    assert_eq!(written(&exact.text, "total"), "0.30");
    let large = raw(
        "/invoices",
        invoice(r#"[{"rate":99999999999999999999.99,"quantity":1},{"rate":0.01}]"#),
    )
    .await;
    assert_eq!(written(&large.text, "total"), "100000000000000000000.00");
    let many = format!(
        "[{}]",
        vec![r#"{"name":"é","rate":0.01,"quantity":1}"#; 3_000].join(",")
    );
    let many = raw("/invoices", invoice(&many)).await;
    assert_eq!(many.status, 201, "{}", &many.text[..200]);
    assert_eq!(written(&many.text, "total"), "30.00");
    let more = format!("[{}]", vec!["{}"; 5_001].join(","));
    assert_eq!(raw("/invoices", invoice(&more)).await.json()["code"], 2);

    // The last of two members with one name counts.
    let twice = raw(
        "/contacts",
        r#"{"contact_name":"One","contact_name":"Two"}"#.to_owned(),
    )
    .await;
    assert_eq!(twice.json()["contact"]["contact_name"], "Two");
    let odd = "a\\u0000\\uD83D\\uDE00\\u202E\\\"\\n";
    let odd = raw("/contacts", format!("{{\"contact_name\":\"{odd}\"}}")).await;
    assert_eq!(odd.status, 201, "{}", odd.text);
    assert_eq!(odd.json()["contact"]["contact_name"], "a\0😀\u{202e}\"\n");
    for body in [
        r#"{"contact_name":"\uD83D"}"#,
        r#"{"contact_name":"x",}"#,
        "{\"contact_name\":\"\u{1}\"}",
        "{",
        "nul",
        "[",
        &"[".repeat(100_000),
    ] {
        let answer = raw("/contacts", body.to_owned()).await;
        assert_eq!(answer.status, 400, "{}", &body[..body.len().min(40)]);
    }
    let deep = format!("{}1{}", "{\"notes\":".repeat(60), "}".repeat(60));
    assert_eq!(raw("/contacts", deep).await.status, 400);
    for date in ["2026-02-30", "tomorrow", "2026-5-4", "04/05/2026"] {
        let body = format!(
            "{{\"customer_id\":\"{customer}\",\"expiry_date\":\"{date}\",\"line_items\":[{{\"rate\":1}}]}}"
        );
        assert_eq!(raw("/estimates", body).await.json()["code"], 2, "{date}");
    }
}

#[tokio::test]
async fn odd_queries_paths_and_parts_are_refused_or_ignored() {
    let wired = start().await;
    let customer = contact(&wired, "Halden", "customer").await;
    for (query, expected) in [
        ("per_page=0", 200),
        ("per_page=-1", 400),
        ("per_page=1e9", 400),
        ("per_page=1000000000", 400),
        ("per_page=999999999", 200),
        ("page=0", 200),
        ("page=999999999", 200),
        ("page=18446744073709551616", 400),
        ("page=%00", 400),
        ("page=%FF", 400),
        ("sort_order=up", 400),
        ("sort_column=total;drop", 400),
        ("filter_by=Status.Odd", 400),
        ("status=odd", 400),
        ("date_start=2026-13-01", 400),
        ("total_less_than=much", 200),
        ("total_less_than=1e9", 200),
        ("last_modified_time=2026-05-04", 400),
        ("last_modified_time=2026-05-04T09:30:00%2B9999", 400),
        ("search_text=%F0%9F%98%80", 200),
        ("customer_id=17", 200),
        ("cf_odd=1&cf_=2&=3&&", 200),
    ] {
        let answer = call(
            &wired,
            Method::GET,
            &format!("/invoices?{query}"),
            None,
            &[],
        )
        .await;
        assert_eq!(answer.status.as_u16(), expected, "{query}: {}", answer.text);
    }
    for at in [
        "/%69tems",
        "/items%2F17",
        "/items/%2E%2E",
        "/items/..%2f",
        "//items",
        "/items/",
        "/items/%",
        "/items/%zz",
        "/contacts/%F0%9F",
        "/ITEMS",
        "/books/v3/items",
    ] {
        let request = wired
            .http
            .get(wired.url(&path(at)))
            .bearer_auth(&wired.token);
        let answer = got(request.send().await.unwrap()).await;
        assert!(
            matches!(answer.status.as_u16(), 200 | 404),
            "{at}: {}",
            answer.text
        );
    }
    for organisation in [
        "",
        "0",
        "-10234695",
        "10234695x",
        "10234695.0",
        "%31",
        "99999999999999999999999",
        "10234696",
        "10234695&organization_id=1",
    ] {
        let request = wired
            .http
            .get(wired.url(&format!("/books/v3/items?organization_id={organisation}")));
        let answer = got(request.bearer_auth(&wired.token).send().await.unwrap()).await;
        let is_own = organisation.starts_with("10234695&");
        assert_eq!(
            answer.status.as_u16(),
            if is_own { 200 } else { 400 },
            "{organisation}: {}",
            answer.text
        );
    }
    let body = json!({"customer_id": customer, "line_items": [{"rate": 1}]});
    let invoice = created(&wired, "/invoices", "invoice", body).await;
    let at = path(&format!(
        "/invoices/{}/attachment",
        id(&invoice, "invoice_id")
    ));
    for (part, file, expected) in [
        ("attachment", "a.pdf", 200),
        ("attachment[]", "b.PDF", 200),
        ("attachment", "..\\..\\c\"\r\n.png", 400),
        ("attachment", "ü\u{202e}.png", 200),
        ("attachment", "", 400),
        ("attachment", "noending", 400),
        ("attachment", "x.exe", 400),
        ("", "d.pdf", 400),
        ("Attachment", "e.pdf", 400),
    ] {
        let part_of = reqwest::multipart::Part::bytes(vec![0, 255, 13, 10]).file_name(file);
        let form = reqwest::multipart::Form::new().part(part, part_of);
        let request = wired
            .http
            .post(wired.url(&at))
            .bearer_auth(&wired.token)
            .multipart(form);
        let answer = got(request.send().await.unwrap()).await;
        assert_eq!(
            answer.status.as_u16(),
            expected,
            "{part} {file:?}: {}",
            answer.text
        );
        let back = wired
            .http
            .get(wired.url(&at))
            .bearer_auth(&wired.token)
            .send()
            .await
            .unwrap();
        assert_eq!(back.status(), 200, "{file:?}");
    }
    for kind in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x",
        "multipart/mixed; boundary=\"\u{e9}\"",
        "application/x-www-form-urlencoded",
    ] {
        let request = wired
            .http
            .post(wired.url(&at))
            .bearer_auth(&wired.token)
            .header("content-type", kind.as_bytes());
        let answer = got(request.body("--x\r\nodd").send().await.unwrap()).await;
        assert_eq!(answer.status, 400, "{kind}: {}", answer.text);
    }
}
