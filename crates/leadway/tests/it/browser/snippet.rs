//! `leadway.js` on a website of another origin.

use serde_json::{Value, json};

use super::driver::Browser;
use super::site::Site;
use crate::program::until;
use crate::world::{WRITE_KEY, World};

async fn site_with_snippet(world: &World) -> Site {
    let head = format!(
        "<script async src=\"{}/leadway.js\" data-write-key=\"{WRITE_KEY}\"></script>",
        world.url()
    );
    Site::start(&head, "").await
}

/// Opens a page and waits for the snippet in it.
async fn open(browser: &Browser, url: &str) {
    browser.open(url).await;
    until_loaded(browser).await;
}

async fn until_loaded(browser: &Browser) {
    until("the snippet is there", async || {
        let script = "return Boolean(window.leadway && window.leadway.isLoaded)";
        (browser.run(script, vec![]).await == true).then_some(())
    })
    .await;
}

/// The bodies of the first `count` events that the gateway has, as they came, oldest first.
async fn payloads(world: &World, count: usize) -> Vec<Value> {
    let list = until("the events are in the gateway", async || {
        let list = world.json(&["events", "--limit", "100"]).await;
        let items = list["items"].as_array().unwrap().clone();
        (items.len() >= count).then_some(items)
    })
    .await;
    assert_eq!(list.len(), count, "{list:#?}");
    let mut payloads = Vec::new();
    for item in list.iter().rev() {
        let life = world
            .json(&["events", "show", item["id"].as_str().unwrap()])
            .await;
        payloads.push(life["payload"].clone());
    }
    payloads
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_is_followed_from_the_campaign_to_the_lead() {
    let world = World::start().await;
    let site = site_with_snippet(&world).await;
    let browser = Browser::start().await;
    browser.open(&site.url("/plain")).await;
    let landing = "/landing?utm_source=newsletter&utm_medium=email&utm_campaign=spring&gclid=G1";
    browser
        .run("window.location.href = arguments[0]", vec![json!(landing)])
        .await;
    until_loaded(&browser).await;
    let script = "leadway.identify('user-1', {email: 'ada@example.com', lastName: 'Ray', company: 'Example'});
        leadway.track('Pricing Seen', {plan: 'pro'});
        return leadway.anonymousId();";
    let anonymous_id = browser.run(script, vec![]).await;

    let events = payloads(&world, 3).await;
    let types: Vec<&Value> = events.iter().map(|event| &event["type"]).collect();
    assert_eq!(types, ["page", "identify", "track"]);
    for event in &events {
        let context = &event["context"];
        assert_eq!(event["anonymousId"], anonymous_id);
        assert_eq!(
            context["campaign"],
            json!({"source": "newsletter", "medium": "email", "name": "spring"})
        );
        assert_eq!(context["click_ids"], json!({"gclid": "G1"}));
        assert_eq!(context["page"]["referrer"], site.url("/plain"));
        assert_eq!(context["page"]["path"], "/landing");
    }
    assert_eq!(events[1]["userId"], "user-1");
    assert_eq!(events[2]["properties"], json!({"plan": "pro"}));
    world.until_leads(1).await;
    let lead = &world.simulator.records("Leads").unwrap()[0];
    let found = ["Email", "Last_Name", "Company", "Lead_Source"].map(|field| &lead[field]);
    assert_eq!(found, ["ada@example.com", "Ray", "Example", "newsletter"]);

    // The campaign is kept for the visit; after a log-out it is somebody else.
    open(&browser, &site.url("/form")).await;
    let script = "leadway.reset(); leadway.track('Left'); return leadway.anonymousId();";
    let other_id = browser.run(script, vec![]).await;
    assert_ne!(other_id, anonymous_id);
    let events = payloads(&world, 5).await;
    assert_eq!(
        (&events[3]["userId"], &events[3]["anonymousId"]),
        (&json!("user-1"), &anonymous_id)
    );
    assert_eq!(events[3]["context"]["campaign"]["name"], "spring");
    assert_eq!(
        (&events[4]["userId"], &events[4]["anonymousId"]),
        (&Value::Null, &other_id)
    );
    assert_eq!(events[4]["context"]["traits"], Value::Null);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_travel_in_batches() {
    let world = World::start().await;
    let site = site_with_snippet(&world).await;
    let browser = Browser::start().await;
    open(&browser, &site.url("/")).await;
    payloads(&world, 1).await;
    let script = "for (let i = 0; i < 25; i++) leadway.track('Step', {number: i});";
    browser.run(script, vec![]).await;
    let events = payloads(&world, 26).await;
    let numbers: Vec<&Value> = events[1..]
        .iter()
        .map(|event| &event["properties"]["number"])
        .collect();
    assert_eq!(numbers, Vec::from_iter(0..25), "their order is kept");
    let script = "return performance.getEntriesByType('resource').filter(entry => entry.name.endsWith('/v1/batch')).length";
    until("all answers are there", async || {
        let count = browser.run(script, vec![]).await;
        (count == 4).then_some(())
    })
    .await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_on_the_way_out_arrives() {
    let world = World::start().await;
    let site = site_with_snippet(&world).await;
    let browser = Browser::start().await;
    open(&browser, &site.url("/")).await;
    payloads(&world, 1).await;
    let script = "leadway.track('Lead Generated', {email: 'ada@example.com', lastName: 'Ray', company: 'Example'});
        window.location.href = '/plain';";
    browser.run(script, vec![]).await;
    let events = payloads(&world, 2).await;
    assert_eq!(events[1]["event"], "Lead Generated");
    world.until_leads(1).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_wait_in_the_browser_for_a_gateway_that_is_down() {
    let mut world = World::start().await;
    let script_url = format!("{}/leadway.js", world.url());
    let client = reqwest::Client::new();
    let snippet = client.get(script_url).send().await.unwrap();
    let snippet = snippet.text().await.unwrap();
    let head = format!(
        "<script>window.leadway = [['track', 'Lead Generated', {{email: 'ada@example.com', lastName: 'Ray', company: 'Example'}}]];</script>
         <script async src=\"/leadway.js\" data-write-key=\"{WRITE_KEY}\" data-endpoint=\"{}\" data-page=\"off\"></script>",
        world.url()
    );
    let site = Site::start(&head, &snippet).await;
    world.kill();

    let browser = Browser::start().await;
    open(&browser, &site.url("/")).await;
    browser.until_errors().await;
    // The visitor goes on, and what was not sent stays behind; a minute later the page counts as closed.
    browser.open(&site.url("/plain")).await;
    let age = "let count = 0;
        for (const name of Object.keys(localStorage).filter(name => name.startsWith('leadway_queue_'))) {
            const left = JSON.parse(localStorage.getItem(name));
            left.at -= 61000;
            count += left.events.length;
            localStorage.setItem(name, JSON.stringify(left));
        }
        return count;";
    assert_eq!(browser.run(age, vec![]).await, 1);
    open(&browser, &site.url("/later")).await;
    browser.until_errors().await;

    world.restart().await;
    let events = payloads(&world, 2).await;
    let paths: Vec<&Value> = events
        .iter()
        .map(|event| &event["context"]["page"]["path"])
        .collect();
    assert_eq!(paths, ["/", "/later"]);
    world.until_settled().await;
    assert_eq!(world.leads("Email"), ["ada@example.com"]);
    let waiting =
        "return Object.keys(localStorage).filter(name => name.startsWith('leadway_queue_')).length";
    until("nothing waits any more", async || {
        (browser.run(waiting, vec![]).await == 0).then_some(())
    })
    .await;
    browser.end().await;
}
