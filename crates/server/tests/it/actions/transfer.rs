//! Exports and imports: several parts, refused rows, odd files, lost answers, and callers that hang up.

use std::fmt::Write as _;
use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use zoho_sim::Simulator;

use super::{fault, simulator};
use crate::world::{ADMIN_TOKEN, Answer, World};

impl World {
    fn import(
        &self,
        key: Option<&str>,
        file: impl Into<Vec<u8>>,
        inputs: &Value,
    ) -> RequestBuilder {
        let path = "/api/v1/connections/demo/actions/crm.import_records";
        let mut request = self.request(Method::POST, path).bearer_auth(ADMIN_TOKEN);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let form = Form::new()
            .text("inputs", inputs.to_string())
            .part("file", Part::bytes(file.into()).file_name("people.csv"));
        request.multipart(form)
    }
}

/// Sends a request while the simulated time flies, so that jobs end.
async fn meanwhile(simulator: &Simulator, world: &World, request: RequestBuilder) -> Answer {
    let sent = world.send(request);
    tokio::pin!(sent);
    loop {
        tokio::select! {
            answer = &mut sent => return answer,
            () = tokio::time::sleep(Duration::from_millis(100)) => simulator.advance(10),
        }
    }
}

fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "application/x-ndjson"),
        "{}",
        answer.text
    );
    let lines = answer.text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn rows(lines: &[Value]) -> Vec<&Value> {
    lines.iter().filter(|line| line["row"].is_u64()).collect()
}

/// How often the simulator was asked so.
fn calls(simulator: &Simulator, method: &str, path: &str) -> usize {
    let journal = simulator.journal();
    let same = journal
        .iter()
        .filter(|entry| entry["method"] == method && entry["path"] == path);
    same.count()
}

#[tokio::test]
async fn a_file_of_several_parts_goes_in_and_comes_out_again() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let mut file = String::from("Last Name,Company,Email\r\n");
    for row in 1..=25_003 {
        match row {
            2 => file.push_str(",Orchard,\r\n"),
            25_002 => file.push_str("Moss,Orchard,no address\r\n"),
            _ => write!(file, "Person {row},Orchard,p{row}@orchard.example\r\n").unwrap(),
        }
    }
    let inputs = json!({"operation": "insert", "module": "Leads", "progress": true});
    let answer = meanwhile(&simulator, &world, world.import(None, file, &inputs)).await;
    let lines = lines(&answer);
    let rows = rows(&lines);
    let numbers: Vec<u64> = rows.iter().filter_map(|row| row["row"].as_u64()).collect();
    assert_eq!(numbers, (1..=25_003).collect::<Vec<_>>());
    let refused: Vec<_> = rows
        .iter()
        .filter(|row| row["status"] != "written")
        .map(|row| {
            json!([
                row["row"],
                row["status"],
                row["code"],
                row["field"],
                row["message"]
            ])
        })
        .collect();
    assert_eq!(
        json!(refused),
        json!([
            [
                2,
                "refused",
                "MANDATORY_NOT_FOUND",
                "Last_Name",
                "A mandatory value is missing: Last_Name."
            ],
            [
                25_002,
                "refused",
                "INVALID_DATA",
                "Email",
                "The value does not fit the field: Email."
            ],
        ])
    );
    let summary = &lines.last().unwrap()["summary"];
    assert_eq!(
        (
            &summary["rows"],
            &summary["inserted"],
            &summary["refused"],
            &summary["parts"]
        ),
        (&json!(25_003), &json!(25_001), &json!(2), &json!(2))
    );
    let told: Vec<String> = lines
        .iter()
        .filter_map(|line| line.get("progress"))
        .map(|progress| {
            format!(
                "{} {}/{} {}",
                progress["state"], progress["part"], progress["parts"], progress["rows"]
            )
        })
        .collect();
    for wanted in [
        r#""uploading" 1/2 0"#,
        r#""waiting" 1/2 0"#,
        r#""uploading" 2/2 25000"#,
        r#""reading" 2/2 25000"#,
        r#""done" 2/2 25003"#,
    ] {
        assert!(told.iter().any(|line| line == wanted), "{wanted}: {told:?}");
    }

    // Zoho's own pages have 200,000 records.
    let mut limits = simulator.limits();
    limits.bulk_read_rows_max = 10_000;
    simulator.set_limits(limits);
    let path = "/api/v1/connections/demo/actions/crm.export_records";
    let export = |inputs: Value| {
        world
            .request(Method::POST, path)
            .bearer_auth(ADMIN_TOKEN)
            .json(&inputs)
    };
    let criteria =
        json!({"field": {"api_name": "Company"}, "comparator": "equal", "value": "Orchard"});
    let asked = json!({"module": "Leads", "fields": "Last_Name,Email,No_of_Employees", "criteria": criteria});
    let csv = meanwhile(&simulator, &world, export(asked.clone())).await;
    assert_eq!(
        (csv.status, csv.header("content-type")),
        (200, "text/csv; charset=utf-8")
    );
    let mut read = csv::Reader::from_reader(csv.text.as_bytes());
    let headings = read.headers().unwrap().clone();
    assert!(
        headings.iter().any(|name| name == "Last_Name"),
        "{headings:?}"
    );
    assert_eq!(read.records().map(Result::unwrap).count(), 25_001);

    // The same file comes in lines, if it is to tell how far it is.
    let mut asked = asked;
    asked["progress"] = json!(true);
    let told = meanwhile(&simulator, &world, export(asked.clone())).await;
    let told = self::lines(&told);
    let text: String = told
        .iter()
        .filter_map(|line| line["csv"].as_str())
        .collect();
    assert!(
        text == csv.text,
        "{} and {} bytes",
        text.len(),
        csv.text.len()
    );
    assert_eq!(told[0]["progress"]["state"], "waiting");
    assert_eq!(told.last().unwrap()["progress"]["rows"], 25_001);

    asked["file_format"] = json!("ndjson");
    let answer = meanwhile(&simulator, &world, export(asked)).await;
    let lines = self::lines(&answer);
    let records: Vec<_> = lines
        .iter()
        .filter(|line| line.get("progress").is_none())
        .collect();
    assert_eq!(records.len(), 25_001);
    assert!(
        records
            .iter()
            .all(|record| record["id"].is_string() && record["Last_Name"].is_string())
    );
    assert_eq!(lines.last().unwrap()["progress"]["state"], "done");
    assert_eq!(lines.last().unwrap()["progress"]["rows"], 25_001);
    assert_eq!(lines.last().unwrap()["progress"]["parts"], 3);
    let ids: std::collections::HashSet<&str> = records
        .iter()
        .filter_map(|record| record["id"].as_str())
        .collect();
    assert_eq!(ids.len(), 25_001, "no record comes twice");
    let credits =
        world.api(Method::GET, "connections", None).await.json()[0]["credits_24h"].clone();
    // Two bulk writes and two bulk reads of three pages each; what is made while the answer is read counts too.
    assert!(credits.as_u64().unwrap() >= 1_300, "{credits}");
    let left = std::fs::read_dir(world.engine.spool_dir()).unwrap().count();
    assert_eq!(left, 0, "no file stays behind");
}

#[tokio::test]
async fn odd_but_sound_files_are_taken() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let long = "é".repeat(300);
    let csv = format!(
        "\u{feff}Surname;Company;Description;Ignored;Lead Source\r\n\
         \"Moss; \"\"the\"\" one\";Orchard;\"two\r\nlines, {long}\";x;Cold Call\r\n"
    );
    let inputs = json!({
        "operation": "insert", "module": "Leads", "columns": {"Surname": "Last_Name", "Ignored": null},
        "constants": {"City": "Halden"},
    });
    let answer = meanwhile(&simulator, &world, world.import(None, csv, &inputs)).await;
    let made = lines(&answer);
    assert_eq!(made[0]["status"], "written", "{made:?}");
    let record = world
        .done(
            "crm.get_record",
            json!({"module": "Leads", "record_id": made[0]["id"]}),
        )
        .await["record"]
        .clone();
    assert_eq!(record["Last_Name"], "Moss; \"the\" one");
    assert_eq!(record["Description"], format!("two\r\nlines, {long}"));
    assert_eq!(
        (&record["City"], &record["Lead_Source"]),
        (&json!("Halden"), &json!("Cold Call"))
    );

    let ndjson = format!(
        "{}\n\n{}\n",
        json!({"id": made[0]["id"], "City": "Bergen", "No_of_Employees": 7, "Email_Opt_Out": true}),
        json!({"id": "4711", "City": "Oslo"}),
    );
    let inputs =
        json!({"operation": "update", "module": "Leads", "find_by": "id", "ignore_empty": true});
    let answer = meanwhile(&simulator, &world, world.import(None, ndjson, &inputs)).await;
    let done = lines(&answer);
    assert_eq!(
        (
            &done[0]["status"],
            &done[0]["action"],
            &done[1]["status"],
            &done[1]["code"]
        ),
        (
            &json!("written"),
            &json!("update"),
            &json!("refused"),
            &json!("RESOURCE_NOT_FOUND")
        ),
        "{done:?}"
    );
    let record = world
        .done(
            "crm.get_record",
            json!({"module": "Leads", "record_id": made[0]["id"]}),
        )
        .await["record"]
        .clone();
    assert_eq!(
        (
            &record["City"],
            &record["No_of_Employees"],
            &record["Email_Opt_Out"],
            &record["Company"]
        ),
        (&json!("Bergen"), &json!(7), &json!(true), &json!("Orchard"))
    );
}

#[tokio::test]
async fn what_cannot_be_imported_is_refused_before_a_job_is_spent() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let insert = json!({"operation": "insert", "module": "Leads"});
    let upsert = |more: Value| {
        let mut inputs = json!({"operation": "upsert", "module": "Leads"});
        inputs
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        inputs
    };
    let files: Vec<(&[u8], Value)> = vec![
        (b"", insert.clone()),
        (b"\xef\xbb\xbf \r\n", insert.clone()),
        (b"Last_Name,Company\n", insert.clone()),
        (b"\xff\xfeL\0a\0", insert.clone()),
        (b"Last_Name,Last_Nmae\nMoss,x\n", insert.clone()),
        (b"Last_Name,Favourite Colour\nMoss,x\n", insert.clone()),
        (b"Last_Name,,Company\nMoss,x,y\n", insert.clone()),
        (b"Last_Name,Last_Name\nMoss,x\n", insert.clone()),
        (b"Last_Name,Last Name\nMoss,x\n", insert.clone()),
        (
            b"Company,Email\nOrchard,a@orchard.example\n",
            insert.clone(),
        ),
        (b"Last_Name,Company\nMoss,Orchard\nRay\n", insert.clone()),
        (
            b"Last_Name,Company\nMoss,\"Orchard\nRay,x\n",
            insert.clone(),
        ),
        (b"Last_Name,Company\nM\xf6ss,Orchard\n", insert.clone()),
        (b"Last_Name,Created_Time\nMoss,2026-01-31\n", insert.clone()),
        (b"id,Last_Name\n1,Moss\n", insert.clone()),
        (b"{\"Last_Name\": \"Moss\"}\n[1]\n", insert.clone()),
        (b"{\"Last_Name\": {\"first\": 1}}\n", insert.clone()),
        (b"Last_Name\nMoss\n", upsert(json!({}))),
        (b"Last_Name\nMoss\n", upsert(json!({"find_by": "Email"}))),
        (
            b"Last_Name\nMoss\n",
            upsert(json!({"find_by": "Last_Name", "columns": {"Lastname": null}})),
        ),
        (
            b"Last_Name\nMoss\n",
            upsert(json!({"find_by": "Last_Name", "formats": {"Email": "dd"}})),
        ),
        (
            b"Last_Name\nMoss\n",
            upsert(json!({"find_by": "Last_Name", "constants": {"Colour": "x"}})),
        ),
    ];
    let mut told = Vec::new();
    for (file, inputs) in files {
        let answer = world.send(world.import(None, file, &inputs)).await;
        let problem = answer.problem();
        assert_eq!(answer.status, 422, "{problem}");
        told.push(format!(
            "{:?} {}\n    {} {}: {}\n    {}",
            String::from_utf8_lossy(file),
            problem["field"],
            problem["code"].as_str().unwrap(),
            problem["value"],
            problem["message"].as_str().unwrap(),
            problem["remedy"].as_str().unwrap()
        ));
    }
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(calls(&simulator, "POST", "/crm/bulk/v8/write"), 0);
    assert_eq!(calls(&simulator, "POST", "/crm/v8/upload"), 0);
    let left = std::fs::read_dir(world.engine.spool_dir()).unwrap().count();
    assert_eq!(left, 0, "no file stays behind");
}

#[tokio::test]
async fn a_lost_answer_writes_no_row_twice() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let lost = || {
        fault(
            &simulator,
            json!({"kind": "drop_answer", "method": "POST", "path_prefix": "/crm/bulk/v8/write", "times": 1}),
        );
    };
    let file = "Last_Name,Company,Email\nMoss,Lost,moss@lost.example\n";
    let insert = json!({"operation": "insert", "module": "Leads"});
    lost();
    for _ in 0..2 {
        let request = world.import(Some("lost-1"), file, &insert);
        let answer = lines(&meanwhile(&simulator, &world, request).await);
        assert_eq!(
            (&answer[0]["row"], &answer[0]["status"], &answer[0]["code"]),
            (&json!(1), &json!("unknown"), &json!("outcome_unknown"))
        );
        assert_eq!(answer[1]["summary"]["unknown"], 1);
    }
    assert_eq!(calls(&simulator, "POST", "/crm/bulk/v8/write"), 1);

    // Rows that are found again by a field may be sent again.
    lost();
    let upsert = json!({"operation": "upsert", "module": "Leads", "find_by": "Email"});
    let request = world.import(Some("lost-2"), file, &upsert);
    let answer = lines(&meanwhile(&simulator, &world, request).await);
    assert_eq!(
        (&answer[0]["status"], &answer[0]["action"]),
        (&json!("written"), &json!("update")),
        "{answer:?}"
    );
    assert_eq!(calls(&simulator, "POST", "/crm/bulk/v8/write"), 3);
    let count = world
        .done(
            "crm.count_records",
            json!({"module": "Leads", "criteria": "(Company:equals:Lost)"}),
        )
        .await;
    assert_eq!(count["count"], 1);
}

#[tokio::test]
async fn a_caller_who_hung_up_goes_on_under_the_same_key() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let file = "Last_Name,Company\nMoss,Hung Up\nRay,Hung Up\n";
    let inputs = json!({"operation": "insert", "module": "Leads", "progress": true});
    let response = world
        .import(Some("hung-up"), file, &inputs)
        .send()
        .await
        .unwrap();
    let mut pieces = response.bytes_stream();
    let mut read = String::new();
    while !read.contains("waiting") {
        let piece = pieces.next().await.unwrap().unwrap();
        read.push_str(std::str::from_utf8(&piece).unwrap());
    }
    // While it is read, nobody else can go on with it.
    let second = world
        .send(world.import(Some("hung-up"), file, &inputs))
        .await;
    assert!([409, 504].contains(&second.status), "{}", second.text);
    drop(pieces);
    for _ in 0..2 {
        let answer = loop {
            let request = world.import(Some("hung-up"), file, &inputs);
            let answer = meanwhile(&simulator, &world, request).await;
            match answer.status {
                // The server has not noticed yet that nobody reads.
                409 | 504 => tokio::time::sleep(Duration::from_millis(50)).await,
                _ => break lines(&answer),
            }
        };
        assert_eq!(rows(&answer).len(), 2, "{answer:?}");
        assert_eq!(answer.last().unwrap()["summary"]["inserted"], 2);
    }
    assert_eq!(calls(&simulator, "POST", "/crm/bulk/v8/write"), 1);
    let other = world
        .send(world.import(Some("hung-up"), "Last_Name,Company\nPoe,x\n", &inputs))
        .await;
    assert_eq!(
        (other.status, other.problem()["code"].as_str()),
        (409, Some("idempotency_key_reused"))
    );
}

#[tokio::test]
async fn a_failed_look_or_load_is_repeated() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    fault(
        &simulator,
        json!({"kind": "server_error", "status": 502, "is_html": true, "method": "GET", "path_prefix": "/crm/bulk/v8/", "times": 2}),
    );
    let file = "Last_Name,Company\nMoss,Patient\n";
    let inputs = json!({"operation": "insert", "module": "Leads"});
    let answer = lines(&meanwhile(&simulator, &world, world.import(None, file, &inputs)).await);
    assert_eq!(answer[0]["status"], "written", "{answer:?}");
    let unknown = world
        .act(
            "crm.export_records",
            json!({"module": "Leads", "fields": "Last_Nmae"}),
        )
        .await;
    assert_eq!(
        (unknown.status, unknown.problem()["remedy"].as_str()),
        (422, Some("Did you mean Last_Name?"))
    );
}
