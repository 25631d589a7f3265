//! From a posted form to the record in Zoho, and from a dead letter to a mended one, seen through the edge.

use reqwest::Method;
use serde_json::{Value, json};
use zoho_sim::{Config, Simulator};

use crate::world::{World, eventually};

async fn status(world: &World, id: &str, wanted: &str) -> Value {
    eventually(&format!("{id} is {wanted}"), || async {
        let life = world
            .api(Method::GET, &format!("events/{id}"), None)
            .await
            .json();
        (life["status"] == wanted).then_some(life)
    })
    .await
}

#[tokio::test]
async fn a_form_becomes_a_record() {
    let simulator = Simulator::start(Config::default()).await.unwrap();
    let world = World::with_zoho(&simulator).await;
    let body = json!({"first_name": "Ada", "last_name": "Ray", "email": "ada@example.com", "company": "Example"});
    let request = world.request(Method::POST, "/v1/forms/contact").json(&body);
    let answer = world.send(request).await.json();
    let life = status(&world, answer["id"].as_str().unwrap(), "delivered").await;
    assert_eq!(life["decisions"][0]["is_matched"], true);
    assert_eq!(life["deliveries"][0]["tries"][0]["verdict"], "delivered");
    let records = simulator.records("Leads").unwrap();
    assert!(
        records
            .iter()
            .any(|record| record["Email"] == "ada@example.com" && record["Last_Name"] == "Ray")
    );
    simulator.stop().await;
}

#[tokio::test]
async fn a_dead_letter_is_mended_and_replayed() {
    let simulator = Simulator::start(Config::default()).await.unwrap();
    let world = World::with_zoho(&simulator).await;
    let body = json!({"email": "grace@example.com", "company": "Example"});
    let answer = world
        .send(world.request(Method::POST, "/v1/forms/contact").json(&body))
        .await
        .json();
    let id = answer["id"].as_str().unwrap();
    status(&world, id, "dead").await;
    let letters = world
        .api(Method::GET, "dead-letters?code=MANDATORY_NOT_FOUND", None)
        .await
        .json();
    let letter = &letters["items"][0];
    assert_eq!(letter["problem"]["field"], "Last_Name");
    let path = format!("deliveries/{}/replay", letter["id"].as_str().unwrap());
    let replayed = world
        .api(
            Method::POST,
            &path,
            Some(json!({"set": {"Last_Name": "Hopper"}})),
        )
        .await
        .json();
    assert_eq!(replayed["replayed"], 1);
    status(&world, id, "delivered").await;
    let again = world.api(Method::POST, &path, None).await;
    assert_eq!(
        (again.status, again.problem()["code"].clone()),
        (409, json!("already_replayed"))
    );
    let rest = world
        .api(Method::POST, "dead-letters/replay", Some(json!({})))
        .await
        .json();
    assert_eq!(rest, json!({"replayed": 0}));
    simulator.stop().await;
}
