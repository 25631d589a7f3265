//! `apply` and `export`.

use crate::program::{command, run, text};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_can_be_applied_and_changes_nothing() {
    let world = World::start().await;
    let file = world.path("exported.toml");
    world.run(&["export", text(&file)]).await.ok();
    let exported = std::fs::read_to_string(&file).unwrap();
    assert!(
        exported.contains("lead-capture") && !exported.contains("leadway-demo-secret"),
        "{exported}"
    );

    let plan = world.json(&["apply", text(&file), "--yes"]).await;
    assert_eq!(
        plan,
        serde_json::json!({"changes": [], "is_applied": false})
    );
    // The secrets that the file leaves out are still stored: Zoho takes them.
    world.run(&["doctor", "main"]).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_shown_then_applied() {
    let world = World::start().await;
    let file = world.path("changed.toml");
    world.run(&["export", text(&file)]).await.ok();
    let changed = std::fs::read_to_string(&file)
        .unwrap()
        .replace("track:Lead Generated", "track:Signed Up")
        + "\n[[forms]]\nname = \"contact\"\nsource = \"website\"\n";
    std::fs::write(&file, changed).unwrap();

    let shown = world
        .run(&["apply", text(&file), "--dry-run"])
        .await
        .ok()
        .out;
    assert!(
        shown.contains("+ create form")
            && shown.contains("~ update route      lead-capture  (events)"),
        "{shown}"
    );
    let refused = world.run(&["apply", text(&file)]).await;
    assert_eq!(
        refused.code,
        Some(2),
        "without a terminal nobody can say yes"
    );

    world.run(&["apply", text(&file), "--yes"]).await.ok();
    let config = world.json(&["export"]).await;
    assert_eq!(config["forms"][0]["name"], "contact");
    assert_eq!(config["routes"][0]["events"][1], "track:Signed Up");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_work_is_refused_by_the_gateway_with_its_place() {
    let world = World::start().await;
    let file = world.path("wrong.toml");
    world.run(&["export", text(&file)]).await.ok();
    let wrong = std::fs::read_to_string(&file)
        .unwrap()
        .replace("connection = \"main\"", "connection = \"mian\"");
    std::fs::write(&file, wrong).unwrap();
    let ended = world.run(&["apply", text(&file), "--yes"]).await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("routes[0].connection") && ended.err.contains("mian"),
        "{}",
        ended.err
    );
}

#[tokio::test]
async fn mistakes_in_the_file_come_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("leadway.toml");
    std::fs::write(&file, "[[sources]]\nname = \"web\"\nwrite_kye = \"k\"\n").unwrap();
    let ended = run(command(&["apply", text(&file)])).await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended
            .err
            .contains("leadway.toml:3:1: unknown field `write_kye`"),
        "{}",
        ended.err
    );

    std::fs::write(
        &file,
        "[[connections]]\nname = \"a\"\ndata_center = \"us\"\nclient_id = \"c\"\nclient_secret = { env = \"NOT_SET_HERE\" }\n",
    )
    .unwrap();
    let ended = run(command(&["apply", text(&file)])).await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended
            .err
            .contains("leadway.toml:5:17: the variable NOT_SET_HERE is not set"),
        "{}",
        ended.err
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_named_as_such() {
    let world = World::start().await;
    let mut command = world.command(&["export"]);
    let ended = run({
        command.env("LEADWAY_ADMIN_TOKEN", "not-the-token-at-all");
        command
    })
    .await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("does not take this admin token")
            && !ended.err.contains("not-the-token"),
        "{}",
        ended.err
    );
}
