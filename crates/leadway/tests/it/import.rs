//! `import`.

use serde_json::{Value, json};

use crate::program::text;
use crate::world::World;

const CSV: &str = "\u{feff}First Name;Last Name;E-Mail;Company;Notes\r\n\
    Ada;Ray;ada@example.com;Example;\"first\r\nsecond\"\r\n\
    Bob;;bob@example.com;Example;\r\n\
    \r\n\
    Cem;Kaya;not-an-address;Example;\r\n\
    Dee;Low;dee@example.com\r\n\
    Eve;Fox;eve@example.com;Example;\r\n";

fn refusals(summary: &Value) -> Vec<(String, Value)> {
    let groups = summary["refusals"].as_array().unwrap();
    let mut all: Vec<_> = groups
        .iter()
        .map(|group| {
            (
                group["code"].as_str().unwrap().to_owned(),
                group["lines"].clone(),
            )
        })
        .collect();
    all.sort_by(|left, right| left.0.cmp(&right.0));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn good_rows_arrive_and_bad_ones_are_named_by_line() {
    let world = World::start().await;
    let file = world.write("leads.csv", CSV);
    let refused_file = world.path("refused.csv");
    let import = [
        "import",
        text(&file),
        "--route",
        "lead-capture",
        "--refused",
        text(&refused_file),
        "--json",
    ];
    let ended = world.run(&import).await;
    assert_eq!(ended.code, Some(1), "rows were refused");
    let summary = ended.json();
    assert_eq!(
        (&summary["rows"], &summary["accepted"], &summary["refused"]),
        (&json!(5), &json!(2), &json!(3))
    );
    let expected = [
        ("INVALID_DATA", 6),
        ("MANDATORY_NOT_FOUND", 4),
        ("wrong_cell_count", 7),
    ];
    assert_eq!(
        refusals(&summary),
        expected.map(|(code, line)| (code.to_owned(), json!([line])))
    );
    world.until_leads(2).await;
    assert_eq!(world.leads("Email"), ["ada@example.com", "eve@example.com"]);

    let mended = std::fs::read_to_string(&refused_file).unwrap();
    assert_eq!(mended.lines().count(), 4);
    assert!(
        mended
            .starts_with("First Name,Last Name,E-Mail,Company,Notes,leadway_line,leadway_reason\n"),
        "{mended}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_adds_nothing() {
    let world = World::start().await;
    let mut rows = String::from("First Name,Last Name,Email,Company\n");
    for number in 0..250 {
        rows.push_str(&format!(
            "A{number},B{number},p{number}@example.com,Example\n"
        ));
    }
    let file = world.write("leads.csv", rows);
    let import = ["import", text(&file), "--route", "lead-capture"];
    let first = world.json(&import).await;
    assert_eq!(
        (&first["accepted"], &first["already_known"]),
        (&json!(250), &json!(0))
    );
    let second = world.json(&import).await;
    assert_eq!(
        (&second["accepted"], &second["already_known"]),
        (&json!(0), &json!(250))
    );
    world.until_settled().await;
    assert_eq!(world.simulator.count("Leads").unwrap(), 250);
    let upserts = world
        .simulator
        .journal()
        .into_iter()
        .filter(|call| call["path"].as_str().unwrap().ends_with("/upsert"));
    let rows_sent: usize = upserts
        .map(|call| call["records_written"].as_array().unwrap().len())
        .sum();
    assert_eq!(rows_sent, 250, "no row went to Zoho twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_checks_and_stores_nothing() {
    let world = World::start().await;
    let file = world.write("leads.csv", CSV);
    let ended = world
        .run(&[
            "import",
            text(&file),
            "--route",
            "lead-capture",
            "--dry-run",
            "--json",
        ])
        .await;
    assert_eq!(ended.code, Some(1));
    assert_eq!(
        (&ended.json()["accepted"], &ended.json()["refused"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(world.json(&["events"]).await["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_can_be_mapped_and_the_last_row_about_a_person_wins() {
    let world = World::start().await;
    let file = world.write(
        "leads.csv",
        "Nachname|Post|Firma|Intern\nRay|ada@example.com|Old|x\nRay|Ada@Example.com|New|y\n",
    );
    let maps = [
        "--map",
        "Nachname=last_name",
        "--map",
        "Post=email",
        "--map",
        "Firma=company",
        "--map",
        "Intern=",
    ];
    world
        .run(
            &[
                &["import", text(&file), "--route", "lead-capture"][..],
                &maps,
            ]
            .concat(),
        )
        .await
        .ok();
    world.until_settled().await;
    assert_eq!(world.leads("Company"), ["New"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_routes_that_cannot_be_used_are_refused_at_once() {
    let world = World::start().await;
    let file = world.write("leads.csv", "Email\na@example.com\n");
    let ended = world
        .run(&["import", text(&file), "--route", "nowhere"])
        .await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("there is no route \"nowhere\""),
        "{}",
        ended.err
    );

    let file = world.write("utf16.csv", b"\xff\xfeE\0m\0a\0i\0l\0\n\0");
    let ended = world
        .run(&["import", text(&file), "--route", "lead-capture"])
        .await;
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("UTF-16"), "{}", ended.err);
}
