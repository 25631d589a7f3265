//! Connect sessions through the public doors: made by a product's backend, used by its customer's browser.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use zoho_sim::Simulator;

use crate::connect::{connection, decide, register, simulator};
use crate::console::{hidden, log_in};
use crate::world::{Answer, World};

const ORIGIN: &str = "https://app.example.com";

/// A gateway that knows a client, by a connection that nobody owns.
pub(crate) async fn world(simulator: &Simulator) -> World {
    let world = World::start().await;
    register(simulator, &format!("{}/oauth/callback", world.base)).await;
    let mut config = connection(simulator, "main");
    config.as_object_mut().unwrap().remove("owner");
    let added = world.api(Method::POST, "connections", Some(config)).await;
    assert_eq!(added.status, 201, "{}", added.text);
    world
}

async fn try_to_make(world: &World, with: Value) -> Answer {
    let mut wanted = json!({
        "owner": "customer-7", "product": "Orchard Mailer", "features": ["records"], "allowed_origins": [ORIGIN],
    });
    for (key, value) in with.as_object().unwrap() {
        wanted[key] = value.clone();
    }
    world
        .api(Method::POST, "connect-sessions", Some(wanted))
        .await
}

pub(crate) async fn make(world: &World, with: Value) -> Value {
    let made = try_to_make(world, with).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()
}

/// Posts a form of the connect page, as a browser does that is on a page of `origin`.
async fn post(world: &World, path: &str, origin: &str, fields: &[(&str, &str)]) -> Answer {
    let request = world.request(Method::POST, path).form(fields);
    world.send(request.header("origin", origin)).await
}

fn token(made: &Value) -> &str {
    made["token"].as_str().unwrap()
}

/// Presses the button; gives Zoho's address and the cookie.
pub(crate) async fn begin(world: &World, made: &Value) -> (String, String) {
    let fields = [("session", token(made))];
    let answer = post(world, "/connect/begin", &world.base, &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap().to_owned();
    (answer.header("location").to_owned(), cookie)
}

pub(crate) async fn come_back(world: &World, location: &str, cookie: &str) -> Answer {
    let request = world.client.get(location).header("cookie", cookie);
    world.send(request).await
}

async fn connect(world: &World, made: &Value) -> Answer {
    let (zoho, cookie) = begin(world, made).await;
    let location = decide(world, &zoho, "accept").await;
    come_back(world, &location, &cookie).await
}

async fn session(world: &World, made: &Value) -> Value {
    let path = format!("connect-sessions/{}", made["id"].as_str().unwrap());
    world.api(Method::GET, &path, None).await.json()
}

#[tokio::test]
async fn a_customer_connects_once_and_connects_the_same_again_later() {
    let simulator = simulator().await;
    let world = world(&simulator).await;
    let made = make(&world, json!({"nickname": "Sales"})).await;
    assert_eq!(made["connection"], "customer-7", "{made}");
    assert_eq!(made["is_reconnect"], false);
    let url = format!("{}/connect#session={}", world.base, token(&made));
    assert_eq!(made["url"], json!(url));
    assert!(
        !session(&world, &made)
            .await
            .to_string()
            .contains(token(&made))
    );

    let offer = post(
        &world,
        "/connect",
        &world.base,
        &[("session", token(&made))],
    )
    .await;
    assert_eq!(offer.status, 200, "{}", offer.text);
    for part in [
        "Orchard Mailer",
        "Work with your records",
        "ZohoCRM.modules.ALL",
        "Sales",
    ] {
        assert!(offer.text.contains(part), "{part} is not in {}", offer.text);
    }
    assert_eq!(offer.header("x-frame-options"), "DENY");

    let (zoho, cookie) = begin(&world, &made).await;
    assert!(!zoho.contains(token(&made)), "{zoho}");
    let location = decide(&world, &zoho, "accept").await;
    let elsewhere = come_back(&world, &location, "leadway_connect=0123").await;
    assert_eq!(elsewhere.status, 400, "another browser finishes nothing");
    assert!(!elsewhere.text.contains(ORIGIN), "and learns nothing");

    let (zoho, cookie_too) = begin(&world, &made).await;
    assert_ne!(cookie, cookie_too);
    let location = decide(&world, &zoho, "accept").await;
    let done = come_back(&world, &location, &cookie_too).await;
    assert_eq!(done.status, 200, "{}", done.text);
    for part in ["Zoho is connected", ORIGIN, "&#34;customer-7&#34;"] {
        assert!(done.text.contains(part), "{part} is not in {}", done.text);
    }
    let shown = world.api(Method::GET, "connections/customer-7", None).await;
    let shown = shown.json();
    assert_eq!(
        (&shown["state"], &shown["owner"], &shown["nickname"]),
        (&json!("ready"), &json!("customer-7"), &json!("Sales")),
        "{shown}"
    );
    assert_eq!(session(&world, &made).await["state"], "connected");

    let used = post(
        &world,
        "/connect",
        &world.base,
        &[("session", token(&made))],
    )
    .await;
    assert_eq!(used.status, 410, "{}", used.text);
    assert!(used.text.contains("used already"), "{}", used.text);
    let again = post(
        &world,
        "/connect/begin",
        &world.base,
        &[("session", token(&made))],
    )
    .await;
    assert_eq!(again.status, 410, "{}", again.text);

    // The next session of the same owner connects the same connection again, with what it adds.
    let made = make(&world, json!({"features": ["bulk"]})).await;
    assert_eq!(
        (&made["connection"], &made["is_reconnect"]),
        (&json!("customer-7"), &json!(true)),
        "{made}"
    );
    let done = connect(&world, &made).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let config = world.api(Method::GET, "config", None).await.json();
    let theirs = config["connections"].as_array().unwrap();
    assert_eq!(theirs.len(), 2, "{config}");
    assert_eq!(theirs[1]["features"], json!(["records", "bulk"]));
    assert_eq!(theirs[1]["nickname"], "Sales");
    // The refresh token of before is of no use any more.
    let events = world
        .api(Method::GET, "connections/customer-7/events", None)
        .await
        .json();
    assert_eq!(events[0]["kind"], "revoked", "{events}");
    let shown = world.api(Method::GET, "connections/customer-7", None).await;
    assert_eq!(shown.json()["tokens"]["refresh_tokens"], 1);
}

#[tokio::test]
async fn only_one_of_two_consents_of_a_session_counts() {
    let simulator = simulator().await;
    let world = world(&simulator).await;
    let made = make(&world, json!({})).await;
    let (one, cookie_of_one) = begin(&world, &made).await;
    let (two, cookie_of_two) = begin(&world, &made).await;
    let one = decide(&world, &one, "accept").await;
    let two = decide(&world, &two, "accept").await;
    assert_eq!(come_back(&world, &one, &cookie_of_one).await.status, 200);
    let late = come_back(&world, &two, &cookie_of_two).await;
    assert_eq!(late.status, 410, "{}", late.text);
    assert!(late.text.contains("used already"), "{}", late.text);
}

#[tokio::test]
async fn a_customer_who_declines_may_try_again() {
    let simulator = simulator().await;
    let world = world(&simulator).await;
    let made = make(&world, json!({})).await;
    let (zoho, cookie) = begin(&world, &made).await;
    let location = decide(&world, &zoho, "deny").await;
    let page = come_back(&world, &location, &cookie).await;
    assert_eq!(page.status, 200, "{}", page.text);
    for part in ["Nothing was connected", "access_declined", "Try again"] {
        assert!(page.text.contains(part), "{part} is not in {}", page.text);
    }
    let shown = session(&world, &made).await;
    assert_eq!(shown["state"], "open", "{shown}");
    assert_eq!(shown["last_try"], "declined", "{shown}");
    assert!(shown["failure"].as_str().unwrap().contains("not granted"));
    assert_eq!(
        world
            .api(Method::GET, "connections/customer-7", None)
            .await
            .status,
        404,
        "nothing is left behind"
    );
    assert_eq!(connect(&world, &made).await.status, 200);
}

#[tokio::test]
async fn forged_ended_and_foreign_openings_are_told_in_plain_words() {
    let simulator = simulator().await;
    let world = world(&simulator).await;
    for forged in ["", "lwcs_0123", "' OR 1=1 --", "\u{0}"] {
        for path in ["/connect", "/connect/begin"] {
            let page = post(&world, path, &world.base, &[("session", forged)]).await;
            assert_eq!(page.status, 404, "{forged:?} {}", page.text);
            assert!(
                page.text.contains("not one that was given out"),
                "{}",
                page.text
            );
            assert!(
                page.text.contains("begin again on the website"),
                "{}",
                page.text
            );
        }
    }
    let made = make(&world, json!({})).await;
    for path in ["/connect", "/connect/begin"] {
        let fields = [("session", token(&made))];
        let page = post(&world, path, "https://evil.example", &fields).await;
        assert_eq!(page.status, 403, "{}", page.text);
        assert!(page.text.contains("may not do so"), "{}", page.text);
        let fields = [
            ("session", token(&made)),
            ("opened_by", "https://evil.example"),
        ];
        let page = post(&world, path, &world.base, &fields).await;
        assert_eq!(page.status, 403, "{}", page.text);
        let fields = [("session", token(&made)), ("opened_by", ORIGIN)];
        let page = post(&world, path, &world.base, &fields).await;
        assert!(page.status < 400, "{}", page.text);
    }

    let path = format!("connect-sessions/{}", made["id"].as_str().unwrap());
    for _ in 0..2 {
        let ended = world.api(Method::DELETE, &path, None).await;
        assert_eq!(ended.json()["state"], "ended", "{}", ended.text);
    }
    let page = post(
        &world,
        "/connect",
        &world.base,
        &[("session", token(&made))],
    )
    .await;
    assert_eq!(page.status, 410, "{}", page.text);
    let none = world
        .api(Method::DELETE, "connect-sessions/cns_none", None)
        .await;
    assert_eq!(none.problem()["code"], "no_such_session");
    let none = world
        .api(Method::GET, "connect-sessions/cns_none", None)
        .await;
    assert_eq!(none.status, 404);
    let unauthorised = world
        .send(world.request(Method::POST, "/api/v1/connect-sessions"))
        .await;
    assert_eq!(unauthorised.status, 401);
}

#[tokio::test]
async fn a_session_must_be_begun_in_time_and_may_be_finished_later() {
    let simulator = simulator().await;
    let world = world(&simulator).await;
    let made = make(&world, json!({"expires_in_seconds": 60})).await;
    let (zoho, cookie) = begin(&world, &made).await;
    world.clock.advance(Duration::from_secs(61));
    for path in ["/connect", "/connect/begin"] {
        let page = post(&world, path, &world.base, &[("session", token(&made))]).await;
        assert_eq!(page.status, 410, "{}", page.text);
        assert!(page.text.contains("has expired"), "{}", page.text);
        // The product is told, too.
        for part in ["session_expired", ORIGIN] {
            assert!(page.text.contains(part), "{part} is not in {}", page.text);
        }
    }
    assert_eq!(session(&world, &made).await["state"], "expired");
    let location = decide(&world, &zoho, "accept").await;
    let done = come_back(&world, &location, &cookie).await;
    assert_eq!(done.status, 200, "{}", done.text);

    let made = make(&world, json!({})).await;
    let (zoho, cookie) = begin(&world, &made).await;
    let location = decide(&world, &zoho, "accept").await;
    world.clock.advance(Duration::from_secs(15 * 60 + 1));
    let late = come_back(&world, &location, &cookie).await;
    assert_eq!(late.status, 400, "{}", late.text);
    assert!(
        late.text.contains("longer than 15 minutes"),
        "{}",
        late.text
    );
    assert!(
        !late.text.contains("/connections"),
        "a customer is not led to the console"
    );
}

#[tokio::test]
async fn a_customer_does_not_learn_whose_the_other_connections_are() {
    let simulator = simulator().await;
    let world = world(&simulator).await;
    let made = make(&world, json!({"connection": "shared"})).await;
    let mut taken = connection(&simulator, "shared");
    taken["owner"] = json!("customer-8");
    let added = world.api(Method::POST, "connections", Some(taken)).await;
    assert_eq!(added.status, 201, "{}", added.text);
    for path in ["/connect", "/connect/begin"] {
        let page = post(&world, path, &world.base, &[("session", token(&made))]).await;
        assert_eq!(page.status, 409, "{}", page.text);
        assert!(page.text.contains("tell the website"), "{}", page.text);
        assert!(!page.text.contains("customer-8"), "{}", page.text);
    }
}

#[tokio::test]
async fn only_pages_of_the_session_s_origins_read_its_state() {
    let simulator = simulator().await;
    let world = world(&simulator).await;
    let made = make(&world, json!({})).await;
    let fields = [("session", token(&made))];
    let read = post(&world, "/connect/status", ORIGIN, &fields).await;
    assert_eq!(read.header("access-control-allow-origin"), ORIGIN);
    assert_eq!(
        read.json(),
        json!({"state": "open", "connection": "customer-7", "owner": "customer-7"})
    );
    begin(&world, &made).await;
    let read = post(&world, "/connect/status", ORIGIN, &fields).await;
    assert_eq!(read.json()["last_try"], "at_zoho");
    for origin in ["https://evil.example", "http://app.example.com", "null"] {
        let refused = post(&world, "/connect/status", origin, &fields).await;
        assert_eq!(refused.status, 403, "{origin}");
        assert_eq!(refused.header("access-control-allow-origin"), "");
    }
    let forged = post(&world, "/connect/status", ORIGIN, &[("session", "x")]).await;
    assert_eq!(forged.status, 404);
    assert_eq!(forged.header("access-control-allow-origin"), "");
    let script = world.get("/connect.js").await;
    assert!(script.text.contains("leadway-connect"));
    assert_eq!(script.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn what_cannot_be_taken_is_named() {
    let simulator = simulator().await;
    let world = world(&simulator).await;
    for (with, field) in [
        (json!({"owner": " "}), "owner"),
        (json!({"owner": "a\nb"}), "owner"),
        (json!({"connection": "a b"}), "connection"),
        (json!({"product": ""}), "product"),
        (json!({"data_center": "mars"}), "data_center"),
        (json!({"allowed_origins": ["*"]}), "allowed_origins"),
        (json!({"return_url": "javascript:alert(1)"}), "return_url"),
        (
            json!({"return_url": "https://a:b@shop.example/"}),
            "return_url",
        ),
        (json!({"return_url": "/settings"}), "return_url"),
        (
            json!({"allowed_origins": ["https://a.example/page"]}),
            "allowed_origins",
        ),
        (json!({"expires_in_seconds": 5}), "expires_in_seconds"),
        (json!({"client_of": "nobody"}), "client_of"),
        (json!({"client_id": "1000.X"}), "client_id"),
    ] {
        let refused = try_to_make(&world, with.clone()).await;
        assert_eq!(refused.status, 422, "{with}: {}", refused.text);
        let problem = refused.problem();
        assert_eq!(problem["field"], field, "{problem}");
        assert!(problem["remedy"].is_string(), "{problem}");
    }
    let unknown = try_to_make(&world, json!({"origins": []})).await;
    assert_eq!(unknown.problem()["code"], "wrong_shape");
    // A connection that is not this owner's is not given away.
    let refused = try_to_make(&world, json!({"connection": "main"})).await;
    assert_eq!(
        (refused.status, refused.problem()["code"].as_str()),
        (409, Some("wrong_owner"))
    );
    for name in ["a", "b"] {
        let mut config = connection(&simulator, name);
        config["client_id"] = json!(format!("1000.{name}"));
        world.api(Method::POST, "connections", Some(config)).await;
    }
    let refused = try_to_make(&world, json!({})).await;
    assert_eq!(refused.problem()["code"], "ambiguous_owner");
    assert!(refused.text.contains("a, b"), "{}", refused.text);
    let refused = try_to_make(&world, json!({"owner": "customer-8"})).await;
    assert_eq!(refused.problem()["field"], "client_of");
    // Owners whose names look the same as connections are told apart.
    let client_of = json!("main");
    let one = make(&world, json!({"owner": "Ann Lee", "client_of": client_of})).await;
    let other = make(&world, json!({"owner": "Ann-Lee!", "client_of": client_of})).await;
    assert_ne!(one["connection"], other["connection"], "{one} {other}");
}

#[tokio::test]
async fn a_client_of_its_own_is_used_and_kept_with_the_connection() {
    let simulator = simulator().await;
    let world = World::start().await;
    register(&simulator, &format!("{}/oauth/callback", world.base)).await;
    let none = try_to_make(&world, json!({})).await;
    assert_eq!(none.problem()["field"], "client_id", "{}", none.text);
    let made = make(
        &world,
        json!({
            "client_id": "1000.LEADWAYDEMO", "client_secret": "leadway-demo-secret", "accounts_url": simulator.url(),
        }),
    )
    .await;
    assert!(!made.to_string().contains("leadway-demo-secret"));
    assert_eq!(connect(&world, &made).await.status, 200);
    let findings = world
        .api(Method::GET, "connections/customer-7/doctor", None)
        .await;
    assert!(!findings.text.contains("failed"), "{}", findings.text);
    let made = make(&world, json!({})).await;
    assert_eq!(connect(&world, &made).await.status, 200);
}

#[tokio::test]
async fn the_customer_chooses_the_data_center_unless_the_session_does() {
    let world = World::start().await;
    let client = json!({"client_id": "1000.X", "client_secret": "secret"});
    let made = make(&world, client.clone()).await;
    let page = post(
        &world,
        "/connect",
        &world.base,
        &[("session", token(&made))],
    )
    .await;
    assert!(page.text.contains("name=\"data_center\""), "{}", page.text);
    for (chosen, host) in [
        ("", "https://accounts.zoho.com/"),
        ("eu", "https://accounts.zoho.eu/"),
        ("cn", "https://accounts.zoho.com.cn/"),
    ] {
        let fields = [("session", token(&made)), ("data_center", chosen)];
        let answer = post(&world, "/connect/begin", &world.base, &fields).await;
        assert!(
            answer.header("location").starts_with(host),
            "{chosen}: {}",
            answer.header("location")
        );
    }
    let fields = [("session", token(&made)), ("data_center", "mars")];
    let answer = post(&world, "/connect/begin", &world.base, &fields).await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    let mut fixed = client;
    fixed["data_center"] = json!("in");
    let made = make(&world, fixed).await;
    let page = post(
        &world,
        "/connect",
        &world.base,
        &[("session", token(&made))],
    )
    .await;
    assert!(!page.text.contains("name=\"data_center\""), "{}", page.text);
    let fields = [("session", token(&made)), ("data_center", "eu")];
    let answer = post(&world, "/connect/begin", &world.base, &fields).await;
    assert!(
        answer
            .header("location")
            .starts_with("https://accounts.zoho.in/")
    );
}

#[tokio::test]
async fn sessions_are_listed_in_pages_by_owner_and_state() {
    let simulator = simulator().await;
    let world = world(&simulator).await;
    let mut made = Vec::new();
    for owner in ["customer-7", "customer-8", "customer-8"] {
        made.push(make(&world, json!({"owner": owner})).await);
        world.clock.advance(Duration::from_secs(1));
    }
    let ended = made[1]["id"].as_str().unwrap();
    let path = format!("connect-sessions/{ended}");
    assert_eq!(world.api(Method::DELETE, &path, None).await.status, 200);
    let ids = async |query: &str| {
        let path = format!("connect-sessions?{query}");
        let page = world.api(Method::GET, &path, None).await;
        assert_eq!(page.status, 200, "{}", page.text);
        for one in &made {
            assert!(!page.text.contains(token(one)));
        }
        let page = page.json();
        let items = page["items"].as_array().unwrap().clone();
        let ids = items
            .iter()
            .map(|item| item["id"].clone())
            .collect::<Vec<_>>();
        (ids, page["next_cursor"].as_str().map(str::to_owned))
    };
    let id = |place: usize| made[place]["id"].clone();
    let (first, cursor) = ids("limit=2").await;
    assert_eq!(first, [id(2), id(1)]);
    let (rest, end) = ids(&format!("cursor={}", cursor.unwrap())).await;
    assert_eq!((rest, end), (vec![id(0)], None));
    assert_eq!(ids("owner=customer-8&state=open").await.0, [id(2)]);
    assert_eq!(ids("state=ended").await.0, [id(1)]);
    assert_eq!(ids("state=expired").await.0, Vec::<Value>::new());
    world.clock.advance(Duration::from_secs(1_801));
    assert_eq!(ids("state=expired").await.0, [id(2), id(0)]);
    for (wrong, field) in [
        ("state=lost", "state"),
        ("cursor=x", "cursor"),
        ("limit=0", "limit"),
    ] {
        let path = format!("connect-sessions?{wrong}");
        let refused = world.api(Method::GET, &path, None).await;
        assert_eq!(
            (refused.status, refused.problem()["field"].as_str()),
            (400, Some(field))
        );
    }
}

#[tokio::test]
async fn a_link_is_made_and_ended_in_the_console() {
    let simulator = simulator().await;
    let world = world(&simulator).await;
    let cookie = log_in(&world).await;
    let get = async || {
        let request = world.request(Method::GET, "/connect-sessions");
        world.send(request.header("cookie", &cookie)).await
    };
    let page = get().await;
    assert!(
        page.text.contains("No session in the last week."),
        "{}",
        page.text
    );
    let csrf = hidden(&page, "csrf");
    let post = async |path: &str, fields: &[(&str, &str)]| {
        let request = world.request(Method::POST, path).header("cookie", &cookie);
        let token = ("csrf", csrf.as_str());
        let fields: Vec<_> = fields.iter().chain([&token]).collect();
        world.send(request.form(&fields)).await
    };
    let fields = [
        ("owner", "customer-<7>"),
        ("product", "Orchard Mailer"),
        ("connection", "orchard"),
        ("feature", "records"),
        ("environment", ""),
    ];
    let made = post("/connect-sessions", &fields).await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert!(
        made.text.contains("/connect#session=lwcs_"),
        "{}",
        made.text
    );
    assert!(made.text.contains("customer-&#60;7&#62;"), "{}", made.text);
    let refused = post("/connect-sessions", &[("owner", "")]).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let shown = get().await.text;
    assert!(!shown.contains("lwcs_"), "the token is told once: {shown}");
    let start = shown.find("/connect-sessions/cns_").unwrap();
    let address = shown[start..].split('"').next().unwrap();
    assert_eq!(post(address, &[]).await.status, 303);
    assert!(get().await.text.contains("badge-ended"));
    let without = world
        .request(Method::POST, "/connect-sessions")
        .form(&[("owner", "x")]);
    let without = world.send(without.header("cookie", &cookie)).await;
    assert_eq!(without.status, 403, "no token of the form");
}
