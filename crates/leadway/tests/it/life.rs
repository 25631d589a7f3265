//! Sending events, looking at their lives, mending and replaying what died.

use serde_json::{Value, json};

use crate::program::{text, until};
use crate::world::World;

async fn only_dead_letter(world: &World) -> Value {
    until("there is a dead letter", async || {
        let list = world.json(&["dead-letters"]).await;
        list["items"].as_array().unwrap().first().cloned()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_is_explained_mended_and_delivered() {
    let world = World::start().await;
    let sent = world
        .run(&[
            "send",
            "identify",
            "--trait",
            "email=ada@example.com",
            "--trait",
            "company=Example",
        ])
        .await
        .ok();
    let event_id = sent.out.trim();
    let dead = only_dead_letter(&world).await;
    assert_eq!(
        (&dead["event_id"], &dead["problem"]["code"]),
        (&json!(event_id), &json!("MANDATORY_NOT_FOUND"))
    );
    let id = dead["id"].as_str().unwrap();

    let shown = world.run(&["dead-letters", id]).await.ok().out;
    assert!(
        shown.contains("field     Last_Name") && shown.contains("remedy"),
        "{shown}"
    );
    let listed = world
        .run(&["dead-letters", "--code", "MANDATORY_NOT_FOUND"])
        .await
        .ok()
        .out;
    assert!(
        listed.lines().count() == 2 && listed.contains(id),
        "{listed}"
    );

    world
        .run(&["dead-letters", id, "--set", "Last_Name=Doe"])
        .await
        .ok();
    world.until_leads(1).await;
    assert_eq!(world.leads("Last_Name"), ["Doe"]);
    assert_eq!(world.json(&["dead-letters"]).await["items"], json!([]));

    let life = until("the event is delivered", async || {
        let life = world.json(&["events", "show", event_id]).await;
        (life["status"] == "delivered").then_some(life)
    })
    .await;
    assert_eq!(life["deliveries"].as_array().unwrap().len(), 2);
    let shown = world.run(&["events", "show", event_id]).await.ok().out;
    for part in [
        "Came in",
        "Route lead-capture",
        "request POST /crm/v8/Leads/upsert",
        "attempt 1 at",
        "outcome",
        "replayed as",
    ] {
        assert!(shown.contains(part), "{part:?} is missing:\n{shown}");
    }
    let again = world
        .run(&["dead-letters", "mend", id, "--set", "Last_Name=Poe"])
        .await;
    assert_eq!(again.code, Some(1), "it was replayed already");
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_replayed_together_once_the_reason_is_gone() {
    let world = World::start().await;
    for number in 0..3 {
        let email = format!("email=p{number}@example.com");
        world
            .run(&[
                "send",
                "identify",
                "--trait",
                &email,
                "--trait",
                "company=Example",
            ])
            .await
            .ok();
    }
    until("all are dead letters", async || {
        (world.json(&["dead-letters"]).await["items"]
            .as_array()
            .unwrap()
            .len()
            == 3)
            .then_some(())
    })
    .await;
    let replayed = world
        .json(&[
            "replay",
            "--dead-letters",
            "--code",
            "MANDATORY_NOT_FOUND",
            "--yes",
        ])
        .await;
    assert_eq!(replayed["replayed"], 3);
    let replayed = world
        .json(&[
            "replay",
            "--dead-letters",
            "--code",
            "NO_SUCH_CODE",
            "--yes",
        ])
        .await;
    assert_eq!(replayed["replayed"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_sent_from_a_file_and_refused_lines_are_named() {
    let world = World::start().await;
    let file = world.write(
        "events.ndjson",
        concat!(
            r#"{"type":"identify","messageId":"m1","traits":{"email":"a@example.com","last_name":"Ray","company":"X"}}"#,
            "\n\nnot json\n",
            r#"{"type":"track","messageId":"m2"}"#,
            "\n",
            r#"{"type":"page","messageId":"m3","name":"Home"}"#,
        ),
    );
    let ended = world.run(&["send", "--file", text(&file)]).await;
    assert_eq!(ended.code, Some(1));
    assert_eq!(
        ended
            .out
            .lines()
            .filter(|line| line.starts_with("evt_"))
            .count(),
        2
    );
    assert!(
        ended.err.contains("events.ndjson:3: the line is no JSON"),
        "{}",
        ended.err
    );
    assert!(ended.err.contains("events.ndjson:4: "), "{}", ended.err);
    world.until_settled().await;

    let list = world.json(&["events", "--status", "not_routed"]).await;
    assert_eq!(list["items"][0]["message_id"], "m3");
    let found = world
        .json(&["events", "list", "--q", "a@example.com"])
        .await;
    assert_eq!(found["items"][0]["message_id"], "m1");
    let one = world.json(&["events", "--limit", "1"]).await;
    let rest = world
        .json(&["events", "--cursor", one["next_cursor"].as_str().unwrap()])
        .await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_write_key_is_refused_without_a_word_about_tokens() {
    let world = World::start().await;
    let ended = world
        .run(&[
            "send",
            "identify",
            "--write-key",
            "unknown",
            "--trait",
            "email=a@example.com",
        ])
        .await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("write key") && !ended.err.contains("admin"),
        "{}",
        ended.err
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_was_delivered_can_be_replayed() {
    let world = World::start().await;
    let traits = [
        "--trait",
        "email=a@example.com",
        "--trait",
        "last_name=Ray",
        "--trait",
        "company=X",
    ];
    let sent = world
        .json(&[&["send", "identify"][..], &traits].concat())
        .await;
    let id = sent["id"].as_str().unwrap();
    world.until_leads(1).await;
    world.until_settled().await;
    world.run(&["replay", id]).await.ok();
    world.until_settled().await;
    assert_eq!(world.simulator.count("Leads").unwrap(), 1);
    let life = world.json(&["events", "show", id]).await;
    assert_eq!(life["deliveries"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_a_connection_that_zoho_no_longer_knows() {
    let world = World::start().await;
    let healthy = world.json(&["doctor"]).await;
    let findings = healthy["main"].as_array().unwrap();
    assert!(
        findings.iter().all(|finding| finding["level"] != "failed"),
        "{healthy}"
    );

    let file = world.path("broken.toml");
    world.run(&["export", text(&file)]).await.ok();
    let broken = std::fs::read_to_string(&file)
        .unwrap()
        .replace("client_id =", "refresh_token = \"1000.gone\"\nclient_id =");
    std::fs::write(&file, broken).unwrap();
    world.run(&["apply", text(&file), "--yes"]).await.ok();
    let ended = world.run(&["doctor", "main"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert!(ended.out.contains("failed"), "{}", ended.out);
}
