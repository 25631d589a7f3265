//! HTML forms, as browsers and as scripts post them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, World};

const FIELDS: &str =
    "first_name=Ada&last_name=Ray&email=ada%40example.com&interest=Trees&interest=Ponds&phone=";

async fn post(world: &World, form: &str, kind: &str, accept: &str, body: &'static str) -> Answer {
    let request = world.request(Method::POST, &format!("/v1/forms/{form}"));
    world
        .send(
            request
                .header("content-type", kind)
                .header("accept", accept)
                .body(body),
        )
        .await
}

/// The newest event, once `count` events are listed.
async fn newest(world: &World, count: usize) -> Value {
    let id = world.listed(count).await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    world
        .api(Method::GET, &format!("events/{id}"), None)
        .await
        .json()
}

#[tokio::test]
async fn a_browser_is_sent_on_and_its_fields_become_an_event() {
    let world = World::start().await;
    let answer = post(
        &world,
        "contact",
        "application/x-www-form-urlencoded",
        "text/html",
        FIELDS,
    )
    .await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, "/v1/forms/contact/thanks")
    );
    let thanks = world.get("/v1/forms/contact/thanks").await;
    assert!(thanks.status == 200 && thanks.text.contains("Thank you"));
    let life = newest(&world, 1).await;
    assert_eq!(
        (&life["name"], &life["arrival"]["door"]),
        (&json!("Lead Generated"), &json!("form"))
    );
    let fields = json!({"first_name": "Ada", "last_name": "Ray", "email": "ada@example.com", "interest": ["Trees", "Ponds"]});
    assert_eq!(life["payload"]["properties"], fields);
    assert_eq!(life["payload"]["context"]["traits"], fields);
    let other = post(
        &world,
        "newsletter",
        "application/x-www-form-urlencoded",
        "text/html",
        FIELDS,
    )
    .await;
    assert_eq!(other.header("location"), "https://www.example.com/thanks");
}

#[tokio::test]
async fn multipart_and_json_say_the_same() {
    let world = World::start().await;
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nada@example.com\r\n\
        --b\r\nContent-Disposition: form-data; name=\"cv\"; filename=\"\"\r\n\r\n\r\n--b--\r\n";
    let answer = post(
        &world,
        "contact",
        "multipart/form-data; boundary=b",
        "text/html",
        multipart,
    )
    .await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert_eq!(
        newest(&world, 1).await["payload"]["properties"],
        json!({"email": "ada@example.com"})
    );
    let body = r#"{"email": "ada@example.com", "_message_id": "m-1", "age": 36, "phone": " "}"#;
    let answer = post(
        &world,
        "contact",
        "application/json",
        "application/json",
        body,
    )
    .await;
    assert_eq!(
        (answer.status, answer.json()["message_id"].clone()),
        (200, json!("m-1"))
    );
    assert_eq!(
        newest(&world, 2).await["payload"]["properties"],
        json!({"email": "ada@example.com", "age": 36})
    );
    let file = "--b\r\nContent-Disposition: form-data; name=\"cv\"; filename=\"cv.pdf\"\r\n\r\nx\r\n--b--\r\n";
    let refused = post(
        &world,
        "contact",
        "multipart/form-data; boundary=b",
        "*/*",
        file,
    )
    .await;
    assert_eq!(refused.problem()["code"], "file_not_taken");
}

#[tokio::test]
async fn a_robot_is_thanked_and_forgotten() {
    let world = World::start().await;
    let body = "email=spam%40example.com&nickname=Bob";
    let answer = post(
        &world,
        "contact",
        "application/x-www-form-urlencoded",
        "text/html",
        body,
    )
    .await;
    assert_eq!(answer.status, 303);
    world.assert_nothing_stored().await;
}

#[tokio::test]
async fn what_is_wrong_is_a_page_for_people_and_a_document_for_programs() {
    let world = World::start().await;
    let kind = "application/x-www-form-urlencoded";
    let page = post(&world, "contact", kind, "text/html,*/*", "email=&phone=").await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (400, "text/html; charset=utf-8")
    );
    assert!(
        page.text.contains("Fill in at least one field")
            || page.text.contains("fill in at least one field")
    );
    let document = post(&world, "contact", kind, "application/json", "email=").await;
    insta::assert_json_snapshot!(document.problem());
    assert_eq!(
        post(&world, "nobody", kind, "*/*", "a=b").await.problem()["code"],
        "not_found"
    );
    let odd = post(&world, "contact", "application/xml", "*/*", "<a/>").await;
    assert_eq!(
        (odd.status, odd.problem()["code"].clone()),
        (415, json!("unknown_form_encoding"))
    );
}
