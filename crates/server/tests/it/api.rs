//! The REST API's manners: who may call, what an odd call is told.

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::world::World;

#[tokio::test]
async fn only_the_admin_token_opens_the_api() {
    let world = World::start().await;
    let closed = world.get("/api/v1/events").await;
    assert_eq!(
        (closed.status, closed.header("www-authenticate")),
        (401, "Bearer realm=\"leadway\"")
    );
    insta::assert_json_snapshot!(closed.problem());
    let wrong = world
        .send(
            world
                .request(Method::GET, "/api/v1/config")
                .bearer_auth("wrong"),
        )
        .await;
    assert_eq!(wrong.status, 401);
    assert!(
        !wrong.text.contains("wrong\""),
        "the token that was sent is not repeated"
    );
    assert_eq!(world.api(Method::GET, "events", None).await.status, 200);
}

#[tokio::test]
async fn odd_calls_are_told_what_is_odd() {
    let world = World::start().await;
    let calls = [
        (Method::GET, "events?status=lost", None),
        (Method::GET, "events?limit=0", None),
        (Method::GET, "events?colour=red", None),
        (Method::GET, "events?cursor=nonsense", None),
        (Method::GET, "events/evt_1", None),
        (Method::GET, "events/evt_01kb0w6v3ve2s8j4x9n7q5m2tc", None),
        (Method::GET, "deliveries/dlv_1", None),
        (Method::GET, "dead-letters?include_replayed=perhaps", None),
        (
            Method::POST,
            "deliveries/dlv_1/replay",
            Some(json!({"sat": {}})),
        ),
        (
            Method::POST,
            "replays",
            Some(json!({"event_ids": ["evt_1"]})),
        ),
        (
            Method::PUT,
            "config",
            Some(json!({"routes": [{"name": "r", "events": ["purchase"]}]})),
        ),
        (
            Method::PUT,
            "config",
            Some(
                json!({"routes": [{"name": "r", "events": ["identify"], "mapping": "none", "connection": "none", "module": "Leads"}]}),
            ),
        ),
        (Method::GET, "connections/none/doctor", None),
        (Method::DELETE, "events", None),
        (Method::GET, "nothing", None),
    ];
    let mut answers = Map::new();
    for (method, path, body) in calls {
        let name = format!(
            "{method} {path} {}",
            body.as_ref().map(Value::to_string).unwrap_or_default()
        );
        let answer = world.api(method, path, body).await;
        answers.insert(name, answer.problem());
    }
    insta::assert_json_snapshot!(Value::Object(answers));
    let wrong_method = world.api(Method::DELETE, "events", None).await;
    assert_eq!(wrong_method.header("allow"), "GET,HEAD");
}

#[tokio::test]
async fn the_configuration_is_shown_planned_and_replaced() {
    let world = World::start().await;
    let mut config = world.api(Method::GET, "config", None).await.json();
    config["forms"] = json!([]);
    let plan = world
        .api(Method::POST, "config/plan", Some(config.clone()))
        .await
        .json();
    assert_eq!(plan["changes"].as_array().unwrap().len(), 2, "{plan}");
    let again = world.api(Method::GET, "config", None).await.json();
    assert_ne!(again, config, "a plan changes nothing");
    assert_eq!(
        world.api(Method::PUT, "config", Some(config)).await.json(),
        plan
    );
    assert_eq!(
        world
            .api(Method::GET, "config", None)
            .await
            .json()
            .get("forms"),
        None
    );
    assert_eq!(
        world.api(Method::GET, "sources", None).await.json()[0]["name"],
        "website"
    );
    assert_eq!(
        world.api(Method::GET, "routes", None).await.json(),
        json!([])
    );
}

#[tokio::test]
async fn probes_answer_without_a_token() {
    let mut world = World::start().await;
    assert_eq!(world.get("/healthz").await.text, "ok\n");
    assert_eq!(world.get("/readyz").await.json()["is_ready"], true);
    let metrics = world.get("/metrics").await;
    assert!(
        metrics.text.contains("leadway_events_24h 0\n"),
        "{}",
        metrics.text
    );
    let document = world.get("/openapi.json").await.json();
    assert!(document["paths"]["/api/v1/events/{id}"]["get"]["operationId"] == "show_event");
    assert!(document["paths"]["/v1/batch"]["post"]["operationId"] == "take_batch");
    world.stop().await.unwrap().unwrap();
}
