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

#[tokio::test]
async fn what_shows_only_in_part_is_left_to_a_person() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let mut ids = Vec::new();
    for name in ["Kim", "Lee"] {
        let lead =
            json!({"module": "Leads", "values": {"Last_Name": name, "City": "Wels", "Fax": "1"}});
        let made = world.done("crm.create_record", lead).await;
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    let puts = || {
        let is_put = |entry: &&Value| entry["method"] == "PUT";
        simulator.journal().iter().filter(is_put).count()
    };
    let settled = |text: &str| text.contains("looked up");

    // What was emptied shows as well, and a record may be named by a number.
    lose(&simulator, "drop_answer", "PUT", "/crm/v8/Leads");
    let number: u64 = ids[0].parse().unwrap();
    let emptied = json!({"module": "Leads", "records": [{"id": number, "City": null, "Fax": ""}, {"id": ids[1], "City": "Linz"}]});
    let answer = world.act("crm.update_records", emptied).await;
    assert!(
        answer.status == 200 && settled(&answer.text),
        "{}",
        answer.text
    );
    assert_eq!(puts(), 1);

    // So do rows, each member of them.
    lose(&simulator, "drop_answer", "PUT", "/crm/v8/Leads");
    let with_tags = json!({"module": "Leads", "record_id": ids[0], "values": {"City": "Graz", "Tag": [{"name": "vip"}]}});
    let answer = world.act("crm.update_record", with_tags).await;
    assert!(
        answer.status == 200 && settled(&answer.text),
        "{}",
        answer.text
    );
    assert_eq!(puts(), 2);

    // A change that must not follow another is done where it shows, and never made again where it may have been the other.
    let in_time = |city: &str| json!({"module": "Leads", "record_id": ids[0], "values": {"City": city}, "if_unmodified_since": "2099-01-01T00:00:00Z"});
    lose(&simulator, "drop_answer", "PUT", "/crm/v8/Leads");
    let answer = world.act("crm.update_record", in_time("Enns")).await;
    assert!(
        answer.status == 200 && settled(&answer.text),
        "{}",
        answer.text
    );
    lose(&simulator, "server_error", "PUT", "/crm/v8/Leads");
    let answer = world.act("crm.update_record", in_time("Bruck")).await;
    assert_eq!(answer.status, 504, "{}", answer.text);
    assert_eq!(puts(), 4);

    // Of two deletions one was made, by somebody.
    let both = json!({"module": "Leads", "record_ids": ids});
    lose(&simulator, "server_error", "DELETE", "/crm/v8/Leads");
    let lost = world.act_keyed("gone", "crm.delete_records", &both).await;
    assert_eq!(lost.status, 504, "{}", lost.text);
    let one = json!({"module": "Leads", "record_id": ids[0]});
    world.done("crm.delete_record", one).await;
    let repeated = world.act_keyed("gone", "crm.delete_records", &both).await;
    assert_eq!(repeated.status, 504, "{}", repeated.text);
    let left = format!("are there still: {}", ids[1]);
    assert!(repeated.text.contains(&left), "{}", repeated.text);
}

#[tokio::test]
async fn what_cannot_be_looked_up_in_books_is_left_to_a_person() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let contact = json!({"record_type": "contact", "values": {"contact_name": "Plum Orchard Ltd"}});
    let made = world.done("books.create_record", contact).await;
    let id = &made["record"]["contact_id"];
    let change = |notes: &str| json!({"record_type": "contact", "record_id": id, "values": {"notes": notes}});
    lose(&simulator, "drop_answer", "PUT", "/books/v3/contacts");
    let out = json!({"kind": "server_error", "status": 502, "method": "GET", "path_prefix": "/books/v3/contacts", "times": 99});
    fault(&simulator, out);
    let lost = world
        .act_keyed("b-1", "books.update_record", &change("first"))
        .await;
    assert_eq!(lost.status, 504, "{}", lost.text);
    simulator.clear_faults();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    world.done("books.update_record", change("second")).await;
    let repeated = world
        .act_keyed("b-1", "books.update_record", &change("first"))
        .await;
    assert_eq!(repeated.status, 504, "{}", repeated.text);
    assert!(
        repeated.text.contains("was changed since"),
        "{}",
        repeated.text
    );
    let read = json!({"record_type": "contact", "record_id": id});
    let shown = world.done("books.get_record", read).await;
    assert_eq!(shown["record"]["notes"], "second");

    // A location is not read alone.
    let tax = json!({"record_type": "tax", "values": {"tax_name": "VAT", "tax_percentage": 20}});
    let tax = world.done("books.create_record", tax).await;
    let location = json!({"record_type": "location", "values": {"location_name": "North", "country": "Norway", "tax_settings_id": tax["record"]["tax_id"]}});
    let made = world.done("books.create_record", location).await;
    let id = &made["record"]["location_id"];
    lose(&simulator, "drop_answer", "PUT", "/books/v3/locations");
    let change =
        json!({"record_type": "location", "record_id": id, "values": {"location_name": "South"}});
    for _ in 0..2 {
        let lost = world.act_keyed("b-2", "books.update_record", &change).await;
        assert_eq!(lost.status, 504, "{}", lost.text);
    }
    let last = world.act_keyed("b-2", "books.update_record", &change).await;
    assert!(
        last.problem()["remedy"]
            .as_str()
            .unwrap()
            .contains("Look in Zoho"),
        "{}",
        last.text
    );
}
