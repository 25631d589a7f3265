//! `leadway crm` and `leadway books` against a gateway and a simulator.

use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn records_are_made_listed_and_deleted_from_the_command_line() {
    let world = World::start().await;
    let made = world
        .json(&[
            "crm",
            "create-record",
            "--module",
            "Leads",
            "--set",
            "Last_Name=Ray",
            "--set",
            "Company=Orchard",
        ])
        .await;
    let id = made["id"].as_str().unwrap();
    let table = world
        .run(&[
            "crm",
            "list-records",
            "--module=Leads",
            "--fields=Last_Name,Company",
        ])
        .await
        .ok();
    assert!(
        table.out.starts_with("id\tLast_Name\tCompany\n")
            && table.out.contains(&format!("{id}\tRay\tOrchard\n")),
        "{}",
        table.out
    );
    let lines = world
        .run(&[
            "crm",
            "list-records",
            "--module=Leads",
            "--fields=Last_Name",
            "--fetch-all",
        ])
        .await
        .ok();
    let first: Value = serde_json::from_str(lines.out.lines().next().unwrap()).unwrap();
    assert!(first["id"].is_string());
    let one = world
        .run(&[
            "crm",
            "get-record",
            "--module=Leads",
            "--record-id",
            id,
            "--fields=Company",
        ])
        .await
        .ok();
    assert!(one.out.contains("Company\tOrchard\n"), "{}", one.out);

    // What cannot be taken back asks first.
    let delete = ["crm", "delete-record", "--module=Leads", "--record-id", id];
    let asked = world.run(&delete).await;
    assert_eq!(asked.code, Some(2));
    assert!(asked.err.contains("add --yes"), "{}", asked.err);
    world.run(&[&delete[..], &["--yes"]].concat()).await.ok();
    let gone = world
        .run(&["crm", "get-record", "--module=Leads", "--record-id", id])
        .await;
    assert_eq!(gone.code, Some(1));
    assert!(
        gone.err.contains("there is no Leads with the id"),
        "{}",
        gone.err
    );
}

#[tokio::test]
async fn files_travel_both_ways_and_inputs_come_from_files() {
    let world = World::start().await;
    let records = json!([{"Last_Name": "Ray"}, {"Company": "nameless"}]);
    let path = world.write("leads.json", records.to_string());
    let from = format!("@{}", path.display());
    let refused = world
        .run(&[
            "crm",
            "create-records",
            "--module=Leads",
            "--records",
            &from,
        ])
        .await;
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("records[1]: Last_Name is mandatory"),
        "{}",
        refused.err
    );
    let lead = world
        .json(&[
            "crm",
            "create-record",
            "--module=Leads",
            "--set=Last_Name=Ray",
        ])
        .await;
    let id = lead["id"].as_str().unwrap();
    let order = world.write("order.txt", "two desks");
    let order = order.display().to_string();
    let attached = world
        .json(&["crm", "add-attachment", "--record-id", id, "--file", &order])
        .await;
    let to = world.path("back.txt").display().to_string();
    let attachment = attached["id"].as_str().unwrap();
    let download = [
        "crm",
        "download-attachment",
        "--module=Leads",
        "--record-id",
        id,
        "--attachment-id",
        attachment,
    ];
    world
        .run(&[&download[..], &["--output", &to]].concat())
        .await
        .ok();
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "two desks");
    let piped = world.run(&download).await.ok();
    assert_eq!(piped.out, "two desks");
    let missing = world
        .run(&[
            "crm",
            "add-attachment",
            "--record-id",
            id,
            "--file",
            "nowhere.txt",
        ])
        .await;
    assert!(
        missing.code == Some(1) && missing.err.contains("nowhere.txt"),
        "{}",
        missing.err
    );
}

#[tokio::test]
async fn books_and_raw_requests_have_commands_too() {
    let world = World::start().await;
    let contact = world
        .json(&[
            "books",
            "create-record",
            "--record-type=contact",
            "--set=contact_name=Orchard",
        ])
        .await;
    let id = contact["record"]["contact_id"].as_str().unwrap();
    let listed = world
        .run(&["books", "list-records", "--record-type=contact"])
        .await
        .ok();
    assert!(listed.out.contains("Orchard"), "{}", listed.out);
    let raw = world
        .json(&[
            "crm",
            "request",
            "--path=/v2/settings/modules",
            "--query",
            r#"{"page": 1}"#,
        ])
        .await;
    assert_eq!(raw["status"], 200);
    let by_hand = [
        "books",
        "request",
        "--method=delete",
        "--path",
        &format!("/contacts/{id}"),
    ];
    assert_eq!(
        world.run(&by_hand).await.code,
        Some(2),
        "a DELETE by hand asks as well"
    );
    let deleted = world.json(&[&by_hand[..], &["--yes"]].concat()).await;
    assert_eq!(deleted["status"], 200, "{deleted}");
}

#[tokio::test]
async fn mistakes_are_named_by_their_flag() {
    let world = World::start().await;
    for (arguments, said) in [
        (&["crm"][..], "create-record"),
        (&["crm", "fly"], "fly"),
        (&["crm", "get-record", "--module=Leads"], "--record-id"),
        (
            &["crm", "create-record", "--module=Leads", "--values", "{"],
            "--values",
        ),
        (
            &["crm", "list-records", "--module=Leads", "--sort-order=up"],
            "asc, desc",
        ),
    ] {
        let ended = world.run(arguments).await;
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(said), "{arguments:?}: {}", ended.err);
    }
    let wrong = world
        .run(&["crm", "list-records", "--module=Leads", "--per-page=1000"])
        .await;
    assert_eq!(wrong.code, Some(1));
    assert!(
        wrong.err.contains("per_page is out of bounds") && wrong.err.contains("1 to 200"),
        "{}",
        wrong.err
    );
}
