//! Somebody with many pages of the console: browsers allow one host few connections.

use super::demo::{Demo, log_in};
use super::driver::Browser;

/// More than the six connections that Chromium allows one host.
const PAGES: usize = 9;

#[tokio::test(flavor = "multi_thread")]
async fn many_pages_can_be_visited_and_kept_open() {
    let demo = Demo::start().await;
    let browser = Browser::start().await;
    let events = format!("{}/events", demo.url);
    log_in(&browser, &events, &demo.token).await;
    for _ in 0..PAGES {
        browser.press(".menu a[href='/']").await;
        browser.until_text("h1", &["Overview"]).await;
        browser.press(".menu a[href='/events']").await;
        browser.until_text("h1", &["Events"]).await;
    }
    for _ in 0..PAGES {
        browser.open_tab(&events).await;
        browser.until_text("h1", &["Events"]).await;
    }
    browser.close().await;
}
