//! The lead form of the demo, filled in by keys.

use fantoccini::wd::WindowHandle;
use serde_json::{Value, json};

use super::demo::{Demo, log_in};
use super::driver::Browser;

const FIELDS: [(&str, &str); 6] = [
    ("#first_name", "Ada"),
    ("#last_name", "Ray"),
    ("#email", "ada@example.com"),
    ("#phone", "+44 20 7946 0100"),
    ("#company", "Example Gardens"),
    ("#message", "A pond with room for herons."),
];

async fn fill_in_and_send(browser: &Browser, phone: &str) {
    for (field, keys) in FIELDS {
        let keys = if field == "#phone" { phone } else { keys };
        browser.type_into(field, keys).await;
    }
    browser.press(".demo-form button").await;
    browser.until_text("h1", &["Thank you"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_goes_from_the_key_press_into_zoho_and_its_life_can_be_read() {
    let demo = Demo::start().await;
    let browser = Browser::start().await;
    log_in(&browser, &format!("{}/events", demo.url), &demo.token).await;
    let console = browser.window().await;
    browser.run("window.isFirstLoad = true", vec![]).await;

    browser.open_window(&format!("{}/demo", demo.url)).await;
    fill_in_and_send(&browser, FIELDS[3].1).await;
    let lead = demo.only_lead_with("Email", "ada@example.com").await;
    let expected = [
        ("First_Name", "Ada"),
        ("Last_Name", "Ray"),
        ("Phone", "+44 20 7946 0100"),
        ("Company", "Example Gardens"),
        ("Lead_Source", "Website"),
        ("Description", "A pond with room for herons."),
    ];
    for (field, value) in expected {
        assert_eq!(lead[field], value, "{field}");
    }
    let form = browser.window().await;
    read_its_life(&browser, console, &lead).await;

    browser.go_to_window(form).await;
    browser.press("main a[href='/demo']").await;
    fill_in_and_send(&browser, "+44 20 7946 0199").await;
    let updated = demo.only_lead_with("Phone", "+44 20 7946 0199").await;
    assert_eq!(updated["id"], lead["id"]);

    // Zoho tells of both writes, as its page shows.
    browser
        .open(&format!("{}notifications", demo.simulator_url))
        .await;
    browser
        .until_text("main", &["Leads", "insert", "update"])
        .await;
    browser.close().await;
}

/// Sees the event arrive in the open list of events, opens it and reads.
async fn read_its_life(browser: &Browser, console: WindowHandle, lead: &Value) {
    browser.go_to_window(console).await;
    let row = ["Lead Generated", "ada@example.com", "delivered"];
    browser.until_text("#live .rows", &row).await;
    let is_first_load = browser.run("return window.isFirstLoad === true", vec![]);
    assert_eq!(is_first_load.await, json!(true), "the list updates itself");

    let link = "//a[contains(@class, 'row-link') and text()='Lead Generated']";
    let click = "document.evaluate(arguments[0], document, null, 9).singleNodeValue.click()";
    browser.run(click, vec![json!(link)]).await;
    browser
        .until_text("h1", &["Lead Generated", "delivered"])
        .await;
    browser.unfold().await;
    let life = browser.text("main").await;
    for part in [
        "\"message\": \"A pond with room for herons.\"",
        "Route lead-capture",
        "properties.last_name",
        "POST /crm/v8/Leads/upsert",
        "\"Last_Name\": \"Ray\"",
        "Attempt 1",
        "HTTP 200",
        "record added",
        "In Zoho as Leads record",
        lead["id"].as_str().unwrap(),
    ] {
        assert!(life.contains(part), "{part:?} is missing:\n{life}");
    }
}
