//! The whole simulator in a file, and back.

use serde_json::{Value, json};
use zoho_sim::{ClockStart, Config, Simulator};

use crate::support::{Wired, got};

fn config() -> Config {
    Config {
        clock: ClockStart::At(1_768_035_600),
        clock_speed: 0.0,
        ..Config::default()
    }
}

/// What tells two states apart, by the API and by the control API.
async fn seen(wired: &Wired) -> Vec<Value> {
    let mut seen = Vec::new();
    for path in [
        "/__sim/v1/records/Leads",
        "/__sim/v1/records/Quotes",
        "/__sim/v1/limits",
        "/__sim/v1/faults",
        "/__sim/v1/clock",
        "/__sim/v1/changes",
        "/__sim/v1/clients",
    ] {
        seen.push(wired.get(path).await.json());
    }
    seen
}

async fn snapshot(wired: &Wired) -> Vec<u8> {
    let url = wired.url("/__sim/v1/snapshot");
    let response = wired.http.get(url).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/gzip");
    response.bytes().await.unwrap().to_vec()
}

async fn restore(wired: &Wired, file: Vec<u8>) -> crate::support::Got {
    let request = wired.http.put(wired.url("/__sim/v1/snapshot")).body(file);
    got(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_restored_simulator_goes_on_where_it_was() {
    let wired = Wired::with(config()).await;
    let id = wired
        .record(
            "Leads",
            json!({"Last_Name": "Ray", "Email": "a@b.co", "Tag": [{"name": "vip"}]}),
        )
        .await;
    let product = wired
        .record("Products", json!({"Product_Name": "Box"}))
        .await;
    wired
        .record("Quotes", json!({"Subject": "Q", "Quoted_Items": [{"Product_Name": {"id": product}, "Quantity": 2, "List_Price": 5.5}]}))
        .await;
    wired.simulator.advance(100);
    wired
        .put("/__sim/v1/limits", &json!({"credits_max": 500}))
        .await;
    wired
        .post(
            "/__sim/v1/faults",
            &json!({"kind": "refuse", "path_prefix": "/nowhere", "times": 3}),
        )
        .await;
    wired.get("/crm/v8/Leads?fields=Last_Name").await;
    let before = seen(&wired).await;
    let file = snapshot(&wired).await;

    wired.delete(&format!("/__sim/v1/records/Leads/{id}")).await;
    wired.simulator.advance(5_000);
    wired.simulator.clear_faults();
    assert_ne!(seen(&wired).await, before);
    assert_eq!(restore(&wired, file.clone()).await.status, 200);
    assert_eq!(seen(&wired).await, before);
    assert_eq!(
        wired.get("/crm/v8/Leads?fields=Last_Name").await.status,
        200,
        "the access token lives again"
    );

    let other = Wired::with(config()).await;
    other.simulator.restore(&file).unwrap();
    let other = Wired {
        token: wired.token.clone(),
        ..other
    };
    assert_eq!(seen(&other).await, before);
    let row = json!({"data": [{"Last_Name": "Next", "Email": "A@B.co"}], "duplicate_check_fields": ["Email"]});
    let (left, right) = (
        wired.post("/crm/v8/Leads/upsert", &row).await.text,
        other.post("/crm/v8/Leads/upsert", &row).await.text,
    );
    assert_eq!(left, right, "both go on in the same way");
    assert!(
        left.contains("update"),
        "the index knows the record: {left}"
    );
}

#[tokio::test]
async fn what_is_no_snapshot_is_refused_with_words_and_changes_nothing() {
    let wired = Wired::with(config()).await;
    let before = seen(&wired).await;
    for (file, words) in [
        ("", "no snapshot"),
        ("{}", "does not begin with"),
        (
            r#"{"format": "zoho-sim snapshot", "version": 99}"#,
            "is of version 99",
        ),
        (
            r#"{"format": "zoho-sim snapshot", "version": 1, "clock": {"at_ms": 1, "advanced_ms": 0, "speed": 1}, "data_centers": {}}"#,
            "these are played here: us",
        ),
    ] {
        let refused = restore(&wired, file.as_bytes().to_vec()).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text.contains(words), "{}", refused.text);
    }
    let mut cut = wired.simulator.snapshot().unwrap();
    cut.truncate(cut.len() / 2);
    assert!(restore(&wired, cut).await.text.contains("no snapshot"));
    assert_eq!(seen(&wired).await, before);
}

#[tokio::test]
async fn the_program_begins_with_a_snapshot() {
    let simulator = Simulator::start(config()).await.unwrap();
    let file =
        std::env::temp_dir().join(format!("zoho-sim-{}.json.gz", simulator.address().port()));
    std::fs::write(&file, simulator.snapshot().unwrap()).unwrap();
    let arguments = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--restore",
        file.to_str().unwrap(),
    ];
    let mut program = crate::program::Program::start(&arguments);
    let request = reqwest::Client::new().get(format!("{}/__sim/v1/clock", program.url));
    let clock = got(request.send().await.unwrap()).await.json();
    assert_eq!(
        (&clock["seconds"], &clock["speed"]),
        (&json!(1_768_035_600), &json!(0.0))
    );
    program.stop();
    std::fs::remove_file(file).unwrap();
}
