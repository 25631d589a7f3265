//! Actions: the whole catalog against the simulator, refusals, repeats, lost answers, streams and files.

mod lost;
mod raw;
mod transfer;
mod walk;

use std::time::Duration;

use leadway_engine::action::catalog;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use zoho_sim::{Fault, Simulator};

use crate::world::{ADMIN_TOKEN, Answer, World};

async fn simulator() -> Simulator {
    Simulator::start(zoho_sim::Config::default()).await.unwrap()
}

fn fault(simulator: &Simulator, fault: Value) {
    simulator.add_fault(serde_json::from_value::<Fault>(fault).unwrap());
}

impl World {
    async fn act(&self, action: &str, inputs: Value) -> Answer {
        let path = format!("connections/demo/actions/{action}");
        self.api(Method::POST, &path, Some(inputs)).await
    }

    async fn act_keyed(&self, key: &str, action: &str, inputs: &Value) -> Answer {
        let path = format!("/api/v1/connections/demo/actions/{action}");
        let request = self.request(Method::POST, &path).bearer_auth(ADMIN_TOKEN);
        self.send(request.header("idempotency-key", key).json(inputs))
            .await
    }

    /// An action that must succeed.
    async fn done(&self, action: &str, inputs: Value) -> Value {
        let answer = self.act(action, inputs).await;
        assert_eq!(answer.status, 200, "{action}: {}", answer.text);
        answer.json()
    }
}

#[tokio::test]
async fn the_catalog_lists_each_action_with_schemas_that_are_sound() {
    let world = World::start().await;
    let listed = world.api(Method::GET, "actions", None).await.json();
    assert_eq!(listed.as_array().unwrap().len(), catalog().count());
    for action in listed.as_array().unwrap() {
        jsonschema::validator_for(&action["inputs"]).unwrap();
        assert!(action["output"].is_null() || jsonschema::validator_for(&action["output"]).is_ok());
        let path = format!("actions/{}", action["name"].as_str().unwrap());
        assert_eq!(&world.api(Method::GET, &path, None).await.json(), action);
    }
    assert_eq!(
        world.api(Method::GET, "actions/crm.fly", None).await.status,
        404
    );
    assert_eq!(world.get("/api/v1/actions").await.status, 401);
}

#[tokio::test]
async fn what_comes_in_wrong_is_named_before_a_call_is_spent() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let calls = [
        ("crm.fly", json!({})),
        ("crm.creat_record", json!({})),
        ("crm.get_record", json!({"module": "Leads"})),
        (
            "crm.get_record",
            json!({"module": "Leads", "record_id": "../1"}),
        ),
        (
            "crm.list_records",
            json!({"module": "Leads", "colour": "red"}),
        ),
        ("crm.search_records", json!({"module": "Leads"})),
        (
            "crm.search_records",
            json!({"module": "Leads", "criteria": "(Last_Name:equals:Ray"}),
        ),
        ("crm.create_record", json!({"module": "Leads"})),
        (
            "books.get_record",
            json!({"record_type": "invoise", "record_id": "1"}),
        ),
        (
            "books.create_record",
            json!({"record_type": "invoice", "organization_id": "10234695", "values": {"colour": 1}}),
        ),
        (
            "books.get_record",
            json!({"record_type": "contact_person", "organization_id": "10234695", "record_id": "1", "parent_record_id": "1", "parent_record_type": "invoice"}),
        ),
    ];
    let before = simulator.journal().len();
    let mut told = Vec::new();
    for (action, inputs) in calls {
        let answer = world.act(action, inputs.clone()).await;
        assert!(
            (400..500).contains(&answer.status),
            "{action} {inputs}: {}",
            answer.text
        );
        let problem = answer.problem();
        assert!(problem["remedy"].is_string(), "{problem}");
        told.push(problem);
    }
    assert_eq!(simulator.journal().len(), before, "no call was spent");
    insta::assert_json_snapshot!(told);

    let path = "connections/nobody/actions/crm.get_org";
    let answer = world.api(Method::POST, path, Some(json!({}))).await;
    insta::assert_json_snapshot!("no_connection", answer.problem());
    let path = "/api/v1/connections/demo/actions/crm.get_org";
    let answer = world
        .send(
            world
                .request(Method::POST, path)
                .bearer_auth(ADMIN_TOKEN)
                .body("{"),
        )
        .await;
    assert_eq!(
        (answer.status, answer.problem()["code"].as_str()),
        (400, Some("malformed_json"))
    );
}

#[tokio::test]
async fn what_zoho_refuses_is_explained_with_its_own_code() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let mut told = Vec::new();
    for (action, inputs) in [
        (
            "crm.get_record",
            json!({"module": "Leads", "record_id": "4711"}),
        ),
        ("crm.list_fields", json!({"module": "Unicorns"})),
        (
            "crm.create_record",
            json!({"module": "Leads", "values": {"Company": "Orchard"}}),
        ),
        (
            "crm.create_record",
            json!({"module": "Leads", "values": {"Last_Name": "Ray", "Colour": "red"}}),
        ),
        (
            "crm.update_record",
            json!({"module": "Leads", "record_id": "4711", "values": {"Company": "Orchard"}}),
        ),
        (
            "crm.update_record",
            json!({"module": "Leads", "record_id": "4711", "values": {"Colour": "red"}}),
        ),
        (
            "crm.update_records",
            json!({"module": "Leads", "records": [{"id": "4711", "Company": "Orchard"}, {"id": "4712", "Email": "nowhere"}]}),
        ),
        (
            "crm.delete_record",
            json!({"module": "Leads", "record_id": "4711"}),
        ),
        (
            "books.get_record",
            json!({"record_type": "invoice", "record_id": "4711"}),
        ),
        (
            "books.list_records",
            json!({"record_type": "invoice", "organization_id": "1"}),
        ),
    ] {
        let answer = world.act(action, inputs).await;
        let problem = answer.problem();
        told.push(json!([
            action,
            answer.status,
            problem["code"],
            problem["message"],
            problem["remedy"]
        ]));
    }
    insta::assert_json_snapshot!(told);
}

#[tokio::test]
async fn a_repeat_under_its_key_gets_the_first_answer_and_makes_nothing() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let inputs = json!({"module": "Leads", "values": {"Last_Name": "Ray", "Company": "Orchard"}});
    let before = simulator.count("Leads").unwrap();
    let first = world
        .act_keyed("order-17", "crm.create_record", &inputs)
        .await;
    assert_eq!(first.status, 200, "{}", first.text);
    // One for the record, one for the module's fields.
    assert_eq!(first.header("leadway-credits"), "2");
    let repeat = world
        .act_keyed("order-17", "crm.create_record", &inputs)
        .await;
    assert_eq!((repeat.status, &repeat.text), (200, &first.text));
    assert_eq!(
        (
            repeat.header("idempotency-replayed"),
            repeat.header("leadway-credits")
        ),
        ("true", "0")
    );
    assert_eq!(simulator.count("Leads").unwrap(), before + 1);

    let other = json!({"module": "Leads", "values": {"Last_Name": "Lee", "Company": "Orchard"}});
    let reused = world
        .act_keyed("order-17", "crm.create_record", &other)
        .await;
    assert_eq!(
        (reused.status, reused.problem()["code"].as_str()),
        (409, Some("idempotency_key_reused"))
    );

    // A refusal is an answer too, and stays it.
    let wrong = json!({"module": "Leads", "record_id": "4711", "values": {"Company": "Orchard"}});
    let refused = world
        .act_keyed("order-18", "crm.update_record", &wrong)
        .await;
    let again = world
        .act_keyed("order-18", "crm.update_record", &wrong)
        .await;
    assert_eq!(refused.problem(), again.problem());
    assert_eq!(again.header("idempotency-replayed"), "true");

    // What Zoho was too busy for was not done, and may be done later under the same key.
    fault(
        &simulator,
        json!({"kind": "too_many_requests", "path_prefix": "/crm/v8/Leads", "times": 1}),
    );
    let busy = world
        .act_keyed("order-19", "crm.create_record", &other)
        .await;
    assert_eq!(busy.status, 429, "{}", busy.text);
    let later = world
        .act_keyed("order-19", "crm.create_record", &other)
        .await;
    assert_eq!(
        (later.status, later.header("idempotency-replayed")),
        (200, "")
    );
    assert_eq!(simulator.count("Leads").unwrap(), before + 2);
    let long = world
        .act_keyed(&"k".repeat(256), "crm.create_record", &other)
        .await;
    assert_eq!(long.status, 422);
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_before_anything_is_sent_again() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let before = simulator.count("Leads").unwrap();
    let inputs = json!({"module": "Leads", "values": {"Last_Name": "Ray", "Company": "Orchard"}});
    fault(
        &simulator,
        json!({"kind": "drop_answer", "method": "POST", "path_prefix": "/crm/v8/Leads", "times": 1}),
    );
    let answer = world
        .act_keyed("lost-1", "crm.create_record", &inputs)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(
        answer.json()["message"]
            .as_str()
            .unwrap()
            .contains("looked up"),
        "{}",
        answer.text
    );
    assert_eq!(simulator.count("Leads").unwrap(), before + 1);

    // Nothing is there: the caller hears so, and the repeat makes the record, once.
    let inputs = json!({"module": "Leads", "values": {"Last_Name": "Lee", "Company": "Orchard"}});
    fault(
        &simulator,
        json!({"kind": "server_error", "status": 502, "is_html": true, "method": "POST", "path_prefix": "/crm/v8/Leads", "times": 1}),
    );
    let lost = world
        .act_keyed("lost-2", "crm.create_record", &inputs)
        .await;
    assert_eq!(
        (lost.status, lost.problem()["code"].as_str()),
        (504, Some("outcome_unknown")),
        "{}",
        lost.text
    );
    // Zoho may be at work on it still.
    let early = world
        .act_keyed("lost-2", "crm.create_record", &inputs)
        .await;
    assert_eq!(
        (early.status, early.header("retry-after").is_empty()),
        (504, false),
        "{}",
        early.text
    );

    // The same in Books, by the record's reference.
    let contact = json!({"record_type": "contact", "values": {"contact_name": "Orchard Ltd"}});
    fault(
        &simulator,
        json!({"kind": "drop_answer", "method": "POST", "path_prefix": "/books/v3/contacts", "times": 1}),
    );
    let made = world.act("books.create_record", contact).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let found = world
        .done(
            "books.list_records",
            json!({"record_type": "contact", "search_fields": {"contact_name": "Orchard Ltd"}}),
        )
        .await;
    assert_eq!(found["records"].as_array().unwrap().len(), 1);

    // Nobody can tell whether an action without a name was done.
    let invoice = made.json()["record"]["contact_id"]
        .as_str()
        .unwrap()
        .to_owned();
    fault(
        &simulator,
        json!({"kind": "drop_answer", "method": "POST", "path_prefix": "/books/v3/contacts/", "times": 1}),
    );
    let act = json!({"record_type": "contact", "record_id": invoice, "action": "inactive"});
    let unknown = world.act_keyed("lost-3", "books.act_on_record", &act).await;
    assert_eq!(unknown.status, 504, "{}", unknown.text);
    let asked = world.act_keyed("lost-3", "books.act_on_record", &act).await;
    assert_eq!(asked.status, 504, "nothing is sent again: {}", asked.text);

    // A minute later Zoho is no longer at work on the lead.
    world.clock.advance(Duration::from_secs(61));
    simulator.advance(61);
    let repeat = world
        .act_keyed("lost-2", "crm.create_record", &inputs)
        .await;
    assert_eq!(repeat.status, 200, "{}", repeat.text);
    assert_eq!(simulator.count("Leads").unwrap(), before + 2);
}

#[tokio::test]
async fn a_look_up_takes_no_record_of_others_and_asks_when_it_cannot_tell() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let before = simulator.count("Leads").unwrap();
    let make = |values: &Value| json!({"module": "Leads", "values": values});
    let lose = |path: &str| {
        fault(
            &simulator,
            json!({"kind": "drop_answer", "method": "POST", "path_prefix": path, "times": 1}),
        );
    };
    let refuse = |path: &str| {
        fault(
            &simulator,
            json!({"kind": "server_error", "status": 502, "method": "POST", "path_prefix": path, "times": 1}),
        );
    };

    // Two requests for equal records, of which the second does not reach Zoho: the first one's is not taken for it.
    let twin = make(&json!({"Last_Name": "Twin", "Company": "Orchard"}));
    let first = world.act_keyed("twin-1", "crm.create_record", &twin).await;
    refuse("/crm/v8/Leads");
    let lost = world.act_keyed("twin-2", "crm.create_record", &twin).await;
    assert_eq!(lost.status, 504, "{}", lost.text);
    world.clock.advance(Duration::from_secs(61));
    simulator.advance(61);
    let second = world.act_keyed("twin-2", "crm.create_record", &twin).await;
    assert_eq!(second.status, 200, "{}", second.text);
    assert_ne!(first.json()["id"], second.json()["id"]);
    assert_eq!(simulator.count("Leads").unwrap(), before + 2);

    // The members of the repeat may stand in another order.
    let turned = make(&json!({"Company": "Orchard", "Last_Name": "Twin"}));
    let again = world
        .act_keyed("twin-2", "crm.create_record", &turned)
        .await;
    assert_eq!(again.json()["id"], second.json()["id"], "{}", again.text);

    // What came in is not quite what was sent: only a person can tell, as often as it is asked.
    let tidy =
        json!({"Last_Name": "Changed", "Company": "Orchard", "Email": "changed@example.com"});
    let mut untidy = tidy.clone();
    untidy["Company"] = json!("Another");
    world.done("crm.create_record", make(&untidy)).await;
    refuse("/crm/v8/Leads");
    for _ in 0..2 {
        let unclear = world
            .act_keyed("changed", "crm.create_record", &make(&tidy))
            .await;
        assert_eq!(unclear.status, 504, "{}", unclear.text);
        assert!(
            unclear.text.contains("like what was sent"),
            "{}",
            unclear.text
        );
    }
    assert_eq!(simulator.count("Leads").unwrap(), before + 3);

    // Rows of a sub-form come back with more than was sent; the rest tells.
    let product = world
        .done(
            "crm.create_record",
            json!({"module": "Products", "values": {"Product_Name": "Ladder"}}),
        )
        .await;
    lose("/crm/v8/Quotes");
    let quote = json!({"module": "Quotes", "values": {
        "Subject": "Ladders for the orchard",
        "Quoted_Items": [{"Product_Name": {"id": product["id"]}, "Quantity": 2, "List_Price": 40}],
    }});
    let quoted = world.act_keyed("quote", "crm.create_record", &quote).await;
    assert_eq!(quoted.status, 200, "{}", quoted.text);
    assert!(quoted.text.contains("looked up"), "{}", quoted.text);
    assert_eq!(simulator.count("Quotes").unwrap(), 1);

    // An upsert whose answer is lost has changed the record that was there.
    let values = json!({"Last_Name": "Twin", "Email": "twin@example.com"});
    let made = world.done("crm.create_record", make(&values)).await;
    lose("/crm/v8/Leads/upsert");
    let values = json!({"Last_Name": "Renamed", "Email": "twin@example.com"});
    let renamed = world
        .act_keyed("upsert", "crm.upsert_record", &make(&values))
        .await;
    assert_eq!(renamed.status, 200, "{}", renamed.text);
    assert_eq!(renamed.json()["id"], made["id"]);
}

#[tokio::test]
async fn all_pages_come_as_lines_and_a_failure_is_the_last_of_them() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    for _ in 0..3 {
        let records: Vec<Value> = (0..100)
            .map(|n| json!({"Last_Name": format!("Ray {n}")}))
            .collect();
        let written = world
            .done(
                "crm.create_records",
                json!({"module": "Leads", "records": records}),
            )
            .await;
        assert_eq!(
            (&written["written"], &written["refused"]),
            (&json!(100), &json!(0))
        );
    }
    let all = json!({"module": "Leads", "fields": "Last_Name", "per_page": 100, "fetch_all": true});
    let answer = world.act("crm.list_records", all.clone()).await;
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let ids: std::collections::HashSet<String> = answer
        .text
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(ids.len(), simulator.count("Leads").unwrap());
    fault(
        &simulator,
        json!({"kind": "refuse", "method": "GET", "path_prefix": "/crm/v8/Leads", "skip": 1}),
    );
    let broken = world.act("crm.list_records", all).await;
    assert_eq!(broken.status, 200);
    let last: Value = serde_json::from_str(broken.text.lines().last().unwrap()).unwrap();
    assert!(last["error"]["code"].is_string(), "{last}");
    assert_eq!(broken.text.lines().count(), 101);
}

#[tokio::test]
async fn files_come_as_parts_as_text_and_as_base64() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let contact = world
        .done(
            "books.create_record",
            json!({"record_type": "contact", "values": {"contact_name": "Halden"}}),
        )
        .await;
    let item = json!({"name": "Desk", "rate": 120.5, "quantity": 2});
    let invoice = json!({"record_type": "invoice", "values": {"customer_id": contact["record"]["contact_id"], "line_items": [item]}});
    let invoice = world.done("books.create_record", invoice).await;
    let id = invoice["record"]["invoice_id"].as_str().unwrap();
    assert!(invoice.to_string().contains("241"), "{invoice}");

    let inputs = json!({"record_type": "invoice", "record_id": id});
    let form = Form::new()
        .part(
            "file",
            Part::bytes(b"%PDF-1.4 one".to_vec()).file_name("terms.pdf"),
        )
        .text("inputs", inputs.to_string());
    let path = "/api/v1/connections/demo/actions/books.attach_file";
    let request = world.request(Method::POST, path).bearer_auth(ADMIN_TOKEN);
    let attached = world.send(request.multipart(form)).await;
    assert_eq!(attached.status, 200, "{}", attached.text);
    let downloaded = world.act("books.download_file", inputs.clone()).await;
    assert_eq!(
        (downloaded.status, downloaded.text.as_str()),
        (200, "%PDF-1.4 one")
    );
    assert!(
        downloaded
            .header("content-disposition")
            .contains("terms.pdf")
    );
    assert_eq!(downloaded.header("x-content-type-options"), "nosniff");

    let encoded =
        json!({"base64": "JVBERi0xLjQgdHdv", "name": "two.pdf", "content_type": "application/pdf"});
    let inputs = json!({"record_type": "invoice", "record_id": id, "file": encoded});
    world.done("books.attach_file", inputs).await;
    let wrong = world
        .act(
            "books.attach_file",
            json!({"record_type": "invoice", "record_id": id, "file": {"base64": "%"}}),
        )
        .await;
    assert_eq!(
        (wrong.status, wrong.problem()["field"].as_str()),
        (422, Some("file"))
    );
    let missing = world
        .act(
            "books.attach_file",
            json!({"record_type": "invoice", "record_id": id}),
        )
        .await;
    assert_eq!(
        (missing.status, missing.problem()["field"].as_str()),
        (422, Some("file"))
    );
    // More than a body may have elsewhere, and a file where none belongs.
    let large = vec![b'x'; 3 << 20];
    let form = Form::new()
        .text("inputs", json!({"record_id": "4711"}).to_string())
        .part("file", Part::bytes(large).file_name("large.bin"));
    let path = "/api/v1/connections/demo/actions/crm.add_attachment";
    let request = world.request(Method::POST, path).bearer_auth(ADMIN_TOKEN);
    let sent = world.send(request.multipart(form)).await;
    assert_ne!(sent.status, 400, "{}", sent.text);
    let form = Form::new().part("module", Part::bytes(b"x".to_vec()).file_name("x"));
    let request = world.request(Method::POST, path).bearer_auth(ADMIN_TOKEN);
    let refused = world.send(request.multipart(form)).await;
    assert_eq!(
        (refused.status, refused.problem()["remedy"].as_str()),
        (422, Some("Send the file as file."))
    );
    let left = std::fs::read_dir(world.engine.spool_dir()).unwrap().count();
    assert_eq!(left, 0, "no file stays behind");
}

#[tokio::test]
async fn credits_are_counted_for_the_connection() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let answer = world.act("crm.list_modules", json!({})).await;
    assert_eq!(answer.header("leadway-credits"), "1");
    world
        .done("crm.count_records", json!({"module": "Leads"}))
        .await;
    let connections = world.api(Method::GET, "connections", None).await.json();
    assert_eq!(connections[0]["credits_24h"], 2);
}

#[tokio::test]
async fn a_caller_who_hangs_up_and_comes_again_gets_the_first_answer() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let slow = json!({"kind": "latency", "milliseconds": 1_000, "path_prefix": "/crm/v8/Leads", "method": "POST"});
    simulator.add_fault(serde_json::from_value(slow).unwrap());
    let inputs = json!({"module": "Leads", "values": {"Last_Name": "Ray", "Company": "Orchard"}});
    let path = "/api/v1/connections/demo/actions/crm.create_record";
    let request = world.request(Method::POST, path).bearer_auth(ADMIN_TOKEN);
    let request = request.header("idempotency-key", "hung-up").json(&inputs);
    let hung_up = request.timeout(Duration::from_millis(300)).send().await;
    assert!(hung_up.unwrap_err().is_timeout());
    let mut again = world
        .act_keyed("hung-up", "crm.create_record", &inputs)
        .await;
    assert_eq!(
        (again.status, again.problem()["code"].as_str()),
        (409, Some("request_running"))
    );
    while again.status == 409 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        again = world
            .act_keyed("hung-up", "crm.create_record", &inputs)
            .await;
    }
    assert_eq!(
        (again.status, again.header("idempotency-replayed")),
        (200, "true"),
        "{}",
        again.text
    );
    assert_eq!(simulator.count("Leads").unwrap(), 1);
}

#[tokio::test]
async fn a_raw_write_under_a_key_is_not_repeated_after_a_lost_answer() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let lost = json!({"kind": "drop_answer", "times": 1, "method": "POST", "path_prefix": "/crm/v8/Leads"});
    simulator.add_fault(serde_json::from_value(lost).unwrap());
    let inputs = json!({
        "method": "POST", "path": "/Leads", "data": {"data": [{"Last_Name": "Ray"}]}, "max_retries": 2,
        "query": {"nothing": null},
    });
    let lost = world.act_keyed("raw", "crm.request", &inputs).await;
    assert_eq!(lost.status, 504, "{}", lost.text);
    assert_eq!(simulator.count("Leads").unwrap(), 1);
    let journal = simulator.journal();
    assert!(
        !journal
            .iter()
            .any(|entry| entry["path"].as_str().unwrap().contains("nothing"))
    );
}

#[tokio::test]
async fn a_list_that_fails_at_once_is_no_success() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let down = json!({"kind": "server_error", "status": 503, "path_prefix": "/crm/v8/Leads"});
    simulator.add_fault(serde_json::from_value(down).unwrap());
    let inputs = json!({"module": "Leads", "fields": ["Last_Name"], "fetch_all": true});
    let failed = world.act("crm.list_records", inputs).await;
    assert_eq!(
        (failed.status, failed.problem()["code"].as_str()),
        (502, Some("SERVICE_UNAVAILABLE"))
    );
}

#[tokio::test]
async fn a_raw_request_sends_text_as_what_it_is_and_repeats_a_write_only_when_asked_to() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let lead = r#"{"data": [{"Last_Name": "Ray"}]}"#;
    let post = json!({"method": "POST", "path": "/Leads", "data": lead});
    let with = |more: Value| {
        let mut inputs = post.clone();
        inputs
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        inputs
    };
    let read = json!({"method": "POST", "path": "/bulk/v8/read", "data": r#"{"query": {"module": {"api_name": "Leads"}}}"#});
    for inputs in [
        post.clone(),
        with(json!({"headers": {"Content-Type": "application/json; charset=utf-8"}})),
        read,
    ] {
        let answer = world.done("crm.request", inputs).await;
        assert_eq!(answer["status"], 201, "{answer}");
    }
    let xml = json!({"headers": {"Content-Type": "text/xml"}, "data": {"data": []}});
    let refused = world.act("crm.request", with(xml)).await;
    assert_eq!(
        (refused.status, refused.problem()["field"].as_str()),
        (422, Some("headers"))
    );

    let lose = || {
        let lost = json!({"kind": "drop_answer", "times": 1, "method": "POST", "path_prefix": "/crm/v8/Leads"});
        simulator.add_fault(serde_json::from_value(lost).unwrap());
    };
    lose();
    let before = simulator.count("Leads").unwrap();
    let lost = world
        .act("crm.request", with(json!({"max_retries": 2})))
        .await;
    assert_eq!(
        (lost.status, simulator.count("Leads").unwrap()),
        (504, before + 1),
        "{}",
        lost.text
    );
    lose();
    let asked = with(json!({"max_retries": 2, "retry_on_all_errors": true}));
    assert_eq!(world.done("crm.request", asked).await["status"], 201);
    assert_eq!(simulator.count("Leads").unwrap(), before + 3);
}

#[tokio::test]
async fn a_list_without_fields_says_which_it_left_out() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    world
        .done(
            "crm.create_record",
            json!({"module": "Leads", "values": {"Last_Name": "Ray"}}),
        )
        .await;
    let all = world
        .done("crm.list_records", json!({"module": "Leads"}))
        .await;
    let left_out = all["info"]["fields_left_out"].as_array().unwrap();
    assert_eq!(left_out.len(), 2, "{}", all["info"]);
    let some = json!({"module": "Leads", "fields": [left_out[0]]});
    let some = world.done("crm.list_records", some).await;
    assert!(
        some["info"]["fields_left_out"].is_null(),
        "{}",
        some["info"]
    );
}
