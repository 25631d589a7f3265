//! Someone plays the Zoho user in a real browser, while a client works through the API.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::books::{call, created};
use crate::browser::Browser;
use crate::receiver::Receiver;
use crate::support::Wired;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_plays_the_zoho_user_and_sees_what_clients_do() {
    let wired = Wired::start().await;
    let browser = Browser::start().await;
    browser.open(&wired.url("/__sim/modules/Leads")).await;
    browser.until_text("No record fits.").await;

    // What a client writes is seen without loading the page again.
    browser.run("window.isTheSamePage = true").await;
    let hostile =
        "<img src=x onerror=document.title='taken'><script>document.title='taken'</script>";
    let lead = json!({"data": [{"Last_Name": "Moon", "Company": hostile}]});
    assert_eq!(wired.post("/crm/v8/Leads", &lead).await.status, 201);
    browser.until_text("Moon").await;
    assert_eq!(browser.run("return window.isTheSamePage").await, true);
    assert_ne!(browser.run("return document.title").await, "taken");

    // Creates, with a slip first that stays in the form.
    browser.press("a[href='/__sim/modules/Leads/new']").await;
    browser.type_into("[name=First_Name]", "Ada").await;
    browser.type_into("[name=Last_Name]", "Ray").await;
    browser.type_into("[name=Email]", "no address").await;
    browser.press("main form button").await;
    browser.until_text("INVALID_DATA").await;
    browser
        .type_into("[name=Email]", "ada@example.com\u{e007}")
        .await;
    browser.until_text("What happened").await;
    let record = wired.simulator.records("Leads").unwrap().pop().unwrap();
    assert_eq!(
        (
            &record["First_Name"],
            &record["Last_Name"],
            &record["Email"]
        ),
        (&json!("Ada"), &json!("Ray"), &json!("ada@example.com"))
    );

    // Edits, and the client that watches is told.
    let mut receiver = Receiver::start(200).await;
    let watch = json!({"watch": [{"channel_id": "100", "events": ["Leads.all"], "notify_url": receiver.url}]});
    assert_eq!(
        wired.post("/crm/v8/actions/watch", &watch).await.status,
        201
    );
    browser.type_into("[name=City]", "Rome").await;
    browser.press("main form button").await;
    browser.until_text("Rome").await;
    browser.open(&wired.url("/__sim/notifications")).await;
    browser.until_text("Leads update").await;
    assert_eq!(receiver.next().await["ids"], json!([record["id"]]));

    // Deletes, after a question.
    let id = record["id"].as_str().unwrap();
    browser
        .open(&wired.url(&format!("/__sim/modules/Leads/{id}")))
        .await;
    browser.press("form[data-confirm] button").await;
    browser.accept().await;
    browser.until_text("1 records").await;
    assert_eq!(wired.simulator.count("Leads"), Ok(1));

    // Switches a fault on for one call.
    browser.open(&wired.url("/__sim/faults")).await;
    browser
        .press("form:has([value=server_error]) button[value='1']")
        .await;
    browser
        .until_text(r#""kind":"server_error","status":503"#)
        .await;
    assert_eq!(wired.get("/crm/v8/org").await.status, 503);
    assert_eq!(wired.get("/crm/v8/org").await.status, 200);

    // Moves the clock.
    let before = wired.simulator.now();
    browser.open(&wired.url("/__sim/clock")).await;
    browser.press("button[value='3600']").await;
    let moves = async {
        while wired.simulator.now() < before + 3_600 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), moves)
        .await
        .expect("the button moves the clock");
    assert_eq!(browser.errors().await, Vec::<serde_json::Value>::new());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_keeps_the_books_and_sees_what_clients_do() {
    let wired = Wired::start().await;
    let browser = Browser::start().await;
    let at = |path: &str| wired.url(&format!("/__sim/books/10234695/{path}"));
    browser.open(&wired.url("/__sim/books")).await;
    browser.press("a[href$='/contact']").await;
    browser.until_text("records").await;

    // What a client writes is seen without loading the page again, and hostile names stay text.
    browser.run("window.isTheSamePage = true").await;
    let hostile = "<img src=x onerror=document.title='taken'>Halden";
    let contact = json!({"contact_name": hostile});
    let contact = created(&wired, "/contacts", "contact", contact).await;
    browser.until_text("Halden").await;
    assert_eq!(browser.run("return window.isTheSamePage").await, true);
    assert_ne!(browser.run("return document.title").await, "taken");

    // Writes an invoice with two lines, after a slip that stays in the form.
    browser.open(&at("invoice/new")).await;
    let customer = contact["contact_id"].as_str().unwrap();
    browser.type_into("[name=customer_id]", customer).await;
    for (input, text) in [
        ("line_items.0.name", "Chair"),
        ("line_items.0.quantity", "2"),
        ("line_items.0.rate", "12.50"),
        ("line_items.1.name", "Table"),
        ("line_items.1.quantity", "1"),
        ("line_items.1.rate", "dear"),
    ] {
        browser.type_into(&format!("[name='{input}']"), text).await;
    }
    browser.press("main form button").await;
    browser.until_text("Invalid value passed for rate").await;
    let rate = "document.querySelector('[name=\"line_items.1.rate\"]')";
    assert_eq!(browser.run(&format!("return {rate}.value")).await, "dear");
    browser.run(&format!("{rate}.value = '100'")).await;
    browser.press("main form button").await;
    browser.until_text("125.00 USD").await;

    // Sends it, and records its payment.
    browser.press("button[value='status/sent']").await;
    browser.until_text("sent").await;
    browser.press("a[href*='customer_payment/new']").await;
    browser.until_text("New").await;
    browser.press("main form button").await;
    browser.until_text("Applied to invoices").await;
    browser.press("a[href*='/invoice/']").await;
    browser.until_text("paid").await;
    let invoices = call(&wired, Method::GET, "/invoices?status=paid", None, &[]).await;
    let invoices = invoices.json();
    assert_eq!(invoices["invoices"][0]["total"], 125.0);
    assert_eq!(browser.errors().await, Vec::<serde_json::Value>::new());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_on_a_phone_and_is_labelled() {
    let wired = Wired::start().await;
    let id = wired
        .record(
            "Leads",
            json!({"Last_Name": "Ray", "Description": "long ".repeat(200)}),
        )
        .await;
    wired.get("/crm/v8/Leads?fields=Last_Name").await;
    let browser = Browser::start().await;
    browser.resize(390, 800).await;
    for path in [
        "/__sim/",
        "/__sim/modules/Leads",
        "/__sim/modules/Leads/new",
        &format!("/__sim/modules/Leads/{id}"),
        "/__sim/books",
        "/__sim/books/10234695/contact",
        "/__sim/books/10234695/invoice/new",
        "/__sim/books/10234695/chart_of_account/10234000000000388",
        "/__sim/changes",
        "/__sim/journal",
        "/__sim/journal/2",
        "/__sim/notifications",
        "/__sim/jobs",
        "/__sim/faults",
        "/__sim/clients",
        "/__sim/limits",
        "/__sim/clock",
    ] {
        browser.open(&wired.url(path)).await;
        let overhang = browser
            .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            .await;
        assert_eq!(overhang, 0, "{path} is wider than the screen");
        let unlabelled = browser
            .run("return [...document.querySelectorAll('input:not([type=hidden]),select,textarea')].filter(field => !field.labels.length).map(field => field.name)")
            .await;
        assert_eq!(unlabelled, json!([]), "{path}");
        assert_eq!(
            browser
                .run("return document.querySelectorAll('h1').length")
                .await,
            1,
            "{path}"
        );
    }
    assert_eq!(browser.errors().await, Vec::<serde_json::Value>::new());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_consents_in_a_browser() {
    let wired = Wired::start().await;
    let back = wired.url("/__sim/v1/health");
    let client = json!({"redirect_uris": [back]});
    let client = wired.post("/__sim/v1/clients", &client).await.json();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", client["client_id"].as_str().unwrap())
        .append_pair("response_type", "code")
        .append_pair("redirect_uri", &back)
        .append_pair("scope", "ZohoCRM.modules.ALL")
        .finish();
    let browser = Browser::start().await;
    browser
        .open(&wired.url(&format!("/oauth/v2/auth?{query}")))
        .await;
    browser.press("[name=decision][value=accept]").await;
    browser.until_text("\"status\":\"ok\"").await;
    let address = browser.run("return location.search").await;
    let address = address.as_str().unwrap();
    assert!(address.contains("code=1000."), "{address}");
    browser.close().await;
}
