//! Connecting Zoho from the console, through Zoho's consent page and back. The gateway and the simulated Zoho are on
//! different sites here (127.0.0.1 and localhost), as they are in life.

use serde_json::json;

use super::demo::log_in;
use super::driver::Browser;
use crate::world::{TOKEN, World};

const SECRET: &str = "leadway-demo-secret";

/// The simulated Zoho by its other name; it knows where the gateway wants people to be sent back to.
pub(super) async fn zoho(world: &World) -> String {
    let clients = format!("{}/__sim/v1/clients", world.simulator.url());
    let client = json!({
        "client_id": "1000.LEADWAYDEMO", "client_secret": SECRET, "name": "Leadway demo",
        "redirect_uris": [format!("{}/oauth/callback", world.url())],
    });
    let answer = reqwest::Client::new()
        .post(clients)
        .json(&client)
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
    format!("http://localhost:{}", world.simulator.address().port())
}

/// Logs in, fills in the form for a new connection, and goes to Zoho's page.
async fn go_to_zoho(browser: &Browser, world: &World) {
    let zoho = zoho(world).await;
    log_in(browser, &format!("{}/connections", world.url()), TOKEN).await;
    browser.press("a[href='/connections/new']").await;
    let callback = format!("{}/oauth/callback", world.url());
    browser.until_text("#redirect-uri", &[&callback]).await;
    browser.type_into("#name", "second").await;
    browser.type_into("#nickname", "Second team").await;
    browser.type_into("#client_id", "1000.LEADWAYDEMO").await;
    browser.type_into("#client_secret", SECRET).await;
    browser.unfold().await;
    browser.type_into("#accounts_url", &zoho).await;
    browser.press("button[value='consent']").await;
    let asked = ["would like to access", "ZohoCRM.settings.fields.READ"];
    browser.until_text("body", &asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_connects_zoho_and_connects_it_again() {
    let world = World::start().await;
    let browser = Browser::start().await;
    go_to_zoho(&browser, &world).await;
    browser.press("button[value='accept']").await;
    browser
        .until_text("main", &["Zoho is connected", "second"])
        .await;
    browser.press("main a.primary").await;
    browser.until_text("h1", &["Second team", "ready"]).await;
    let page = browser.text("body").await;
    assert!(!page.contains(SECRET), "{page}");

    // One click asks again, and replaces the grant.
    browser.press("#connect-zoho").await;
    browser.until_text("body", &["would like to access"]).await;
    browser.press("button[value='accept']").await;
    browser.until_text("main", &["Zoho is connected"]).await;
    browser.press("main a.primary").await;
    browser
        .until_text("main", &["1 of 20", "granted", "revoked"])
        .await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_declines_and_somebody_forges() {
    let world = World::start().await;
    let browser = Browser::start().await;
    go_to_zoho(&browser, &world).await;
    browser.press("button[value='deny']").await;
    let told = ["Not connected", "access was not granted"];
    browser.until_text("main", &told).await;
    browser.press("main a.button").await;
    browser
        .until_text("main", &["Second team", "needs consent"])
        .await;

    let forged = "/oauth/callback?state=0123456789abcdef&code=1000.a.b&location=us";
    browser.open(&format!("{}{forged}", world.url())).await;
    let told = ["Not connected", "no authorization that was begun here"];
    browser.until_text("main", &told).await;
    browser.end().await;

    // An answer that was begun in one browser is worth nothing in another.
    let (one, other) = (Browser::start().await, Browser::start().await);
    log_in(&one, &format!("{}/connections/second", world.url()), TOKEN).await;
    one.press("#connect-zoho").await;
    one.until_text("body", &["would like to access"]).await;
    let consent = one.run("return location.href", Vec::new()).await;
    other.open(consent.as_str().unwrap()).await;
    other.press("button[value='accept']").await;
    other.until_text("main", &told).await;
    one.end().await;
    other.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_does_not_end_a_consent_and_logging_out_does() {
    let mut world = World::start().await;
    let browser = Browser::start().await;
    zoho(&world).await;
    // A connection of the configuration, which is applied at each start.
    let page = format!("{}/connections/main", world.url());
    log_in(&browser, &page, TOKEN).await;
    browser.press("#connect-zoho").await;
    browser.until_text("body", &["would like to access"]).await;
    world.kill();
    world.restart().await;
    browser.press("button[value='accept']").await;
    browser.until_text("main", &["Zoho is connected"]).await;

    log_in(&browser, &page, TOKEN).await;
    browser.press("#connect-zoho").await;
    browser.until_text("body", &["would like to access"]).await;
    let at_zoho = browser.window().await;
    browser.open_window(&world.url()).await;
    browser.press("button[aria-label='Log out']").await;
    browser.until_text("h1", &["Log in"]).await;
    browser.go_to_window(at_zoho).await;
    browser.press("button[value='accept']").await;
    let told = ["Not connected", "no authorization that was begun here"];
    browser.until_text("main", &told).await;
    browser.end().await;
}
