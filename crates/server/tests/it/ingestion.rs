//! Single events, by every door and in every shape that real clients send.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{SHOP_KEY, WRITE_KEY, World};

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The stored event that an answer names.
async fn stored(world: &World, answer: &Value) -> Value {
    let life = world
        .api(
            Method::GET,
            &format!("events/{}", answer["id"].as_str().unwrap()),
            None,
        )
        .await;
    assert_eq!(life.status, 200, "{}", life.text);
    life.json()
}

#[tokio::test]
async fn every_call_is_taken_in_full_and_in_short() {
    let world = World::start().await;
    for kind in ["identify", "track", "page", "screen", "group", "alias"] {
        for path in [
            format!("/v1/{kind}"),
            format!("/v1/{}", &kind[..1]),
            format!("/api/s/s2s/{kind}"),
        ] {
            let event =
                json!({"messageId": path, "event": "Lead Generated", "anonymousId": "anon-1"});
            let answer = world.post(&path, event.to_string()).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            let answer = answer.json();
            assert_eq!(answer["success"], true);
            assert_eq!(answer["message_id"], path);
            assert_eq!(stored(&world, &answer).await["kind"], kind);
        }
    }
}

#[tokio::test]
async fn the_write_key_counts_wherever_it_stands() {
    let world = World::start().await;
    let track = || world.request(Method::POST, "/v1/track");
    let event = |id: &str| json!({"messageId": id, "event": "x", "userId": "1"});
    let with_key = |id: &str, key: &str| {
        let mut event = event(id);
        event["writeKey"] = key.into();
        event.to_string()
    };
    let pair = format!("{WRITE_KEY}:secret");
    let requests = [
        track()
            .basic_auth(WRITE_KEY, None::<&str>)
            .body(event("1").to_string()),
        track().bearer_auth(WRITE_KEY).body(event("2").to_string()),
        track()
            .header("x-write-key", WRITE_KEY)
            .body(event("3").to_string()),
        track()
            .header("x-write-key", pair)
            .body(with_key("4", "***")),
        track().body(with_key("5", WRITE_KEY)),
        track()
            .basic_auth("", Some(""))
            .body(with_key("6", WRITE_KEY)),
        world
            .request(Method::POST, &format!("/v1/track?writeKey={WRITE_KEY}"))
            .header("content-type", "text/plain")
            .body(event("7").to_string()),
    ];
    for (place, request) in requests.into_iter().enumerate() {
        let answer = world.send(request).await;
        assert_eq!(answer.status, 200, "request {}: {}", place + 1, answer.text);
        assert_eq!(stored(&world, &answer.json()).await["source"], "website");
    }
}

#[tokio::test]
async fn the_arrival_is_kept_with_the_event() {
    let world = World::start().await;
    let event =
        json!({"messageId": "m-1", "event": "x", "sentAt": "2026-01-31T09:00:00Z"}).to_string();
    let request = world
        .request(Method::POST, "/v1/t")
        .basic_auth(WRITE_KEY, None::<&str>)
        .header("user-agent", "test/1")
        .header("origin", "https://www.example.com")
        .header("x-forwarded-for", "203.0.113.9")
        .header("content-type", "text/plain")
        .body(event.clone());
    let answer = world.send(request).await;
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://www.example.com"
    );
    let life = stored(&world, &answer.json()).await;
    assert_eq!(
        life["arrival"],
        json!({"door": "http", "ip": "127.0.0.1", "user_agent": "test/1", "origin": "https://www.example.com",
            "sent_at": "2026-01-31T09:00:00Z"})
    );
    assert_eq!(
        life["payload"],
        serde_json::from_str::<Value>(&event).unwrap()
    );
}

#[tokio::test]
async fn gzip_is_taken_however_it_is_labelled() {
    let world = World::start().await;
    for (id, labels) in [
        ("1", vec![("content-encoding", "gzip")]),
        (
            "2",
            vec![
                ("content-encoding", "gzip"),
                ("content-type", "application/x-www-form-urlencoded"),
            ],
        ),
        ("3", vec![]),
    ] {
        let event = json!({"messageId": id, "event": "x", "anonymousId": "a"}).to_string();
        let mut request = world
            .request(Method::POST, "/v1/track")
            .bearer_auth(WRITE_KEY)
            .body(gzip(event.as_bytes()));
        for (name, value) in labels {
            request = request.header(name, value);
        }
        let answer = world.send(request).await;
        assert_eq!(answer.status, 200, "{id}: {}", answer.text);
    }
}

#[tokio::test]
async fn browsers_are_answered_before_they_send_and_kept_to_their_origins() {
    let world = World::start().await;
    let asked = world
        .request(Method::OPTIONS, "/v1/batch")
        .header("origin", "https://shop.example.com")
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type,x-own",
        );
    let answer = world.send(asked).await;
    assert_eq!(answer.status, 204);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://shop.example.com"
    );
    for name in ["authorization", "content-type", "x-write-key", "x-own"] {
        assert!(
            answer.header("access-control-allow-headers").contains(name),
            "{name}"
        );
    }
    let from = |origin: &str| {
        let event = json!({"event": "x", "anonymousId": "a"}).to_string();
        world
            .request(Method::POST, "/v1/track")
            .bearer_auth(SHOP_KEY)
            .header("origin", origin)
            .body(event)
    };
    assert_eq!(
        world.send(from("https://shop.example.com")).await.status,
        200
    );
    let refused = world.send(from("https://www.example.org")).await;
    assert_eq!(refused.status, 403);
    assert_eq!(
        refused.header("access-control-allow-origin"),
        "https://www.example.org"
    );
    insta::assert_json_snapshot!(refused.problem());
}

#[tokio::test]
async fn an_image_carries_an_event() {
    let world = World::start().await;
    let answer = world
        .get(&format!(
            "/v1/pixel/track?writeKey={WRITE_KEY}&event=Mail%20Opened&userId=7"
        ))
        .await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "image/gif")
    );
    let events = world.listed(1).await;
    assert_eq!(
        (&events[0]["name"], &events[0]["subject"]),
        (&json!("Mail Opened"), &json!("7"))
    );
    assert_eq!(
        world.get("/v1/pixel/track?event=x").await.problem()["code"],
        "write_key_missing"
    );
    assert_eq!(world.get("/v1/pixel/trick?event=x").await.status, 404);
}

#[tokio::test]
async fn a_webhook_becomes_an_event_once() {
    let world = World::start().await;
    let call = |path: &str, key: Option<&str>| {
        let request = world
            .request(Method::POST, path)
            .header("x-write-key", WRITE_KEY)
            .body(r#"{"type":"invoice.paid","amount":5}"#);
        key.into_iter().fold(request, |request, key| {
            request.header("idempotency-key", key)
        })
    };
    let first = world.send(call("/v1/webhooks/website", None)).await.json();
    let second = world.send(call("/v1/webhooks/website", None)).await.json();
    assert_eq!(
        first["message_id"], second["message_id"],
        "the same body is the same event"
    );
    let life = stored(&world, &first).await;
    assert_eq!(
        (&life["name"], &life["arrival"]["door"]),
        (&json!("invoice.paid"), &json!("webhook"))
    );
    assert_eq!(
        life["payload"]["properties"],
        json!({"type": "invoice.paid", "amount": 5})
    );
    let keyed = world
        .send(call("/v1/webhooks/website", Some("k-1")))
        .await
        .json();
    assert_eq!(keyed["message_id"], "k-1");
    assert_eq!(
        world.send(call("/v1/webhooks/shop", None)).await.problem()["code"],
        "wrong_source"
    );
}

#[tokio::test]
async fn the_snippet_is_served_small_and_only_once() {
    let world = World::start().await;
    let answer = world.get("/leadway.js").await;
    assert_eq!(answer.status, 200);
    assert!(answer.text.contains("window.leadway = api"));
    let again = world
        .request(Method::GET, "/leadway.js")
        .header("if-none-match", answer.header("etag"));
    assert_eq!(world.send(again).await.status, 304);
}
