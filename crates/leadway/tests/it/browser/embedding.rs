//! A customer of another product connects Zoho: the product's page, the gateway and the simulated Zoho are three origins.
//!
//! The product's page is reached as `localhost`, the gateway as `127.0.0.1`.

use serde_json::{Value, json};

use super::connecting::zoho;
use super::driver::Browser;
use super::phone::{fits, small_screen};
use super::site::Site;
use crate::program::until;
use crate::world::{TOKEN, World};

/// What the product's page shows, once it is told.
const PAGE: &str = "<script>
    function show(text) { document.querySelector('h1').innerText = text; }
    function offer(session) {
        const element = document.createElement('leadway-connect');
        element.session = () => Promise.resolve(session);
        element.addEventListener('leadway-connected', event => show(`connected ${event.detail.connection} of ${event.detail.owner}`));
        element.addEventListener('leadway-cancelled', event => show(`cancelled ${event.detail.code}`));
        element.addEventListener('leadway-waiting', () => show('waiting'));
        element.addEventListener('leadway-failed', event => show(`failed ${event.detail.code}: ${event.detail.message}`));
        document.body.append(element);
    }
</script>";

struct Embedding {
    world: World,
    site: Site,
    zoho: String,
    browser: Browser,
}

impl Embedding {
    async fn start() -> Self {
        let world = World::start().await;
        let zoho = zoho(&world).await;
        let script = format!("<script src=\"{}/connect.js\"></script>{PAGE}", world.url());
        Self {
            site: Site::start(&script, "").await,
            zoho,
            world,
            browser: Browser::start().await,
        }
    }

    /// The product's page by the name that sessions allow.
    fn product(&self) -> String {
        self.site.url("/").replace("127.0.0.1", "localhost")
    }

    /// A session, as the product's backend has it made.
    async fn session(&self) -> Value {
        self.session_with(&[]).await
    }

    async fn session_with(&self, more: &[&str]) -> Value {
        let origin = self.product().trim_end_matches('/').to_owned();
        let arguments = [
            "connection",
            "session",
            "make",
            "customer-7",
            "--product",
            "Orchard Mailer",
            "--feature",
            "records",
            "--client-id",
            "1000.LEADWAYDEMO",
            "--client-secret",
            "leadway-demo-secret",
            "--accounts-url",
            &self.zoho,
            "--origin",
            &origin,
        ];
        self.world.json(&[&arguments, more].concat()).await
    }

    /// Presses the component's button on a page; a window opens.
    async fn press(&self, page: &str, made: &Value) {
        self.browser.open(page).await;
        self.browser
            .run("offer(arguments[0])", vec![made["token"].clone()])
            .await;
        self.browser.press("leadway-connect").await;
    }

    /// Goes to the window, and through the connect page to Zoho's.
    async fn go_to_zoho(&self, made: &Value) {
        self.browser.go_to_opened_window().await;
        self.browser
            .until_text("main", &["Orchard Mailer", "Work with your records"])
            .await;
        let address = self.browser.run("return location.href", Vec::new()).await;
        assert!(
            !address
                .as_str()
                .unwrap()
                .contains(made["token"].as_str().unwrap()),
            "{address}"
        );
        self.browser.press("button.primary").await;
        self.browser
            .until_text("body", &["would like to access"])
            .await;
    }

    async fn told(&self, words: &str) {
        self.browser.until_text("h1", &[words]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_connects_in_a_window_and_the_product_is_told() {
    let embedding = Embedding::start().await;
    let browser = &embedding.browser;
    let made = embedding.session().await;
    embedding.press(&embedding.product(), &made).await;
    embedding.go_to_zoho(&made).await;
    browser.press("button[value='accept']").await;
    // The window closes by itself.
    browser.go_to_only_window().await;
    embedding.told("connected customer-7 of customer-7").await;
    let shown = embedding
        .world
        .json(&["connection", "list", "--owner", "customer-7"])
        .await;
    assert_eq!(shown[0]["state"], "ready", "{shown}");

    // It serves once.
    embedding.press(&embedding.product(), &made).await;
    embedding.told("failed session_connected").await;
    browser.go_to_only_window().await;

    // Connecting again is another session, of the same connection.
    let again = embedding.session().await;
    assert_eq!(again["is_reconnect"], true, "{again}");
    embedding.press(&embedding.product(), &again).await;
    embedding.go_to_zoho(&again).await;
    browser.press("button[value='accept']").await;
    browser.go_to_only_window().await;
    embedding.told("connected customer-7 of customer-7").await;
    embedding.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_hears_of_no_and_of_closed_windows() {
    let embedding = Embedding::start().await;
    let browser = &embedding.browser;
    let made = embedding.session().await;
    let page = browser.window().await;

    embedding.press(&embedding.product(), &made).await;
    embedding.go_to_zoho(&made).await;
    browser.press("button[value='deny']").await;
    browser
        .until_text("main", &["Nothing was connected", "Close this window"])
        .await;
    browser.press("[data-close]").await;
    browser.go_to_only_window().await;
    embedding.told("cancelled access_declined").await;

    embedding.press(&embedding.product(), &made).await;
    browser.go_to_opened_window().await;
    browser.press("[data-cancel]").await;
    browser.go_to_only_window().await;
    embedding.told("cancelled cancelled").await;

    embedding.press(&embedding.product(), &made).await;
    browser.go_to_opened_window().await;
    browser.until_text("main", &["Orchard Mailer"]).await;
    browser.close_window().await;
    browser.go_to_window(page).await;
    embedding.told("cancelled cancelled").await;
    let shown = embedding
        .world
        .json(&[
            "connection",
            "session",
            "show",
            made["id"].as_str().unwrap(),
        ])
        .await;
    assert_eq!(shown["state"], "open", "{shown}");
    embedding.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_is_out_of_sight_at_zoho_is_waited_for() {
    let embedding = Embedding::start().await;
    let browser = &embedding.browser;
    let made = embedding.session().await;
    let page = browser.window().await;

    // Whether it was closed, nobody can tell; another can be opened, and its end is told.
    embedding.press(&embedding.product(), &made).await;
    embedding.go_to_zoho(&made).await;
    browser.close_window().await;
    browser.go_to_window(page.clone()).await;
    embedding.told("waiting").await;
    let id = made["id"].as_str().unwrap();
    let show = ["connection", "session", "show", id];
    let shown = embedding.world.run(&show).await.ok().out;
    assert!(shown.contains("the customer is at Zoho"), "{shown}");
    browser.press("leadway-connect").await;
    embedding.go_to_zoho(&made).await;
    browser.press("button[value='deny']").await;
    browser.until_text("main", &["Close this window"]).await;
    browser.press("[data-close]").await;
    browser.go_to_only_window().await;
    embedding.told("cancelled access_declined").await;

    // Pages of a sign-in may cut the window off from the page that has opened it.
    for (answer, told) in [
        ("deny", "cancelled access_declined"),
        ("accept", "connected customer-7 of customer-7"),
    ] {
        let made = embedding.session().await;
        embedding.press(&embedding.product(), &made).await;
        embedding.go_to_zoho(&made).await;
        let cut = embedding.site.url("/cut");
        let script = "location.assign(arguments[0] + '?to=' + encodeURIComponent(location.href))";
        browser.run(script, vec![json!(cut)]).await;
        browser.until_text("body", &["would like to access"]).await;
        let opener = browser.run("return window.opener === null", Vec::new());
        assert_eq!(opener.await, true, "the window is not cut off");
        let window = browser.window().await;
        browser.go_to_window(page.clone()).await;
        embedding.told("waiting").await;
        browser.go_to_window(window).await;
        browser.press(&format!("button[value='{answer}']")).await;
        browser.until_text("main", &["onnected"]).await;
        let offers = browser.run(
            "return document.querySelectorAll('form:not([hidden])').length",
            Vec::new(),
        );
        assert_eq!(
            offers.await,
            0,
            "what is tried again here could not be told"
        );
        browser.close_window().await;
        browser.go_to_window(page.clone()).await;
        embedding.told(told).await;
    }
    embedding.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_origins_and_forged_and_ended_sessions_are_told_clearly() {
    let embedding = Embedding::start().await;
    let browser = &embedding.browser;
    let made = embedding.session().await;
    let token = made["token"].as_str().unwrap();
    let page = |fragment: &str| format!("{}/connect#{fragment}", embedding.world.url());

    // The same page by another name is another origin.
    embedding.press(&embedding.site.url("/"), &made).await;
    embedding.told("failed wrong_origin").await;
    browser.go_to_only_window().await;

    browser
        .open(&page(&format!(
            "session={token}&origin=https://evil.example"
        )))
        .await;
    browser
        .until_text("main", &["Not connected", "may not do so"])
        .await;
    for fragment in ["session=lwcs_0123", "session=%00%ff"] {
        // A page of its own, so that another fragment is another visit.
        browser.open(&embedding.product()).await;
        browser.open(&page(fragment)).await;
        browser
            .until_text("main", &["Not connected", "not one that was given out"])
            .await;
    }
    embedding
        .press(&embedding.product(), &json!({"token": "lwcs_0123"}))
        .await;
    embedding.told("failed wrong_origin").await;
    browser.go_to_only_window().await;

    let id = made["id"].as_str().unwrap();
    embedding
        .world
        .run(&["connection", "session", "end", id])
        .await
        .ok();
    embedding.press(&embedding.product(), &made).await;
    embedding.told("failed session_ended").await;
    browser.go_to_only_window().await;
    browser.open(made["url"].as_str().unwrap()).await;
    browser
        .until_text("main", &["Not connected", "ended by who gave it out"])
        .await;
    embedding.browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_serves_without_a_product_s_page_and_over_a_restart() {
    let mut embedding = Embedding::start().await;
    let back = embedding.site.url("/plain?tab=zoho");
    let made = embedding.session_with(&["--return-url", &back]).await;
    small_screen(&embedding.browser).await;
    let browser = &embedding.browser;
    browser.open(&embedding.product()).await;
    browser.open(made["url"].as_str().unwrap()).await;
    browser.until_text("main", &["Orchard Mailer"]).await;
    browser.unfold().await;
    fits(browser, "the connect page").await;
    browser.press("button.primary").await;
    browser.until_text("body", &["would like to access"]).await;
    browser.press("button[value='deny']").await;
    browser
        .until_text(
            "main",
            &[
                "Nothing was connected",
                "Try again",
                "Back to Orchard Mailer",
            ],
        )
        .await;
    fits(browser, "the page after a denial").await;
    browser.press("[data-again] button").await;
    browser
        .until_text("main[data-step='offer']", &["Orchard Mailer"])
        .await;
    browser.press("button.primary").await;
    browser.until_text("body", &["would like to access"]).await;

    // The gateway starts anew while the customer is at Zoho.
    embedding.world.kill();
    embedding.world.restart().await;
    let browser = &embedding.browser;
    browser.press("button[value='accept']").await;
    browser.until_text("main", &["Zoho is connected"]).await;
    fits(browser, "the last page").await;
    // The page leads back by itself.
    let id = made["id"].as_str().unwrap();
    let wanted = format!("{back}&leadway_session={id}&leadway_result=connected");
    until("the customer is back at the product", async || {
        let address = browser.run("return location.href", Vec::new()).await;
        (address == json!(wanted)).then_some(())
    })
    .await;
    let state = until("the connection is ready", async || {
        let answer = reqwest::Client::new()
            .get(format!(
                "{}/api/v1/connections/customer-7",
                embedding.world.url()
            ))
            .bearer_auth(TOKEN)
            .send()
            .await
            .unwrap();
        let shown: Value = answer.json().await.unwrap();
        Some(shown["state"].clone())
    });
    assert_eq!(state.await, "ready");
    embedding.browser.close().await;
}
