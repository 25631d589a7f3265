//! A dead letter, mended and replayed by a person.

use super::demo::log_in;
use super::driver::Browser;
use crate::program::until;
use crate::world::{TOKEN, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_is_mended_in_the_console() {
    let world = World::start().await;
    let traits = [
        "--trait",
        "email=ada@example.com",
        "--trait",
        "company=Example",
    ];
    world
        .run(&[&["send", "identify"][..], &traits].concat())
        .await
        .ok();
    until("there is a dead letter", async || {
        let list = world.json(&["dead-letters"]).await;
        list["items"].as_array().unwrap().first().map(|_| ())
    })
    .await;

    let browser = Browser::start().await;
    log_in(&browser, &format!("{}/", world.url()), TOKEN).await;
    browser.press(".menu a[href='/dead-letters']").await;
    let letter = ["MANDATORY_NOT_FOUND", "Last_Name", "0 attempts"];
    browser.until_text(".letter", &letter).await;
    browser.type_into(".mend-blamed input", "Doe").await;
    browser.press(".mend button").await;
    let life = [
        "It was replayed as",
        "It repeats",
        "In Zoho as Leads record",
    ];
    browser.until_text("main", &life).await;
    browser.until_text("h1", &["identify", "delivered"]).await;
    assert_eq!(world.leads("Last_Name"), ["Doe"]);
    assert_eq!(world.leads("Email"), ["ada@example.com"]);

    browser.press(".menu a[href='/dead-letters']").await;
    browser.until_text("main", &["No dead letters"]).await;
    browser.close().await;
}
