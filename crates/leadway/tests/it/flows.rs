//! Zoho fails in all the usual ways while leads come in: each accepted lead arrives, once.

use crate::program::{text, until};
use crate::world::World;

const LEADS: usize = 300;

/// Imports [`LEADS`] rows, all of them good.
async fn import_leads(world: &World) {
    let mut rows = String::from("First Name,Last Name,Email,Company\n");
    for number in 0..LEADS {
        rows.push_str(&format!(
            "A{number},B{number},{}\n",
            email(number) + ",Example"
        ));
    }
    let file = world.write("leads.csv", rows);
    let summary = world
        .json(&["import", text(&file), "--route", "lead-capture"])
        .await;
    assert_eq!(summary["accepted"], LEADS);
}

fn email(number: usize) -> String {
    format!("p{number:04}@example.com")
}

async fn each_lead_is_there_once(world: &World) {
    world.until_settled().await;
    let expected: Vec<String> = (0..LEADS).map(email).collect();
    assert_eq!(world.leads("Email"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn zoho_is_away_for_a_while() {
    let world = World::start().await;
    world.run(&["doctor", "main"]).await.ok();
    world.fault(r#"{"kind": "refuse"}"#);
    import_leads(&world).await;
    until("a delivery has failed", async || {
        let events = world
            .json(&["events", "--status", "retrying", "--limit", "1"])
            .await;
        events["items"].as_array().unwrap().first().map(|_| ())
    })
    .await;
    assert_eq!(world.simulator.count("Leads").unwrap(), 0);
    world.simulator.clear_faults();
    each_lead_is_there_once(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_expires_in_the_middle() {
    let world = World::start().await;
    world.fault(r#"{"kind": "expire_token", "module": "Leads", "times": 2}"#);
    import_leads(&world).await;
    each_lead_is_there_once(&world).await;
    let refreshes = world
        .simulator
        .journal()
        .iter()
        .filter(|call| {
            call["path"]
                .as_str()
                .unwrap()
                .starts_with("/oauth/v2/token")
        })
        .count();
    assert!(refreshes >= 2, "the fault was met and a new token fetched");
}

#[tokio::test(flavor = "multi_thread")]
async fn upserts_are_done_but_their_answers_are_lost() {
    let world = World::start().await;
    world.fault(r#"{"kind": "drop_answer", "method": "POST", "module": "Leads", "times": 3}"#);
    import_leads(&world).await;
    each_lead_is_there_once(&world).await;
    assert!(
        world
            .simulator
            .journal()
            .iter()
            .any(|call| call["status"].is_null()),
        "the fault was met"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_without_a_key_is_not_doubled_when_the_answer_is_lost() {
    let world = World::start().await;
    world.fault(r#"{"kind": "drop_answer", "method": "POST", "module": "Leads", "times": 1}"#);
    let traits = ["--trait", "last_name=Keyless", "--trait", "company=Example"];
    world
        .run(&[&["send", "identify"][..], &traits].concat())
        .await
        .ok();
    world.until_leads(1).await;
    world.until_settled().await;
    assert_eq!(world.leads("Last_Name"), ["Keyless"]);
    assert!(
        world
            .simulator
            .journal()
            .iter()
            .any(|call| call["status"].is_null()),
        "the fault was met"
    );
}
