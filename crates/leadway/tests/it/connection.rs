//! `leadway connection` and `leadway secrets`, from the command line to the simulated Zoho.

use serde_json::{Value, json};

use crate::program::{command, run, text};
use crate::world::World;

const REFRESH_TOKEN: &str = "1000.leadway-demo-refresh";

#[tokio::test]
async fn a_connection_is_added_connected_tested_and_removed() {
    let world = World::start().await;
    let zoho = world.simulator.url().to_string();
    let add = [
        "connection",
        "add",
        "second",
        "--client-id",
        "1000.LEADWAYDEMO",
        "--client-secret",
        "leadway-demo-secret",
        "--accounts-url",
        &zoho,
        "--owner",
        "customer-7",
        "--feature",
        "records",
    ];
    let added = world.run(&add).await.ok().out;
    assert!(
        added.contains("leadway connection connect second"),
        "{added}"
    );
    let list = world
        .json(&["connection", "list", "--owner", "customer-7"])
        .await;
    assert_eq!(list[0]["state"], "needs_consent", "{list}");

    let begun = world
        .run(&["connection", "connect", "second", "--no-wait"])
        .await
        .ok()
        .out;
    assert!(
        begun.contains("/oauth/v2/auth?") && begun.contains("/oauth/callback"),
        "{begun}"
    );
    let wrong = world
        .run(&[
            "connection",
            "connect",
            "second",
            "--code",
            "1000.wrong.code",
        ])
        .await;
    assert_eq!(wrong.code, Some(1));
    assert!(!wrong.err.contains("1000.wrong.code"), "{}", wrong.err);
    let connected = world
        .run(&[
            "connection",
            "connect",
            "second",
            "--refresh-token",
            REFRESH_TOKEN,
        ])
        .await
        .ok()
        .out;
    assert!(connected.contains("second is connected"), "{connected}");
    let shown = world.run(&["connection", "show", "second"]).await.ok().out;
    assert!(
        shown.contains("ready") && !shown.contains(REFRESH_TOKEN),
        "{shown}"
    );
    world.run(&["connection", "test", "second"]).await.ok();

    let change = [
        "connection",
        "change",
        "second",
        "--nickname",
        "Sales",
        "--feature",
        "books",
        "--no-feature",
        "records",
        "--credit-limit",
        "5000",
    ];
    let changed = world.run(&change).await.ok().out;
    assert_eq!(changed, "second is changed.\n");
    let config = world.run(&["export"]).await.ok().out;
    assert!(
        config.contains("nickname = \"Sales\"") && config.contains("features = [\"books\"]"),
        "{config}"
    );
    let less = [
        "connection",
        "change",
        "second",
        "--nickname",
        "",
        "--credit-limit",
        "",
    ];
    world.run(&less).await.ok();
    let shown = &world.json(&["connection", "show", "second"]).await["connection"];
    assert_eq!(
        (
            &shown["nickname"],
            &shown["credits"]["limit"],
            &shown["state"]
        ),
        (&Value::Null, &Value::Null, &json!("ready")),
        "{shown}"
    );
    let further = [
        "connection",
        "change",
        "second",
        "--scope",
        "ZohoCRM.bulk.ALL",
    ];
    let changed = world.run(&further).await.ok().out;
    assert!(changed.starts_with("second is changed"), "{changed}");
    let config = world.run(&["export"]).await.ok().out;
    let asked = config
        .lines()
        .find(|line| line.contains("ZohoCRM.bulk.ALL"));
    assert!(
        config.contains("ZohoBooks.fullaccess.all") && config.contains("ZohoCRM.users.READ"),
        "a list of its own begins with what is needed: {asked:?}"
    );
    for (mistake, word) in [
        (&["second"][..], "nothing changes"),
        (&["nobody", "--owner", "x"], "no connection \"nobody\""),
        (&["second", "--credit-limit", "many"], "whole number"),
        (&["second", "--feature", "fax"], "fax"),
    ] {
        let refused = world
            .run(&[&["connection", "change"], mistake].concat())
            .await;
        assert!(
            refused.code != Some(0) && refused.err.contains(word),
            "{}",
            refused.err
        );
    }

    let refused = world.run(&["connection", "remove", "second"]).await;
    assert_eq!(refused.code, Some(2), "{}", refused.err);
    let removed = world
        .json(&["connection", "remove", "second", "--yes", "--keep-token"])
        .await;
    assert_eq!(removed, json!({"name": "second", "is_revoked": false}));
}

#[tokio::test]
async fn a_restart_with_the_file_keeps_what_people_have_connected_since() {
    let mut world = World::start().await;
    let zoho = world.simulator.url().to_string();
    let add = [
        "connection",
        "add",
        "second",
        "--client-id",
        "1000.LEADWAYDEMO",
        "--client-secret",
        "leadway-demo-secret",
        "--accounts-url",
        &zoho,
    ];
    world.run(&add).await.ok();
    let paste = ["connection", "connect", "second", "--refresh-token"];
    let paste = [&paste[..], &[REFRESH_TOKEN]].concat();
    world.run(&paste).await.ok();

    // Somebody connects the file's connection anew, and the file's own token is good for nothing after that.
    let made = json!({"client_id": "1000.LEADWAYDEMO", "kind": "code", "scopes": ["ZohoCRM.modules.ALL", "ZohoCRM.settings.ALL", "ZohoCRM.org.READ", "ZohoCRM.users.READ"]});
    let client = reqwest::Client::new();
    let grants = format!("{zoho}/__sim/v1/grants");
    let code: Value = client
        .post(grants)
        .json(&made)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let connect = ["connection", "connect", "main", "--code"];
    let connect = [&connect[..], &[code["code"].as_str().unwrap()]].concat();
    world.run(&connect).await.ok();
    let revoke = format!("{zoho}/oauth/v2/token/revoke");
    let revoked = client
        .post(revoke)
        .query(&[("token", REFRESH_TOKEN)])
        .send()
        .await;
    assert!(revoked.unwrap().status().is_success());

    world.kill();
    world.restart().await;
    let list = world.json(&["connection", "list"]).await;
    let names: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|item| item["name"].as_str())
        .collect();
    assert_eq!(names, ["main", "second"]);
    let fields = ["crm", "list-modules", "--connection", "main"];
    world.run(&fields).await.ok();
}

#[tokio::test]
async fn secrets_are_put_under_a_new_key_and_the_gateway_goes_on() {
    let mut world = World::start().await;
    world.run(&["doctor"]).await.ok();
    let folder = world.path("data");
    let rotate = ["secrets", "rotate", "--data-dir", text(&folder)];
    let refused = run(command(&rotate)).await;
    assert!(
        refused.err.contains("another gateway is running"),
        "{}",
        refused.err
    );
    let key = std::fs::read_to_string(folder.join("master.key")).unwrap();

    world.kill();
    let rotated = run(command(&rotate)).await.ok().out;
    assert!(rotated.contains("now under the new key"), "{rotated}");
    assert_ne!(
        std::fs::read_to_string(folder.join("master.key")).unwrap(),
        key
    );
    assert!(!folder.join("master.key.next").exists());
    world.restart().await;
    world.run(&["doctor"]).await.ok();

    // A crash before the secrets have changed leaves a key behind that opens nothing.
    world.kill();
    std::fs::write(
        folder.join("master.key.next"),
        format!("{}\n", "ab".repeat(32)),
    )
    .unwrap();
    world.restart().await;
    world.run(&["doctor"]).await.ok();
    assert!(!folder.join("master.key.next").exists());

    // A crash after they have changed leaves the old key beside the new one.
    world.kill();
    std::fs::rename(folder.join("master.key"), folder.join("master.key.next")).unwrap();
    std::fs::write(folder.join("master.key"), &key).unwrap();
    world.restart().await;
    world.run(&["doctor"]).await.ok();
    assert!(!folder.join("master.key.next").exists());
}

#[tokio::test]
async fn nicknames_owners_and_scopes_are_exported_and_applied_again() {
    let world = World::start().await;
    let mut settings: Value = world.json(&["export"]).await;
    let connection = &mut settings["connections"][0];
    connection["nickname"] = json!("Sales");
    connection["owner"] = json!("customer-7");
    connection["environment"] = json!("sandbox");
    connection["scopes"] = json!(["ZohoCRM.modules.ALL"]);
    connection["features"] = json!(["bulk", "books"]);
    let answer = reqwest::Client::new()
        .put(format!("{}/api/v1/config", world.url()))
        .bearer_auth(crate::world::TOKEN)
        .json(&settings)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let file = world.path("exported.toml");
    world.run(&["export", text(&file)]).await.ok();
    let exported = std::fs::read_to_string(&file).unwrap();
    for line in [
        "nickname = \"Sales\"",
        "owner = \"customer-7\"",
        "environment = \"sandbox\"",
    ] {
        assert!(exported.contains(line), "{exported}");
    }
    let plan = world.json(&["apply", text(&file), "--dry-run"]).await;
    assert_eq!(plan["changes"], json!([]), "{plan}");
}
