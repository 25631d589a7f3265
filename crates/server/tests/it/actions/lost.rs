//! Changes and deletions whose answer is lost.

use std::time::Duration;

use serde_json::{Value, json};
use zoho_sim::Simulator;

use super::{fault, simulator};
use crate::world::World;

fn lose(simulator: &Simulator, kind: &str, method: &str, path: &str) {
    let mut lost = json!({"kind": kind, "method": method, "path_prefix": path, "times": 1});
    if kind == "server_error" {
        lost["status"] = json!(502);
    }
    fault(simulator, lost);
}

#[tokio::test]
async fn a_lost_change_is_looked_up_and_never_covers_a_later_one() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let puts = || {
        let is_put = |entry: &&Value| entry["method"] == "PUT";
        simulator.journal().iter().filter(is_put).count()
    };
    let lead = json!({"module": "Leads", "values": {"Last_Name": "Kim"}});
    let made = world.done("crm.create_record", lead).await;
    let id = made["id"].as_str().unwrap();
    let change = |city: &str| json!({"module": "Leads", "record_id": id, "values": {"City": city}});
    let changes = |city: &str| json!({"module": "Leads", "records": [{"id": id, "City": city}]});

    // A change is there, and not made again.
    for (action, inputs) in [
        ("crm.update_record", change("Vienna")),
        ("crm.update_records", changes("Graz")),
    ] {
        let earlier = puts();
        lose(&simulator, "drop_answer", "PUT", "/crm/v8/Leads");
        let answer = world.act(action, inputs).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(answer.text.contains("looked up"), "{}", answer.text);
        assert_eq!(puts(), earlier + 1, "{action}");
    }
    // It is not there, and made again.
    let earlier = puts();
    lose(&simulator, "server_error", "PUT", "/crm/v8/Leads");
    let answer = world.act("crm.update_record", change("Linz")).await;
    assert_eq!(answer.json()["status"], "written", "{}", answer.text);
    assert_eq!(puts(), earlier + 2);

    // Somebody has changed the record since: his change stays.
    lose(&simulator, "drop_answer", "PUT", "/crm/v8/Leads");
    let out = json!({"kind": "server_error", "status": 502, "method": "GET", "path_prefix": "/crm/v8/Leads", "times": 99});
    fault(&simulator, out);
    let lost = world
        .act_keyed("lost-4", "crm.update_record", &change("Wels"))
        .await;
    assert_eq!(lost.status, 504, "{}", lost.text);
    simulator.clear_faults();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    world.done("crm.update_record", change("Steyr")).await;
    let repeated = world
        .act_keyed("lost-4", "crm.update_record", &change("Wels"))
        .await;
    assert_eq!(
        (repeated.status, repeated.problem()["code"].as_str()),
        (504, Some("outcome_unknown")),
        "{}",
        repeated.text
    );
    assert!(
        repeated.text.contains("was changed since"),
        "{}",
        repeated.text
    );
    let read = json!({"module": "Leads", "record_id": id, "fields": ["City"]});
    let record = world.done("crm.get_record", read).await;
    assert_eq!(record["record"]["City"], "Steyr");

    // Deletions of several.
    lose(&simulator, "drop_answer", "DELETE", "/crm/v8/Leads");
    let gone = json!({"module": "Leads", "record_ids": [id]});
    let answer = world.act("crm.delete_records", gone).await;
    assert_eq!(answer.json()["written"], 1, "{}", answer.text);
}

#[tokio::test]
async fn lost_changes_and_removals_in_books_are_looked_up() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let calls = |method: &str| {
        let is_one = |entry: &&Value| {
            entry["method"] == method && entry["path"].as_str().unwrap().contains("/contacts/")
        };
        simulator.journal().iter().filter(is_one).count()
    };
    let contact = json!({"record_type": "contact", "values": {"contact_name": "Plum Orchard Ltd"}});
    let made = world.done("books.create_record", contact).await;
    let one = |values: Value| {
        let mut inputs =
            json!({"record_type": "contact", "record_id": made["record"]["contact_id"]});
        inputs
            .as_object_mut()
            .unwrap()
            .extend(values.as_object().unwrap().clone());
        inputs
    };
    let change = |notes: &str| one(json!({"values": {"notes": notes}}));
    for (kind, notes, tries) in [("drop_answer", "first", 1), ("server_error", "second", 2)] {
        let earlier = calls("PUT");
        lose(&simulator, kind, "PUT", "/books/v3/contacts");
        let answer = world.done("books.update_record", change(notes)).await;
        assert_eq!(answer["record"]["notes"], notes);
        assert_eq!(calls("PUT"), earlier + tries, "{kind}");
    }
    lose(&simulator, "drop_answer", "DELETE", "/books/v3/contacts");
    let removed = world.done("books.remove_record", one(json!({}))).await;
    assert_eq!(removed["removed"], true);
    assert_eq!(calls("DELETE"), 1);
}
