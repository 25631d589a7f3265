//! The list of bad input: each is a clear refusal, and the gateway goes on.

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::ingestion::gzip;
use crate::world::{WRITE_KEY, World};

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_a_document() {
    let world = World::start().await;
    let refusals: Vec<(&str, Vec<u8>)> = vec![
        (
            "malformed",
            b"{\"messageId\": \"1\",\n \"event\": }".to_vec(),
        ),
        ("cut off", b"{\"messageId\": \"1\"".to_vec()),
        ("empty", Vec::new()),
        ("not UTF-8", b"{\"messageId\": \"\xff\"}".to_vec()),
        ("an array", b"[1]".to_vec()),
        (
            "wrong type of messageId",
            json!({"messageId": {"a": 1}, "event": "x"})
                .to_string()
                .into(),
        ),
        (
            "wrong type of properties",
            json!({"messageId": "1", "event": "x", "properties": "y"})
                .to_string()
                .into(),
        ),
        (
            "no messageId",
            json!({"event": "x", "userId": "1"}).to_string().into(),
        ),
        (
            "no name",
            json!({"messageId": "1", "userId": "1"}).to_string().into(),
        ),
        (
            "an escaped NUL",
            json!({"messageId": "1", "event": "a\u{0}b"})
                .to_string()
                .into(),
        ),
        (
            "a raw NUL",
            b"{\"messageId\": \"1\", \"event\": \"a\0b\"}".to_vec(),
        ),
        (
            "deep nesting",
            format!(
                "{{\"messageId\":\"1\",\"event\":\"x\",\"properties\":{{\"a\":{}{}}}}}",
                "[".repeat(200),
                "]".repeat(200)
            )
            .into(),
        ),
    ];
    let mut answers = Map::new();
    for (name, body) in refusals {
        let answer = world.post("/v1/track", body).await;
        assert!(
            (400..500).contains(&answer.status),
            "{name}: {}",
            answer.text
        );
        answers.insert(name.to_owned(), answer.problem());
    }
    insta::assert_json_snapshot!(Value::Object(answers));
    world.assert_nothing_stored().await;
}

#[tokio::test]
async fn a_clock_ten_years_off_is_refused_unless_the_sender_says_so() {
    let world = World::start().await;
    let event = json!({"messageId": "1", "event": "x", "timestamp": "2016-01-01T00:00:00Z"});
    assert_eq!(
        world.post("/v1/track", event.to_string()).await.problem()["code"],
        "clock_off"
    );
    let mut event = event;
    event["sentAt"] = "2016-01-01T00:00:01Z".into();
    assert_eq!(world.post("/v1/track", event.to_string()).await.status, 200);
}

#[tokio::test]
async fn too_large_is_413_whatever_is_too_large() {
    let world = World::start().await;
    let event = |bytes: usize| {
        json!({"messageId": "1", "event": "x", "properties": {"text": "x".repeat(bytes)}})
            .to_string()
    };
    let single = world.post("/v1/track", event(33 * 1024)).await;
    assert_eq!(
        (single.status, single.problem()["code"].clone()),
        (413, json!("event_too_large"))
    );
    let batch = format!("{{\"batch\":[{}]}}", vec![event(30 * 1024); 20].join(","));
    assert!(batch.len() > 600_000);
    let answer = world.post("/v1/batch", batch.clone()).await;
    assert_eq!(
        (answer.status, answer.problem()["code"].clone()),
        (413, json!("body_too_large"))
    );
    let bomb = world.post("/v1/batch", gzip(&vec![b' '; 50_000_000])).await;
    assert_eq!(
        (bomb.status, bomb.problem()["code"].clone()),
        (413, json!("body_too_large"))
    );
    let many = format!("{{\"batch\":[{}]}}", vec!["{}"; 2_501].join(","));
    assert_eq!(
        world.post("/v1/batch", many).await.problem()["code"],
        "too_many_events"
    );
    world.assert_nothing_stored().await;
}

#[tokio::test]
async fn half_a_gzip_stream_is_400() {
    let world = World::start().await;
    let whole = gzip(
        json!({"messageId": "1", "event": "x", "properties": {"a": "b".repeat(300)}})
            .to_string()
            .as_bytes(),
    );
    let request = world
        .request(Method::POST, "/v1/track")
        .bearer_auth(WRITE_KEY)
        .header("content-encoding", "gzip");
    let answer = world
        .send(request.body(whole[..whole.len() / 2].to_vec()))
        .await;
    assert_eq!(
        (answer.status, answer.problem()["code"].clone()),
        (400, json!("broken_gzip"))
    );
    world.assert_nothing_stored().await;
}

#[tokio::test]
async fn ten_thousand_traits_are_refused_and_the_rest_of_the_batch_is_taken() {
    let world = World::start().await;
    let traits = |count: usize| {
        (0..count)
            .map(|place| (place.to_string(), json!(1)))
            .collect::<Map<_, _>>()
    };
    let many = json!({"type": "identify", "messageId": "many", "traits": traits(2_000)});
    let most = json!({"type": "identify", "messageId": "most", "traits": traits(10_000)});
    let good = json!({"type": "identify", "messageId": "good", "userId": "1"});
    let answer = world
        .post(
            "/v1/batch",
            json!({"batch": [many, most, good]}).to_string(),
        )
        .await
        .json();
    let codes: Vec<&Value> = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["error"]["code"])
        .collect();
    assert_eq!(
        codes,
        [
            &json!("too_many_keys"),
            &json!("event_too_large"),
            &Value::Null
        ]
    );
}

#[tokio::test]
async fn an_unknown_write_key_is_401_with_code_and_message() {
    let world = World::start().await;
    let event = json!({"messageId": "1", "event": "x"}).to_string();
    let unknown = world
        .send(
            world
                .request(Method::POST, "/v1/track")
                .bearer_auth("nobody's")
                .body(event.clone()),
        )
        .await;
    assert_eq!(unknown.status, 401);
    insta::assert_json_snapshot!(unknown.problem());
    let missing = world
        .send(world.request(Method::POST, "/v1/track").body(event))
        .await;
    assert_eq!(
        (missing.status, missing.problem()["code"].clone()),
        (401, json!("write_key_missing"))
    );
    world.assert_nothing_stored().await;
}

#[tokio::test]
async fn a_gateway_that_stops_takes_nothing_and_says_when_to_come_back() {
    let world = World::start().await;
    world
        .engine
        .shutdown(std::time::Duration::from_secs(5))
        .await;
    for (path, body) in [
        ("/v1/track", json!({"messageId": "1", "event": "x"})),
        (
            "/v1/batch",
            json!({"batch": [{"type": "track", "messageId": "1", "event": "x"}]}),
        ),
    ] {
        let answer = world.post(path, body.to_string()).await;
        assert_eq!(answer.status, 503, "{path}: {}", answer.text);
        assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1);
        assert_eq!(answer.problem()["code"], "shutting_down");
    }
}
