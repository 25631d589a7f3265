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

#[tokio::test]
async fn coql_is_a_command_of_one_line_with_every_format() {
    let world = World::start().await;
    for (last_name, company) in [("Ray", "Orchard, Ltd"), ("Lee", "The \"Desk\"")] {
        let set = [
            format!("--set=Last_Name={last_name}"),
            format!("--set=Company={company}"),
        ];
        let create = ["crm", "create-record", "--module=Leads", &set[0], &set[1]];
        world.run(&create).await.ok();
    }
    let query = "select Last_Name, Company, Fax from Leads where Last_Name is not null order by Last_Name asc limit 10";
    let ask = async |more: &[&str]| world.run(&[&["coql", query], more].concat()).await;
    let table = ask(&[]).await.ok();
    assert!(table.out.contains("Lee\tThe \"Desk\""), "{}", table.out);
    let page = ask(&["--json"]).await.ok().json();
    assert_eq!(page["records"][1]["Last_Name"], "Ray");
    let csv = ask(&["--format", "csv"]).await.ok();
    let mut reader = csv::Reader::from_reader(csv.out.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cell = |row: usize, name: &str| {
        let at = columns.iter().position(|column| column == name).unwrap();
        rows[row].get(at).unwrap().to_owned()
    };
    assert_eq!(
        (cell(0, "Company"), cell(1, "Company")),
        ("The \"Desk\"".to_owned(), "Orchard, Ltd".to_owned())
    );
    assert_eq!(cell(0, "Fax"), "");

    // All rows: lines unless told, one document, CSV into a file, or a table.
    let without_limit = "select Last_Name from Leads where Last_Name is not null";
    let all = async |more: &[&str]| {
        world
            .run(&[&["coql", without_limit, "--all"], more].concat())
            .await
    };
    let lines = all(&[]).await.ok();
    assert_eq!(lines.out.lines().count(), 2);
    for line in lines.out.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        assert!(record["Last_Name"].is_string());
    }
    let document = all(&["--format=json"]).await.ok().json();
    assert_eq!(document.as_array().unwrap().len(), 2);
    let file = world.path("leads.csv").display().to_string();
    let told = all(&["--format=csv", "-o", &file]).await.ok();
    assert!(
        told.out.is_empty() && told.err.contains("2 records"),
        "{}",
        told.err
    );
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(
        written.lines().count() == 3 && written.contains("Last_Name"),
        "{written}"
    );
    assert!(all(&["--format=table"]).await.ok().out.contains("Ray"));

    let from_file = world.write("query.coql", query).display().to_string();
    let table = world.run(&["coql", &format!("@{from_file}")]).await.ok();
    assert!(table.out.contains("Lee"), "{}", table.out);
    let wrong = world.run(&["coql", "select nothing"]).await;
    assert_eq!(wrong.code, Some(1), "{}", wrong.err);
    let missing = world.run(&["coql", "@nowhere.coql"]).await;
    assert!(
        missing.code == Some(2) && missing.err.contains("nowhere.coql"),
        "{}",
        missing.err
    );
}

#[tokio::test]
async fn a_request_by_hand_is_a_command_too() {
    let world = World::start().await;
    let body = r#"{"data": [{"Last_Name": "Ray"}]}"#;
    let made = world
        .run(&["request", "POST", "/Leads", "-d", body])
        .await
        .ok()
        .json();
    let id = made["data"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let from_file = world.write("lead.json", body).display().to_string();
    world
        .run(&[
            "request",
            "post",
            "/v2/Leads",
            "-d",
            &format!("@{from_file}"),
        ])
        .await
        .ok();
    let list = [
        "request",
        "GET",
        "/Leads",
        "-q",
        "fields=Last_Name",
        "-q",
        "per_page=1",
    ];
    let page = world.run(&list).await.ok().json();
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
    let whole = world.json(&list).await;
    // Each page has a token of its own for the next one.
    let data = &whole["body"]["data"];
    assert_eq!((&whole["status"], data), (&json!(200), &page["data"]));
    let csv = world
        .run(&[&list[..], &["--format=csv"]].concat())
        .await
        .ok();
    assert!(
        csv.out.starts_with("Last_Name,id\nRay,") || csv.out.starts_with("id,Last_Name\n"),
        "{}",
        csv.out
    );

    // 204 has no body, and so no rows.
    let none = [
        "request",
        "GET",
        "/Leads",
        "-q",
        "fields=Last_Name",
        "-q",
        "page=9",
    ];
    for (format, said) in [("table", "Nothing.\n"), ("csv", ""), ("ndjson", "")] {
        let none = world
            .run(&[&none[..], &["--format", format]].concat())
            .await
            .ok();
        assert_eq!(none.out, said);
    }

    let path = format!("/Leads/{id}");
    let delete = ["request", "DELETE", &path];
    let asked = world.run(&delete).await;
    assert!(
        asked.code == Some(2) && asked.err.contains("add --yes"),
        "{}",
        asked.err
    );
    world.run(&[&delete[..], &["--yes"]].concat()).await.ok();
    for more in [&[][..], &["--json"]] {
        let gone = world
            .run(&[&["request", "GET", "/settings/nothing"], more].concat())
            .await;
        assert_eq!(gone.code, Some(1), "{} {}", gone.out, gone.err);
        assert!(
            gone.out.contains("code") && gone.err.contains("Zoho answers HTTP 4"),
            "{} {}",
            gone.out,
            gone.err
        );
    }

    let order = world.write("order.txt", "two desks").display().to_string();
    let file = format!("file={order}");
    let upload = [
        "request",
        "POST",
        "/files",
        "--file",
        &file,
        "--file-name",
        "file=desks.txt",
    ];
    let uploaded = world.run(&upload).await.ok();
    assert!(uploaded.out.contains("desks.txt"), "{}", uploaded.out);

    let contact = [
        "request",
        "POST",
        "/books/v3/contacts",
        "-d",
        r#"{"contact_name": "Orchard"}"#,
    ];
    world.run(&contact).await.ok();
    let contacts = [
        "request",
        "GET",
        "/contacts",
        "--product=books",
        "--format=ndjson",
    ];
    let contacts = world.run(&contacts).await.ok();
    let contacts: Vec<Value> = contacts
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        contacts
            .iter()
            .any(|contact| contact["contact_name"] == "Orchard")
    );

    for (arguments, said) in [
        (&["request", "FLY", "/Leads"][..], "GET"),
        (&["request", "GET", "/Leads", "-q", "page"], "NAME=VALUE"),
        (
            &["request", "GET", "/Leads", "-H", "no colon"],
            "NAME: VALUE",
        ),
        (
            &["request", "POST", "/Leads", "-d", "{}", "--form", "a=b"],
            "cannot be used with",
        ),
        (
            &["request", "GET", "/Leads", "--organization-id", "1"],
            "--product books",
        ),
    ] {
        let ended = world.run(arguments).await;
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(said), "{arguments:?}: {}", ended.err);
    }
    let elsewhere = world.run(&["request", "GET", "//evil.example/x"]).await;
    assert_eq!(elsewhere.code, Some(1), "{}", elsewhere.err);
}

/// A shell runs what the console shows: both are the same request, so that under one key the second gets the first's
/// answer.
#[tokio::test]
async fn what_the_console_shows_can_be_pasted_into_a_shell() {
    let world = World::start().await;
    let note = world.write("it's; mine, note.txt", "two desks");
    let lead = world
        .json(&[
            "crm",
            "create-record",
            "--module=Leads",
            "--set=Last_Name=Lee",
        ])
        .await;
    let id = lead["id"].as_str().unwrap();
    let odd = "O'Neil \"$HOME\" `x` \\ & ü";
    let calls = [
        (
            "crm.create_record",
            json!({"module": "Leads", "values": {"Last_Name": odd, "Zip_Code": "01", "Fax": null}, "trigger": []}),
            None,
        ),
        (
            "crm.create_records",
            json!({"module": "Leads", "records": [{"Last_Name": odd}, {"Last_Name": "Kim"}]}),
            None,
        ),
        (
            "crm.create_note",
            json!({"module": "Leads", "record_id": id, "content": format!("-x\n{odd}")}),
            None,
        ),
        (
            "crm.add_tags",
            json!({"module": "Leads", "record_ids": [id], "tags": ["a b", "c"]}),
            None,
        ),
        (
            "crm.add_attachment",
            json!({"module": "Leads", "record_id": id}),
            Some("file"),
        ),
        (
            "crm.request",
            json!({"path": "/Leads", "method": "POST", "data": {"data": [{"Last_Name": odd}]}}),
            None,
        ),
        (
            "crm.delete_record",
            json!({"module": "Leads", "record_id": id}),
            None,
        ),
        (
            "books.create_record",
            json!({"record_type": "contact", "values": {"contact_name": odd}}),
            None,
        ),
    ];
    for (number, (action, inputs, file)) in calls.into_iter().enumerate() {
        let files: Vec<(String, String)> = file
            .map(|name: &str| (name.to_owned(), note.display().to_string()))
            .into_iter()
            .collect();
        let key = format!("call '{number}'");
        let call = leadway_engine::action::Call {
            action: leadway_engine::action::find(action).unwrap(),
            url: &world.url(),
            connection: "main",
            inputs: inputs.as_object().unwrap(),
            files: &files,
            idempotency_key: Some(&key),
        };
        let curl = format!("{} -s -i", call.curl());
        let curl = world.shell(&curl).await.ok();
        assert!(
            curl.out.starts_with("HTTP/1.1 200"),
            "{action}: {}",
            curl.out
        );
        assert!(
            !curl.out.contains("idempotency-replayed"),
            "{action}: {}",
            curl.out
        );
        let (_, first) = curl.out.split_once("\r\n\r\n").unwrap();
        let first: Value = serde_json::from_str(first).unwrap();
        let again = world
            .shell(&format!("{} --json", call.command()))
            .await
            .ok();
        assert_eq!(again.json(), first, "{action}");
    }
    let named = world.leads("Last_Name");
    assert_eq!(
        named.iter().filter(|name| *name == odd).count(),
        3,
        "{named:?}"
    );
}

#[tokio::test]
async fn files_are_imported_and_exported_from_the_command_line() {
    let world = World::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (file, results, export) = (
        path("people.csv"),
        path("results.ndjson"),
        path("leads.csv"),
    );
    std::fs::write(
        &file,
        "Last Name,Company,Email\nMoss,By Command,\nRay,By Command,no address\n",
    )
    .unwrap();
    let import = [
        "crm",
        "import-records",
        "--module=Leads",
        "--operation=insert",
        "--file",
        &file,
    ];
    let imported = world
        .run(&[&import[..], &["--output", &results]].concat())
        .await;
    assert_eq!(imported.code, Some(1), "{}", imported.err);
    for wanted in [
        "with --idempotency-key ",
        "part 1 of 1: uploading; 0 of 2 rows done\n",
        "part 1 of 1: waiting for Zoho (",
        "part 1 of 1: done; 2 of 2 rows done\n",
        "2 rows: 1 inserted, 0 updated, 1 refused.\n",
    ] {
        assert!(imported.err.contains(wanted), "{wanted}: {}", imported.err);
    }
    let rows: Vec<Value> = std::fs::read_to_string(&results)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (rows.len(), &rows[0]["status"], &rows[1]["field"]),
        (2, &json!("written"), &json!("Email"))
    );
    let exported = world
        .run(&[
            "crm",
            "export-records",
            "--module=Leads",
            "--fields=Last_Name,Company",
            "--output",
            &export,
        ])
        .await
        .ok();
    let csv = std::fs::read_to_string(&export).unwrap();
    assert!(csv.contains("Moss,By Command"), "{csv}");
    for wanted in [
        "part 1: waiting for Zoho (",
        "rows done\n",
        &format!("{} bytes are in {export}.\n", csv.len()),
    ] {
        assert!(exported.err.contains(wanted), "{wanted}: {}", exported.err);
    }
}
