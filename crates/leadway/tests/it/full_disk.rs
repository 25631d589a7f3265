//! A disk that is full: what cannot be kept is not accepted, and what was accepted arrives.

use serde_json::{Value, json};

use crate::world::{WRITE_KEY, World};

/// More than fit onto the small disk.
const EVENTS_MAX: usize = 2_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_answered_with_503_and_nothing_accepted_is_lost() {
    let mut world = World::start().await;
    world.kill();
    world.restart_on_a_small_disk().await;
    let client = reqwest::Client::new();
    let mut accepted = Vec::new();
    let refused = loop {
        let name = format!("D{:04}", accepted.len());
        assert!(accepted.len() < EVENTS_MAX, "the disk never was full");
        let event = json!({
            "messageId": name,
            "traits": {"email": format!("{name}@example.com"), "lastName": name, "note": "x".repeat(4_000)},
        });
        let answer = client
            .post(format!("{}/v1/identify", world.url()))
            .basic_auth(WRITE_KEY, Some(""))
            .json(&event)
            .send()
            .await
            .unwrap();
        if answer.status() != 200 {
            break answer;
        }
        accepted.push(name);
    };
    assert_eq!(refused.status(), 503);
    let wait = refused.headers()["retry-after"].to_str().unwrap();
    assert!(wait.parse::<u32>().unwrap() > 0);
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["code"], "unavailable", "{problem}");

    world.kill();
    world.restart().await;
    world.until_settled().await;
    assert!(!accepted.is_empty());
    assert_eq!(world.leads("Last_Name"), accepted);
}
