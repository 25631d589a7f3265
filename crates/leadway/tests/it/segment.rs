//! Clients of others, unmodified from their registries, that people point at the gateway instead of Segment or RudderStack.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::install::Client;
use crate::program::{run, text};
use crate::world::{WRITE_KEY, World};

const PEOPLE: usize = 250;
/// Everybody by identify; one of them also alone, with a track event.
const EVENTS: usize = PEOPLE + 2;
/// Enough for everything once; clients that go on try each call ten times.
const CALLS_MAX: usize = 10;

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/clients")
        .join(name)
}

/// Runs a client's script against the gateway; gives what it says of errors.
async fn send(client: &Client, world: &World, write_key: &str) -> Value {
    let people = PEOPLE.to_string();
    let script = script(client.script);
    let mut command = client.command();
    command.arg(text(&script));
    command.args(client.arguments);
    command.args([&world.url(), write_key, &people]);
    run(command).await.ok().json()
}

/// The number of events of a status.
async fn count(world: &World, status: &str) -> usize {
    let mut count = 0;
    let mut cursor = String::new();
    loop {
        let mut arguments = vec!["events", "--status", status, "--limit", "200"];
        if !cursor.is_empty() {
            arguments.extend(["--cursor", &cursor]);
        }
        let list = world.json(&arguments).await;
        count += list["items"].as_array().unwrap().len();
        match list["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return count,
        }
    }
}

/// Sends everything twice and then with a write key that nobody knows.
async fn works(client: Client) {
    let client = client.installed().await;
    let world = World::start().await;
    let said = send(&client, &world, WRITE_KEY).await;
    assert_eq!(said["errors"], json!([]));
    world.until_settled().await;
    let mut expected: Vec<String> = (0..PEOPLE).map(|i| format!("p{i}@example.com")).collect();
    expected.push("one@example.com".to_owned());
    expected.sort();
    assert_eq!(world.leads("Email"), expected);
    assert_eq!(count(&world, "delivered").await, EVENTS);
    let leads = world.simulator.records("Leads").unwrap();
    let tracked = leads.iter().find(|lead| lead["Email"] == "one@example.com");
    assert_eq!(tracked.unwrap()["Description"], "Call me");

    let said = send(&client, &world, WRITE_KEY).await;
    assert_eq!(said["errors"], json!([]));
    world.until_settled().await;
    assert_eq!(count(&world, "duplicate").await, EVENTS);
    assert_eq!(world.leads("Email"), expected);

    let said = send(&client, &world, "unknown").await;
    assert_ne!(said["errors"], json!([]), "the client must tell: {said}");
    assert_eq!(count(&world, "delivered").await, EVENTS);
    let refused = refused_calls(&world).await;
    assert!(
        refused <= CALLS_MAX,
        "{refused} calls: the client must stop"
    );
}

/// The calls that the gateway has refused.
async fn refused_calls(world: &World) -> usize {
    let url = format!("{}/metrics", world.url());
    let text = reqwest::Client::new().get(url).send().await.unwrap();
    let text = text.text().await.unwrap();
    let name = r#"leadway_http_answers_total{door="ingest",status="4xx"} "#;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn segments_client_for_node_works() {
    works(Client::node(
        "@segment/analytics-node@3.1.0",
        "analytics_node.mjs",
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rudderstacks_client_for_node_works() {
    works(Client::node(
        "@rudderstack/rudder-sdk-node@3.0.13",
        "rudder_node.mjs",
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn segments_client_for_python_works() {
    let package = "segment-analytics-python==2.4.0";
    works(Client::python(package, "send.py", &["segment.analytics"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rudderstacks_client_for_python_works() {
    let package = "rudder-sdk-python==2.1.9";
    works(Client::python(
        package,
        "send.py",
        &["rudderstack.analytics"],
    ))
    .await;
}
