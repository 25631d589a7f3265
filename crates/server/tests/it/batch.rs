//! Many events in one request: what is wrong with one costs the others nothing.

use reqwest::Method;
use serde_json::{Value, json};

use crate::ingestion::gzip;
use crate::world::{Answer, SHOP_KEY, WRITE_KEY, World};

/// The answer with its ids replaced, for snapshots.
fn without_ids(answer: &Answer) -> Value {
    let mut answer = answer.json();
    for row in answer["results"].as_array_mut().into_iter().flatten() {
        if let Some(id) = row.get_mut("id") {
            assert!(id.as_str().unwrap().starts_with("evt_"));
            *id = "[id]".into();
        }
    }
    answer
}

#[tokio::test]
async fn each_event_has_its_own_result() {
    let world = World::start().await;
    let batch = json!({"batch": [
        {"type": "track", "messageId": "good-1", "event": "Lead Generated", "userId": "1"},
        {"type": "track", "event": "no id", "userId": "1"},
        "no object",
        {"type": "purchase", "messageId": "odd-type"},
        {"type": "identify", "messageId": "odd-traits", "traits": [1]},
        {"type": "identify", "messageId": "nul", "traits": {"a": "\u{0}"}},
        {"type": "identify", "messageId": "old", "timestamp": "2016-01-31T09:00:00Z"},
        {"type": "page", "messageId": "good-2", "anonymousId": "a"},
    ]});
    let answer = world.post("/v1/batch", batch.to_string()).await;
    assert_eq!(answer.status, 200);
    let mut rows = without_ids(&answer);
    // How many days ago 2016 is changes every day.
    rows["results"][6]["error"]["message"] = "[age]".into();
    insta::assert_json_snapshot!(rows);
    assert_eq!(world.listed(2).await.len(), 2);
}

#[tokio::test]
async fn a_batch_of_which_nothing_can_be_taken_is_refused() {
    let world = World::start().await;
    let answer = world
        .post("/v1/b", r#"{"batch":[{"type":"track","event":"x"}]}"#)
        .await;
    assert_eq!(answer.status, 400);
    insta::assert_json_snapshot!(answer.problem());
    let missing = world.post("/v1/batch", r#"{"events":[]}"#).await;
    assert_eq!(missing.problem()["code"], "batch_missing");
    let wrong = world.post("/v1/batch", r#"{"batch":{"a":1}}"#).await;
    assert_eq!(wrong.problem()["code"], "batch_missing");
    let empty = world.post("/v1/batch", r#"{"batch":[]}"#).await;
    assert_eq!(
        (empty.status, empty.json()["accepted"].clone()),
        (200, json!(0))
    );
}

#[tokio::test]
async fn events_may_carry_keys_of_their_own() {
    let world = World::start().await;
    let event = |id: &str, key: &str| json!({"type": "page", "messageId": id, "anonymousId": "a", "writeKey": key});
    let batch =
        json!({"batch": [event("1", WRITE_KEY), event("2", SHOP_KEY), event("3", "nobody's")]});
    let send = |batch: &Value| {
        world.send(
            world
                .request(Method::POST, "/v1/batch")
                .body(batch.to_string()),
        )
    };
    let answer = send(&batch).await.json();
    assert_eq!(
        (&answer["accepted"], &answer["results"][2]["error"]["code"]),
        (&json!(2), &json!("unknown_write_key"))
    );
    let unknown = send(&json!({"batch": [event("4", "nobody's")]})).await;
    assert_eq!(unknown.status, 401);
    let none = send(&json!({"batch": [{"type": "page", "messageId": "5"}]})).await;
    assert_eq!(
        (none.status, none.problem()["code"].clone()),
        (401, json!("write_key_missing"))
    );
}

#[tokio::test]
async fn what_the_batch_says_counts_for_events_that_lack_it() {
    let world = World::start().await;
    let batch = json!({
        "writeKey": WRITE_KEY, "sentAt": "2026-01-31T09:00:00Z", "context": {"locale": "de-DE", "library": {"name": "x"}},
        "batch": [{"type": "page", "messageId": "m", "anonymousId": "a", "context": {"locale": "fr-FR"}}],
    });
    let request = world
        .request(Method::POST, "/v1/batch")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = world
        .send(request.body(gzip(batch.to_string().as_bytes())))
        .await
        .json();
    let id = answer["results"][0]["id"].as_str().unwrap();
    let life = world
        .api(Method::GET, &format!("events/{id}"), None)
        .await
        .json();
    assert_eq!(
        life["payload"]["context"],
        json!({"locale": "fr-FR", "library": {"name": "x"}})
    );
    assert_eq!(life["arrival"]["sent_at"], "2026-01-31T09:00:00Z");
}

#[tokio::test]
async fn the_door_for_servers_takes_every_shape() {
    let world = World::start().await;
    let event = |id: &str| json!({"type": "page", "messageId": id, "anonymousId": "a"});
    let array = world
        .post("/v1/events", json!([event("1"), event("2")]).to_string())
        .await;
    assert_eq!(array.json()["accepted"], 2);
    let batch = world
        .post("/v1/events", json!({"batch": [event("3")]}).to_string())
        .await;
    assert_eq!(batch.json()["accepted"], 1);
    let single = world.post("/v1/events", event("4").to_string()).await;
    assert_eq!(single.json()["message_id"], "4");
    let none = world.post("/v1/events", r#"{"messageId":"5"}"#).await;
    assert_eq!(none.problem()["code"], "type_missing");
}
