//! The pages on a phone.

use serde_json::json;

use super::demo::{Demo, log_in};
use super::driver::Browser;

const WIDTH: u32 = 390;

#[tokio::test(flavor = "multi_thread")]
async fn no_page_scrolls_sideways_and_none_reports_an_error() {
    let demo = Demo::start().await;
    let long = "x".repeat(60);
    let email = format!("{long}@{}.example", "y".repeat(30));
    let company = format!("Example {long}");
    let good = json!({"email": email, "lastName": long, "company": company});
    let event = demo.identify("delivered", good).await;
    let dead = json!({"email": email, "company": company});
    let dead_event = demo.identify("dead", dead).await;

    let browser = Browser::start().await;
    small_screen(&browser).await;
    browser.open(&format!("{}/login", demo.url)).await;
    fits(&browser, "/login").await;
    log_in(&browser, &format!("{}/events", demo.url), &demo.token).await;
    browser
        .until_text("#live .rows", &["delivered", "dead"])
        .await;
    let paths = [
        "/",
        "/events",
        &format!("/events/{event}"),
        &format!("/events/{dead_event}"),
        "/dead-letters",
        "/connections",
        "/actions",
        "/actions/crm.list_records",
        "/actions/crm.create_record",
        "/actions/crm.request",
        "/actions/books.act_on_record",
        "/routes",
        "/demo",
        "/v1/forms/demo/thanks",
    ];
    for path in paths {
        browser.open(&format!("{}{path}", demo.url)).await;
        browser.unfold().await;
        fits(&browser, path).await;
    }
    browser.open(&demo.simulator_url).await;
    fits(&browser, "the simulator's page").await;
    browser.close().await;
}

/// Lets the browser be a phone.
pub(super) async fn small_screen(browser: &Browser) {
    let screen = json!({"width": WIDTH, "height": 844, "deviceScaleFactor": 2, "mobile": true});
    browser
        .devtools("Emulation.setDeviceMetricsOverride", screen)
        .await;
}

/// Fails when the page is wider than the screen.
pub(super) async fn fits(browser: &Browser, page: &str) {
    let script = "const width = document.documentElement.clientWidth;
        const wide = [...document.querySelectorAll('body *')].filter(element => element.getBoundingClientRect().right > width + 1);
        return [document.documentElement.scrollWidth, wide.slice(0, 5).map(element => element.outerHTML.slice(0, 120))];";
    let found = browser.run(script, vec![]).await;
    assert!(
        found[0].as_u64().unwrap() <= u64::from(WIDTH),
        "{page} is too wide: {found:#}"
    );
}
