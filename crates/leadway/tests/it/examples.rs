//! The files that users start from.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::{command, run, text};
use crate::world::World;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A command with the variables that the examples name.
fn with_secrets(world: &World, arguments: &[&str]) -> std::process::Command {
    let mut command = world.command(arguments);
    command
        .env("ZOHO_CLIENT_ID", "1000.X")
        .env("ZOHO_CLIENT_SECRET", "s")
        .env("ZOHO_REFRESH_TOKEN", "1000.r");
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_configurations_can_be_applied() {
    let world = World::start().await;
    for name in ["leadway.example.toml", "examples/lead-capture.toml"] {
        let file = repository().join(name);
        let ended = run(with_secrets(&world, &["apply", text(&file), "--yes"])).await;
        assert_eq!(ended.code, Some(0), "{name}: {} {}", ended.out, ended.err);
    }
}

/// Each line that starts with `#` and a key is an optional setting: all of them together must work as well.
#[tokio::test(flavor = "multi_thread")]
async fn the_settings_that_the_example_leaves_out_exist() {
    let world = World::start().await;
    let example = std::fs::read_to_string(repository().join("leadway.example.toml")).unwrap();
    let full: String = example
        .lines()
        .map(|line| {
            let setting = line
                .strip_prefix("#")
                .filter(|rest| rest.starts_with(|first: char| first.is_ascii_lowercase()));
            setting.unwrap_or(line).to_owned() + "\n"
        })
        .collect();
    assert_ne!(full, example);
    let file = world.write("full.toml", full);
    let ended = run(with_secrets(&world, &["apply", text(&file), "--yes"])).await;
    assert_eq!(ended.code, Some(0), "{} {}", ended.out, ended.err);
}

#[tokio::test]
async fn without_their_variables_the_examples_say_which_to_set() {
    let file = repository().join("examples/lead-capture.toml");
    let ended = run(command(&["apply", text(&file), "--yes"])).await;
    assert!(
        ended.err.contains("ZOHO_CLIENT_SECRET is not set"),
        "{}",
        ended.err
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_leads_and_events_are_all_taken() {
    let world = World::start().await;
    let leads = repository().join("examples/leads.csv");
    let summary = world
        .json(&["import", text(&leads), "--route", "lead-capture"])
        .await;
    assert_eq!(summary["accepted"], 10);
    let events = repository().join("examples/events.ndjson");
    let sent: Value = world.json(&["send", "--file", text(&events)]).await;
    assert_eq!(sent["refused"], serde_json::json!([]));
    world.until_settled().await;
    assert_eq!(
        world.json(&["dead-letters"]).await["items"],
        serde_json::json!([])
    );
}
