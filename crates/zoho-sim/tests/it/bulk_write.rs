//! Bulk write: uploaded files, jobs that write their rows, and the file that tells what became of each.

use std::io::{Cursor, Read as _, Write as _};

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zoho_sim::{ClockStart, Config};

use crate::receiver::Receiver;
use crate::support::{Got, Wired, got};

const WRITE: &str = "/crm/bulk/v8/write";

async fn wired() -> Wired {
    Wired::with(Config {
        clock: ClockStart::At(1_768_035_600),
        clock_speed: 0.0,
        ..Config::default()
    })
    .await
}

fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

async fn zgid(wired: &Wired) -> String {
    let org = wired.get("/crm/v8/org").await.json();
    org["org"][0]["zgid"].as_str().unwrap().to_owned()
}

async fn upload_with(wired: &Wired, bytes: Vec<u8>, feature: &str, organisation: &str) -> Got {
    let form = Form::new().part("file", Part::bytes(bytes).file_name("rows.zip"));
    let request = wired
        .http
        .post(wired.url("/crm/v8/upload"))
        .header("Authorization", format!("Zoho-oauthtoken {}", wired.token))
        .header("feature", feature)
        .header("X-CRM-ORG", organisation)
        .multipart(form);
    got(request.send().await.unwrap()).await
}

async fn upload(wired: &Wired, files: &[(&str, &str)]) -> String {
    let organisation = zgid(wired).await;
    let got = upload_with(wired, zipped(files), "bulk-write", &organisation).await;
    assert_eq!(got.status, 200, "{}", got.text);
    let body = got.json();
    assert_eq!(body["code"], "FILE_UPLOAD_SUCCESS");
    body["details"]["file_id"].as_str().unwrap().to_owned()
}

async fn create(wired: &Wired, body: &Value) -> String {
    let got = wired.post_json(WRITE, body).await;
    assert_eq!(got.status, 201, "{}", got.text);
    got.json()["details"]["id"].as_str().unwrap().to_owned()
}

async fn job(wired: &Wired, id: &str) -> Value {
    wired.get(&format!("{WRITE}/{id}")).await.json()
}

/// The files of a result by name.
async fn result(wired: &Wired, id: &str) -> Vec<(String, String)> {
    let url = job(wired, id).await["result"]["download_url"]
        .as_str()
        .unwrap()
        .to_owned();
    let (status, _, bytes) = wired.download(&url).await;
    assert_eq!(status, 200, "{url}");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = Vec::new();
    for number in 0..archive.len() {
        let mut file = archive.by_index(number).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.push((file.name().unwrap().into_owned(), text));
    }
    files
}

fn lines(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let rows = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}

/// A job over one file of one module.
async fn write(wired: &Wired, operation: &str, module: &str, csv: &str, more: Value) -> String {
    let file = upload(wired, &[("rows.csv", csv)]).await;
    let mut resource = json!({"type": "data", "module": {"api_name": module}, "file_id": file,
        "file_names": ["rows.csv"]});
    for (key, value) in more.as_object().unwrap() {
        resource[key] = value.clone();
    }
    create(
        wired,
        &json!({"operation": operation, "resource": [resource]}),
    )
    .await
}

#[tokio::test]
async fn rows_become_records_when_the_job_has_run() {
    let wired = wired().await;
    let account = wired
        .record("Accounts", json!({"Account_Name": "Orchard"}))
        .await;
    let csv = "Last,Mail,Born,Account,Rate,Opt\n\
        One,one@x.org,31/12/1990,Orchard,,true\n\
        Two,no mail,01/02/1991,Orchard,,\n\
        ,three@x.org,,,,\n";
    let mappings = json!([
        {"api_name": "Last_Name", "index": 0}, {"api_name": "Email", "index": 1},
        {"api_name": "Date_of_Birth", "index": 2, "format": "dd/MM/yyyy"},
        {"api_name": "Account_Name", "index": 3, "find_by": "Account_Name"},
        {"api_name": "Email_Opt_Out", "index": 5},
        {"api_name": "Lead_Source", "default_value": {"value": "Trade Show"}}]);
    let mut receiver = Receiver::start(200).await;
    let file = upload(&wired, &[("people.csv", csv)]).await;
    let id = create(
        &wired,
        &json!({"operation": "insert", "callback": {"url": receiver.url, "method": "post"},
            "resource": [{"type": "data", "module": {"api_name": "Contacts"}, "file_id": file,
                "file_names": ["people.csv"], "field_mappings": mappings}]}),
    )
    .await;
    let status = |job: &Value| job["status"].as_str().unwrap().to_owned();
    assert_eq!(status(&job(&wired, &id).await), "ADDED");
    wired.simulator.advance(1);
    assert_eq!(status(&job(&wired, &id).await), "INPROGRESS");
    wired.simulator.advance(1);
    let done = job(&wired, &id).await;
    assert_eq!(status(&done), "COMPLETED");
    assert_eq!(
        done["resource"][0]["file"],
        json!({"status": "COMPLETED", "name": "people.csv", "added_count": 1, "skipped_count": 2,
            "updated_count": 0, "total_count": 3})
    );
    assert_eq!(done["resource"][0]["code"], "SUCCESS");
    assert_eq!(receiver.next().await, done);

    let files = result(&wired, &id).await;
    assert_eq!(files[0].0, "Contacts-people.csv");
    let rows = lines(&files[0].1);
    assert_eq!(
        rows[0],
        [
            "Last_Name",
            "Email",
            "Date_of_Birth",
            "STATUS",
            "RECORD_ID",
            "ERRORS"
        ]
    );
    assert_eq!(rows[1][3], "ADDED");
    assert_eq!(rows[2][3..], ["SKIPPED", "", "INVALID_DATA-Email"]);
    assert_eq!(
        rows[3][3..],
        ["SKIPPED", "", "MANDATORY_NOT_FOUND-Last_Name"]
    );

    let record = wired
        .get(&format!("/crm/v8/Contacts/{}", rows[1][4]))
        .await
        .json()["data"][0]
        .clone();
    assert_eq!(record["Date_of_Birth"], "1990-12-31");
    assert_eq!(record["Account_Name"]["id"], json!(account));
    assert_eq!(record["Lead_Source"], "Trade Show");
    assert_eq!(record["Email_Opt_Out"], true);
    assert_eq!(record["Data_Source"], "Bulk Write");
}

#[tokio::test]
async fn records_are_found_by_key_and_empty_cells_overwrite_unless_ignored() {
    let wired = wired().await;
    let id = wired
        .record("Leads", json!({"Last_Name": "One", "Company": "C", "Email": "one@x.org", "City": "Rome", "Phone": "1"}))
        .await;
    let run = async |operation: &str, csv: &str, more: Value| {
        let job = write(&wired, operation, "Leads", csv, more).await;
        wired.simulator.advance(10);
        lines(&result(&wired, &job).await[0].1)
    };
    let lead = async || wired.get(&format!("/crm/v8/Leads/{id}")).await.json()["data"][0].clone();

    let rows = run(
        "insert",
        "Last_Name,Company,Email\nTwin,C,ONE@x.org\nTwo,C,two@x.org\n",
        json!({"find_by": "Email"}),
    )
    .await;
    assert_eq!(rows[1][3..], ["SKIPPED", &id, "DUPLICATE_DATA-Email"]);
    assert_eq!(rows[2][3], "ADDED");

    let rows = run(
        "upsert",
        "Email,Last_Name,Company,City,Phone\none@x.org,One,C,,2\nnew@x.org,New,C,,\n",
        json!({"find_by": "Email", "ignore_empty": true}),
    )
    .await;
    assert_eq!(
        (rows[1][3].as_str(), rows[2][3].as_str()),
        ("UPDATED", "ADDED")
    );
    assert_eq!(
        (&lead().await["City"], &lead().await["Phone"]),
        (&json!("Rome"), &json!("2"))
    );

    let csv = format!("id,City,Phone\n{id},,3\n5725767000000999999,X,\n,Y,\n");
    let rows = run("update", &csv, json!({"find_by": "id"})).await;
    assert_eq!(rows[0][..3], ["id", "City", "Phone"]);
    assert_eq!(rows[1][3..], ["UPDATED", &id, ""]);
    assert_eq!(rows[2][3..], ["SKIPPED", "", "RESOURCE_NOT_FOUND-id"]);
    assert_eq!(rows[3][3..], ["SKIPPED", "", "MANDATORY_NOT_FOUND-id"]);
    assert_eq!(
        (&lead().await["City"], &lead().await["Phone"]),
        (&Value::Null, &json!("3"))
    );
}

#[tokio::test]
async fn line_items_come_with_their_records() {
    let wired = wired().await;
    let product = wired
        .record(
            "Products",
            json!({"Product_Name": "Pump", "Unit_Price": 10}),
        )
        .await;
    let file = upload(
        &wired,
        &[
            ("quotes.csv", "Ref,Subject\nq1,First\nq2,Second\n"),
            ("items.csv", &format!("Quote;Product;Quantity;List_Price\nq1;{product};2;10\nq1;{product};3;10\nq9;{product};1;10\n")),
        ],
    )
    .await;
    let id = create(
        &wired,
        &json!({"operation": "insert", "resource": [
            {"type": "data", "module": {"api_name": "Quotes"}, "file_id": file, "file_names": ["quotes.csv"],
                "field_mappings": [{"api_name": "Subject", "index": 1}]},
            {"type": "data", "module": {"api_name": "Quoted_Items"}, "file_id": file, "file_names": ["items.csv"],
                "field_mappings": [
                    {"api_name": "Parent_Id", "index": 0, "parent_column_index": 0},
                    {"api_name": "Product_Name", "index": 1, "find_by": "id"},
                    {"api_name": "Quantity", "index": 2},
                    {"api_name": "List_Price", "index": 3}]}]}),
    )
    .await;
    wired.simulator.advance(10);
    let files = result(&wired, &id).await;
    assert_eq!(
        (files[0].0.as_str(), files[1].0.as_str()),
        ("Quotes-quotes.csv", "Quoted_Items-items.csv")
    );
    let (quotes, items) = (lines(&files[0].1), lines(&files[1].1));
    let quote = wired
        .get(&format!("/crm/v8/Quotes/{}", quotes[1][2]))
        .await
        .json()["data"][0]
        .clone();
    assert_eq!(quote["Subject"], "First");
    let listed: Vec<&Value> = quote["Quoted_Items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["id"])
        .collect();
    assert_eq!(listed, [&json!(items[1][4]), &json!(items[2][4])]);
    assert_eq!(quote["Grand_Total"], 50.0);
    assert_eq!(items[3][3..], ["SKIPPED", "", "INVALID_DATA-Parent_Id"]);
    let counts = &job(&wired, &id).await["resource"][1]["file"];
    assert_eq!(
        (&counts["added_count"], &counts["skipped_count"]),
        (&json!(2), &json!(1))
    );
}

#[tokio::test]
async fn rows_of_a_sub_form_are_added_to_a_record_that_is_there() {
    let wired = wired().await;
    let product = wired
        .record(
            "Products",
            json!({"Product_Name": "Pump", "Unit_Price": 10}),
        )
        .await;
    let row = json!({"Subject": "S", "Quoted_Items": [{"Product_Name": {"id": product}, "Quantity": 1, "List_Price": 10}]});
    let quote = wired.record("Quotes", row).await;
    let csv = format!("Parent,Product,Quantity,Price\n{quote},{product},4,10\n");
    let mappings = json!([
        {"api_name": "Parent_Id", "index": 0, "find_by": "id"}, {"api_name": "Product_Name", "index": 1, "find_by": "id"},
        {"api_name": "Quantity", "index": 2}, {"api_name": "List_Price", "index": 3}]);
    let id = write(
        &wired,
        "insert",
        "Quoted_Items",
        &csv,
        json!({"field_mappings": mappings}),
    )
    .await;
    wired.simulator.advance(10);
    let rows = lines(&result(&wired, &id).await[0].1);
    assert_eq!(rows[1][3], "ADDED", "{rows:?}");
    let quote = wired.get(&format!("/crm/v8/Quotes/{quote}")).await.json()["data"][0].clone();
    assert_eq!(quote["Quoted_Items"][1]["id"], json!(rows[1][4]));
    assert_eq!(quote["Grand_Total"], 50.0);
}

#[tokio::test]
async fn changes_of_a_job_are_told_to_channels() {
    let wired = wired().await;
    let mut receiver = Receiver::start(200).await;
    let watch = json!({"watch": [{"channel_id": 7, "events": ["Leads.create"], "notify_url": receiver.url,
        "notify_on_related_action": false}]});
    wired.post("/crm/v8/actions/watch", &watch).await;
    let rows: String = (0..150).map(|number| format!("L{number},C\n")).collect();
    write(
        &wired,
        "insert",
        "Leads",
        &format!("Last_Name,Company\n{rows}"),
        json!({}),
    )
    .await;
    wired.simulator.advance(10);
    let (first, second) = (receiver.next().await, receiver.next().await);
    let ids = |told: &Value| told["ids"].as_array().unwrap().len();
    assert_eq!(ids(&first) + ids(&second), 150);
}

#[tokio::test]
async fn uploads_and_jobs_that_cannot_be_are_refused() {
    let wired = wired().await;
    let organisation = zgid(&wired).await;
    let got = upload_with(&wired, b"no zip".to_vec(), "bulk-write", &organisation).await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["code"]),
        (400, &json!("INVALID_FILE_FORMAT"))
    );
    for (feature, organisation) in [("other", organisation.as_str()), ("bulk-write", "1")] {
        let got = upload_with(&wired, zipped(&[("a.csv", "id\n")]), feature, organisation).await;
        assert_eq!(
            (got.status.as_u16(), &got.json()["ERROR_CODE"]),
            (400, &json!(400))
        );
    }
    let got = upload_with(
        &wired,
        vec![0; 25 * 1024 * 1024 + 1],
        "bulk-write",
        &organisation,
    )
    .await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["code"]),
        (413, &json!("FILE_TOO_LARGE"))
    );

    let wide = (0..201)
        .map(|number| format!("c{number}"))
        .collect::<Vec<_>>()
        .join(",");
    let file = upload(
        &wired,
        &[
            ("rows.csv", "Last_Name,Company\nA,B\n"),
            ("wide.csv", &wide),
            ("notes.txt", "x"),
        ],
    )
    .await;
    let resource = |more: Value| {
        let mut resource = json!({"type": "data", "module": {"api_name": "Leads"}, "file_id": file, "file_names": ["rows.csv"]});
        for (key, value) in more.as_object().unwrap() {
            resource[key] = value.clone();
        }
        resource
    };
    let one = |operation: &str, more: Value| json!({"operation": operation, "resource": [resource(more)]});
    let mapped = |mapping: Value| one("insert", json!({"field_mappings": [mapping]}));
    for (body, code) in [
        (
            json!({"resource": [resource(json!({}))]}),
            "MISSING_REQUIRED_KEY",
        ),
        (one("merge", json!({})), "INVALID_DATA"),
        (one("insert", json!({"file_id": "42"})), "INVALID_FILE_ID"),
        (
            one("insert", json!({"file_names": ["none.csv"]})),
            "FILE_NOT_FOUND",
        ),
        (
            one("insert", json!({"file_names": ["notes.txt"]})),
            "FILE_NOT_SUPPORTED",
        ),
        (
            one("insert", json!({"file_names": ["wide.csv"]})),
            "HEADER_LIMIT_EXCEEDED",
        ),
        (
            one("insert", json!({"module": {"api_name": "asdf"}})),
            "MODULE_NOT_AVAILABLE",
        ),
        (
            one("insert", json!({"module": {"api_name": "Notes"}})),
            "MODULE_NOT_SUPPORTED",
        ),
        (one("update", json!({})), "MANDATORY_NOT_FOUND"),
        (one("update", json!({"find_by": "City"})), "INVALID_FIELD"),
        (
            mapped(json!({"api_name": "Company"})),
            "MISSING_REQUIRED_KEY",
        ),
        (
            mapped(json!({"api_name": "ast_Name", "index": 0})),
            "INVALID_FIELD",
        ),
        (
            mapped(json!({"api_name": "Last_Name", "index": 2})),
            "COLUMN_INDEX_NOT_FOUND",
        ),
        (
            mapped(json!({"api_name": "Company", "index": 1})),
            "MANDATORY_FIELDS_NOT_MAPPED",
        ),
        (
            mapped(json!({"api_name": "Owner", "index": 0})),
            "MANDATORY_NOT_FOUND",
        ),
        (
            json!({"operation": "insert", "resource": [resource(json!({})), resource(json!({"module": {"api_name": "Deals"}}))]}),
            "COEXISTENCE_NOT_ALLOWED",
        ),
    ] {
        let got = wired.post_json(WRITE, &body).await;
        assert_eq!(got.status, 400, "{}", got.text);
        assert_eq!(got.json()["code"], code, "{} {body}", got.text);
    }
    let got = wired
        .post_json(
            WRITE,
            &one("insert", json!({"module": {"api_name": "asdf"}})),
        )
        .await;
    assert_eq!(
        got.json()["message"],
        "Requested module 'asdf' is not available."
    );
    assert_eq!(wired.get(&format!("{WRITE}/42")).await.status, 404);
}

#[tokio::test]
async fn too_many_rows_fail_the_job() {
    let wired = wired().await;
    let rows: String = (0..25_001).map(|_| "L,C\n").collect();
    let id = write(
        &wired,
        "insert",
        "Leads",
        &format!("Last_Name,Company\n{rows}"),
        json!({}),
    )
    .await;
    let before = wired.simulator.count("Leads").unwrap();
    wired.simulator.advance(60);
    let job = job(&wired, &id).await;
    assert_eq!(
        (&job["status"], &job["resource"][0]["code"]),
        (&json!("FAILED"), &json!("LIMIT_EXCEEDED"))
    );
    assert_eq!(wired.simulator.count("Leads").unwrap(), before);
}
